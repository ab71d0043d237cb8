"""What the admin's pages of a roadmap and of a body show of later acts."""

from django import template

from roadmap.models import Succession

register = template.Library()


@register.inclusion_tag("admin/roadmap/_acts.html", takes_context=True)
def later_acts(context, roadmap):
    """The roadmap's amending acts, also those that wait, and the successions of its bodies."""
    user = context["request"].user
    if not user.has_perm("roadmap.view_amendment"):
        return {}
    bodies = set(roadmap.measures.values_list("assignments__executor", flat=True)) | {roadmap.coordinator_id}
    successions = Succession.objects.for_user(user).select_related("predecessor", "successor")
    return {
        "is_shown": True,
        "amendments": roadmap.amendments.all(),
        "successions": [each for each in successions if {each.predecessor_id, each.successor_id} & bodies],
        "can_add": user.has_perm("roadmap.add_amendment"),
    }


@register.simple_tag
def succession_of(executor):
    """The body's own end, in a sentence; empty where it goes on."""
    found = Succession.objects.filter(predecessor=executor).select_related("predecessor", "successor").first()
    return found.sentence() if found else ""
