"""«What happened»: the pages of a submission, a summary and a measure."""

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from reporting import happened
from roadmap.models import Measure

from .base import require

ON_A_PAGE = 50


class SubmissionHappened:
    """A mixin of the submissions' admin; measures have theirs here too, for `roadmap` knows nothing of reports."""

    def happened_urls(self):
        return [
            self.view("happened", "<int:pk>/happened/", self.happened),
            self.view("measure_happened", "measures/<int:pk>/happened/", self.measure_happened),
        ]

    def happened(self, request, pk):
        require(request, "view_submission")
        submission = get_object_or_404(self.get_queryset(request).select_related("executor", "period__roadmap"), pk=pk)
        found = happened.of_submission(submission)
        return render(self, request, submission, found, reverse("admin:reporting_submission_change", args=[pk]))

    def measure_happened(self, request, pk):
        """For whoever may see the measure; what was reported of it for whoever may see reports."""
        if not request.user.has_perm("roadmap.view_measure"):
            raise PermissionDenied
        measure = get_object_or_404(Measure.objects.for_user(request.user).select_related("roadmap"), pk=pk)
        with_reports = request.user.has_perm("reporting.view_submission")
        found = happened.of_measure(measure, with_reports=with_reports)
        return render(self, request, measure, found, reverse("admin:roadmap_measure_change", args=[pk]))


class SummaryHappened:
    """A mixin of the summaries' admin."""

    def happened_urls(self):
        return [self.view("happened", "<int:pk>/happened/", self.happened)]

    def happened(self, request, pk):
        require(request, "view_summary")
        summary = get_object_or_404(self.get_queryset(request).select_related("period__roadmap"), pk=pk)
        found = happened.of_summary(summary)
        return render(self, request, summary, found, reverse("admin:reporting_summary_change", args=[pk]))


def render(admin, request, thing, found, back):
    context = {
        "title": _("What happened: %(thing)s") % {"thing": thing},
        "thing": thing,
        "back": back,
        "happenings": Paginator(found, ON_A_PAGE).get_page(request.GET.get("page")),
    }
    return admin.page(request, "happened.html", context)
