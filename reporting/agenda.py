"""The days that concern a person: windows, due days of information, and measures' deadlines, by the role.

Nothing here is anybody's draft or words: only what the decree says and the dates that staff set.
"""

import datetime
from dataclasses import dataclass, replace

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from roadmap.models import Measure, Roadmap, User

from .models import OffControl, ReportingPeriod, Submission, Summary, SummaryLine
from .terms import deadline_words, due_words, executors_due_words, ministry_due_words, with_extensions

OPENS, DUE, RESUBMIT, DEADLINE = "opens", "due", "resubmit", "deadline"
MINISTRY_OPENS, MINISTRY_DUE = "ministry-opens", "ministry-due"
Role = User.Role
KINDS = {
    Role.EXECUTOR: {OPENS, DUE, RESUBMIT, DEADLINE},
    Role.MINISTRY_OFFICER: {OPENS, DUE, MINISTRY_OPENS, MINISTRY_DUE},
    Role.MINISTRY_HEAD: {OPENS, DUE, MINISTRY_OPENS, MINISTRY_DUE},
    Role.GOVERNMENT: {MINISTRY_DUE, DEADLINE},
    Role.ADMINISTRATOR: {OPENS, MINISTRY_OPENS},
}


@dataclass(frozen=True)
class Event:
    """One day; `key` stays the same when the day is moved.

    What it speaks of: `roadmap` is the slug, `measure` a position, `period` and the own `submission` are pks.
    """

    key: str
    day: datetime.date
    kind: str
    title: str
    words: str  # the decree's
    act: str
    is_done: bool = False
    title_kk: str = ""  # where the decree's words stand in the title
    words_kk: str = ""
    roadmap: str = ""
    measure: int | None = None
    period: int | None = None
    submission: int | None = None


def agenda(user, on):
    """Return the person's days in order, in the active language.

    A measure that is done keeps a deadline that has passed, marked; one that lies ahead concerns nobody any more.
    """
    roadmaps = {roadmap.pk: roadmap for roadmap in Roadmap.objects.for_user(user)}
    events = [*_of_periods(user, roadmaps)]
    if DEADLINE in KINDS[user.role]:
        events += _of_measures(user, roadmaps, on)
    return sorted(events, key=lambda event: (event.day, event.key))


def _of_periods(user, roadmaps):
    kinds = KINDS[user.role]
    own = _own_submissions(user)
    for period in ReportingPeriod.objects.filter(roadmap__in=roadmaps):
        period.roadmap = roadmaps[period.roadmap_id]
        submission = own.get(period.pk)
        if user.role == Role.EXECUTOR and period.executors_opened_at and not submission:
            continue  # nothing was to be reported in it
        if submission:
            submission.period = period
        for kind, day, title, is_done in _days_of(period, submission, user.role):
            if kind in kinds:
                key = f"{period.roadmap.slug}-{period.code}-{kind}"
                words = _how_often(period, kind) if kind in (DUE, MINISTRY_DUE) else ""
                event = Event(
                    key, day, kind, title % {"period": period}, words, period.roadmap.act, is_done,
                    roadmap=period.roadmap.slug, period=period.pk, submission=submission.pk if submission else None,
                )  # fmt: skip
                decreed = {DUE: period.executors_due_on, MINISTRY_DUE: period.ministry_due_on}.get(kind, day)
                if day != decreed:
                    event = replace(event, words=_due_words(period, submission, kind))
                    yield _moved(event, decreed)
                yield event


def _due_words(period, submission, kind):
    if kind == MINISTRY_DUE:
        return ministry_due_words(period)
    return due_words(submission) if submission else executors_due_words(period)


def _moved(event, decreed):
    """The decree's day, which stays in the calendar and says where it has gone; the new day keeps the key."""
    title = _moved_title(event.day, event.title)
    with translation.override("kk"):
        title_kk = event.title_kk and _moved_title(event.day, event.title_kk)
    return replace(event, key=f"{event.key}-decreed", day=decreed, title=title, title_kk=title_kk, is_done=False)


def _moved_title(day, title):
    return _("Moved to %(day)s: %(title)s") % {"day": date_format(day), "title": title}


def _own_submissions(user):
    """{period's pk: the executor's submission, its own before its predecessor's}; nothing for the others."""
    if user.role != Role.EXECUTOR:
        return {}
    submissions = Submission.objects.for_user(user).expected().with_rounds()
    in_order = sorted(submissions, key=lambda one: one.executor_id == user.executor_id)
    return {one.period_id: one for one in in_order}


