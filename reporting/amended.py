"""What later acts made of a measure: as decreed, and as amended. Reads what was applied; writes nothing.

`acts_of(measures)` asks two queries however many measures there are; its `Acts` then answers for each of them.
"""

import copy
from dataclasses import dataclass, field
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from roadmap.models import DEADLINE_FIELDS, Amendment, Assignment, Measure, MeasureChange, Succession, read_days

Kind = MeasureChange.Kind


@dataclass(frozen=True)
class Acts:
    """The acts that changed some measures, the earliest first, by the measures' pks."""

    changes: dict[int, list[MeasureChange]] = field(default_factory=dict)
    successions: dict[int, list[tuple[Succession, dict]]] = field(default_factory=dict)

    def notes(self, measure: Measure, on: date | None = None) -> tuple[str, ...]:
        """What was changed by that day (by all acts without one), in sentences of the reader's language."""
        successions = [
            _succeeded(succession)
            for succession, _row in self.successions.get(measure.pk, ())
            if on is None or succession.from_day <= on
        ]
        return (*self.notes_on_terms(measure, on), *successions)

    def notes_on_terms(self, measure: Measure, on: date | None = None) -> tuple[str, ...]:
        """The same without the bodies: the deadline, and whether the measure is in the plan."""
        changes = [
            each
            for each in self.changes.get(measure.pk, ())
            if on is None or each.amendment.in_force_on <= on or each.kind == Kind.ADD
        ]
        return tuple(_sentence(each, is_first=each is changes[0]) for each in changes)

    def is_dropped(self, measure: Measure, on: date) -> bool:
        """Has an act in force by that day taken the measure out of the plan?"""
        return any(
            each.kind == Kind.DROP and each.amendment.in_force_on <= on for each in self.changes.get(measure.pk, ())
        )

    def as_of(self, measure: Measure, on: date) -> Measure:
        """A copy of the measure with the deadline and the executors that were in force on that day; never saved."""
        then = copy.copy(measure)
        then._prefetched_objects_cache = dict(getattr(measure, "_prefetched_objects_cache", {}))
        later = [each for each in self.changes.get(measure.pk, ()) if each.amendment.in_force_on > on]
        undone = [each.before for each in later if each.kind == Kind.DEADLINE and each.before]
        for name, value in read_days(undone[0] if undone else {}).items():
            setattr(then, name, value)
        rows = list(measure.assignments.all())
        for succession, row in reversed(self.successions.get(measure.pk, ())):
            if succession.from_day > on:
                rows = _given_back(rows, succession, row)
        then._prefetched_objects_cache["assignments"] = rows
        return then

    def deadline_since(self, measure: Measure, after: date, on: date) -> dict:
        """The deadline's values that an act set from the one day on and by the other; empty where none did.

        Where the act came first on that very day, what was approved knows these values already.
        """
        since = [
            each.after
            for each in self.changes.get(measure.pk, ())
            if each.kind == Kind.DEADLINE and after <= each.amendment.in_force_on <= on
        ]
        return {name: value for name, value in read_days(since[-1]).items() if name in DEADLINE_FIELDS} if since else {}


def acts_of(measures) -> Acts:
    """Read the acts that changed these measures."""
    changes, successions = {}, {}
    applied = MeasureChange.objects.filter(measure__in=measures, amendment__applied_at__isnull=False)
    for change in applied.select_related("amendment").order_by("amendment__in_force_on", "amendment", "pk"):
        changes.setdefault(change.measure_id, []).append(change)
    for succession in Succession.objects.applied().select_related("predecessor", "successor"):
        for row in succession.details.get("assignments", ()):
            successions.setdefault(row["measure"], []).append((succession, row))
    return Acts(changes, successions)


def acts_in_force(roadmap, on: date) -> list[tuple[str, date, list[str]]]:
    """(act, in force from, its sentences) of what changed the roadmap by that day, the newest first."""
    amendments = Amendment.objects.filter(roadmap=roadmap, in_force_on__lte=on).applied()
    found = [
        (each.citation, each.in_force_on, [change_words(change) for change in each.changes.all()])
        for each in amendments.prefetch_related("changes__measure")
    ]
    bodies = list(Succession.objects.applied().filter(from_day__lte=on).select_related("predecessor", "successor"))
    own = set(roadmap.measures.values_list("pk", flat=True)) if bodies else set()
    for each in bodies:
        rows = each.details.get("assignments", ())
        if roadmap.pk in each.details.get("roadmaps", ()) or any(row["measure"] in own for row in rows):
            found.append((each.citation, each.from_day, [each.sentence()]))
    return sorted(found, key=lambda act: act[1], reverse=True)


def change_words(change) -> str:
    """«measure 7: deadline «…» instead of «…»»."""
    number = change.measure.number if change.measure else change.after.get("number", "")
    words = {"measure": number or (change.measure and change.measure.position)}
    if change.kind == Kind.ADD:
        words["title"] = text_of(change.after, "title")
        return _("measure %(measure)s added: %(title)s") % words
    if change.kind == Kind.DROP:
        return _("measure %(measure)s dropped") % words
    words |= {"new": text_of(change.after) or "—", "old": text_of(change.before or {}) or "—"}
    return _("measure %(measure)s: deadline «%(new)s» instead of «%(old)s»") % words


def amended(measure: Measure, on: date | None = None) -> tuple[str, ...]:
    """The sentences of one measure."""
    return acts_of([measure]).notes(measure, on)


def _sentence(change, *, is_first):
    act = {"act": change.amendment.citation, "day": date_format(change.amendment.in_force_on)}
    if change.kind == Kind.ADD:
        return _("added by %(act)s, in force from %(day)s") % act
    if change.kind == Kind.DROP:
        return _("dropped by %(act)s, in force from %(day)s") % act
    act |= {"new": text_of(change.after) or "—", "old": text_of(change.before) or "—"}
    if is_first:
        return _("as amended by %(act)s: «%(new)s»; as decreed: «%(old)s»") % act
    return _("as amended by %(act)s: «%(new)s»; before that: «%(old)s»") % act


def text_of(values, name="deadline_text"):
    """The kept text in the reader's language, or as decreed."""
    texts = (values.get(f"{name}_{code}") for code in (get_language(), "kk", "ru"))
    return next(filter(None, texts), "")


def _succeeded(succession):
    return _("as decreed: %(former)s; since %(day)s: %(successor)s (%(act)s)") % {
        "former": succession.predecessor.short_name,
        "successor": succession.successor.short_name,
        "day": date_format(succession.from_day),
        "act": succession.citation,
    }


def _given_back(rows, succession, row):
    """The assignments with the former body in its place; beside the successor where that was named too."""
    former = Assignment(
        measure_id=row["measure"],
        position=row["position"],
        executor=succession.predecessor,
        by_agreement=row["by_agreement"],
        lead=row["lead"],
    )
    others = [each for each in rows if row["merged"] or each.executor_id != succession.successor_id]
    return sorted([*others, former], key=lambda each: each.position)
