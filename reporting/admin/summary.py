"""The summary: its lines written, handed over, sent back, approved."""

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.shortcuts import redirect
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting import approval, checks, files
from reporting.document import document
from reporting.document_content import read_frozen
from reporting.errors import Refused
from reporting.forms import whole_number
from reporting.models import Summary, SummaryLine
from roadmap import clock

from .base import chip, require
from .correction import CorrectionPages
from .happened import SummaryHappened
from .lines import LinesAdmin

LINES_ON_A_PAGE = 200


@admin.register(Summary)
class SummaryAdmin(CorrectionPages, SummaryHappened, LinesAdmin):
    list_display = ("__str__", "state", "approved_at", "approved_by")
    list_select_related = ("period__roadmap", "approved_by")

    @admin.display(description=gettext_lazy("state"), ordering="status")
    def state(self, summary):
        return chip(summary.status, summary.get_status_display())

    def get_urls(self):
        return [
            self.view("preview", "<int:pk>/preview/", self.preview),
            self.view("hand_over", "<int:pk>/hand-over/", self.hand_over),
            self.view("send_back", "<int:pk>/send-back/", self.send_back),
            self.view("approve", "<int:pk>/approve/", self.approve),
            *self.happened_urls(),
            self.view("files", "<int:pk>/files/", self.files),
            self.view("files_again", "<int:pk>/files/again/", self.files_again),
            *super().get_urls(),
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None, remarks=""):
        """The lines to be written; for the head, what to know before approving."""
        require(request, "view_summary")
        summary = self._load(request, object_id)
        day = clock.today()
        check = None if summary.is_approved else approval.check(summary, day)
        lines = Paginator(check.lines if check else [], LINES_ON_A_PAGE).get_page(request.GET.get("page"))
        wanted = [live.line for live in check.lines if live.line.wants_text] if check else []
        shown = read_frozen(summary, request.LANGUAGE_CODE) if summary.is_approved else None
        return self.page(
            request,
            "summary.html",
            {
                "title": capfirst(str(summary)),
                "summary": summary,
                "period": summary.period,
                "page": lines,
                "lines": [_line_in_words(live, summary.period) for live in lines],
                "document": shown,
                **self.correction_of(request, summary, shown),
                "roadmap": summary.period.roadmap,
                "shelf": files.shelf(summary) if summary.is_approved else None,
                "written": sum(line.is_written for line in wanted),
                "wanted": len(wanted),
                "check": check,
                "acknowledged": request.POST.getlist("warning"),
                "events": summary.events.select_related("by"),
                "remarks": remarks,
                "may_write": request.user.has_perm("reporting.write_summary"),
                "may_approve": request.user.has_perm("reporting.approve_summary"),
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
        return self.page(
            request, "preview.html", {"title": capfirst(str(summary)), "summary": summary, "document": shown}
        )

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
        kept = {whole_number(measure) for measure in request.POST.getlist("keep")}
        # The tick under the list stands for every warning; what else was ticked, for itself.
        acknowledged = checks.ALL if "acknowledged" in request.POST else request.POST.getlist("warning")

        def approve(summary):
            approval.approve(
                summary,
                by=request.user,
                at=clock.now(),
                revision=whole_number(revision),
                kept=kept,
                acknowledged=acknowledged,
            )
            files.hint()

        said = _(
            "Approved and frozen. The Government can read it now, and download its files as soon as they are made."
        )
        return self._step(request, pk, "approve_summary", approve, said)

    def files(self, request, pk):
        """What files there are, what is being made, and what failed, for the page that asks again."""
        require(request, "view_summary")
        summary = self._load(request, pk)
        if "HX-Request" not in request.headers:
            return redirect("admin:reporting_summary_change", pk)
        context = {
            "summary": summary,
            "roadmap": summary.period.roadmap,
            "shelf": files.shelf(summary),
            "may_write": request.user.has_perm("reporting.write_summary"),
        }
        answer = self.page(request, "_files.html", context)
        for name, value in context["shelf"].refresh.items():
            answer[name] = value
        return answer

    def files_again(self, request, pk):
        def again(summary):
            if not files.try_again(summary, by=request.user, at=clock.now()):
                raise Refused(_("There is no file that failed; nothing was ordered again."))
            files.hint()

        return self._step(request, pk, "write_summary", again, _("Ordered again; the files are made in a moment."))


def _line_in_words(live, period):
    line = live.line
    return {
        "line": line,
        "is_changed": live.is_changed,
        "label": SummaryLine.Status(line.status).label,
        "is_overdue": line.is_overdue(line.measure, period),
    }
