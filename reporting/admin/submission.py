"""The review of submissions: read what was sent, accept it, or return it with words."""

import datetime

from django.contrib import admin, messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting import mail
from reporting.amended import acts_of
from reporting.comparison import chosen, compare
from reporting.errors import Refused
from reporting.forms import whole_number
from reporting.models import ProgressEntry, ReportingPeriod, Submission
from reporting.terms import due_words
from roadmap import clock

from .accepting import accept_each
from .base import ReadOnlyAdmin, chip, require
from .forms import ReopenForm, ReviewForm
from .happened import SubmissionHappened


class PeriodFilter(admin.RelatedOnlyFieldListFilter):
    """The periods by their labels, which need their roadmap: all in one query."""

    def field_choices(self, field, request, model_admin):
        periods = ReportingPeriod.objects.for_user(request.user).opened().select_related("roadmap")
        return [(period.pk, str(period)) for period in periods]


@admin.register(Submission)
class SubmissionAdmin(SubmissionHappened, ReadOnlyAdmin):
    list_display = ("executor", "period", "state", "is_late", "first_submitted_at", "due")
    list_select_related = ("executor", "period__roadmap")
    list_filter = ("status", ("period", PeriodFilter))
    search_fields = ("executor__short_name_kk", "executor__short_name_ru", "executor__short_name_en")
    actions = ["accept_chosen"]

    def has_review_permission(self, request):
        return request.user.has_perm("reporting.review_submission")

    @admin.display(description=gettext_lazy("state"), ordering="status")
    def state(self, submission):
        return chip(submission.status, submission.get_status_display())

    @admin.display(description=gettext_lazy("late"), empty_value="")
    def is_late(self, submission):
        return chip("late", _("late")) if submission.is_late_on(clock.today()) else ""

    @admin.display(description=gettext_lazy("due on"), ordering="due_on")
    def due(self, submission):
        return due_words(submission)

    @admin.action(description=gettext_lazy("Accept the chosen submissions"), permissions=["review"])
    def accept_chosen(self, request, queryset):
        """Each through its own transition; says what was skipped and why."""
        found = queryset.select_related("executor", "period__roadmap")
        accept_each(request, [(submission, submission.revision) for submission in found])

    def get_urls(self):
        return [
            self.view("reopen", "<int:pk>/reopen/", self.reopen),
            self.view("enter", "<int:pk>/enter/", self.enter),
            *self.happened_urls(),
            *super().get_urls(),
        ]

    def _load(self, request, pk):
        found = self.get_queryset(request).select_related("executor", "period__roadmap")
        return get_object_or_404(found, pk=pk)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Read what was sent; accept it, or return it with words."""
        require(request, "view_submission")
        submission = self._load(request, whole_number(object_id))
        form = ReviewForm(request.POST or None, submission=submission)
        if request.method == "POST":
            require(request, "review_submission")
            if form.is_valid() and self._review(request, submission, form):
                mail.hint()
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

    def reopen(self, request, pk):
        """Take an acceptance back, for a reason."""
        require(request, "review_submission")
        submission = self._load(request, pk)
        if request.method != "POST":
            return redirect("admin:reporting_submission_change", pk)
        form = ReopenForm(request.POST)
        if form.is_valid():
            try:
                submission.reopen(by=request.user, at=clock.now(), **form.cleaned_data)
            except Refused as error:
                form.add_error(None, str(error))
                submission = self._load(request, pk)
            else:
                words = _("The acceptance is taken back; the report waits for a review again: %(submission)s.")
                messages.success(request, words % {"submission": submission})
                return redirect("admin:reporting_submission_change", pk)
        return self._render_review(request, submission, ReviewForm(submission=submission), form)

    def enter(self, request, pk):
        """Begin, or go on, entering a report for its executor, on the executor's own pages."""
        require(request, "enter_submission")
        submission = self._load(request, pk)
        if request.method != "POST":
            return redirect("admin:reporting_submission_change", pk)
        try:
            if not (submission.is_entered_by_ministry and submission.is_editable):
                revision = whole_number(request.POST.get("revision", ""))
                submission.enter_for_executor(by=request.user, at=clock.now(), revision=revision)
        except Refused as error:
            messages.error(request, str(error))
            return redirect("admin:reporting_submission_change", pk)
        return redirect(reverse("submission", args=[submission.period.roadmap.slug, submission.pk]))

    def _render_review(self, request, submission, form, reopen_form=None):
        rounds = list(submission.rounds.with_scans().select_related("sent_by", "reviewed_by"))
        last = rounds[-1] if rounds else None
        reviewed = next((sent for sent in reversed(rounds) if sent.decision), None)
        measures = {measure.pk: measure for measure in form.measures}
        acts = acts_of(list(measures))
        may_review = request.user.has_perm("reporting.review_submission") and not submission.period.is_locked
        was_own = last is not None and last.was_entered_by(request.user)
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
                    sent_entry(sent, measures[sent["measure"]], form, reviewed, acts)
                    for sent in (last.payload if last else ())
                    if sent["measure"] in measures
                ],
                "to_be_reported": [(measure, acts.notes(measure)) for measure in form.measures],
                "form": form,
                "may_review": may_review
                and submission.status == Submission.Status.SUBMITTED
                and not submission.is_outside_correction,
                "was_entered_by_reader": was_own,
                "needs_other_reviewer": was_own and submission.needs_other_reviewer(request.user),
                "reopen_form": (reopen_form or ReopenForm(initial={"revision": submission.revision}))
                if may_review
                and submission.status == Submission.Status.ACCEPTED
                and not submission.is_outside_correction
                else None,
                "numbers": [sent.number for sent in rounds],
                "comparison": compare(*chosen(rounds, *_numbers(request))) if len(rounds) > 1 else None,
                **self._entering(request, submission),
            },
        )

    def _entering(self, request, submission):
        """For a report that was not sent: may this officer enter it for the executor, and if not, why."""
        if not request.user.has_perm("reporting.enter_submission") or not submission.is_editable:
            return {}
        why_not = submission.why_not_entered()
        return {"may_enter": not why_not, "why_not_entered": why_not}


def _numbers(request):
    return (whole_number(request.GET.get(name, "")) for name in ("from", "to"))


def sent_entry(sent, measure, form, reviewed, acts):
    """For the template: what was sent on a measure, in words, with the field for the reviewer's."""
    status = ProgressEntry.Status(sent["status"])
    day = sent["document_date"]
    return {
        "measure": measure,
        "amended": acts.notes(measure),
        "sent": sent,
        "status": status,
        "is_overdue": status != ProgressEntry.Status.DONE and measure.is_overdue_on(clock.today()),
        "document_date": datetime.date.fromisoformat(day) if day else None,
        "field": form[f"measure_{measure.pk}"],
        "words": reviewed.comment_at(measure.pk) if reviewed else "",
    }
