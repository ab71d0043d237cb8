"""What the admin's first page shows of the reporting: the ministry's board, and what an administrator has to do."""

from django import template
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX

from reporting import board
from reporting.models import Notice
from roadmap import clock
from roadmap.models import ActDraft, User

register = template.Library()


@register.inclusion_tag("admin/reporting/_start.html", takes_context=True)
def ministry_start(context):
    """The picture of the only roadmap's current period, or a card for each roadmap."""
    user, day = context["request"].user, clock.today()
    periods = board.current_periods(user)
    is_one = len(periods) == 1
    return {
        "board": board.board(periods[0], day) if is_one else None,
        "cards": [] if is_one else board.cards(periods, day),
        "without": board.without_periods(user),
        "perms": context["perms"],
        "request": context["request"],
    }


@register.inclusion_tag("admin/reporting/_undelivered.html", takes_context=True)
def undelivered_letters(context):
    """Say how many letters of the last weeks were given up, of the reader's roadmaps."""
    user = context["request"].user
    return {"count": Notice.objects.for_user(user).undelivered(clock.now()).count()}


@register.inclusion_tag("admin/reporting/_corrections.html", takes_context=True)
def corrections_in_work(context, roadmap=None, besides=None):
    """Say which half-years are being corrected, `besides` the one that the page shows."""
    found = board.corrections_in_work(context["request"].user, roadmap)
    return {"corrections": [summary for summary in found if summary.period_id != (besides and besides.pk)]}


@register.inclusion_tag("admin/reporting/_administrator.html")
def administrator_start(user):
    """Acts to go on with, people who cannot sign in yet, and roadmaps without periods."""
    people = User.objects.filter(is_active=True)
    return {
        "drafts": ActDraft.objects.filter(roadmap=None).count(),
        "people": people.count(),
        "without_password": people.filter(password__startswith=UNUSABLE_PASSWORD_PREFIX).count(),
        "periods": board.current_periods(user),
    }


@register.inclusion_tag("admin/reporting/_without_periods.html", takes_context=True)
def roadmaps_without_periods(context, roadmap=None):
    """Say that the periods of these roadmaps are not made yet, and offer to make them."""
    found = board.without_periods(context["request"].user)
    return {"without": found.filter(pk=roadmap.pk) if roadmap else found, "perms": context["perms"]}
