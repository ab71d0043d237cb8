"""The review of submissions: read what was sent, accept it, or return it with words."""

import datetime

from django.contrib import admin, messages
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting.errors import Refused
from reporting.forms import whole_number
from reporting.models import ProgressEntry, ReportingPeriod, Submission
from roadmap import clock

from .base import ReadOnlyAdmin, require
from .forms import ReviewForm


class PeriodFilter(admin.RelatedOnlyFieldListFilter):
    """The periods by their labels, which need their roadmap: all in one query."""

    def field_choices(self, field, request, model_admin):
        periods = ReportingPeriod.objects.for_user(request.user).opened().select_related("roadmap")
        return [(period.pk, str(period)) for period in periods]


@admin.register(Submission)
class SubmissionAdmin(ReadOnlyAdmin):
    list_display = ("executor", "period", "state", "is_late", "first_submitted_at", "due_on")
    list_select_related = ("executor", "period__roadmap")
    list_filter = ("status", ("period", PeriodFilter))
    search_fields = ("executor__short_name_kk", "executor__short_name_ru", "executor__short_name_en")
    actions = ["accept_chosen"]

    def has_review_permission(self, request):
        return request.user.has_perm("reporting.review_submission")

    @admin.display(description=gettext_lazy("state"), ordering="status")
    def state(self, submission):
        return submission.get_status_display()

    @admin.display(description=gettext_lazy("late"))
    def is_late(self, submission):
        return _("late") if submission.is_late_on(clock.today()) else ""

    @admin.action(description=gettext_lazy("Accept the chosen submissions"), permissions=["review"])
    def accept_chosen(self, request, queryset):
        """Each through its own transition; says what was skipped and why."""
        accepted = 0
        for submission in queryset.select_related("executor", "period__roadmap"):
            try:
                submission.accept(by=request.user, at=clock.now(), revision=submission.revision)
                accepted += 1
            except Refused as error:
                words = {"submission": submission, "state": submission.get_status_display(), "why": error}
                messages.warning(request, _("Skipped: %(submission)s (%(state)s). %(why)s") % words)
        if accepted:
            messages.success(request, _("Accepted: %(count)s.") % {"count": accepted})

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Read what was sent; accept it, or return it with words."""
        require(request, "view_submission")
        found = self.get_queryset(request).select_related("executor", "period__roadmap")
        submission = get_object_or_404(found, pk=whole_number(object_id))
        form = ReviewForm(request.POST or None, submission=submission)
        if request.method == "POST":
            require(request, "review_submission")
            if form.is_valid() and self._review(request, submission, form):
                return redirect("admin:reporting_reportingperiod_queue", submission.period_id)
        return self._render_review(request, submission, form)

    def _review(self, request, submission, form):
        words = {"by": request.user, "at": clock.now(), "revision": form.cleaned_data["revision"]}
        words |= {"comment": form.cleaned_data["comment"], "measure_comments": form.measure_comments()}
        try:
            if "accept" in request.POST:
                submission.accept(**words)
                messages.success(request, _("Accepted: %(submission)s.") % {"submission": submission})
                return True
            if "return" not in request.POST:
                form.add_error(None, _("Choose: accept, or return for rework."))
                return False
            if not form.cleaned_data["resubmit_by"]:
                form.add_error("resubmit_by", _("Give the day to send it again by."))
                return False
            submission.return_for_rework(**words, resubmit_by=form.cleaned_data["resubmit_by"])
        except Refused as error:
            form.add_error(None, str(error))
            submission.refresh_from_db(fields=["status", "revision"])
            form.continue_from(submission.revision)
            return False
        messages.success(request, _("Returned for rework: %(submission)s.") % {"submission": submission})
        return True

    def _render_review(self, request, submission, form):
        rounds = list(submission.rounds.select_related("sent_by", "reviewed_by"))
        last = rounds[-1] if rounds else None
        reviewed = next((sent for sent in reversed(rounds) if sent.decision), None)
        measures = {measure.pk: measure for measure in form.measures}
        return self.page(
            request,
            "review.html",
            {
                "title": str(submission),
                "submission": submission,
                "is_late": submission.is_late_on(clock.today()),
                "last": last,
                "rounds": rounds[::-1],
                "entries": [
                    sent_entry(sent, measures[sent["measure"]], form, reviewed)
                    for sent in (last.payload if last else ())
                    if sent["measure"] in measures
                ],
                "form": form,
                "may_review": request.user.has_perm("reporting.review_submission")
                and submission.status == Submission.Status.SUBMITTED
                and not submission.period.is_locked,
            },
        )


def sent_entry(sent, measure, form, reviewed):
    """For the template: what was sent on a measure, in words, with the field for the reviewer's."""
    status = ProgressEntry.Status(sent["status"])
    day = sent["document_date"]
    return {
        "measure": measure,
        "sent": sent,
        "status": status,
        "is_overdue": status != ProgressEntry.Status.DONE and measure.is_overdue_on(clock.today()),
        "document_date": datetime.date.fromisoformat(day) if day else None,
        "field": form[f"measure_{measure.pk}"],
        "words": reviewed.comment_at(measure.pk) if reviewed else "",
    }
