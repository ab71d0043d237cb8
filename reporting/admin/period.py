"""The periods: their dates, the queue of submissions, consolidating, and opening a missed one by hand."""

from django.contrib import admin, messages
from django.db.models import F
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting import rollup
from reporting.errors import Refused
from reporting.forms import whole_number
from reporting.models import OffControl, PeriodChange, ReportingPeriod
from roadmap import clock

from .base import ReadOnlyAdmin, require
from .forms import OpenByHandForm, PeriodDatesForm


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
        moved = PeriodChange.objects.filter(period=whole_number(object_id)).select_related("by")
        try:
            return super().change_view(request, object_id, form_url, {"changes": list(moved)})
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

    @admin.display(description=gettext_lazy("period"), ordering=F("year") * 100 + F("number"))
    def label(self, period):
        return period.label

    @admin.display(description=gettext_lazy("state"))
    def state(self, period):
        return state_of(period, clock.today())

    def get_list_display(self, request):
        shown = super().get_list_display(request)
        return shown if request.user.has_perm("reporting.view_submission") else shown[:-1]

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
        summary = period.summaries.defer("frozen").order_by("version").last()
        return self.page(
            request,
            "queue.html",
            {
                "title": _("Queue: %(period)s") % {"period": period},
                "period": period,
                "state": _("at the head's for approval")
                if summary and summary.is_for_approval
                else state_of(period, day),
                "standing": rollup.standing(period, day),
                "summary": summary,
                "periods": others.select_related("roadmap"),
                "days_left": (period.ministry_due_on - day).days,
                "days_late": (day - period.ministry_due_on).days,
                "is_missed": period.is_missed_on(day),
                "may_write": request.user.has_perm("reporting.write_summary"),
                "may_open": request.user.has_perm("reporting.open_reportingperiod"),
            },
        )

    def consolidate(self, request, pk):
        require(request, "write_summary")
        period = self._load(request, pk)
        if request.method != "POST":
            return redirect("admin:reporting_reportingperiod_queue", pk)
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


@admin.register(OffControl)
class OffControlAdmin(ReadOnlyAdmin):
    list_display = ("measure", "ground", "decided_on", "document", "revoked_on")
    list_select_related = ("measure",)
