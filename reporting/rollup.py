"""The one reader over many models: a period's reports rolled up measure by measure.

`consolidate(period)` gives what the executors' reports come to; `refresh(summary)` writes it into the summary's
lines; `standing(period)` tells who has reported. Pages, admin and files take these dataclasses and query nothing.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from roadmap import clock
from roadmap.language import names_of
from roadmap.models import Measure, Succession

from .errors import Conflict, Refused
from .models import OffControl, ProgressEntry, ReportingPeriod, Submission, Summary, SummaryLine

Entry = ProgressEntry.Status
Line = SummaryLine.Status

REPORTED, ON_REWORK, MISSING = "reported", "on_rework", "missing"


def roll_up(statuses: Sequence[str | None], *, has_begun: bool, is_off_control: bool) -> str:
    """Return a line's status from one status for each expected executor, None where it is no reporter.

    Missing and on rework are both None. The first rule that fits counts.
    """
    reported = [status for status in statuses if status]
    if not statuses:
        if is_off_control:
            return Line.OFF_CONTROL
        return Line.NO_INFORMATION if has_begun else Line.NOT_BEGUN
    if not reported:
        return Line.NO_INFORMATION
    if Entry.NOT_DONE in reported:
        return Line.NOT_DONE
    if reported == list(statuses) and set(reported) == {Entry.DONE}:
        return Line.DONE
    if set(reported) == {Entry.NOT_STARTED}:
        return Line.NOT_STARTED
    return Line.IN_PROGRESS


def mean_percent(percents: Sequence[int]) -> int | None:
    """Return the mean, rounded half up; None of nobody."""
    if not percents:
        return None
    return (2 * sum(percents) + len(percents)) // (2 * len(percents))


@dataclass(frozen=True)
class Report:
    """One expected executor's word on one measure; empty where it did not report."""

    executor: int
    names: dict[str, str]  # {language: short name}
    by_agreement: bool
    state: str  # REPORTED, ON_REWORK or MISSING
    status: str = ""
    percent: int | None = None
    narrative: str = ""
    obstacles: str = ""
    reason: str = ""
    document_name: str = ""
    document_number: str = ""
    document_date: str = ""  # ISO or empty
    money: tuple[dict, ...] = ()  # {"source", "planned", "spent", "reason"}


@dataclass(frozen=True)
class Money:
    """A source's sums over the reporters, whole tenge within the calendar year."""

    names: dict[str, str]
    planned: int
    spent: int


@dataclass(frozen=True)
class OffControlNote:
    """Why nobody reports a measure any more, and how it stood last."""

    ground: int
    decided_on: str
    document: str
    decision_body: str = ""
    decision_number: str = ""
    last_text_kk: str = ""
    last_text_ru: str = ""


@dataclass(frozen=True)
class MeasureRollup:
    measure: Measure
    status: str
    percent: int | None
    reports: tuple[Report, ...]
    money: tuple[Money, ...]
    off_control: OffControlNote | None

    @property
    def expected(self):
        return len(self.reports)

    @property
    def reported(self):
        return sum(report.state == REPORTED for report in self.reports)

    def as_source(self):
        """What a line keeps: language-neutral, so that a later change of names changes nothing in it."""
        return {
            "expected": self.expected,
            "reported": self.reported,
            "reports": [asdict(report) | {"money": list(report.money)} for report in self.reports],
            "money": [asdict(money) for money in self.money],
            "off_control": asdict(self.off_control) if self.off_control else None,
        }


def consolidate(period: ReportingPeriod, *, only: Sequence[int] | None = None) -> list[MeasureRollup]:
    """Roll up every measure of the roadmap, or `only` those (pks), in its order; a constant number of queries."""
    day = period.executors_opened_at and clock.day_of(period.executors_opened_at)
    measures = period.measures().select_related("section").prefetch_related("assignments__executor", "funding_sources")
    entries = (
        ProgressEntry.objects.filter(submission__period=period)
        .select_related("submission__executor")
        .prefetch_related("expenditures__source")
    )
    if only is not None:
        measures, entries = measures.filter(pk__in=only), entries.filter(measure__in=only)
    by_measure = {}
    for entry in entries:
        by_measure.setdefault(entry.measure_id, []).append(entry)
    off_control = _off_control_notes(period, day) if day else {}
    heirs = Succession.objects.heirs()
    return [
        _roll_up_measure(measure, by_measure.get(measure.pk, ()), off_control, period, heirs) for measure in measures
    ]


