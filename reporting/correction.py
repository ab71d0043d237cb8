"""The correction of an approved summary: version n+1, for a reason, with the reports of chosen executors reopened.

Version n stays valid, to the byte, until n+1 is approved in the usual way, and can be read for good.
"""

import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from roadmap import clock

from .errors import Conflict, Refused
from .models import JournalEntry, OffControl, ReportingPeriod, Submission, Summary, SummaryLine
from .period_words import of_period

Kind = JournalEntry.Kind
LONGEST = datetime.timedelta(days=90)
COPIED = (
    "measure_id", "position", "rolled_status", "rolled_percent", "source", "seen_source", "is_changed",
    *SummaryLine.MINISTRY_FIELDS, "edited_by_id", "edited_at",
)  # fmt: skip


def why_not_begun(summary: Summary) -> str:
    """Why this version cannot be corrected now, as a sentence; empty where it can."""
    if not summary.is_approved:
        return _("Only an approved summary is corrected; this one is still in work.")
    if replacement(summary):
        return _("This version has been superseded; correct the one that is valid.")
    if in_work(summary.period):
        return of_period(summary.period.roadmap, "A correction of this half-year is in work already.")
    return ""


def begin(summary: Summary, *, by, at, reason: str, executors=(), resubmit_by=None) -> Summary:
    """Begin version n+1 of an approved summary and return its draft.

    1 unlock the period, if it is still locked by this version's approval; 2 copy the lines, with the ministry's own
    words; 3 reopen the reports of these `executors` (pks; none where the ministry corrects its own text alone), to be
    sent again by `resubmit_by`. The others stay as they are, and lateness is still judged by the first round.
    """
    if not reason.strip():
        raise Refused(_("Give the reason for the correction."))
    fault = fault_of_day(resubmit_by, clock.day_of(at)) if executors else ""
    if fault:
        raise Refused(fault)
    with transaction.atomic():
        locked = ReportingPeriod.objects.filter(pk=summary.period_id).exclude(locked_at=None)
        if not locked.update(locked_at=None, revision=F("revision") + 1):
            raise Conflict(
                why_not_begun(summary) or _("The summary is no longer in the state that you saw; look again.")
            )
        if why_not_begun(summary):
            raise Conflict(why_not_begun(summary))
        draft = Summary.objects.create(
            period_id=summary.period_id,
            version=summary.version + 1,
            consolidated_at=summary.consolidated_at,
            correction_reason=reason.strip(),
        )
        SummaryLine.objects.bulk_create(
            SummaryLine(summary=draft, **{name: getattr(line, name) for name in COPIED})
            for line in summary.lines.in_order()
        )
        _reopen(summary, draft, set(executors), resubmit_by, by=by, at=at)
        return draft


def fault_of_day(day, today) -> str:
    """Why the executors cannot be asked to send again by that day, as a sentence; empty where they can."""
    if not day:
        return _("Give the day to send it again by.")
    if day < today:
        return _("The day to send it again by lies in the past.")
    if day > today + LONGEST:
        return _("Give a day within the next %(days)s days.") % {"days": LONGEST.days}
    return ""


def _reopen(summary, draft, executors, until, *, by, at):
    chosen = list(Submission.objects.expected().filter(period=draft.period_id, executor__in=executors))
    if len(chosen) != len(executors):
        words = "Choose executors that had something to report in this half-year."
        raise Refused(of_period(draft.period.roadmap, words))
    note = {"by": by, "at": at, "kind": Kind.CORRECTION, "words": draft.correction_reason}
    day = until.isoformat() if chosen else ""
    codes = [submission.executor.code for submission in chosen]
    _note(summary, **note, details={"version": draft.version, "executors": codes, "resubmit_by": day})
    for submission in chosen:
        details = {"version": draft.version, "before": submission.status, "resubmit_by": day}
        submission.reopen_for_correction(until=until)
        _note(summary, **note, submission=submission, details=details)
    draft.reopened.set(executors)


def _note(summary, **values):
    """A row of the journal; it hangs on the version that is corrected, which nothing takes away."""
    period = summary.period
    about = {} if "submission" in values else {"summary": summary}
    JournalEntry.objects.create(period=period, roadmap=period.roadmap, **about, **values)


# Taking it back


def why_not_withdrawn(draft: Summary) -> str:
    """Why the correction cannot be withdrawn, as a sentence; empty where everything is as before it was begun."""
    if not draft.is_draft or draft.events.exists():
        return _("The correction has been handed over already; it can only be finished.")
    changed = [one.executor.short_name for one in reopened(draft) if not one.is_as_before_reopening]
    if changed:
        return _("Changed or sent already: %(executors)s. The correction can only be finished.") % {
            "executors": ", ".join(changed)
        }
    copied = {line.measure_id: _written(line) for line in corrected(draft).lines.all()}
    written = any(_written(line) != copied.get(line.measure_id) for line in draft.lines.all())
    if written or draft.journal.exists():
        return _("The ministry has worked on this version already; nothing of that is thrown away. Finish it.")
    return ""


