"""A roadmap at a glance: its approved half-years read together, as they were known on a day.

Only approved summaries are read, each by the version that was valid on that day. Where nothing was approved yet, the
decree's own dates stand, and nothing is known. Views and pictures take these dataclasses and query nothing.
"""

import datetime
from dataclasses import dataclass, field, replace

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from roadmap import clock
from roadmap.models import Roadmap

from .amended import acts_of, text_of
from .document import section_titles
from .document_content import Document
from .facts import Fact, Facts, Presence, facts_of
from .models import OffControl, Petition, Summary, SummaryLine
from .terms import deadline_words, with_extensions

Status = SummaryLine.Status
UNKNOWN = "unknown"  # nothing was approved yet, which is nobody's fault


@dataclass(frozen=True)
class HalfYear:
    """An approved half-year, by the version that was valid."""

    summary: Summary
    facts: Facts

    @property
    def period(self):
        return self.summary.period

    @property
    def approved_on(self):
        return clock.day_of(self.summary.approved_at)


@dataclass(frozen=True)
class Known:
    """What is known of a measure after a half-year: what it said last, kept through half-years without a word."""

    percent: int = 0
    is_done: bool = False
    done_on: datetime.date | None = None


@dataclass(frozen=True)
class MeasureState:
    """A measure as it stands on the day looked at."""

    position: int
    number: str
    section: int  # index into Glance.sections
    title: str
    title_kk: str
    deadline: str  # in the decree's words, with the later day where one was decided
    status: str
    status_label: str
    starts_on: datetime.date
    ends_on: datetime.date | None  # the deadline in force
    known: Known
    decreed_ends_on: datetime.date | None = None  # the decree's own, where a later one is in force
    is_overdue: bool = False  # the approved summary says so
    is_due_since: bool = False  # the deadline has passed, and no approved summary is of later
    amended: tuple[str, ...] = ()  # what later acts changed, in sentences

    @property
    def is_done_late(self):
        return bool(self.known.done_on and self.ends_on and self.known.done_on > self.ends_on)


@dataclass(frozen=True)
class Glance:
    roadmap: Roadmap
    day: datetime.date
    half_years: tuple[HalfYear, ...]  # oldest first
    sections: tuple[tuple[str, str], ...]  # (in Kazakh, in the reader's language)
    measures: tuple[MeasureState, ...]
    document: Document | None = field(default=None, repr=False)

    @property
    def last(self):
        return self.half_years[-1] if self.half_years else None

    @property
    def done(self):
        return [measure for measure in self.measures if measure.known.is_done]

    @property
    def in_progress(self):
        return [measure for measure in self.measures if measure.status == Status.IN_PROGRESS]

    @property
    def overdue(self):
        return [measure for measure in self.measures if measure.is_overdue]

    @property
    def due_since(self):
        return [measure for measure in self.measures if measure.is_due_since]


def approved_summaries(roadmap, user) -> list[Summary]:
    """Every approved version that the reader may see, oldest half-year first; what was frozen is left where it is."""
    approved = Summary.objects.for_user(user).approved().filter(period__roadmap=roadmap).with_printed_reference()
    return list(
        approved.select_related("period__roadmap").defer("frozen").order_by("period__year", "period__number", "version")
    )


def valid_on(summaries, day) -> list[Summary]:
    """Of each half-year the last version that had been approved by the end of that day."""
    by_then = [summary for summary in summaries if clock.day_of(summary.approved_at) <= day]
    return list({summary.period_id: summary for summary in by_then}.values())


def read(roadmap, summaries, day, language) -> Glance:
    """Read the roadmap as it was known on that day, from the summaries that were valid then."""
    valid = valid_on(summaries, day)
    if not valid:
        return _as_decreed(roadmap, day)
    half_years = tuple(read_facts(valid, language))
    document = read_document(valid[-1], language)
    return Glance(
        roadmap=roadmap,
        day=day,
        half_years=half_years,
        sections=tuple(document.headings_of_sections) or (("", ""),),
        measures=_measures(roadmap, document, half_years, day),
        document=document,
    )


