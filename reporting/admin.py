"""The ministry's work in the admin: the queue of a period, the review of a submission, the summary and its lines."""

import datetime

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from roadmap import clock
from roadmap.scoped_admin import ScopedAdmin

from . import approval, rollup
from .admin_forms import LineForm, OpenByHandForm, PeriodDatesForm, ReviewForm
from .document import document, read_frozen
from .errors import Conflict, Refused
from .models import OffControl, ProgressEntry, ReportingPeriod, Submission, Summary, SummaryLine


class ReadOnlyAdmin(ScopedAdmin):
    """Nothing is added, changed or deleted by hand: the transitions do it."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def page(self, request, template, context):
        return TemplateResponse(
            request,
            f"admin/reporting/{template}",
            {**self.admin_site.each_context(request), "opts": self.opts, **context},
        )

    def view(self, name, pattern, view):
        """A URL of our own, within the admin's sign-in."""
        return path(pattern, self.admin_site.admin_view(view), name=f"reporting_{self.opts.model_name}_{name}")


def require(request, permission):
    if not request.user.has_perm(f"reporting.{permission}"):
        raise PermissionDenied


def require_post(request):
    if request.method != "POST":
        raise Http404


@admin.register(ReportingPeriod)
class ReportingPeriodAdmin(ReadOnlyAdmin):
    list_display = ("label", "opens_on", "executors_due_on", "ministry_due_on", "state", "queue_link")
    list_select_related = ("roadmap",)
    list_filter = (("roadmap", admin.RelatedOnlyFieldListFilter),)
    form = PeriodDatesForm
    fields = (
        "opens_on",
        "executors_due_on",
        "ministry_due_on",
        "reason",
        "executors_opened_at",
        "ministry_opened_at",
        "locked_at",
    )
    readonly_fields = ("executors_opened_at", "ministry_opened_at", "locked_at")
    change_form_template = "admin/reporting/period_dates.html"

    def has_change_permission(self, request, obj=None):
        return request.user.has_perm("reporting.change_reportingperiod")

    def get_fields(self, request, obj=None):
        return self.fields if self.has_change_permission(request) else [f for f in self.fields if f != "reason"]

    def save_model(self, request, obj, form, change):
        before = ReportingPeriod.objects.select_related("roadmap").get(pk=obj.pk)
        before.move_dates(form.dates(), by=request.user, at=clock.now(), reason=form.cleaned_data["reason"])

    def change_view(self, request, object_id, form_url="", extra_context=None):
        try:
            return super().change_view(request, object_id, form_url, extra_context)
        except Refused as error:
            messages.error(request, str(error))
            return redirect(request.path)

    def get_urls(self):
        return [
            self.view("queue", "<int:pk>/queue/", self.queue),
            self.view("consolidate", "<int:pk>/consolidate/", self.consolidate),
            self.view("open", "<int:pk>/open/", self.open_by_hand),
            *super().get_urls(),
        ]

    @admin.display(description=gettext_lazy("period"), ordering=("year", "number"))
    def label(self, period):
        return period.label

    @admin.display(description=gettext_lazy("state"))
    def state(self, period):
        return state_of(period, clock.today())

    @admin.display(description="")
    def queue_link(self, period):
        return admin_link(reverse("admin:reporting_reportingperiod_queue", args=[period.pk]), _("queue"))

    def _load(self, request, pk):
        return get_object_or_404(self.get_queryset(request).select_related("roadmap"), pk=pk)

    def queue(self, request, pk):
        """Who has reported, who waits for review, and how the summary stands."""
        require(request, "view_submission")
        period = self._load(request, pk)
        day = clock.today()
        others = ReportingPeriod.objects.filter(roadmap=period.roadmap).opened().order_by("year", "number")
        return self.page(
            request,
            "queue.html",
            {
                "title": _("Queue: %(period)s") % {"period": period},
                "period": period,
                "state": state_of(period, day),
                "standing": rollup.standing(period, day),
                "summary": period.summaries.order_by("version").last(),
                "periods": others.select_related("roadmap"),
                "days_left": (period.ministry_due_on - day).days,
                "days_late": (day - period.ministry_due_on).days,
                "is_missed": period.is_missed_on(day),
                "may_write": request.user.has_perm("reporting.write_summary"),
                "may_open": request.user.has_perm("reporting.open_reportingperiod"),
            },
        )

    def consolidate(self, request, pk):
        require_post(request)
        require(request, "write_summary")
        period = self._load(request, pk)
        try:
            summary = rollup.refresh(period, at=clock.now())
        except Refused as error:
            messages.error(request, str(error))
            return redirect("admin:reporting_reportingperiod_queue", pk)
        changed = summary.lines.filter(is_changed=True).count()
        messages.success(
            request,
            _("Consolidated. Lines whose source changed after you wrote them: %(count)s.") % {"count": changed},
        )
        return redirect("admin:reporting_summary_change", summary.pk)

    def open_by_hand(self, request, pk):
        require(request, "open_reportingperiod")
        period = self._load(request, pk)
        form = OpenByHandForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                period.open_by_hand(by=request.user, at=clock.now(), **form.cleaned_data)
            except Refused as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("The window is open; every executor has a submission."))
                return redirect("admin:reporting_reportingperiod_queue", pk)
        context = {"title": _("Open by hand: %(period)s") % {"period": period}, "period": period, "form": form}
        return self.page(request, "open.html", context)


