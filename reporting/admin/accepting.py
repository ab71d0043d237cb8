"""Accepting many reports at once: each by its own transition, and what could not be accepted is named with why."""

from django.contrib import messages
from django.utils.translation import gettext as _

from reporting.errors import Refused
from reporting.forms import whole_number
from roadmap import clock


def accept_each(request, chosen):
    """Accept each (submission, the revision that the officer saw); say what was accepted, and what was not and why."""
    accepted = []
    for submission, revision in chosen:
        try:
            submission.accept(by=request.user, at=clock.now(), revision=revision)
            accepted.append(submission.executor.short_name)
        except Refused as error:
            submission.refresh_from_db(fields=["status"])
            words = {"submission": submission, "state": submission.get_status_display(), "why": error}
            messages.warning(request, _("Skipped: %(submission)s (%(state)s). %(why)s") % words)
    if accepted:
        words = {"count": len(accepted), "names": ", ".join(accepted)}
        messages.success(request, _("Accepted: %(count)s (%(names)s).") % words)


def chosen_in(request, submissions):
    """The ticked rows of the queue as (submission, revision); each box holds «pk:revision» as the page showed it."""
    seen = {}
    for value in request.POST.getlist("chosen"):
        pk, _colon, revision = value.partition(":")
        seen[whole_number(pk)] = whole_number(revision)
    found = submissions.filter(pk__in=seen).select_related("executor", "period__roadmap").order_by("executor")
    return [(submission, seen[submission.pk]) for submission in found]