def read_document(summary, language) -> Document:
    return Document.read(Summary.objects.with_shown(language).get(pk=summary.pk).shown)


def read_facts(summaries, language) -> list[HalfYear]:
    frozen = Summary.objects.filter(pk__in=[summary.pk for summary in summaries])
    kept = dict(frozen.values_list("pk", "frozen__facts"))
    return [
        HalfYear(summary, Facts.read(kept[summary.pk]) if kept[summary.pk] else _facts_of_schema_1(summary, language))
        for summary in summaries
    ]


def _facts_of_schema_1(summary, language):
    """Facts of an approval that froze none: from its lines, which never change, by what its document says."""
    document = read_document(summary, language)
    facts = facts_of(summary, summary.approved_at)
    overdue = {row.position for row in document.rows if row.is_overdue}
    codes = {presence.names[language]: presence.executor for presence in facts.attendance}
    return Facts(
        measures=tuple(replace(fact, is_overdue=fact.position in overdue) for fact in facts.measures),
        attendance=tuple(
            Presence(codes.get(line.executor, line.executor), {language: line.executor}, line.state)
            for line in document.attendance
        ),
    )


def _as_decreed(roadmap, day):
    """Nothing was approved: the decree's measures and dates."""
    sections = list(roadmap.sections.order_by("position"))
    index = {section.pk: place for place, section in enumerate(sections)}
    measures = list(
        roadmap.measures.in_force_by(day)
        .prefetch_related("assignments__executor", with_extensions())
        .order_by("position")
    )
    acts, extensions = acts_of(measures), extensions_on(roadmap, day)
    has_others = any(measure.section_id is None for measure in measures)

    def place(measure):
        return index.get(measure.section_id, len(sections))

    titles = section_titles(sections, has_others and bool(sections))
    with translation.override("kk"):
        titles_kk = section_titles(sections, has_others and bool(sections))
    return Glance(
        roadmap=roadmap,
        day=day,
        half_years=(),
        sections=tuple(zip(titles_kk, titles, strict=True)) or (("", ""),),
        measures=tuple(
            noted(
                acts,
                measure,
                day,
                decreed_state(roadmap, acts.as_of(measure, day), place(measure), day, extensions),
            )
            for measure in measures
        ),
    )


def extensions_on(roadmap, day) -> dict[int, datetime.date]:
    """{position: the later deadline that the Government had decided by that day}."""
    return Petition.objects.extensions_on(roadmap, day)


def decreed_state(roadmap, measure, section, day, extensions) -> MeasureState:
    """A measure that no approved summary speaks of."""
    term = _term(roadmap, measure.starts_on or measure.in_force_from, measure.ends_on, extensions.get(measure.position))
    return MeasureState(
        position=measure.position,
        number=measure.number,
        section=section,
        title=measure.title,
        title_kk=measure.title_kk or measure.title,
        deadline=deadline_words(measure) if measure.position in extensions else measure.deadline_text,
        status=UNKNOWN,
        status_label=_("no information yet"),
        **term,
        known=Known(),
        is_due_since=term["ends_on"] is not None and term["ends_on"] < day,
    )


def _term(roadmap, starts_on, decreed, extended):
    """A measure without a beginning is live from the act's day on; an extended one ends later than decreed."""
    starts_on = starts_on or roadmap.date
    return {
        "starts_on": min(starts_on, decreed) if decreed else starts_on,
        "ends_on": extended or decreed,
        "decreed_ends_on": decreed if extended else None,
    }


def noted(acts, measure, day, state) -> MeasureState:
    """The state with what acts changed by that day; what was dropped is off control, and late no more."""
    state = replace(state, amended=acts.notes_on_terms(measure, day))
    if not acts.is_dropped(measure, day):
        return state
    left = {"status": Status.OFF_CONTROL, "status_label": str(Status.OFF_CONTROL.label)}
    return replace(state, **left, is_overdue=False, is_due_since=False)


