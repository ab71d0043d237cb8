"""The form of Annex 14-1 to the Rules of the Government: what each measure's row needs beside the decree's columns.

№ · requisites of the instruction · content · status · final result where it is done · interim result where it is not.
"""

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from roadmap.models import MeasureChange

from .models import Petition, SummaryLine

Status = SummaryLine.Status


def fields(row, measure, roadmap, later_days) -> dict:
    """Return the annex's fields of a document's row, in the language that is active."""
    control = row.status if row.status in (Status.DONE, Status.OFF_CONTROL) else Status.IN_PROGRESS
    extended = _extended(measure, later_days.get(measure.pk, ()))
    result = "\n".join(filter(None, _result(row, control)))
    is_final = control != Status.IN_PROGRESS
    return {
        "measure": measure.pk,
        "instruction": _instruction(roadmap, row.number),
        "control": str(control),
        "control_label": str(Status(control).label),
        "extended": extended,
        "final_result": result if is_final else "",
        "interim_result": "" if is_final else "\n".join(filter(None, (result, extended))),
    }


def later_days(roadmap, at) -> dict:
    """{measure pk: [the decision on a later deadline in words]}, as it was decided by that moment; two queries."""
    found = {}
    granted = Petition.objects.filter(
        roadmap=roadmap, kind=Petition.Kind.EXTEND_MEASURE, status=Petition.Status.GRANTED, answered_at__lte=at
    )
    for petition in granted.order_by("decision_date", "pk"):
        words = {
            "date": date_format(petition.granted_until or petition.wanted_until),
            "body": petition.decision_body,
            "document": petition.decision_name,
            "number": petition.decision_number,
            "decided_on": date_format(petition.decision_date),
        }
        line = _("extended to %(date)s: %(body)s, %(document)s No. %(number)s of %(decided_on)s") % words
        found.setdefault(petition.measure_id, []).append(line)
    amended = MeasureChange.objects.filter(
        Q(kind=MeasureChange.Kind.DEADLINE), amendment__roadmap=roadmap, amendment__applied_at__lte=at
    )
    for change in amended.select_related("amendment").order_by("amendment__in_force_on", "pk"):
        words = {"act": change.amendment.act, "number": change.amendment.number}
        line = _("the deadline was changed by: %(act)s No. %(number)s of %(date)s") % {
            **words,
            "date": date_format(change.amendment.date),
        }
        found.setdefault(change.measure_id, []).append(line)
    return found


def _extended(measure, decisions):
    """The decisions; where there is none of them, but a later day, that day alone."""
    if decisions or not measure.extended_to:
        return "\n".join(decisions)
    return _("extended to %(date)s") % {"date": date_format(measure.extended_to)}


def _instruction(roadmap, number):
    if not number:
        return roadmap.act
    return _("%(act)s, measure %(number)s") % {"act": roadmap.act, "number": number}


def _result(row, control):
    """What is told of the measure: the state where it says more than the column, the ministry's words, the documents.

    Where the ministry wrote nothing, the executors' own words stand for it.
    """
    state = [row.status_label] if row.status != control else []
    if row.percent is not None and control == Status.IN_PROGRESS:
        state.append(f"{row.percent}\xa0%")
    yield ", ".join(state)
    yield from row.remarks
    yield (
        row.text
        if row.text != "—"
        else "\n".join(f"{report.executor}: {report.text}" for report in row.progress if report.text)
    )
    yield row.documents if control == Status.DONE else ""
