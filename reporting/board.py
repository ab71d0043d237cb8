"""The ministry's picture of a period: figures, executors × measures, what waits, and how far the summary is.

`board(period, day)` is the whole of it, `cards(periods, day)` the figures of several. Both ask a constant number
of queries, however many executors, measures and periods there are.
"""

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.db import models
from django.db.models import Count, Exists, F, Min, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from roadmap.models import Assignment, Measure, Roadmap, Section, Succession

from .models import ProgressEntry, ReportingPeriod, Summary, SummaryLine
from .rollup import ExecutorStanding, Standing, standings

# A matrix of more columns or cells is no picture any more; its place is taken by the counts of each executor.
COLUMN_LIMIT, CELL_LIMIT = 60, 600


class State(models.TextChoices):
    """Where an executor's report stands, in the order of the legend."""

    ACCEPTED = "accepted", gettext_lazy("accepted")
    RECEIVED = "received", gettext_lazy("received, waits for review")
    LATE = "late", gettext_lazy("received late, waits for review")
    RETURNED = "returned", gettext_lazy("returned for rework")
    MISSING = "missing", gettext_lazy("missing")
    EXPECTED = "expected", gettext_lazy("expected")


@dataclass(frozen=True)
class Progress:
    """The summary in work, or the last one; `summary` is empty where nothing has been consolidated."""

    summary: Summary | None = None
    total: int = 0  # lines that want a text
    written: int = 0

    @property
    def is_written(self):
        return self.written == self.total


@dataclass(frozen=True)
class Card:
    """A period in figures on a day."""

    period: ReportingPeriod
    day: date
    standing: Standing
    progress: Progress

    @property
    def roadmap(self):
        return self.period.roadmap

    @property
    def is_correction(self):
        """The valid summary stands, and its correction is in work."""
        summary = self.progress.summary
        return bool(summary and summary.version > 1 and not summary.is_approved)

    @property
    def state(self):
        summary = self.progress.summary
        if self.is_correction and summary.is_draft:
            return _("correction in work, version %(version)s") % {"version": summary.version}
        if summary and summary.is_for_approval:
            return _("at the head's for approval")
        return state_of(self.period, self.day)

    @property
    def executors_days_left(self):
        return (self.period.executors_effective_on - self.day).days

    @property
    def days_left(self):
        return (self.period.ministry_effective_on - self.day).days

    @property
    def days_late(self):
        return -self.days_left

    @property
    def is_missed(self):
        return self.period.is_missed_on(self.day)

    @property
    def queue(self):
        """What waits for review, the oldest first; in a correction what it reopened."""
        waiting = self.standing.not_reviewed
        if self.is_correction:
            waiting = [line for line in waiting if line.submission.reopened_from]
        return sorted(waiting, key=lambda waiting: waiting.submission.last_round.sent_at)


@dataclass(frozen=True)
class Cell:
    measure: Measure
    state: State | None  # None where the executor has no duty


@dataclass(frozen=True)
class Row:
    standing: ExecutorStanding
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Matrix:
    """Executors in the decree's order × measures in theirs."""

    measures: tuple[Measure, ...]
    sections: tuple[tuple[Section | None, int], ...]  # (section, columns); empty where the act has none
    rows: tuple[Row, ...]

    @property
    def legend(self):
        """(state, how many cells of it)."""
        states = [cell.state for row in self.rows for cell in row.cells]
        return [(state, states.count(state)) for state in State]


@dataclass(frozen=True)
class Board(Card):
    executors: tuple[ExecutorStanding, ...] = ()  # in the decree's order
    matrix: Matrix | None = None

    @property
    def states(self):
        """(state, executor), as the executors stand; lateness stands beside it."""
        return [(State(line.state), line) for line in self.executors]


def state_of(period, day):
    """The period's state in words."""
    if period.is_locked:
        return _("approved")
    if period.ministry_opened_at:
        return _("the ministry consolidates")
    if period.executors_opened_at:
        return _("executors report")
    return _("missed") if period.is_missed_on(day) else _("not open yet")


