"""The approval of a summary: what the head sees before it, and the one step that freezes everything."""

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from roadmap import clock
from roadmap.models import Measure

from . import rollup, workbook
from .document import frozen_documents, read_frozen
from .errors import Conflict
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


def approve(summary: Summary, *, by, at, revision, kept=()) -> None:
    """Freeze the summary as the head saw it.

    1 lock the period, if nothing happened in it since its `revision` was read; 2 freeze the values; 3 make the files
    from what was frozen; 4 what was not sent becomes «not submitted»; 5 measures that are done go off control,
    except the `kept` ones (measure pks). All or nothing.
    """
    day = clock.day_of(at)
    with transaction.atomic():
        seen = ReportingPeriod.objects.unlocked().filter(pk=summary.period_id, revision=revision)
        if not seen.update(locked_at=at, revision=F("revision") + 1):
            raise Conflict(_("Something has happened in this half-year since you opened the page; look again."))
        leaving = [line for line in summary.leaving_lines() if line.measure_id not in kept]
        summary.move(
            Summary.Status.FOR_APPROVAL,
            Summary.Status.APPROVED,
            by=by,
            at=at,
            approved_by=by,
            approved_at=at,
            frozen=frozen_documents(summary, at, {line.measure_id for line in leaving}),
        )
        SummaryFile.objects.bulk_create(
            SummaryFile.of(summary, code, "xlsx", workbook.build(read_frozen(summary, code)))
            for code, _name in settings.LANGUAGES
        )
        unsent = Submission.objects.filter(period=summary.period_id, status=Submission.Status.DRAFT)
        unsent.update(status=Submission.Status.NOT_SUBMITTED, revision=F("revision") + 1)
        OffControl.objects.bulk_create(
            OffControl(
                measure=line.measure,
                ground=OffControl.Ground.DONE,
                decided_on=day,
                by=by,
                document=summary.reference,
                summary=summary,
            )
            for line in leaving
        )
