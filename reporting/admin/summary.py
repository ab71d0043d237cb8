"""The summary: its lines written, handed over, sent back, approved."""

from django.contrib import admin, messages
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting import approval
from reporting.document import document, read_frozen
from reporting.errors import Conflict, Refused
from reporting.forms import whole_number
from reporting.models import ReportingPeriod, Summary, SummaryLine
from roadmap import clock

from .base import ReadOnlyAdmin, require
from .forms import LineForm


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
        found = self.get_queryset(request).select_related("period__roadmap", "approved_by")
        return get_object_or_404(found, pk=whole_number(str(pk)))

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
                "lines": [] if summary.is_approved else [_line_in_words(line, summary.period) for line in lines],
                "document": read_frozen(summary, request.LANGUAGE_CODE) if summary.is_approved else None,
                "roadmap": summary.period.roadmap,
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
        if summary.is_approved and request.method != "POST":
            return redirect("admin:reporting_summary_change", pk)
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
        require(request, permission)
        summary = self._load(request, pk)
        if request.method != "POST":
            return redirect("admin:reporting_summary_change", pk)
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
        remarks = request.POST.get("remarks", "").replace("\0", "")
        return self._step(
            request,
            pk,
            "approve_summary",
            lambda summary: summary.send_back(by=request.user, at=clock.now(), remarks=remarks),
            _("Sent back to the ministry's officers with your remarks."),
        )

    def approve(self, request, pk):
        revision = request.POST.get("revision", "")
        if request.method == "POST" and "acknowledged" not in request.POST:
            require(request, "approve_summary")
            messages.error(request, _("Confirm that you have read what is listed before approving."))
            return self.change_view(request, pk)
        kept = {whole_number(measure) for measure in request.POST.getlist("keep")}
        return self._step(
            request,
            pk,
            "approve_summary",
            lambda summary: approval.approve(
                summary,
                by=request.user,
                at=clock.now(),
                revision=whole_number(revision),
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
