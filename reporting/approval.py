"""The approval of a summary: what the head sees before it, and the one step that freezes everything."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from roadmap import clock
from roadmap.models import Measure

from . import rollup, workbook
from .document import Document, frozen_documents
from .errors import Conflict, Refused
from .models import OffControl, ReportingPeriod, Submission, Summary, SummaryFile, SummaryLine


@dataclass(frozen=True)
class Check:
    """What the head should know before approving; none of it blocks."""

    standing: rollup.Standing
    changed: list[Measure]
    unwritten: list[SummaryLine]
    marked: list[SummaryLine]
    leaving: list[SummaryLine]

    @property
    def is_clear(self):
        standing = self.standing
        return not (
            standing.missing
            or standing.returned
            or standing.not_reviewed
            or self.changed
            or self.unwritten
            or self.marked
        )


def check(summary: Summary, day) -> Check:
    lines = list(summary.lines.select_related("measure").in_order())
    return Check(
        standing=rollup.standing(summary.period, day),
        changed=rollup.outdated_measures(summary),
        unwritten=[line for line in lines if not line.is_written],
        marked=[line for line in lines if line.is_changed],
        leaving=summary.leaving_lines(),
    )


def refuse_withdrawn(summary: Summary) -> None:
    """Refuse to approve as reported what was returned since the consolidation."""
    reporting = set(summary.period.submissions.reported().values_list("executor", flat=True))
    withdrawn = {
        report["names"][get_language()]
        for line in summary.lines.all()
        for report in line.source["reports"]
        if report["state"] == rollup.REPORTED and report["executor"] not in reporting
    }
    if withdrawn:
        raise Refused(
            _("Returned since the consolidation: %(executors)s. Send the summary back to be consolidated again.")
            % {"executors": ", ".join(sorted(withdrawn))}
        )


def approve(summary: Summary, *, by, at, revision, kept=()) -> None:
    """Freeze the summary as the head saw it.

    1 freeze the values and make the files from them, before anything is locked; 2 lock the period, if nothing
    happened in it since its `revision` was read, so that what was frozen is what stands; 3 keep both; 4 what was not
    sent becomes «not submitted»; 5 measures that are done go off control, except the `kept` ones (measure pks).
    All or nothing.
    """
    day = clock.day_of(at)
    leaving = [line for line in summary.leaving_lines() if line.measure_id not in kept]
    frozen = frozen_documents(summary, at, {line.measure_id for line in leaving})
    files = [
        SummaryFile.of(summary, code, "xlsx", workbook.build(Document.read(values)))
        for code, values in frozen["documents"].items()
    ]
    with transaction.atomic():
        seen = ReportingPeriod.objects.unlocked().filter(pk=summary.period_id, revision=revision)
        if not seen.update(locked_at=at, revision=F("revision") + 1):
            raise Conflict(_("Something has happened in this half-year since you opened the page; look again."))
        refuse_withdrawn(summary)
        summary.move(
            Summary.Status.FOR_APPROVAL,
            Summary.Status.APPROVED,
            by=by,
            at=at,
            approved_by=by,
            approved_at=at,
            frozen=frozen,
        )
        SummaryFile.objects.bulk_create(files)
        unsent = Submission.objects.filter(period=summary.period_id, status=Submission.Status.DRAFT)
        unsent.update(status=Submission.Status.NOT_SUBMITTED, revision=F("revision") + 1)
        _take_off_control(summary, leaving, by=by, on=day)


def _take_off_control(summary, lines, *, by, on):
    done = {"ground": OffControl.Ground.DONE, "decided_on": on, "by": by, "document": summary.reference}
    OffControl.objects.bulk_create(
        [OffControl(measure=line.measure, summary=summary, **done) for line in lines],
        ignore_conflicts=True,  # another half-year's approval, at the same moment, took it off control
    )
