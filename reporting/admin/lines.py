"""The lines of a summary: the workbench with all of them, and each on a page of its own."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.formats import time_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from reporting import sources, workbench
from reporting.errors import Conflict, Refused
from reporting.forms import whole_number
from reporting.models import SummaryLine
from roadmap import clock

from .base import ReadOnlyAdmin, require
from .line_form import LineForm

# The languages of the ministry's text, with the field that a narrative is taken over into.
FIELDS = {"kk": "text_kk", "ru": "text_ru"}


class LinesAdmin(ReadOnlyAdmin):
    """Views of the summary's admin; a line is written in the same way from either page, with htmx or without it."""

    def get_urls(self):
        return [
            self.view("workbench", "<int:pk>/workbench/", self.workbench),
            self.view("line", "<int:pk>/lines/<int:position>/", self.line),
            *super().get_urls(),
        ]

    def _load(self, request, pk):
        found = self.get_queryset(request).select_related("period__roadmap", "approved_by")
        return get_object_or_404(found, pk=whole_number(str(pk)))

    def workbench(self, request, pk):
        """Each measure of the half-year: the executors' words beside the ministry's own, saved line by line."""
        require(request, "view_summary")
        summary = self._load(request, pk)
        if summary.is_approved:
            return redirect("admin:reporting_summary_change", pk)
        bench = workbench.bench(summary, request.GET.get("show", ""), request.GET.get("page", ""))
        place = _place(bench.show, bench.page.number)
        lines = [(line, _form(line, on_bench=True)) for line in bench.lines]
        title = _("Workbench: %(period)s") % {"period": summary.period}
        return self.page(
            request,
            "workbench.html",
            _shared(request, summary, place) | {"title": title, "bench": bench, "lines": lines},
        )

    def line(self, request, pk, position):
        """One measure: the executors' words beside the ministry's own."""
        require(request, "view_summary")
        summary = self._load(request, pk)
        if summary.is_approved and request.method != "POST":
            return redirect("admin:reporting_summary_change", pk)
        found = workbench.bench_line(summary, position)
        if found is None:
            raise Http404
        if request.method != "POST":
            return self._render_line(request, found, _form(found, on_bench=_is_htmx(request)))
        require(request, "write_summary")
        form = _form(found, request.POST, on_bench=_is_htmx(request))
        if "take" in request.POST:
            said = form.take(_taken(found, request.POST["take"]))
            return self._render_line(request, found, form, said=said)
        if not form.is_valid():
            return self._render_line(request, found, form, status=422)
        return self._write(request, found, form)

    def _write(self, request, found, form):
        summary, position = found.line.summary, found.line.position
        try:
            is_seen = sources.write(
                found.line,
                by=request.user,
                at=clock.now(),
                revision=form.cleaned_data["revision"],
                values=form.values(),
                mark=form.cleaned_data["mark"],
            )
        except Conflict as error:
            theirs = SummaryLine.objects.select_related("edited_by").get(pk=found.line.pk)
            form.continue_from(theirs.revision, found.live.mark)
            return self._render_line(request, found, form, theirs=theirs, error=str(error), status=409)
        except Refused as error:
            return self._render_line(request, found, form, error=str(error), status=409)
        said = _("Line %(position)s is saved.") % {"position": position}
        if not is_seen:
            said = " ".join([said, _("Its source has changed since you opened it: look at what changed.")])
        if _is_htmx(request):
            said = f"{said} {time_format(clock.now())}"
            saved = workbench.bench_line(summary, position)
            return self._render_line(request, saved, _form(saved, on_bench=True), said=said)
        messages.success(request, said)
        return self._after_writing(request, summary, position)

    def _after_writing(self, request, summary, position):
        following = summary.lines.filter(position__gt=position).in_order().first()
        then = following.position if "next" in request.POST and following else position
        if "show" in request.GET:
            bench = reverse("admin:reporting_summary_workbench", args=[summary.pk])
            place = _place(request.GET["show"], request.GET.get("page", ""))
            return redirect(f"{bench}?{place}#measure-{then}")
        if then != position:
            return redirect("admin:reporting_summary_line", summary.pk, then)
        return redirect("admin:reporting_summary_change", summary.pk)

    def _render_line(self, request, found, form, *, theirs=None, said="", error="", status=200):
        """The measure as a part of the workbench for htmx, as a page of its own otherwise."""
        summary = found.line.summary
        place = _place(request.GET["show"], request.GET.get("page", "")) if "show" in request.GET else ""
        context = _shared(request, summary, place) | {"found": found, "form": form, "theirs": theirs}
        if _is_htmx(request):
            written, wanted = workbench.progress(summary)
            context |= {"said": said, "error": error, "written": written, "wanted": wanted}
            response = self.page(request, "_bench_line.html", context)
            response.headers["X-Line"] = str(found.line.position)  # the page takes nothing else for a line
        else:
            for level, words in ((messages.INFO, said), (messages.ERROR, error)):
                if words:
                    messages.add_message(request, level, words)
            measure = found.line.measure
            title = f"{measure.number}. {measure.title}" if measure.number else measure.title
            response = self.page(request, "line.html", context | {"title": title})
            status = 200
        response.status_code = status
        return response


def _shared(request, summary, place):
    return {
        "summary": summary,
        "period": summary.period,
        "place": place,
        "may_write": request.user.has_perm("reporting.write_summary") and summary.is_draft,
    }


def _is_htmx(request):
    return "HX-Request" in request.headers


def _place(show, page):
    """Where on the workbench a line was written."""
    return urlencode({"show": show, "page": page})


def _form(found, data=None, *, on_bench):
    """Fields are named alike on both pages; on the workbench each measure's have identities of their own."""
    names = f"id_%s_{found.line.position}" if on_bench else "id_%s"
    return LineForm(data, instance=found.line, mark=found.live.mark, auto_id=names)


def _taken(found, asked):
    """«report:5:kk» or «previous» -> {field: text}; empty where it is not there any more."""
    what, _colon, rest = asked.partition(":")
    if what == "previous" and found.previous:
        return {field: getattr(found.previous, field) for field in FIELDS.values()}
    key, _colon, language = rest.partition(":")
    texts = {str(report["executor"]): report["narrative"] for report in found.line.source["reports"]}
    return {FIELDS[language]: texts[key]} if language in FIELDS and key in texts else {}