def _roll_up_measure(measure, entries, off_control, period, heirs):
    order = {assignment.executor_id: assignment for assignment in measure.assignments.all()}
    # Who was succeeded stands where its successor does.
    order = {former: order[heir] for former, heir in heirs.items() if heir in order} | order
    entries = sorted(
        entries,
        key=lambda entry: (
            order[entry.submission.executor_id].position if entry.submission.executor_id in order else len(order) + 1,
            entry.submission.executor_id,
        ),
    )
    reports = tuple(_report(entry, order.get(entry.submission.executor_id)) for entry in entries)
    reporters = [entry for entry in entries if entry.submission.is_reported]
    return MeasureRollup(
        measure=measure,
        status=roll_up(
            [report.status or None for report in reports],
            has_begun=measure.has_begun_by(period.covers_to),
            is_off_control=measure.pk in off_control,
        ),
        percent=mean_percent([entry.percent for entry in reporters]),
        reports=reports,
        money=_money(reporters),
        off_control=off_control.get(measure.pk),
    )


def _report(entry, assignment):
    submission = entry.submission
    head = {
        "executor": submission.executor_id,
        "names": names_of(submission.executor, "short_name"),
        "by_agreement": bool(assignment and assignment.by_agreement),
    }
    if not submission.is_reported:
        state = ON_REWORK if submission.status == Submission.Status.RETURNED else MISSING
        return Report(**head, state=state)
    return Report(
        **head,
        state=REPORTED,
        status=entry.status,
        percent=entry.percent,
        narrative=entry.narrative,
        obstacles=entry.obstacles,
        reason=entry.reason,
        document_name=entry.document_name,
        document_number=entry.document_number,
        document_date=entry.document_date.isoformat() if entry.document_date else "",
        money=tuple(expenditure.as_payload() for expenditure in entry.expenditures.all()),
    )


def _money(reporters):
    sources = {}
    for entry in reporters:
        for expenditure in entry.expenditures.all():
            sources.setdefault(expenditure.source_id, []).append(expenditure)
    return tuple(
        Money(
            names=names_of(spent[0].source, "name"),
            planned=sum(expenditure.planned or 0 for expenditure in spent),
            spent=sum(expenditure.spent or 0 for expenditure in spent),
        )
        for spent in sources.values()
    )


def _off_control_notes(period, day):
    decisions = OffControl.objects.in_force_on(day).filter(measure__roadmap=period.roadmap)
    last_lines = {
        (line.summary_id, line.measure_id): line
        for line in SummaryLine.objects.filter(summary__in=decisions.values("summary"))
    }
    return {decision.measure_id: _note(decision, last_lines) for decision in decisions}


def _note(decision, last_lines):
    last = last_lines.get((decision.summary_id, decision.measure_id))
    return OffControlNote(
        ground=decision.ground,
        decided_on=decision.decided_on.isoformat(),
        document=decision.document,
        decision_body=decision.decision_body,
        decision_number=decision.decision_number,
        last_text_kk=last.text_kk if last else "",
        last_text_ru=last.text_ru if last else "",
    )


# The summary's lines


def refresh(period: ReportingPeriod, *, at) -> Summary:
    """Build or refresh the lines of the summary in work; the ministry's own words stay as they are.

    A line whose source changed after the ministry wrote it is marked. Refused before the ministry's window is open,
    while the head has the summary, and after the approval.
    """
    if not period.ministry_opened_at:
        raise Refused(_("The ministry's window is not open yet; it opens on the day after the executors' due date."))
    with transaction.atomic():
        period.touch()
        summary, _is_new = Summary.objects.exclude(status=Summary.Status.APPROVED).get_or_create(
            period=period, defaults={"version": period.summaries.count() + 1, "consolidated_at": at}
        )
        if not Summary.objects.filter(pk=summary.pk, status=Summary.Status.DRAFT).update(consolidated_at=at):
            raise Conflict(_("The head has the summary; it cannot be consolidated until it is sent back."))
        _write_lines(summary, consolidate(period))
        summary.refresh_from_db()
        return summary


