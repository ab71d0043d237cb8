"""An amending act comes into force: deadlines change, measures leave the plan or enter it. Approved summaries stay."""

import contextlib
import hashlib
import json

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from roadmap.models import (
    DEADLINE_FIELDS,
    Amendment,
    Assignment,
    FundingSource,
    Measure,
    MeasureChange,
    Succession,
    deadline_values,
    read_days,
)

from .errors import Conflict, Refused
from .models import JournalEntry, OffControl, ReportingPeriod

Kind = MeasureChange.Kind
# What a change that adds a measure keeps of it beside its deadline, its section, executors and sources.
ADDED_FIELDS = ("number", "title_kk", "title_ru", "completion_form_kk", "completion_form_ru", "funding_volume")


def faults(amendment: Amendment) -> list[str]:
    """What keeps the act from being confirmed, in sentences; empty where nothing does."""
    changes = list(amendment.changes.select_related("measure"))
    if not changes:
        return [_("Write down at least one change of a measure.")]
    return [fault for change in changes for fault in _faults_of(amendment, change)]


def _faults_of(amendment, change):
    if change.kind == Kind.ADD:
        yield from _faults_of_number(amendment, change)
        return
    name = {"measure": change.measure.number or change.measure.position}
    later = change.measure.changes.filter(
        amendment__applied_at__isnull=False, amendment__in_force_on__gt=amendment.in_force_on
    )
    if later.exists():
        yield _("Measure %(measure)s was changed already by an act that is in force from a later day.") % name
    if change.measure.changes.filter(kind=Kind.DROP, amendment__applied_at__isnull=False).exists():
        yield _("Measure %(measure)s was dropped by an earlier act.") % name


def _faults_of_number(amendment, change):
    number = change.after["number"]
    if amendment.roadmap.measures.filter(number=number).exists():
        yield _("The roadmap has a measure %(measure)s already.") % {"measure": number}
    others = MeasureChange.objects.filter(kind=Kind.ADD, amendment__roadmap=amendment.roadmap, measure=None)
    if others.filter(after__number=number).exclude(pk=change.pk).exists():
        yield _("Measure %(measure)s is added twice.") % {"measure": number}


def fingerprint(amendment: Amendment) -> str:
    """What a reader has seen of the act: another one where anything of it was corrected since."""
    act = [getattr(amendment, name) for name in ("act_kk", "act_ru", "number", "date", "in_force_on")]
    changes = [(each.pk, each.kind, each.measure_id, each.after) for each in amendment.changes.all()]
    return hashlib.sha256(json.dumps([act, changes], default=str, sort_keys=True).encode()).hexdigest()


@contextlib.contextmanager
def correcting(amendment: Amendment):
    """Within it an act that is not confirmed may be corrected; refused once it is."""
    with transaction.atomic():
        # Lock it against a confirmation at the same moment.
        if not Amendment.objects.filter(pk=amendment.pk, confirmed_at=None).update(recorded_at=F("recorded_at")):
            raise Refused(_("The act has been confirmed: take the confirmation back before correcting it."))
        yield


def confirm(amendment: Amendment, *, by, at, day) -> bool:
    """Let the act count; where its day has come, apply it. Returns whether it is in force now."""
    found = faults(amendment)
    if found:
        raise Refused(" ".join(found))
    with transaction.atomic():
        waiting = Amendment.objects.filter(pk=amendment.pk, confirmed_at=None)
        if not waiting.update(confirmed_at=at, recorded_by=by):
            raise Conflict(_("Somebody has just confirmed this act; look again."))
        amendment.refresh_from_db()
        return amendment.in_force_on <= day and apply(amendment, at=at)


def reopen(amendment: Amendment) -> None:
    """Take the confirmation back, so that what was written down can be corrected; refused once it is in force."""
    waiting = Amendment.objects.filter(pk=amendment.pk, applied_at=None).exclude(confirmed_at=None)
    if not waiting.update(confirmed_at=None):
        raise Refused(_("The act is in force: only another amending act changes it now."))


def apply(amendment: Amendment, *, at) -> bool:
    """Bring the act into force, once; false where somebody did it already.

    1 mark it as applied, so that a second worker finds nothing to do; 2 count the open half-years up, so that an
    approval that is being made looks again; 3 each change, with what was in force before; 4 the entries of what was
    added. All or nothing.
    """
    with transaction.atomic():
        if not Amendment.objects.filter(pk=amendment.pk, applied_at=None).update(applied_at=at):
            return False
        periods = ReportingPeriod.objects.filter(roadmap=amendment.roadmap).opened().unlocked()
        periods.update(revision=F("revision") + 1)
        for change in amendment.changes.select_related("measure"):
            _APPLY[change.kind](amendment, change)
            _note(amendment, change, at)
        for period in periods.select_related("roadmap"):
            period.make_submissions()
    amendment.refresh_from_db()
    return True


def _set_deadline(amendment, change):
    measure = Measure.objects.get(pk=change.measure_id)
    change.before = deadline_values(measure)
    change.save(update_fields=["before"])
    after = {name: value for name, value in read_days(change.after).items() if name in DEADLINE_FIELDS}
    Measure.objects.filter(pk=measure.pk).update(**after | {"extended_to": None})


def _drop(amendment, change):
    """Take the measure off control; one that left it before stays as it left."""
    change.before = deadline_values(change.measure)
    change.save(update_fields=["before"])
    OffControl.objects.bulk_create(
        [
            OffControl(
                measure=change.measure,
                ground=OffControl.Ground.REPLACED,
                decided_on=amendment.in_force_on,
                by=amendment.recorded_by,
                document=amendment.decided[:500],
                decision_body=(amendment.act_kk or amendment.act_ru)[:300],
                decision_number=amendment.number[:100],
                amendment=amendment,
            )
        ],
        ignore_conflicts=True,
    )


def _add(amendment, change):
    """Put the measure at the plan's end; bodies that were succeeded since are named by their successors."""
    values = read_days(change.after)
    executors, sources = values["executors"], values["funding_sources"]
    if amendment.roadmap.measures.filter(number=values["number"]).exists():
        raise Refused(_("The roadmap has a measure %(measure)s already.") % {"measure": values["number"]})
    last = amendment.roadmap.measures.aggregate(last=Max("position"))["last"] or 0
    measure = Measure.objects.create(
        roadmap=amendment.roadmap,
        section_id=values["section"],
        position=last + 1,
        in_force_from=amendment.in_force_on,
        **{name: values[name] for name in (*ADDED_FIELDS, *DEADLINE_FIELDS) if name in values},
    )
    measure.funding_sources.set(FundingSource.objects.filter(code__in=sources))
    heirs = Succession.objects.heirs()
    named = {}
    for each in executors:
        named.setdefault(heirs.get(each["executor"], each["executor"]), each)
    Assignment.objects.bulk_create(
        Assignment(
            measure=measure, position=place, executor_id=pk, by_agreement=each["by_agreement"], lead=each["lead"]
        )
        for place, (pk, each) in enumerate(named.items(), start=1)
    )
    change.measure = measure
    change.save(update_fields=["measure"])


_APPLY = {Kind.DEADLINE: _set_deadline, Kind.DROP: _drop, Kind.ADD: _add}


def _note(amendment, change, at):
    JournalEntry.objects.create(
        kind=JournalEntry.Kind.AMENDMENT,
        at=at,
        by=amendment.recorded_by,
        roadmap=amendment.roadmap,
        measure=change.measure,
        words=amendment.decided,
        details={"amendment": amendment.pk, "change": change.kind},
    )
