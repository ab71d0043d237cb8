"""Who is to be told what at a moment, by what stands in the database then.

Nothing hangs on a task having run on the day or on a transition having sent word: `wanted(at)` says it anew each time,
and the log (`Notice`) holds what was said already. What it does not say any more has lost its reason. It asks a
constant number of queries.
"""

import datetime
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import OuterRef, Q, Subquery

from roadmap import clock
from roadmap.models import Roadmap, Succession, User

from .models import (
    JournalEntry,
    Notice,
    PeriodChange,
    Petition,
    ReportingPeriod,
    Submission,
    SubmissionRound,
    Summary,
    SummaryEvent,
)
from .occasions import DIGESTS_AFTER_TERM, NEWS, RESEND_RUNGS, RUNGS, Occasion, rung
from .rollup import standings

Role, Status = User.Role, Submission.Status
OF_REPORT = ("executor", "period__roadmap__coordinator")


@dataclass(frozen=True)
class Wanted:
    """One person to be told one thing; `source` is the row that it tells of, and depends on the occasion."""

    person: User
    occasion: str
    about: str
    roadmap: Roadmap
    period: ReportingPeriod | None
    submission: Submission | None = None
    source: object = field(default=None, repr=False)
    term: datetime.date | None = None

    @property
    def key(self):
        return self.person.pk, self.occasion, self.about

    def as_notice(self, at):
        return Notice(
            person=self.person, occasion=self.occasion, about=self.about, roadmap=self.roadmap, period=self.period,
            submission=self.submission, made_at=at, next_try_at=at,
        )  # fmt: skip


@dataclass
class Figures:
    """A roadmap's half-years in work on a day; counted once for all who are told, and only where somebody is."""

    periods: list
    day: datetime.date

    @cached_property
    def standings(self):
        return standings(self.periods, self.day)


def wanted(at) -> list[Wanted]:
    """Return everything that is to be said at that moment, said already or not."""
    people, day = People(), clock.day_of(at)
    since = at - NEWS
    moves = Moves(since)
    return [
        *_of_reports(people, moves, day, since),
        *_of_rounds(people, since),
        *_of_moves(people, moves),
        *_of_petitions(people, since),
        *_of_figures(people, day),
        *_of_summaries(people, since),
    ]


class People:
    """Who can be written to: active, with an address; in two queries."""

    def __init__(self):
        self._heirs = Succession.objects.heirs()
        self._of_body, self._of_role = defaultdict(list), defaultdict(list)
        self._all = {}
        for person in User.objects.filter(is_active=True).exclude(email="").select_related("executor").order_by("pk"):
            self._all[person.pk] = person
            self._of_body[person.role, person.executor_id].append(person)
            self._of_role[person.role].append(person)

    def by_pk(self, pk):
        return self._all.get(pk)

    def of_executor(self, pk):
        """The body's people; after a succession its heir's."""
        return self._of_body[Role.EXECUTOR, self._heirs.get(pk, pk)]

    def of_report(self, submission):
        """Who reports: the body's people, and the officer who sent it for them."""
        found = self.of_executor(submission.executor_id)
        sender = self._all.get(submission.entered_by_id) if submission.is_entered_by_ministry else None
        is_officer = sender and sender in self.of_ministry(submission.period.roadmap, Role.MINISTRY_OFFICER)
        return [*found, sender] if is_officer else found

    def of_ministry(self, roadmap, *roles):
        return [person for role in roles for person in self._of_body[role, roadmap.coordinator_id]]

    def of_government(self):
        return self._of_role[Role.GOVERNMENT]


class Moves:
    """What moved the days of reports lately: the last one of each half-year, and of each report."""

    def __init__(self, since):
        changes = PeriodChange.objects.filter(field="executors_due_on", at__gt=since).select_related("period")
        # What the ministry sets when it opens a window by hand moves nothing that was known before.
        self.changes = {
            change.period_id: change
            for change in changes.order_by("pk")
            if change.period.executors_opened_at and change.at > change.period.executors_opened_at
        }
        granted = Petition.objects.filter(
            kind=Petition.Kind.EXTEND_REPORT, status=Petition.Status.GRANTED, answered_at__gt=since
        )
        self.granted = {petition.submission_id: petition for petition in granted.order_by("pk")}

    def change_of(self, submission):
        """The moving of the half-year by which this report's day counts; None where another day does."""
        change = self.changes.get(submission.period_id)
        return change if change and change.after == submission.due_on else None

    def grant_of(self, submission):
        petition = self.granted.get(submission.pk)
        return petition if petition and petition.granted_until == submission.due_on else None

    def day_of(self, submission):
        """On which day the report's term was set anew; None where it was not, or longer ago than any letter looks."""
        change, petition = self.change_of(submission), self.grant_of(submission)
        at = [moment for moment in (change and change.at, petition and petition.answered_at) if moment]
        return clock.day_of(max(at)) if at else None