def state_of(period, day):
    """The period's state in words."""
    if period.is_locked:
        return _("approved")
    if period.ministry_opened_at:
        return _("the ministry consolidates")
    if period.executors_opened_at:
        return _("executors report")
    return _("missed") if period.is_missed_on(day) else _("not open yet")


def admin_link(url, words):
    return format_html('<a href="{}">{}</a>', url, words)


@admin.register(Submission)
class SubmissionAdmin(ReadOnlyAdmin):
    list_display = ("executor", "period", "state", "is_late", "first_submitted_at", "due_on")
    list_select_related = ("executor", "period__roadmap")
    list_filter = ("status", ("period", admin.RelatedOnlyFieldListFilter))
    search_fields = ("executor__short_name_kk", "executor__short_name_ru", "executor__short_name_en")
    actions = ["accept_chosen"]

    def has_review_permission(self, request):
        return request.user.has_perm("reporting.review_submission")

    @admin.display(description=gettext_lazy("state"), ordering="status")
    def state(self, submission):
        return submission.get_status_display()

    @admin.display(description=gettext_lazy("in time"))
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
        submission = get_object_or_404(found, pk=object_id) if str(object_id).isdecimal() else None
        if submission is None:
            raise Http404
        form = ReviewForm(request.POST or None, submission=submission)
        if request.method == "POST":
            require(request, "review_submission")
            if form.is_valid() and self._review(request, submission, form):
                return redirect("admin:reporting_reportingperiod_queue", submission.period_id)
        return self._render_review(request, submission, form)

    def _review(self, request, submission, form):
        words = {"by": request.user, "at": clock.now(), "revision": form.cleaned_data["revision"]}
        words["comment"] = form.cleaned_data["comment"]
        try:
            if "accept" in request.POST:
                submission.accept(**words)
                messages.success(request, _("Accepted: %(submission)s.") % {"submission": submission})
                return True
            if not form.cleaned_data["resubmit_by"]:
                form.add_error("resubmit_by", _("Give the day to send it again by."))
                return False
            submission.return_for_rework(
                **words, measure_comments=form.measure_comments(), resubmit_by=form.cleaned_data["resubmit_by"]
            )
        except Refused as error:
            form.add_error(None, str(error))
            return False
        messages.success(request, _("Returned for rework: %(submission)s.") % {"submission": submission})
        return True

    def _render_review(self, request, submission, form):
        rounds = list(submission.rounds.select_related("sent_by", "reviewed_by"))
        last = rounds[-1] if rounds else None
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
                    sent_entry(sent, measures[sent["measure"]], form, last)
                    for sent in (last.payload if last else ())
                    if sent["measure"] in measures
                ],
                "form": form,
                "may_review": request.user.has_perm("reporting.review_submission")
                and submission.status == Submission.Status.SUBMITTED
                and not submission.period.is_locked,
            },
        )


def sent_entry(sent, measure, form, last):
    """For the template: what was sent on a measure, in words, with the field for the reviewer's."""
    status = ProgressEntry.Status(sent["status"])
    day = sent["document_date"]
    return {
        "measure": measure,
        "sent": sent,
        "status": status,
        "document_date": datetime.date.fromisoformat(day) if day else None,
        "field": form[f"measure_{measure.pk}"],
        "words": last.comment_at(measure.pk),
    }


