"""What pages show of petitions beside a report or a measure, and the ministry's count of open ones."""

from django import template

from reporting.models import Petition
from reporting.models.petition_days import faults_in_asking_for_report
from roadmap import clock

register = template.Library()
Kind = Petition.Kind


@register.inclusion_tag("reporting/_petitions_of.html", takes_context=True)
def report_petitions(context, submission):
    """The executor's own on this report, and the way to ask for a later day while it may be asked."""
    user = context["request"].user
    own = list(Petition.objects.for_user(user).filter(submission=submission))
    return {
        "petitions": own,
        "roadmap": submission.period.roadmap,
        "submission": submission,
        "may_ask": user.has_perm("reporting.ask_petition")
        and not _asked(own)
        and not faults_in_asking_for_report(submission, None, clock.today()),
    }


@register.inclusion_tag("reporting/_petitions_of.html", takes_context=True)
def measure_petitions(context, measure):
    """The reader's own on this measure, and the way to ask for a later deadline or for leaving control."""
    user = context["request"].user
    shown = {"roadmap": context["roadmap"], "measure": measure}
    is_ministry = user.has_perm("reporting.view_petition")
    if not is_ministry and not user.has_perm("reporting.ask_petition"):
        return shown
    own = list(Petition.objects.for_user(user).filter(measure=measure).select_related("executor"))
    return shown | {
        "petitions": own,
        "is_ministry": is_ministry,
        "may_propose": user.has_perm("reporting.answer_petition"),
        "kinds": () if is_ministry else _kinds(measure, user, _asked(own)),
    }


def _asked(petitions):
    """The kinds that wait for an answer."""
    return {petition.kind for petition in petitions if petition.status in Petition.OPEN}


def _kinds(measure, user, asked):
    """What this executor may ask for of the measure now."""
    is_own = any(assignment.executor_id == user.executor_id for assignment in measure.assignments.all())
    if not is_own or measure.off_controls.in_force_on(clock.today()).exists():
        return []
    kinds = [Kind.EXTEND_MEASURE, Kind.OFF_CONTROL] if measure.due_on else [Kind.OFF_CONTROL]
    return [kind for kind in kinds if kind not in asked]


@register.inclusion_tag("admin/reporting/_open_petitions.html", takes_context=True)
def open_petitions(context, roadmap):
    """How many of a roadmap wait for the ministry or the Government."""
    return {"count": Petition.objects.open().filter(roadmap=roadmap).count(), "roadmap": roadmap}
