"""What happened to a submission, a measure or a summary: one list, newest first, of who did what and when.

Every source keeps its own rows (rounds, steps, moved dates, petitions, the journal, earlier states of what was
decreed); here they are only read together. Each function asks a constant number of queries, and of each source takes
the newest `MOST` rows.
"""

import datetime
from dataclasses import dataclass, field

from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from roadmap import audit, clock
from roadmap.models import MeasureChange, User

from .models import JournalEntry, OffControl, Petition, ReportingPeriod, SubmissionRound, SummaryEvent
from .models.period_change import PeriodChange

MOST = 1000


@dataclass(frozen=True)
class Happening:
    """One thing that happened; `who` is empty where the application did it by itself.

    `about` names what it happened to where the page tells of several; `fields` are (label, before, after).
    """

    at: datetime.datetime
    who: User | None
    what: str
    words: str = ""
    about: str = ""
    link: str = ""
    fields: tuple = field(default=())


def of_submission(submission) -> list[Happening]:
    rounds = SubmissionRound.objects.filter(submission=submission)
    return _newest_first(
        _rounds(rounds),
        _journal(JournalEntry.objects.filter(submission=submission)),
        _petitions(Petition.objects.filter(submission=submission)),
        _moved_dates(submission.period),
        _opening(submission.period),
    )


def of_summary(summary) -> list[Happening]:
    """Of the version, and of its half-year as a whole; what its reports went through stands at each of them."""
    of_period = Q(period=summary.period, submission=None, summary=None)
    return _newest_first(
        _steps(summary),
        _journal(JournalEntry.objects.filter(Q(summary=summary) | of_period)),
        _moved_dates(summary.period),
        _opening(summary.period),
    )


def of_measure(measure, *, with_reports) -> list[Happening]:
    """What was decreed of it and later changed; `with_reports`: also what was sent, asked and written of it."""
    journal = JournalEntry.objects.filter(measure=measure).exclude(kind=JournalEntry.Kind.OFF_CONTROL)
    found = [_states(measure), _amendments(measure), _off_control(measure)]
    if with_reports:
        rounds = SubmissionRound.objects.filter(submission__entries__measure=measure)
        found += [
            _rounds(rounds, measure),
            _journal(journal),
            _petitions(Petition.objects.filter(measure=measure)),
        ]
    else:
        decreed = (JournalEntry.Kind.AMENDMENT, JournalEntry.Kind.OFF_CONTROL_REVOKED)
        found.append(_journal(journal.filter(kind__in=decreed)))
    return _newest_first(*found)


def _newest_first(*sources):
    found = [happening for source in sources for happening in source if happening.at]
    return sorted(found, key=lambda happening: happening.at, reverse=True)


# Rounds


def _rounds(rounds, measure=None):
    rounds = rounds.defer("payload").with_scans().order_by("-pk")
    several = "submission__executor", "submission__period__roadmap"
    for sent in rounds.select_related("sent_by", "reviewed_by", *several)[:MOST]:
        about = str(sent.submission) if measure else ""
        yield _sending(sent, about)
        if sent.decision:
            yield _answer(sent, about, measure)


def _sending(sent, about):
    words = _("Signed by %(name)s, %(post)s; letter № %(number)s of %(date)s.") % {
        "name": sent.signed_by_name,
        "post": sent.signed_by_post,
        "number": sent.letter_number,
        "date": date_format(sent.letter_date),
    }
    if sent.letter_scans:
        words = _("Entered by the ministry for the executor.") + " " + words
    roadmap = sent.submission.period.roadmap
    link = reverse("receipt", args=[roadmap.slug, sent.submission_id, sent.number])
    what = _("sent to the ministry, round %(number)s") % {"number": sent.number}
    return Happening(sent.sent_at, sent.sent_by, what, words, about, link)


