"""Two rounds of a report side by side: what changed in each measure, word by word, and the reviewer's words between."""

from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from roadmap.models import Measure
from roadmap.templatetags.figures import tenge

from .differences import ADDED, REMOVED, differences
from .models import ProgressEntry
from .period_words import of_period
from .receipt import read_payload

PROSE = ("narrative", "obstacles", "reason")
WHOLE = "the whole measure is done, not only this half-year's part"


@dataclass(frozen=True)
class FieldChange:
    """One field that changed; `pieces` are (kind, text) as `differences` gives them."""

    label: str
    pieces: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class MeasureComparison:
    """One measure in both rounds. `added` and `removed` are evidence files, {"pk", "name", "sha256", "size"}."""

    measure: Measure
    fields: tuple[FieldChange, ...]
    added: tuple[dict, ...]
    removed: tuple[dict, ...]
    words: str  # the reviewer's, at the earlier round
    only_in: str = ""  # «earlier» or «later», where the other round has no such measure

    @property
    def is_changed(self):
        return bool(self.fields or self.added or self.removed or self.only_in)


@dataclass(frozen=True)
class Comparison:
    """Round `earlier` against round `later` of one submission, in the decree's order."""

    earlier: object
    later: object
    measures: tuple[MeasureComparison, ...]

    @property
    def changed(self):
        return [line for line in self.measures if line.is_changed]

    @property
    def unchanged(self):
        return [line for line in self.measures if not line.is_changed]


def chosen(rounds, earlier, later):
    """The two rounds with these numbers, the earlier first; the last two where those are not two that there are."""
    by_number = {sent.number: sent for sent in rounds}
    numbers = {earlier, later} & set(by_number)
    if len(numbers) != 2:
        numbers = sorted(by_number)[-2:]
    return tuple(by_number[number] for number in sorted(numbers))


def compare(earlier, later) -> Comparison:
    """What changed from one round to a later one of the same submission."""
    before, after = ({line.sent["measure"]: line for line in read_payload(sent.payload)} for sent in (earlier, later))
    roadmap = earlier.submission.period.roadmap
    lines = sorted((before | after).values(), key=lambda line: line.measure.position)
    return Comparison(
        earlier,
        later,
        tuple(
            _measure(roadmap, line.measure, before.get(line.measure.pk), after.get(line.measure.pk), earlier)
            for line in lines
        ),
    )


def _measure(roadmap, measure, before, after, earlier):
    values = _values(roadmap, before), _values(roadmap, after)
    labels = dict.fromkeys([*values[0], *values[1]])
    changes = tuple(
        FieldChange(label, _pieces(label, *(found.get(label, "") for found in values)))
        for label in labels
        if values[0].get(label, "") != values[1].get(label, "")
    )
    old, new = (_files(line) for line in (before, after))
    return MeasureComparison(
        measure=measure,
        fields=changes,
        added=tuple(file for key, file in new.items() if key not in old),
        removed=tuple(file for key, file in old.items() if key not in new),
        words=earlier.comment_at(measure.pk),
        only_in="" if before and after else "earlier" if before else "later",
    )


def _files(line):
    return {(file["sha256"], file["name"]): file for file in line.sent["evidence"]} if line else {}


def _values(roadmap, line):
    """{label: the value in words} of everything that a round says of a measure but its files."""
    if line is None:
        return {}
    sent = line.sent
    percent = sent["percent"]
    values = {
        _label("status"): line.label,
        _label("percent"): "" if percent is None else f"{percent} %",
        **{_label(name): sent[name] for name in PROSE},
        _("Completion document"): _document(line),
        capfirst(of_period(roadmap, WHOLE)): _("yes") if sent["is_whole_measure"] else "",
        _label("is_impossible"): _("yes") if sent["is_impossible"] else "",
    }
    for money in line.money:
        words = {"planned": tenge(money["planned"]), "spent": tenge(money["spent"]), "reason": money["reason"]}
        values[str(money["source"])] = _("planned %(planned)s, spent %(spent)s. %(reason)s").strip() % words
    return values


def _label(name):
    return capfirst(str(ProgressEntry._meta.get_field(name).verbose_name))


def _document(line):
    number, day = line.sent["document_number"], line.document_date
    parts = [line.sent["document_name"], number and f"№ {number}", day and date_format(day)]
    return ", ".join(part for part in parts if part)


def _pieces(label, before, after):
    """Prose is compared word by word; what is chosen or counted changes as a whole."""
    if label in {_label(name) for name in PROSE} or label == _("Completion document"):
        return differences(before, after)
    return tuple((kind, text) for kind, text in ((REMOVED, before), (ADDED, after)) if text)
