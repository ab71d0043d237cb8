"""The approved summaries: their list, each as a page, and its files."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from reporting import files, versions
from reporting.calendar import Interval
from reporting.document_content import Document
from reporting.forms import whole_number
from reporting.models import JournalEntry, ReportingPeriod, Summary, SummaryFile
from roadmap import clock
from roadmap.language import CODES
from roadmap.models import Roadmap

from .common import may


@require_safe
@may("read_summary")
def summaries(request, slug):
    roadmap = get_object_or_404(Roadmap.objects.for_user(request.user), slug=slug)
    approved = Summary.objects.valid().filter(period__roadmap=roadmap).select_related("period__roadmap")
    approved = approved.with_shown(request.LANGUAGE_CODE)
    earlier = versions.superseded(roadmap)
    listed = [(one, Document.read(one.shown), earlier.get(one.period_id, ())) for one in approved]
    shelves = files.shelves([one for one, _document, _earlier in listed])
    for one, _document, _earlier in listed:
        one.shelf = shelves[one.pk]
    return render(request, "reporting/summaries.html", {"roadmap": roadmap, "summaries": listed})


def _approved(request, slug, code):
    """The valid approved summary of «2013-H1», or the version of `?version=`; else 404."""
    try:
        interval = Interval.parse(code)
    except (ValueError, KeyError) as error:
        raise Http404 from error
    roadmap = get_object_or_404(Roadmap.objects.for_user(request.user), slug=slug, frequency=interval.frequency)
    periods = ReportingPeriod.objects.filter(roadmap=roadmap).at(interval)
    found = Summary.objects.valid()
    if "version" in request.GET:
        found = Summary.objects.approved().filter(version=whole_number(request.GET["version"]))
    found = found.select_related("period__roadmap").with_shown(request.LANGUAGE_CODE)
    return get_object_or_404(found, period__in=periods)


@require_safe
@may("read_summary")
def summary(request, slug, code):
    approved = _approved(request, slug, code)
    document = Document.read(approved.shown)
    return render(
        request,
        "reporting/summary.html",
        {
            "roadmap": approved.period.roadmap,
            "summary": approved,
            "shelf": files.shelf(approved),
            "document": document,
            "versions": versions.read(approved, document),
        },
    )


@require_safe
@may("read_summary")
def summary_files(request, slug, code):
    """What files there are and what is still being made, for the page that asks again; a person is led to the page."""
    approved = _approved(request, slug, code)
    if "HX-Request" not in request.headers:
        return redirect("summary", slug, code)
    context = {"roadmap": approved.period.roadmap, "summary": approved, "shelf": files.shelf(approved)}
    return HttpResponse(render_to_string("reporting/_files.html", context, request), headers=context["shelf"].refresh)


@require_safe
@may("read_summary")
def summary_file(request, slug, code, kind):
    """A frozen file: Kazakh, or `?lang=ru`, `?lang=en`; of the valid version, or of `?version=`."""
    language = request.GET.get("lang", "kk")
    if language not in CODES:
        raise Http404
    approved = _approved(request, slug, code)
    file = get_object_or_404(SummaryFile, summary=approved, language=language, kind=kind)
    if request.method == "GET":
        _note_download(request.user, file, approved)
    name = f"{slug}-{code}-v{approved.version}-{language}.{kind}"
    return HttpResponse(
        bytes(file.content),
        content_type=files.KINDS[kind].content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "ETag": f'"{file.sha256}"'},
    )


def _note_download(by, file, summary):
    """Who took which file is kept."""
    JournalEntry.objects.create(
        kind=JournalEntry.Kind.DOWNLOADED,
        at=clock.now(),
        by=by,
        roadmap=summary.period.roadmap,
        period=summary.period,
        summary=summary,
        details={"file": file.kind, "language": file.language, "version": summary.version, "sha256": file.sha256},
    )