def _for_report(people, submission, occasion, about, **more):
    """The same for each who reports."""
    period = submission.period
    for person in people.of_report(submission):
        yield Wanted(person, occasion, about, period.roadmap, period, submission, **more)


# Reports: the rungs, and what a correction asks for again


def _of_reports(people, moves, day, since):
    """Of what is not sent, or is to be sent again, in half-years that are not approved."""
    last = SubmissionRound.objects.filter(submission=OuterRef("pk")).order_by("-number")
    reports = (
        Submission.objects.editable()
        .expected()
        .exclude(period__executors_opened_at=None)
        .select_related(*OF_REPORT)
        .annotate(again_by=Subquery(last.values("resubmit_by")[:1]), was_at=Subquery(last.values("reviewed_at")[:1]))
    )
    reopenings = _reopenings()
    for submission in reports.order_by("pk"):
        if submission.is_reopened:
            entry = reopenings.get(submission.pk)
            if entry and entry.at > since:
                about = f"journal:{entry.pk}"
                term = submission.reopened_until
                yield from _for_report(people, submission, Occasion.REOPENED, about, source=entry, term=term)
            if entry:
                yield from _to_send_again(people, submission, submission.reopened_until, clock.day_of(entry.at), day)
        elif submission.status == Status.RETURNED:
            if submission.again_by and submission.was_at:
                begins = clock.day_of(submission.was_at)
                yield from _to_send_again(people, submission, submission.again_by, begins, day)
        elif submission.first_submitted_at is None:
            yield from _to_send(people, submission, day, moves.day_of(submission))


def _reopenings():
    """{submission's pk: the journal's latest entry of its being reopened} of those to be sent again."""
    entries = JournalEntry.objects.filter(
        kind=JournalEntry.Kind.CORRECTION, submission__reopened_until__isnull=False
    ).order_by("pk")
    return {entry.submission_id: entry for entry in entries}


def _to_send(people, submission, day, set_on):
    begins, term = clock.day_of(submission.period.executors_opened_at), submission.effective_due_on
    occasion = rung(RUNGS, begins=begins, term=term, today=day, first=Occasion.OPENED, set_on=set_on)
    if occasion:
        # A later term has rungs of its own; the window opens once.
        about = f"submission:{submission.pk}" + ("" if occasion == Occasion.OPENED else f":{term}")
        yield from _for_report(people, submission, occasion, about, term=term)


def _to_send_again(people, submission, term, begins, day):
    occasion = rung(RESEND_RUNGS, begins=begins, term=term, today=day)
    if occasion:
        yield from _for_report(people, submission, occasion, f"submission:{submission.pk}:{term}", term=term)


# Rounds: receipts and answers


def _of_rounds(people, since):
    rounds = SubmissionRound.objects.filter(Q(sent_at__gt=since) | Q(reviewed_at__gt=since)).defer("payload", "heading")
    answered = {}
    for sent in rounds.select_related(*(f"submission__{path}" for path in OF_REPORT)).order_by("number"):
        person = people.by_pk(sent.sent_by_id)
        submission = sent.submission
        if person and sent.sent_at > since:
            period = submission.period
            about = f"round:{sent.pk}"
            yield Wanted(person, Occasion.RECEIPT, about, period.roadmap, period, submission, source=sent)
        if sent.reviewed_at and sent.reviewed_at > since:
            answered[submission.pk] = sent
    for sent in answered.values():
        yield from _answer(people, sent)


