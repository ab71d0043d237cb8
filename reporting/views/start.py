"""Each role's first page, and the way to the only roadmap that a reader sees."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from reporting import board, overview
from reporting.models import Submission, Summary
from roadmap.models import Roadmap, User

from .common import submission_url


@require_safe
@login_required
def start(request):
    """Each role's first page."""
    user = request.user
    if user.role == User.Role.EXECUTOR:
        return _executor_start(request)
    if user.has_perm("reporting.approve_summary"):
        waiting = Summary.objects.for_user(user).waiting().first()
        if waiting:
            return redirect("admin:reporting_summary_change", waiting.pk)
    if user.role in User.OF_MINISTRY:
        current = board.current_periods(user)
        if len(current) == 1:
            return redirect("admin:reporting_reportingperiod_queue", current[0].pk)
    if user.role == User.Role.GOVERNMENT:
        return redirect_to_roadmap(request, "")
    return redirect("admin:index")


def _executor_start(request):
    current = list(Submission.objects.for_user(request.user).current().select_related("period__roadmap")[:2])
    if len(current) == 1:
        return redirect(submission_url(current[0]))
    return redirect_to_roadmap(request, "submissions/")


@require_safe
@login_required
def redirect_to_roadmap(request, rest):
    """Lead to the same page of the only roadmap that the reader sees, or list the roadmaps."""
    roadmaps = list(Roadmap.objects.for_user(request.user))
    query = request.META.get("QUERY_STRING")
    rest += f"?{query}" if query else ""
    if len(roadmaps) == 1:
        return redirect(f"/roadmaps/{roadmaps[0].slug}/{rest}")
    return _list(request, roadmaps, rest)


@require_safe
@login_required
def roadmaps(request):
    rest = "submissions/" if request.user.role == User.Role.EXECUTOR else ""
    return _list(request, Roadmap.objects.for_user(request.user), rest)


def _list(request, roadmaps, rest):
    """The roadmaps, each with how it stands."""
    return render(
        request,
        "reporting/roadmaps.html",
        {"roadmaps": overview.lines(roadmaps, request.user, request.LANGUAGE_CODE), "rest": rest},
    )