@admin.register(Summary)
class SummaryAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "state", "approved_at", "approved_by")
    list_select_related = ("period__roadmap", "approved_by")

    @admin.display(description=gettext_lazy("state"), ordering="status")
    def state(self, summary):
        return summary.get_status_display()

    def get_urls(self):
        return [
            self.view("line", "<int:pk>/lines/<int:position>/", self.line),
            self.view("preview", "<int:pk>/preview/", self.preview),
            self.view("hand_over", "<int:pk>/hand-over/", self.hand_over),
            self.view("send_back", "<int:pk>/send-back/", self.send_back),
            self.view("approve", "<int:pk>/approve/", self.approve),
            *super().get_urls(),
        ]

    def _load(self, request, pk):
        if not str(pk).isdecimal():
            raise Http404
        return get_object_or_404(self.get_queryset(request).select_related("period__roadmap", "approved_by"), pk=pk)

    def change_view(self, request, object_id, form_url="", extra_context=None, remarks=""):
        """The lines to be written; for the head, what to know before approving."""
        require(request, "view_summary")
        summary = self._load(request, object_id)
        day = clock.today()
        lines = summary.lines.select_related("measure").in_order()
        return self.page(
            request,
            "summary.html",
            {
                "title": str(summary),
                "summary": summary,
                "period": summary.period,
                "lines": [_line_in_words(line, summary.period) for line in lines],
                "written": sum(line.is_written for line in lines),
                "check": None if summary.is_approved else approval.check(summary, day),
                "events": summary.events.select_related("by"),
                "remarks": remarks,
                "may_write": request.user.has_perm("reporting.write_summary"),
                "may_approve": request.user.has_perm("reporting.approve_summary"),
            },
        )

    def line(self, request, pk, position):
        """One measure: the executors' words beside the ministry's own."""
        require(request, "view_summary")
        summary = self._load(request, pk)
        line = get_object_or_404(summary.lines.select_related("measure__section", "edited_by"), position=position)
        line.summary = summary
        form, theirs = LineForm(request.POST or None, instance=line), None
        if request.method == "POST":
            require(request, "write_summary")
            if form.is_valid():
                try:
                    line.write(
                        by=request.user,
                        at=clock.now(),
                        revision=form.cleaned_data["revision"],
                        values=form.values(),
                    )
                    return self._after_writing(request, summary, position)
                except Conflict as error:
                    theirs = SummaryLine.objects.select_related("edited_by").get(pk=line.pk)
                    form.continue_from(theirs.revision)
                    messages.error(request, str(error))
                except Refused as error:
                    messages.error(request, str(error))
        return self._render_line(request, summary, line, form, theirs)

    def _after_writing(self, request, summary, position):
        messages.success(request, _("Line %(position)s is saved.") % {"position": position})
        following = summary.lines.filter(position__gt=position).in_order().first()
        if "next" in request.POST and following:
            return redirect("admin:reporting_summary_line", summary.pk, following.position)
        return redirect("admin:reporting_summary_change", summary.pk)

    def _render_line(self, request, summary, line, form, theirs):
        shown = document(summary, request.LANGUAGE_CODE, made_at=clock.now())
        previous = SummaryLine.objects.filter(
            measure=line.measure,
            summary__in=Summary.objects.valid().filter(
                period__in=ReportingPeriod.objects.filter(roadmap=summary.period.roadmap).at(
                    summary.period.interval.previous
                )
            ),
        ).first()
        return self.page(
            request,
            "line.html",
            {
                "title": f"{line.measure.number}. {line.measure.title}",
                "summary": summary,
                "period": summary.period,
                "line": line,
                "row": next(row for row in shown.rows if row.position == line.position),
                "labels": shown.labels,
                "rolled_label": SummaryLine.Status(line.rolled_status).label,
                "form": form,
                "theirs": theirs,
                "previous": previous,
                "may_write": request.user.has_perm("reporting.write_summary") and summary.is_draft,
            },
        )

    def preview(self, request, pk):
        """The whole document, as the Government will read it."""
        require(request, "view_summary")
        summary = self._load(request, pk)
        language = request.LANGUAGE_CODE
        shown = (
            read_frozen(summary, language) if summary.is_approved else document(summary, language, made_at=clock.now())
        )
        return self.page(request, "preview.html", {"title": str(summary), "summary": summary, "document": shown})

    def _step(self, request, pk, permission, act, done):
        require_post(request)
        require(request, permission)
        summary = self._load(request, pk)
        try:
            act(summary)
        except Refused as error:
            messages.error(request, str(error))
            return self.change_view(request, pk, remarks=request.POST.get("remarks", ""))
        messages.success(request, done)
        return redirect("admin:reporting_summary_change", pk)

    def hand_over(self, request, pk):
        return self._step(
            request,
            pk,
            "write_summary",
            lambda summary: summary.hand_over(by=request.user, at=clock.now()),
            _("Handed over to the head for approval."),
        )

    def send_back(self, request, pk):
        remarks = request.POST.get("remarks", "")
        return self._step(
            request,
            pk,
            "approve_summary",
            lambda summary: summary.send_back(by=request.user, at=clock.now(), remarks=remarks),
            _("Sent back to the ministry's officers with your remarks."),
        )

    def approve(self, request, pk):
        revision = request.POST.get("revision", "")
        kept = {int(measure) for measure in request.POST.getlist("keep") if measure.isdecimal()}
        return self._step(
            request,
            pk,
            "approve_summary",
            lambda summary: approval.approve(
                summary,
                by=request.user,
                at=clock.now(),
                revision=int(revision) if revision.isdecimal() else -1,
                kept=kept,
            ),
            _("Approved and frozen. The Government can read and download it now."),
        )


def _line_in_words(line, period):
    return {
        "line": line,
        "label": SummaryLine.Status(line.status).label,
        "is_overdue": line.is_overdue(line.measure, period),
    }


@admin.register(OffControl)
class OffControlAdmin(ReadOnlyAdmin):
    list_display = ("measure", "ground", "decided_on", "document", "revoked_on")
    list_select_related = ("measure",)
