"""The periods: their dates, the queue of submissions, consolidating, and opening a missed one by hand."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting import board, rollup
from reporting.errors import Refused
from reporting.forms import whole_number
from reporting.models import PeriodChange, ReportingPeriod, Submission
from reporting.terms import executors_due_words, ministry_due_words
from roadmap import clock
from roadmap.models import Roadmap

from .accepting import accept_each, chosen_in
from .base import ReadOnlyAdmin, require
from .forms import OpenByHandForm, PeriodDatesForm


@admin.register(ReportingPeriod)
class ReportingPeriodAdmin(ReadOnlyAdmin):
    list_display = ("label", "opens_on", "executors_due", "ministry_due", "state", "queue_link")
    list_select_related = ("roadmap",)
    list_filter = (("roadmap", admin.RelatedOnlyFieldListFilter),)
    form = PeriodDatesForm
    fields = (
        "opens_on",
        "executors_due_on",
        "ministry_due_on",
        "reason",
        "executors_until",
        "ministry_until",
        "executors_opened_at",
        "ministry_opened_at",
        "locked_at",
    )
    readonly_fields = ("executors_until", "ministry_until", "executors_opened_at", "ministry_opened_at", "locked_at")
    change_form_template = "admin/reporting/period_dates.html"
    change_list_template = "admin/reporting/periods.html"

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
            self.view("accept", "<int:pk>/accept/", self.accept),
            self.view("consolidate", "<int:pk>/consolidate/", self.consolidate),
            self.view("open", "<int:pk>/open/", self.open_by_hand),
            self.view("make", "make/", self.make),
            *super().get_urls(),
        ]

    @admin.display(description=gettext_lazy("period"), ordering=F("year") * 100 + F("number"))
    def label(self, period):
        return period.label

    @admin.display(description=gettext_lazy("executors report by"), ordering="executors_due_on")
    def executors_due(self, period):
        return executors_due_words(period)

    @admin.display(description=gettext_lazy("the ministry reports by"), ordering="ministry_due_on")
    def ministry_due(self, period):
        return ministry_due_words(period)

    @admin.display(description=gettext_lazy("executors' term counts until"))
    def executors_until(self, period):
        return date_format(period.executors_effective_on)

    @admin.display(description=gettext_lazy("the ministry's term counts until"))
    def ministry_until(self, period):
        return date_format(period.ministry_effective_on)

    @admin.display(description=gettext_lazy("state"))
    def state(self, period):
        if period.is_in_correction:
            return _("correction in work")
        return board.state_of(period, clock.today())

    def get_list_display(self, request):
        shown = super().get_list_display(request)
        return shown if request.user.has_perm("reporting.view_submission") else shown[:-1]

    @admin.display(description=gettext_lazy("queue"))
    def queue_link(self, period):
        return admin_link(reverse("admin:reporting_reportingperiod_queue", args=[period.pk]), _("queue"))

    def _load(self, request, pk):
        return get_object_or_404(self.get_queryset(request).select_related("roadmap"), pk=pk)

    def queue(self, request, pk):
        """Who has reported, who waits for review, and how the summary stands."""
        require(request, "view_submission")
        period = self._load(request, pk)
        others = ReportingPeriod.objects.filter(roadmap=period.roadmap).opened().order_by("year", "number")
        return self.page(
            request,
            "queue.html",
            {
                "title": capfirst(str(period)),
                "period": period,
                "board": board.board(period, clock.today()),
                "periods": others.select_related("roadmap"),
            },
        )

    def accept(self, request, pk):
        """Accept the reports that were ticked in the queue."""
        require(request, "review_submission")
        period = self._load(request, pk)
        if request.method == "POST":
            chosen = chosen_in(request, Submission.objects.for_user(request.user).filter(period=period))
            if chosen:
                accept_each(request, chosen)
            else:
                messages.warning(request, _("Tick the reports to be accepted first."))
        return redirect(reverse("admin:reporting_reportingperiod_queue", args=[pk]) + "#queue")

    def make(self, request):
        """Make a new roadmap's periods at once, by the daily tasks' own rule."""
        if not (self.has_change_permission(request) or request.user.has_perm("reporting.open_reportingperiod")):
            raise PermissionDenied
        if request.method != "POST":
            return redirect("admin:reporting_reportingperiod_changelist")
        own = Roadmap.objects.for_user(request.user)
        roadmap = get_object_or_404(own, pk=whole_number(request.POST.get("roadmap", "")))
        ReportingPeriod.objects.catch_up(roadmap, at=clock.now())
        messages.success(request, _("The reporting periods of the roadmap are made."))
        periods = reverse("admin:reporting_reportingperiod_changelist")
        return redirect(f"{periods}?roadmap__id__exact={roadmap.pk}")

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
        page = "workbench" if "bench" in request.POST else "change"
        return redirect(f"admin:reporting_summary_{page}", summary.pk)

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


def admin_link(url, words):
    return format_html('<a href="{}">{}</a>', url, words)