def _answer(sent, about, measure):
    words = sent.comment_at(measure.pk) if measure else sent.comment
    until = ""
    if sent.resubmit_by:
        until = _("To be sent again by %(day)s.") % {"day": date_format(sent.resubmit_by)}
    said = "\n".join(part for part in (words, until) if part)
    return Happening(sent.reviewed_at, sent.reviewed_by, sent.get_decision_display(), said, about)


# The journal


def _journal(entries):
    entries = list(entries.select_related("by", "measure").order_by("-pk")[:MOST])
    reviewers = User.objects.in_bulk(
        {entry.details.get("reviewed_by") for entry in entries if entry.details.get("reviewed_by")}
    )
    for entry in entries:
        yield Happening(entry.at, entry.by, entry.label, entry.words or _details(entry))
        if entry.kind == JournalEntry.Kind.REOPENED and entry.details.get("reviewed_at"):
            # The acceptance that was taken back stands here alone.
            at = datetime.datetime.fromisoformat(entry.details["reviewed_at"])
            who = reviewers.get(entry.details.get("reviewed_by"))
            what = SubmissionRound.Decision(entry.details["decision"]).label
            yield Happening(at, who, what, entry.details.get("comment", ""))


def _details(entry):
    """What a journal's entry keeps without words of a person: «notes.pdf», «xlsx, kk»."""
    return ", ".join(str(value) for value in entry.details.values() if isinstance(value, str))


# Periods and summaries


def _moved_dates(period):
    for change in PeriodChange.objects.filter(period=period).select_related("by")[:MOST]:
        yield Happening(change.at, change.by, _("a date was moved"), f"{change}\n{change.reason}".strip())


def _opening(period: ReportingPeriod):
    yield Happening(period.executors_opened_at, None, _("the executors' window opened"))
    yield Happening(period.ministry_opened_at, None, _("the ministry's window opened"))


def _steps(summary):
    for step in SummaryEvent.objects.filter(summary=summary).select_related("by")[:MOST]:
        what = f"{step.get_before_display()} → {step.get_after_display()}"
        yield Happening(step.at, step.by, what, step.remarks)


# Petitions and decisions


def _petitions(petitions):
    people = "asked_by", "proposed_by", "answered_by"
    about = "submission__executor", "submission__period__roadmap", "measure"
    for petition in petitions.select_related(*people, *about)[:MOST]:
        kind = petition.get_kind_display()
        yield Happening(petition.asked_at, petition.asked_by, f"{Petition.Status.ASKED.label}: {kind}", petition.reason)
        if petition.proposed_at:
            what = f"{Petition.Status.PROPOSED.label}: {kind}"
            yield Happening(petition.proposed_at, petition.proposed_by, what)
        if petition.answered_at:
            what = f"{petition.get_status_display()}: {kind}"
            yield Happening(petition.answered_at, petition.answered_by, what, petition.answer)


def _amendments(measure):
    changes = MeasureChange.objects.filter(measure=measure).select_related("amendment__recorded_by")
    for change in changes[:MOST]:
        amendment = change.amendment
        words = _("In force from %(day)s.") % {"day": date_format(amendment.in_force_on)}
        what = _("%(change)s by %(act)s") % {"change": change.get_kind_display(), "act": amendment}
        yield Happening(amendment.recorded_at, amendment.recorded_by, what, words)


def _off_control(measure):
    for decision in OffControl.objects.filter(measure=measure).select_related("by")[:MOST]:
        what = JournalEntry.Kind.OFF_CONTROL.label
        words = f"{decision.get_ground_display()}. {decision.document}"
        yield Happening(_morning(decision.decided_on), decision.by, what, words)


def _morning(day):
    return datetime.datetime.combine(day, datetime.time(), clock.ZONE)


# Earlier states of what was decreed


def _states(measure):
    kinds = {audit.ADDED: _("added"), audit.CHANGED: _("changed"), audit.DELETED: _("deleted")}
    for change in audit.measure_changes(measure.pk)[:MOST]:
        name = change.model._meta.verbose_name
        yield Happening(change.at, change.by, f"{name}: {kinds[change.kind]}", change.reason, fields=change.fields)
