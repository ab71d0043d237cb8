"""Deadlines in words: the decree's own, and beside it the later one that was granted or decided since."""

from django.db.models import Prefetch
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from .models import Petition


def with_extensions(path="petitions") -> Prefetch:
    """What `deadline_words` of many measures needs, in one query; `path` leads to the measures' petitions."""
    return Prefetch(path, Petition.objects.granted_extensions())


def extension_of(measure) -> Petition | None:
    """The Government's decision by which the measure's deadline in force counts; None where it is the decree's."""
    if not measure.extended_to:
        return None
    known = getattr(measure, "_prefetched_objects_cache", {}).get("petitions")
    decided = measure.petitions.granted_extensions() if known is None else known
    return next((one for one in reversed(list(decided)) if one.granted_until == measure.extended_to), None)


def deadline_words(measure) -> str:
    """«2013 жылғы қыркүйек; extended to 1 March 2014 (Government, decision No. 214 of 20 September 2013)»."""
    if not measure.extended_to:
        return measure.deadline_text
    words = {"deadline": measure.deadline_text, "day": date_format(measure.extended_to)}
    decision = extension_of(measure)
    if decision is None:
        return _("%(deadline)s; extended to %(day)s") % words
    words |= {
        "body": decision.decision_body,
        "number": decision.decision_number,
        "date": date_format(decision.decision_date),
    }
    return _("%(deadline)s; extended to %(day)s (%(body)s, decision No. %(number)s of %(date)s)") % words


def is_extended(submission) -> bool:
    """Was this executor given a later day than the half-year's own?"""
    return submission.due_on > submission.period.executors_due_on


def due_words(submission) -> str:
    """The day that the report is due on; beside it the later one that was granted, and the working day it counts to."""
    due_on, effective_on = submission.due_on, submission.effective_due_on
    if not is_extended(submission):
        return counting_words(due_on, effective_on)
    words = {
        "decreed": date_format(submission.period.executors_due_on),
        "day": date_format(due_on),
        "effective": date_format(effective_on),
    }
    if effective_on == due_on:
        return _("by decree %(decreed)s; extended to %(day)s") % words
    return _("by decree %(decreed)s; extended to %(day)s; counts until %(effective)s") % words


def counting_words(due_on, effective_on) -> str:
    """«by decree 5 January 2014; counts until 6 January 2014»; one day where it is a working day."""
    if effective_on == due_on:
        return date_format(due_on)
    words = {"decreed": date_format(due_on), "day": date_format(effective_on)}
    return _("by decree %(decreed)s; counts until %(day)s") % words


def counting_day(due_on, effective_on) -> str:
    """«6 January 2014 (by decree 5 January 2014)»: the same within a sentence."""
    if effective_on == due_on:
        return date_format(due_on)
    words = {"decreed": date_format(due_on), "day": date_format(effective_on)}
    return _("%(day)s (by decree %(decreed)s)") % words


def executors_due_words(period) -> str:
    return counting_words(period.executors_due_on, period.executors_effective_on)


def ministry_due_words(period) -> str:
    return counting_words(period.ministry_due_on, period.ministry_effective_on)


def executors_due_day(period) -> str:
    return counting_day(period.executors_due_on, period.executors_effective_on)


def ministry_due_day(period) -> str:
    return counting_day(period.ministry_due_on, period.ministry_effective_on)
