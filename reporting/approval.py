"""The approval of a summary: the one step that freezes everything."""

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from roadmap import clock

from . import chain, correction, files
from .checks import check
from .document import frozen_documents
from .errors import Conflict, Refused
from .models import OffControl, ReportingPeriod, Submission, Summary
from .period_words import of_period


def refuse_own_words(summary: Summary, by) -> None:
    """Refuse who last edited a line of the summary, where the roadmap asks for four eyes."""
    own = summary.lines.filter(edited_by=by).in_order().values_list("measure__number", flat=True)
    if summary.period.roadmap.four_eyes and own:
        raise Refused(
            _(
                "Four eyes: who approves is not who last edited a line. %(who)s last edited the lines of measures"
                " %(measures)s. Another head approves, or an officer looks through these lines and saves them."
            )
            % {"who": by, "measures": ", ".join(own)}
        )


def refuse_unready(summary: Summary, day, acknowledged) -> str:
    """Refuse what the written check finds wrong, or nobody acknowledged; return what was, a line each."""
    found = check(summary, day)
    if found.errors:
        raise Refused(
            _("The summary cannot be approved yet: %(faults)s. Send it back to be put right.")
            % {"faults": "; ".join(map(str, found.grouped_errors))}
        )
    left = found.unacknowledged(acknowledged)
    if left:
        raise Refused(_("Confirm that you have read what is listed before approving."))
    return "\n".join(map(str, found.grouped_warnings))


def approve(summary: Summary, *, by, at, revision, kept=(), acknowledged=()) -> None:
    """Freeze the summary as the head saw it.

    1 freeze the values, before anything is locked; 2 lock the period, if nothing happened in it since its `revision`
    was read, so that what was frozen is what stands; 3 refuse the editor, and what the written check finds; 4 keep it,
    linked into the chain, with the warnings that were `acknowledged` (groups, or `checks.ALL`), and order its files
    (`reporting.files` makes them); 5 what was not sent becomes «not submitted»; 6 measures that are done go off
    control, except the `kept` ones (measure pks). All or nothing.
    """
    day = clock.day_of(at)
    leaving = [line for line in summary.leaving_lines() if line.measure_id not in kept]
    frozen = frozen_documents(summary, at, {line.measure_id for line in leaving})
    frozen["approval"] = _signature(by)
    frozen["letter_template"] = files.template_in_force(summary.period.roadmap)
    sha256 = chain.sha256_of(chain.frozen_bytes(frozen))
    with transaction.atomic():
        seen = ReportingPeriod.objects.unlocked().filter(pk=summary.period_id, revision=revision)
        if not seen.update(locked_at=at, revision=F("revision") + 1):
            raise _conflict(summary)
        if not Summary.objects.waiting().filter(pk=summary.pk).exists():
            raise Conflict(_("The summary is no longer in the state that you saw; look again."))
        refuse_own_words(summary, by)
        acknowledged = refuse_unready(summary, day, acknowledged)
        summary.move(
            Summary.Status.FOR_APPROVAL,
            Summary.Status.APPROVED,
            by=by,
            at=at,
            remarks=acknowledged,
            approved_by=by,
            approved_at=at,
            frozen=frozen,
        )
        chain.append(summary, sha256, at=at)
        files.order(summary)
        unsent = Submission.objects.filter(period=summary.period_id, status=Submission.Status.DRAFT)
        unsent.update(status=Submission.Status.NOT_SUBMITTED, revision=F("revision") + 1)
        _take_off_control(summary, leaving, by=by, on=day)
        correction.finish(summary, by=by, at=at)


def _signature(by):
    """Who approves, as they are called on that day: {"name", "post": {language: the post and its body}}."""
    posts = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            posts[code] = ", ".join(filter(None, (by.get_role_display(), by.executor and by.executor.full_name)))
    return {"name": str(by), "post": posts}


def _conflict(summary):
    now = Summary.objects.select_related("approved_by", "period__roadmap").defer("frozen").get(pk=summary.pk)
    if now.is_approved:
        when = date_format(clock.day_of(now.approved_at))
        return Conflict(_("It is approved already, by %(who)s on %(day)s.") % {"who": now.approved_by, "day": when})
    return Conflict(
        of_period(now.period.roadmap, "Something has happened in this half-year since you opened the page; look again.")
    )


def _take_off_control(summary, lines, *, by, on):
    done = {"ground": OffControl.Ground.DONE, "decided_on": on, "by": by, "document": summary.reference}
    OffControl.objects.bulk_create(
        [OffControl(measure=line.measure, summary=summary, **done) for line in lines],
        ignore_conflicts=True,  # another half-year's approval, at the same moment, took it off control
    )
