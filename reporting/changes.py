"""What changed between two documents: a half-year and the one before it, or a version and the one that it corrects.

Pure: it reads two documents of one language, and takes all its words from the later one.
"""

from dataclasses import asdict, dataclass

ADDED, DROPPED = "added", "dropped"


@dataclass(frozen=True)
class Change:
    """One thing that is another one now; `before` and `after` are what the reader sees, «—» where there is nothing."""

    position: int  # of the measure, in the document where it stands
    number: str
    title: str
    field: str  # status, percent, overdue, text, deadline, money, added, dropped
    label: str  # the field in words
    before: str
    after: str


@dataclass(frozen=True)
class Comparison:
    """What changed, and from what: the earlier document's reference, half-year, version and day in words."""

    reference: str
    period: str
    version: int
    made_on: str
    changes: tuple[Change, ...]
    reason: str = ""  # why the earlier version is corrected

    @classmethod
    def read(cls, values):
        """Bring back what `asdict` and JSON made."""
        return cls(**values | {"changes": tuple(Change(**change) for change in values["changes"])})

    @property
    def by_measure(self):
        """[(number, title, its changes)], in the measures' order."""
        found = {}
        for change in self.changes:
            found.setdefault((change.position, change.number, change.title), []).append(change)
        return [(number, title, changes) for (_position, number, title), changes in found.items()]


def compare(before, after, reason="") -> Comparison:
    """Return what changed from one document to the other, with what it is compared to, and why where it corrects."""
    return Comparison(
        reference=before.reference,
        period=before.period,
        version=before.version,
        made_on=before.made_on,
        changes=changes_between(before, after),
        reason=reason,
    )


def changes_between(before, after) -> tuple[Change, ...]:
    """Return what changed from one document to the other, measure by measure; dropped measures come last.

    Measures are matched by themselves, or by their positions where a document of an older schema does not name them.
    """
    key = "measure" if all(row.measure for row in (*before.rows, *after.rows)) else "position"
    earlier = {getattr(row, key): row for row in before.rows}
    now = {getattr(row, key) for row in after.rows}
    found = []
    for row in after.rows:
        was = earlier.get(getattr(row, key))
        found += _changes(was, row, after) if was else [_whole(row, ADDED, after)]
    found += [_whole(row, DROPPED, after) for name, row in earlier.items() if name not in now]
    return tuple(found)


def as_values(comparison):
    """The JSON of a comparison, or None."""
    return asdict(comparison) if comparison else None


def _changes(was, row, document):
    for field, say in FIELDS.items():
        before, after = say(was, document.labels), say(row, document.labels)
        if before != after:
            yield _change(row, field, document, before or "—", after or "—")


def _whole(row, field, document):
    words = _status(row, document.labels)
    return _change(row, field, document, *(("—", words) if field == ADDED else (words, "—")))


def _change(row, field, document, before, after):
    head = {"position": row.position, "number": row.number, "title": row.title}
    return Change(**head, field=field, label=document.labels[f"changed_{field}"], before=before, after=after)


def _status(row, labels):
    return row.status_label


def _percent(row, labels):
    return "" if row.percent is None else f"{row.percent}\xa0%"


def _overdue(row, labels):
    return labels["yes"] if row.is_overdue else labels["no"]


def _text(row, labels):
    return row.text.strip().removeprefix("—")


def _deadline(row, labels):
    return "\n".join(filter(None, (row.deadline, row.extended)))


def _money(row, labels):
    return "\n".join(
        f"{money['source']}: {labels['planned']} {_tenge(money['planned'])}, {labels['spent']} {_tenge(money['spent'])}"
        for money in row.money
    )


def _tenge(amount):
    return f"{amount:,}".replace(",", "\xa0")


FIELDS = {
    "status": _status,
    "percent": _percent,
    "overdue": _overdue,
    "text": _text,
    "deadline": _deadline,
    "money": _money,
}
