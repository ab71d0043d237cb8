"""Which days can be asked for, granted and decided: sentences for what cannot be, empty where it can."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from reporting.period_words import of_period


def is_asked_late(subject, day):
    """The rules want it at least a day before the term (p. 187); later it is taken and marked.

    A report's term counts until a working day; a measure's deadline is as decreed.
    """
    term = getattr(subject, "effective_due_on", subject.due_on)
    return term is not None and day >= term


def faults_in_asking_for_report(submission, wanted, on):
    period = submission.period
    if period.is_locked:
        words = "The summary of this half-year has been approved; nothing in it can be changed any more."
        return {None: of_period(period.roadmap, words)}
    if submission.first_submitted_at:
        return {None: _("This report has been sent; a later day is asked for before that.")}
    if max(on, submission.due_on) > period.ministry_due_on or submission.due_on == period.ministry_due_on:
        words = _("No later day is left: the ministry itself reports by %(day)s.")
        return {None: words % {"day": date_format(period.ministry_due_on)}}
    fault = fault_of_day(submission, wanted, on=on) if wanted else ""
    return {"wanted_until": fault} if fault else {}


def fault_of_day(submission, day, *, on):
    """Why the report cannot be due on that day; empty where it can."""
    latest = submission.period.ministry_due_on
    if day <= submission.due_on:
        return _("The report is due on %(day)s; a later day is needed.") % {"day": date_format(submission.due_on)}
    if day < on:
        return _("This day lies in the past.")
    if day > latest:
        words = _("The ministry itself reports by %(day)s: the report cannot be due later.")
        return words % {"day": date_format(latest)}
    return ""


def fault_of_deadline(measure, wanted, on):
    if wanted is None:
        return ""
    if wanted <= measure.due_on:
        return _("The deadline in force is %(day)s; an extension ends later.") % {"day": date_format(measure.due_on)}
    if wanted < on:
        return _("This day lies in the past.")
    return beyond_the_roadmap(measure.roadmap) if wanted.year > measure.roadmap.last_year else ""


def beyond_the_roadmap(roadmap):
    return _("The roadmap ends in %(year)s; no deadline lies after it.") % {"year": roadmap.last_year}


def faults_in_deciding(measure, decision, until, *, on):
    """Return {field: sentence} for a decision on a measure that cannot be; `until` where it extends the deadline."""
    roadmap, day = measure.roadmap, decision["decision_date"]
    faults = faults_of_requisites(decision) | fault_of_decision_day(day, roadmap, on=on)
    if until and measure.ends_on and until <= measure.due_on:
        faults["granted_until"] = _("The deadline in force is %(day)s; an extension ends later.") % {
            "day": date_format(measure.due_on)
        }
    elif until and day and until < day:
        faults["granted_until"] = _("This day lies before the decision.")
    elif until and until.year > roadmap.last_year:
        faults["granted_until"] = beyond_the_roadmap(roadmap)
    return faults


def faults_of_requisites(decision):
    names = ("decision_body", "decision_name", "decision_number")
    words = _("Name who decided, and the decision's document, number and date.")
    return {name: words for name in names if not decision[name].strip()}


def fault_of_decision_day(day, roadmap, *, on):
    """{"decision_date": sentence} where nothing can have been decided on that day; else empty."""
    if not day:
        return {"decision_date": _("Give the date of the decision.")}
    if not roadmap.date <= day <= on:
        words = _("The decision's date lies between the act's day, %(first)s, and today, %(last)s.")
        return {"decision_date": words % {"first": date_format(roadmap.date), "last": date_format(on)}}
    return {}