def _how_often(period, kind):
    """The act's rhythm: of decree 631, points 2.2 and 3; of other frequencies by the day of the month."""
    roadmap, interval = period.roadmap, period.interval
    number = roadmap.executors_due_day if kind == DUE else roadmap.ministry_due_day
    if roadmap.frequency != Roadmap.Frequency.HALF_YEAR:
        return {
            Roadmap.Frequency.MONTH: _("Every month, by day %(day)s of the month that follows"),
            Roadmap.Frequency.QUARTER: _("Every quarter, by day %(day)s of the month that follows"),
            Roadmap.Frequency.YEAR: _("Every year, by day %(day)s of January"),
        }[roadmap.frequency] % {"day": number}
    first, second = sorted((interval.due(number), interval.next.due(number)), key=lambda day: day.month)
    return _("Twice a year, on the results of the half-year: %(first)s and %(second)s") % {
        "first": date_format(first, "MONTH_DAY_FORMAT"),
        "second": date_format(second, "MONTH_DAY_FORMAT"),
    }


def _days_of(period, submission, role):
    """(kind, day, title, whether that was done) of a period; an executor's own days where it has a submission.

    A term stands on the working day that it counts until; windows open by the dates as decreed.
    """
    own = role == Role.EXECUTOR
    due_on = submission.effective_due_on if submission else period.executors_effective_on
    is_sent = bool(submission and submission.first_submitted_at)
    yield OPENS, period.opens_on, _("Reporting opens: %(period)s"), False
    yield DUE, due_on, _("Report due: %(period)s") if own else _("Executors' reports due: %(period)s"), is_sent
    yield MINISTRY_OPENS, period.ministry_opens_on, _("The ministry's window opens: %(period)s"), False
    yield MINISTRY_DUE, period.ministry_effective_on, _("Consolidated information due: %(period)s"), False
    is_returned = submission and submission.status == Submission.Status.RETURNED
    if submission and (is_returned or submission.is_reopened) and submission.resubmit_by:
        yield RESUBMIT, submission.resubmit_by, _("Report to be sent again: %(period)s"), False


def _of_measures(user, roadmaps, on):
    measures = Measure.objects.filter(roadmap__in=roadmaps)
    if user.role == Role.EXECUTOR:
        measures = measures.filter(assignments__executor=user.executor_id)
    done = _done_measures(roadmaps, on)
    for measure in measures.prefetch_related(with_extensions()):
        roadmap = roadmaps[measure.roadmap_id]
        first, last = datetime.date(roadmap.first_year, 1, 1), datetime.date(roadmap.last_year, 12, 31)
        for day in measure.due_days(first, max(last, measure.ends_on or last)):
            if day >= on and measure.pk in done:
                continue
            key = f"{roadmap.slug}-measure-{measure.position}" + (f"-{day}" if day != measure.ends_on else "")
            title, words = _words_of(measure)
            with translation.override("kk"):
                title_kk, words_kk = _words_of(measure)
            event = Event(
                key, day, DEADLINE, title, words, roadmap.act, is_done=measure.pk in done, title_kk=title_kk,
                words_kk=words_kk, roadmap=roadmap.slug, measure=measure.position,
            )  # fmt: skip
            if measure.extended_to and day == measure.ends_on:
                event = replace(event, day=measure.extended_to)
                yield _moved(event, day)
            yield event


def _words_of(measure):
    """The title of a deadline, and the decree's words on it, in the language that is active."""
    title = _("Deadline of measure %(number)s: %(title)s") % {"number": measure.number, "title": measure.title}
    return title, " · ".join(part for part in (deadline_words(measure), measure.completion_form) if part)


def _done_measures(roadmaps, on):
    """Measures off control on that day, or done in the latest approved summary that speaks of them."""
    latest = {}
    lines = SummaryLine.objects.filter(
        summary__in=Summary.objects.valid().filter(period__roadmap__in=roadmaps).order_by()
    ).order_by("summary__period__year", "summary__period__number")
    for line in lines.only("measure", "rolled_status", "overruled_status"):
        latest[line.measure_id] = line.status
    off_control = OffControl.objects.in_force_on(on).filter(measure__roadmap__in=roadmaps)
    done = (pk for pk, status in latest.items() if status == SummaryLine.Status.DONE)
    return {*done, *off_control.values_list("measure", flat=True)}