def _write_lines(summary, rollups):
    """Make the lines that lack, refresh those whose source changed; the period's lock keeps others away."""
    lines = {line.measure_id: line for line in summary.lines.all()}
    new, changed = [], []
    for rollup in rollups:
        line = lines.get(rollup.measure.pk)
        if line is None:
            line = SummaryLine(summary=summary, measure=rollup.measure)
            new.append(line)
        elif is_outdated(line, rollup):
            line.is_changed = bool(line.edited_at) and line.seen_source != rollup.as_source()
            line.revision += 1
            changed.append(line)
        elif line.position != rollup.measure.position:
            changed.append(line)
        else:
            continue
        line.position = rollup.measure.position
        line.rolled_status, line.rolled_percent, line.source = rollup.status, rollup.percent, rollup.as_source()
    SummaryLine.objects.bulk_create(new)
    SummaryLine.objects.bulk_update(
        changed, ["position", "rolled_status", "rolled_percent", "source", "is_changed", "revision"]
    )


def is_outdated(line: SummaryLine, rollup: MeasureRollup) -> bool:
    """Has the source changed since the line was consolidated?"""
    return (line.rolled_status, line.rolled_percent, line.source) != (
        rollup.status,
        rollup.percent,
        rollup.as_source(),
    )


def outdated_measures(summary: Summary) -> list[Measure]:
    """The measures with something new since the last consolidation: sent, returned, or added to the roadmap."""
    lines = {line.measure_id: line for line in summary.lines.all()}
    return [
        rollup.measure
        for rollup in consolidate(summary.period)
        if rollup.measure.pk not in lines or is_outdated(lines[rollup.measure.pk], rollup)
    ]


# Who has reported


@dataclass(frozen=True)
class ExecutorStanding:
    """One executor's state in a period's queue."""

    submission: Submission
    entries: int
    is_late: bool

    @property
    def state(self):
        """expected, missing, received, returned or accepted; lateness stands beside it."""
        submission = self.submission
        if submission.status == Submission.Status.ACCEPTED:
            return "accepted"
        if submission.status == Submission.Status.RETURNED:
            return "returned"
        if submission.status == Submission.Status.SUBMITTED:
            return "received"
        return "missing" if self.is_late or submission.period.is_locked else "expected"

    @property
    def cell_state(self):
        """The state in one word, where there is room for one sign: what came late and waits is «late»."""
        return "late" if self.state == "received" and self.is_late else self.state

    @property
    def is_received(self):
        """Something was sent, whatever became of it."""
        return self.submission.first_submitted_at is not None

    @property
    def attendance(self):
        """on_time, late or missing: how it kept to the due date."""
        if not self.is_received:
            return "missing"
        return "late" if self.is_late else "on_time"


@dataclass(frozen=True)
class Standing:
    executors: tuple[ExecutorStanding, ...]

    def count(self, state):
        return sum(standing.state == state for standing in self.executors)

    @property
    def accepted_count(self):
        return self.count("accepted")

    @property
    def missing_count(self):
        """Past the due date; before it they are expected."""
        return self.count("missing")

    @property
    def expected(self):
        return len(self.executors)

    @property
    def received(self):
        return sum(standing.is_received for standing in self.executors)

    @property
    def late(self):
        return sum(standing.is_received and standing.is_late for standing in self.executors)

    @property
    def on_time(self):
        return self.received - self.late

    @property
    def missing(self):
        return [standing for standing in self.executors if not standing.is_received]

    @property
    def returned(self):
        return [standing for standing in self.executors if standing.state == "returned"]

    @property
    def not_reviewed(self):
        return [standing for standing in self.executors if standing.state == "received"]


def standing(period: ReportingPeriod, day) -> Standing:
    """Who is expected, and where each stands on that day; executors in the order of their names."""
    return standings([period], day)[period.pk]


def standings(periods: Sequence[ReportingPeriod], day) -> dict[int, Standing]:
    """{period pk: who is expected in it, and where each stands on that day}, in two queries."""
    submissions = Submission.objects.expected().filter(period__in=periods).order_by("executor")
    lines, shared = {period.pk: [] for period in periods}, {}
    for submission in submissions.select_related("executor", "period__roadmap").with_rounds():
        # One object for each period, so that what it knows of itself is asked once.
        submission.period = shared.setdefault(submission.period_id, submission.period)
        line = ExecutorStanding(submission, submission.entry_count, submission.is_late_on(day))
        lines[submission.period_id].append(line)
    return {pk: Standing(tuple(own)) for pk, own in lines.items()}