def _measures(roadmap, document, half_years, day):
    """Each measure by the document's row, as amended since; then those that an act has added since."""
    *_before, (half_year, known) = learn(half_years)
    facts = {fact.position: fact for fact in half_year.facts.measures}
    measures = {each.position: each for each in roadmap.measures.in_force_by(day).select_related("section")}
    acts, extensions = acts_of(list(measures.values())), extensions_on(roadmap, day)
    states = []
    for row in document.rows:
        fact, measure = facts[row.position], measures.get(row.position)
        if measure:
            fact, row = as_amended(fact, row, measure, acts, half_year.approved_on, day)
        told = told_state(roadmap, row, fact, known[row.position], day, extensions)
        states.append(noted(acts, measure, day, told) if measure else told)
    for measure in measures.values():
        if measure.in_force_from and measure.position not in facts:
            state = decreed_state(roadmap, measure, _section_of(document, measure), day, extensions)
            states.append(noted(acts, measure, day, state))
    return tuple(states)


def _section_of(document, measure):
    """The place of the measure's section among the document's headings; the last one where it has none there."""
    with translation.override("kk"):
        title = str(measure.section or "")
    titles = [in_kazakh for in_kazakh, _own in document.headings_of_sections]
    return titles.index(title) if title in titles else max(len(titles) - 1, 0)


def as_amended(fact, row, measure, acts, since, day):
    """(fact, row) with the deadline that an act has set since the summary was approved, by that day."""
    values = acts.deadline_since(measure, since, day)
    if not values:
        return fact, row
    days = {name: values[name].isoformat() if values[name] else "" for name in ("starts_on", "ends_on")}
    ends_on = values["ends_on"]
    is_overdue = fact.is_overdue and ends_on is not None and ends_on < day
    return replace(fact, **days, decreed_ends_on="", is_overdue=is_overdue), replace(row, deadline=text_of(values))


def told_state(roadmap, row, fact, known, day, extensions) -> MeasureState:
    """A measure as the summary's row says, on a later day; what was extended since is not overdue any more."""
    frozen, extended = day_of(fact.ends_on), extensions.get(row.position)
    decreed = day_of(fact.decreed_ends_on) or frozen
    is_extended_since = bool(extended and (frozen is None or extended > frozen))
    later = extended if is_extended_since else (frozen if fact.decreed_ends_on else None)
    term = _term(roadmap, day_of(fact.starts_on), decreed, later)
    is_overdue = fact.is_overdue and not (is_extended_since and extended >= day)
    is_open = not (known.is_done or is_overdue or fact.status == Status.OFF_CONTROL)
    return MeasureState(
        position=row.position,
        number=row.number,
        section=row.section or 0,
        title=row.title,
        title_kk=row.title_kk,
        deadline=_extended_words(row.deadline, extended) if is_extended_since else row.deadline,
        status=row.status,
        status_label=row.status_label,
        **term,
        known=known,
        is_overdue=is_overdue,
        is_due_since=is_open and term["ends_on"] is not None and term["ends_on"] < day,
    )


def _extended_words(deadline, day):
    return _("%(deadline)s; extended to %(day)s") % {"deadline": deadline, "day": date_format(day)}


def learn(half_years):
    """Yield each half-year with {position: what is known of the measure after it}."""
    known = {}
    for half_year in half_years:
        known = {fact.position: after(fact, known.get(fact.position, Known())) for fact in half_year.facts.measures}
        yield half_year, known


def after(fact: Fact, before: Known) -> Known:
    """What is known of a measure after a half-year's word, or silence, on it."""
    if fact.status == Status.DONE:
        return Known(100, True, day_of(fact.documented_on))
    if fact.percent is not None:
        return Known(fact.percent)
    if fact.status == Status.OFF_CONTROL:
        is_done = before.is_done or fact.ground == OffControl.Ground.DONE
        return Known(100 if is_done else before.percent, is_done, before.done_on)
    return before


def day_of(iso: str):
    return datetime.date.fromisoformat(iso) if iso else None
