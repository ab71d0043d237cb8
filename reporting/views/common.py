"""What the pages share: who may, and the submission of an address."""

from django.contrib.auth.decorators import login_required, permission_required, user_passes_test
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import reverse

from reporting.models import Submission

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def may(permission):
    """Signed in, and with that permission; 403 otherwise."""
    return lambda view: login_required(permission_required(f"reporting.{permission}", raise_exception=True)(view))


def may_fill(view):
    """Signed in, and one who fills in reports: the executor's own, or the ministry's for an executor."""
    return login_required(user_passes_test(_fills)(view))


def _fills(user):
    if user.has_perm("reporting.fill_submission") or user.has_perm("reporting.enter_submission"):
        return True
    raise PermissionDenied


def load_fillable(request, slug, pk):
    """A submission that the reader fills in and sends; 404 for everybody else."""
    own = Submission.objects.fillable_by(request.user).select_related("period__roadmap", "executor")
    return get_object_or_404(own, pk=pk, period__roadmap__slug=slug)


def load_submission(request, slug, pk):
    own = Submission.objects.for_user(request.user).select_related("period__roadmap", "executor")
    return get_object_or_404(own, pk=pk, period__roadmap__slug=slug)


def submission_url(submission, position=None, anchor=""):
    slug = submission.period.roadmap.slug
    if position:
        return reverse("entry", args=[slug, submission.pk, position]) + anchor
    return reverse("submission", args=[slug, submission.pk]) + anchor