def _written(line):
    return line.edited_at, *(getattr(line, name) for name in SummaryLine.MINISTRY_FIELDS)


def withdraw(draft: Summary, *, by, at) -> None:
    """Take back a correction begun by mistake: version n, the lock and every report stand as before.

    Refused where anybody has worked on it.
    """
    with transaction.atomic():
        period = ReportingPeriod.objects.filter(pk=draft.period_id).unlocked()
        found = Summary.objects.in_work().filter(pk=draft.pk, version__gt=1).select_related("period__roadmap")
        if not period.update(revision=F("revision") + 1) or not found:
            raise Conflict(_("This correction is in work no longer."))
        draft = found.get()
        why_not = why_not_withdrawn(draft)
        if why_not:
            raise Refused(why_not)
        before, reason, version = corrected(draft), draft.correction_reason, draft.version
        note = {"by": by, "at": at, "kind": Kind.CORRECTION_WITHDRAWN, "words": reason, "details": {"version": version}}
        for submission in reopened(draft):
            submission.close_again()
            _note(before, **note, submission=submission)
        draft.lines.all().delete()
        draft.delete()
        _note(before, **note)
        period.update(locked_at=before.approved_at)


def let_stand(draft: Summary, submission: Submission, *, by, at) -> None:
    """Close one reopened report as it was: nothing has to be put right in it after all."""
    with transaction.atomic():
        draft.period.touch()
        # What the head reads for approval does not change under it.
        drafts = Summary.objects.corrections_in_work().filter(status=Summary.Status.DRAFT)
        if not drafts.filter(pk=draft.pk, period=submission.period_id).exists():
            raise Conflict(_("This correction is not a draft any more; send it back first."))
        submission.close_again()
        draft.reopened.remove(submission.executor_id)
        _note(
            corrected(draft), submission=submission, by=by, at=at, kind=Kind.CORRECTION_WITHDRAWN,
            words=draft.correction_reason, details={"version": draft.version},
        )  # fmt: skip


# The approval of n+1


def finish(summary: Summary, *, by, at) -> None:
    """What the approval of version n+1 adds; the caller holds the transaction.

    Measures that earlier versions took off control as done, and that are not done any more, come back under control
    from this day on; windows that are open already are not changed by it. Reopened reports are closed.
    """
    if summary.version == 1:
        return
    for decision in returning(summary):
        OffControl.objects.filter(pk=decision.pk).update(revoked_on=clock.day_of(at))
        _note(
            summary, by=by, at=at, kind=Kind.OFF_CONTROL_REVOKED, measure=decision.measure,
            words=summary.correction_reason, details={"decided_on": decision.decided_on.isoformat()},
        )  # fmt: skip
    Submission.objects.filter(period=summary.period_id).exclude(reopened_from="").update(
        reopened_from="", reopened_until=None, revision=F("revision") + 1
    )


def returning(summary: Summary) -> list[OffControl]:
    """The decisions «done» of the half-year's earlier versions that this one takes back."""
    if summary.version == 1:
        return []
    not_done = [line.measure_id for line in summary.lines.all() if line.status != SummaryLine.Status.DONE]
    decisions = OffControl.objects.filter(
        summary__period=summary.period_id, ground=OffControl.Ground.DONE, revoked_on=None, measure__in=not_done
    )
    return list(decisions.select_related("measure").order_by("measure__position"))


# Versions


def in_work(period: ReportingPeriod) -> Summary | None:
    """The period's correction in work."""
    return period.summaries.corrections_in_work().first()


def corrected(summary: Summary) -> Summary | None:
    """The version that this one corrects."""
    return period_versions(summary).filter(version=summary.version - 1).first()


def replacement(summary: Summary) -> Summary | None:
    """The approved version that took this one's place."""
    return period_versions(summary).filter(version__gt=summary.version).order_by("version").first()


def period_versions(summary: Summary):
    """The approved versions of the summary's half-year, oldest first; what was frozen is left where it is."""
    versions = Summary.objects.approved().filter(period=summary.period_id).order_by("version")
    return versions.select_related("period__roadmap").defer("frozen")


def reopened(draft: Summary) -> list[Submission]:
    """The reports that the correction reopened, in the order of their executors."""
    own = Submission.objects.filter(period=draft.period_id).exclude(reopened_from="")
    return list(own.select_related("executor", "period__roadmap").with_rounds().order_by("executor"))
