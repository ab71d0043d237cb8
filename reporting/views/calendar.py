"""The days that concern the reader: a page, and a file that calendar programs read without a sign-in."""

import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from reporting import agenda
from reporting.feed import feed as make_feed
from roadmap import clock
from roadmap.models import User

SOON = datetime.timedelta(days=370)


@require_safe
@login_required
def calendar(request):
    today = clock.today()
    days = agenda.agenda(request.user, today)
    address = request.build_absolute_uri(reverse("calendar-feed", args=[request.user.calendar_key]))
    return render(
        request,
        "reporting/calendar.html",
        {
            "coming": [(day, (day.day - today).days) for day in days if today <= day.day < today + SOON],
            "later": [(day, None) for day in days if day.day >= today + SOON],
            "past": [(day, None) for day in reversed(days) if day.day < today],
            "acts": list(dict.fromkeys(day.act for day in days)),
            "address": address,
            "subscription": "webcal:" + address.partition(":")[2],
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new_address(request):
    """End the address that was given to calendar programs; the page shows the new one."""
    if request.method == "POST":
        request.user.end_calendar_address()
        messages.success(
            request, _("The old address does not answer any more. Give your calendar programs the new one.")
        )
    return redirect("calendar")


def _page_of(day, person):
    """The measure, or the own report; of a period's other days the board, or the summaries where these are read."""
    if day.measure:
        return reverse("measure", args=[day.roadmap, day.measure])
    if day.submission:
        return reverse("submission", args=[day.roadmap, day.submission])
    if person.role == User.Role.GOVERNMENT:
        return reverse("summaries", args=[day.roadmap])
    if person.role == User.Role.EXECUTOR:
        return reverse("submissions", args=[day.roadmap])
    page = "queue" if person.role in User.OF_MINISTRY else "change"
    return reverse(f"admin:reporting_reportingperiod_{page}", args=[day.period])


@require_safe
def feed(request, key):
    """The calendar file of whose address this is, in that person's language; 404 where it is nobody's any more."""
    person = User.objects.of_calendar_key(key)
    if person is None:
        raise Http404
    today = clock.today()
    with translation.override(person.language):
        content = make_feed(
            agenda.agenda(person, today),
            name=_("Roadmap reporting"),
            today=today,
            address_of=lambda day: request.build_absolute_uri(_page_of(day, person)),
            done_word=pgettext("measure", "done"),
        )
    return HttpResponse(
        content,
        content_type="text/calendar; charset=utf-8",
        headers={
            "Content-Disposition": 'inline; filename="roadmap.ics"',
            "Content-Language": person.language,
            "Cache-Control": "private, max-age=3600",
        },
    )