def current_periods(user) -> list[ReportingPeriod]:
    """Each roadmap's period in work: the earliest opened and not approved, else the last opened, else the next.

    A half-year that is only being corrected stands behind.
    """
    periods = ReportingPeriod.objects.for_user(user).select_related("roadmap").order_by("roadmap", "year", "number")
    corrected = Summary.objects.approved().filter(period=OuterRef("pk"))
    periods = periods.annotate(was_approved=Exists(corrected))
    by_roadmap = groupby(periods, key=lambda period: period.roadmap_id)
    return [_current([*own]) for _pk, own in by_roadmap]


def _current(periods):
    opened = [period for period in periods if period.executors_opened_at]
    in_work = [period for period in opened if not period.was_approved]
    return (in_work or opened[-1:] or periods)[0]


def corrections_in_work(user, roadmap=None):
    """The corrections that are in work, the oldest half-year's first."""
    found = Summary.objects.for_user(user).corrections_in_work().select_related("period__roadmap")
    return found.filter(period__roadmap=roadmap) if roadmap else found


def without_periods(user):
    """The roadmaps whose periods the daily task has not made yet."""
    return Roadmap.objects.for_user(user).filter(periods=None)


def cards(periods, day) -> list[Card]:
    """The figures of these periods, the most pressing first."""
    standing, progress = standings(periods, day), _progress(periods)
    found = [Card(period, day, standing[period.pk], progress[period.pk]) for period in periods]
    return sorted(found, key=lambda card: (card.period.is_locked, card.period.ministry_due_on))


def board(period: ReportingPeriod, day) -> Board:
    """The whole picture of a period."""
    standing = standings([period], day)[period.pk]
    executors = _in_decreed_order(period, standing.executors)
    matrix = _matrix(period, executors) if executors else None
    return Board(period, day, standing, _progress([period])[period.pk], executors, matrix)


def _in_decreed_order(period, executors):
    first_named = dict(
        Assignment.objects.filter(measure__roadmap=period.roadmap)
        .order_by()
        .values_list("executor")
        .annotate(place=Min(F("measure__position") * 1000 + F("position")))
    )
    last = max(first_named.values(), default=0) + 1
    # Who was succeeded stands where its successor does.
    first_named = {former: first_named.get(heir, last) for former, heir in Succession.objects.heirs().items()} | (
        first_named
    )
    return tuple(sorted(executors, key=lambda line: first_named.get(line.submission.executor_id, last)))


def _matrix(period, executors):
    measures = tuple(period.measures().select_related("section")[: COLUMN_LIMIT + 1])
    if len(measures) > COLUMN_LIMIT or sum(line.entries for line in executors) > CELL_LIMIT:
        return None
    entries = ProgressEntry.objects.filter(submission__period=period)
    duty = set(entries.values_list("submission", "measure"))
    return Matrix(measures, _sections(measures), tuple(_row(line, measures, duty) for line in executors))


def _row(line, measures, duty):
    state = State(line.cell_state)
    return Row(
        line,
        tuple(Cell(measure, state if (line.submission.pk, measure.pk) in duty else None) for measure in measures),
    )


def _sections(measures):
    groups = [(section, len([*own])) for section, own in groupby(measures, key=lambda measure: measure.section)]
    is_divided = any(section for section, _count in groups)
    return tuple(groups) if is_divided else ()


def _progress(periods):
    """{period pk: Progress} of each period's last version."""
    summaries = Summary.objects.filter(period__in=periods).defer("frozen").order_by("version")
    last = {summary.period_id: summary for summary in summaries}
    unwritten = Q(text_kk="") | Q(text_ru="")
    counted = (
        SummaryLine.objects.wanting_text()
        .filter(summary__in=[summary.pk for summary in last.values()])
        .order_by()
        .values("summary")
        .annotate(total=Count("pk"), unwritten=Count("pk", filter=unwritten))
    )
    lines = {row["summary"]: row for row in counted}
    return {period.pk: _of_summary(last.get(period.pk), lines) for period in periods}


def _of_summary(summary, lines):
    if summary is None or summary.pk not in lines:
        return Progress(summary)
    row = lines[summary.pk]
    return Progress(summary, row["total"], row["total"] - row["unwritten"])