def _answer(people, sent):
    """The ministry's answer, as long as it stands and is the last word."""
    submission = sent.submission
    is_last = sent.decision == submission.status and not submission.is_reopened
    if is_last and sent.decision == SubmissionRound.Decision.ACCEPTED:
        yield from _for_report(people, submission, Occasion.ACCEPTED, f"round:{sent.pk}", source=sent)
    if is_last and sent.decision == SubmissionRound.Decision.RETURNED and not submission.period.is_locked:
        about, term = f"round:{sent.pk}", sent.resubmit_by
        yield from _for_report(people, submission, Occasion.RETURNED, about, source=sent, term=term)


# Moved days


def _of_moves(people, moves):
    """To those who have not sent yet."""
    concerned = Q(period__in=moves.changes) | Q(pk__in=moves.granted)
    unsent = Submission.objects.editable().expected().filter(concerned, first_submitted_at=None)
    for submission in unsent.select_related(*OF_REPORT).order_by("pk"):
        term, change, petition = submission.effective_due_on, moves.change_of(submission), moves.grant_of(submission)
        if change:
            about = f"change:{change.pk}:{submission.pk}"
            yield from _for_report(people, submission, Occasion.DATES_MOVED, about, source=change, term=term)
        if petition:
            about = f"petition:{petition.pk}"
            yield from _for_report(people, submission, Occasion.EXTENSION, about, source=petition, term=term)


def _of_petitions(people, since):
    """What an executor asked for is answered; a later day for a report that was granted has its own letter."""
    answered = Petition.objects.filter(
        status__in=[Petition.Status.GRANTED, Petition.Status.REFUSED], executor__isnull=False, answered_at__gt=since
    ).exclude(kind=Petition.Kind.EXTEND_REPORT, status=Petition.Status.GRANTED)
    related = ("roadmap__coordinator", "executor", "measure", "submission__executor", "submission__period__roadmap")
    for petition in answered.select_related(*related).order_by("pk"):
        submission = petition.submission
        for person in people.of_executor(petition.executor_id):
            yield Wanted(
                person, Occasion.PETITION, f"petition:{petition.pk}", petition.roadmap,
                submission and submission.period, submission, source=petition,
            )  # fmt: skip


# The ministry and the Government


def _of_figures(people, day):
    """Each day, from the opening to the approval, to each officer of the ministry; a correction has no such letter."""
    in_work = ReportingPeriod.objects.opened().unlocked().filter(ministry_effective_on__gte=day - DIGESTS_AFTER_TERM)
    in_work = in_work.exclude(pk__in=ReportingPeriod.objects.in_correction().values("pk"))
    by_roadmap = defaultdict(list)
    for period in in_work.select_related("roadmap").order_by("-year", "-number"):
        by_roadmap[period.roadmap_id].append(period)
    for periods in by_roadmap.values():
        figures, newest = Figures(periods, day), periods[0]
        for person in people.of_ministry(newest.roadmap, Role.MINISTRY_OFFICER):
            about = f"roadmap:{newest.roadmap_id}:{day}"
            yield Wanted(
                person, Occasion.DIGEST, about, newest.roadmap, newest, source=figures,
                term=newest.ministry_effective_on,
            )  # fmt: skip


def _of_summaries(people, since):
    """To the head each handing over, while it waits; to the Government and the ministry each approved version."""
    handed_over = SummaryEvent.objects.filter(
        after=Summary.Status.FOR_APPROVAL, summary__status=Summary.Status.FOR_APPROVAL, at__gt=since
    )
    last = {event.summary_id: event for event in handed_over.order_by("pk")}
    summaries = Summary.objects.filter(Q(pk__in=last) | Q(approved_at__gt=since)).defer("frozen")
    for summary in summaries.select_related("period__roadmap").order_by("pk"):
        period, roadmap = summary.period, summary.period.roadmap
        if summary.is_approved:
            readers = [*people.of_government(), *people.of_ministry(roadmap, *User.OF_MINISTRY)]
            occasion, about, term = Occasion.APPROVED, f"summary:{summary.pk}", None
        else:
            readers = people.of_ministry(roadmap, Role.MINISTRY_HEAD)
            occasion, about = Occasion.READY, f"event:{last[summary.pk].pk}"
            term = period.ministry_effective_on
        for person in readers:
            # Who approved it knows.
            if not (summary.is_approved and person.pk == summary.approved_by_id):
                yield Wanted(person, occasion, about, roadmap, period, source=summary, term=term)
