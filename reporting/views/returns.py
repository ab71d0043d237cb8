"""The Excel return over HTTP: out, in, what it would change, and its marks."""

from pathlib import PurePath

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override
from django.views.decorators.http import require_http_methods, require_safe

from reporting import returns
from reporting.errors import Refused
from reporting.forms import whole_number
from reporting.models import ReturnUpload
from reporting.return_file import MAX_BYTES
from reporting.return_marks import marked
from roadmap import clock
from roadmap.language import CODES

from .common import XLSX, load_fillable, may_fill, submission_url


@require_safe
@may_fill
def template(request, slug, pk):
    """The workbook to fill in, in the page's language or in `?lang=`."""
    loaded = load_fillable(request, slug, pk)
    language = request.GET.get("lang", request.LANGUAGE_CODE)
    if language not in CODES:
        raise Http404
    if not loaded.is_editable:
        return _closed(request, loaded)
    content = returns.template(loaded, language)
    return _workbook(content, f"{slug}-{loaded.period.code}-{loaded.executor.code}-{language}.xlsx")


def _workbook(content, name):
    return HttpResponse(
        content, content_type=XLSX, headers={"Content-Disposition": content_disposition_header(True, name)}
    )


def _closed(request, loaded):
    messages.error(request, _("This report cannot be changed now, so there is no workbook to fill in or to take over."))
    return redirect(submission_url(loaded))


@require_http_methods(["GET", "HEAD", "POST"])
@may_fill
def upload(request, slug, pk):
    """Keep an uploaded workbook, and show what it would change; nothing of the draft is written."""
    loaded = load_fillable(request, slug, pk)
    if not loaded.is_editable:
        return _closed(request, loaded)
    if request.method == "POST":
        return _keep(request, loaded)
    waiting = ReturnUpload.objects.waiting(loaded, request.user).first()
    if not waiting:
        return redirect(submission_url(loaded, anchor="#offline"))
    try:
        checked = _check(request, loaded, waiting)
    except Refused as error:
        return _render(request, loaded, refusal=str(error), name=waiting.name)
    return _render(request, loaded, checked=checked, name=waiting.name)


def _check(request, loaded, waiting):
    return returns.check(loaded, bytes(waiting.content), by=request.user, on=clock.today())


def _keep(request, loaded):
    """Refuse what is no return of this report; keep the others, faults and all."""
    file = request.FILES.get("workbook")
    if not file:
        return _render(request, loaded, refusal=_("Choose the workbook first."))
    content = file.read(MAX_BYTES + 1)
    try:
        checked = returns.check(loaded, content, by=request.user, on=clock.today())
    except Refused as error:
        return _render(request, loaded, refusal=str(error), name=file.name)
    ReturnUpload.objects.keep(
        loaded, by=request.user, at=clock.now(), name=file.name, content=content, language=checked.language
    )
    return redirect(return_url(loaded))


def return_url(loaded, name="return"):
    return reverse(name, args=[loaded.period.roadmap.slug, loaded.pk])


def _render(request, loaded, **shown):
    return render(
        request,
        "reporting/return.html",
        {
            "submission": loaded,
            "period": loaded.period,
            "roadmap": loaded.period.roadmap,
            "list_url": submission_url(loaded),
            **shown,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@may_fill
def confirm(request, slug, pk):
    """Take over what the preview showed; where anything changed since, preview again."""
    loaded = load_fillable(request, slug, pk)
    if request.method != "POST":
        return redirect(return_url(loaded))
    if not loaded.is_editable:
        return _closed(request, loaded)
    waiting = ReturnUpload.objects.waiting(loaded, request.user).first()
    if not waiting:
        messages.info(request, _("There is no workbook waiting: it has been taken over already, or none was uploaded."))
        return redirect(submission_url(loaded))
    try:
        checked = _check(request, loaded, waiting)
        if checked.fingerprint != request.POST.get("seen"):
            raise Refused(_("The draft or the workbook changed since you looked at them. Look again, then confirm."))
        chosen = {whole_number(pk) for pk in request.POST.getlist("take")}
        count = returns.apply(loaded, waiting, checked, by=request.user, at=clock.now(), chosen=chosen)
    except Refused as error:
        messages.error(request, str(error))
        return redirect(return_url(loaded))
    messages.success(
        request,
        ngettext(
            "Taken over from the workbook into the draft: %(count)s measure.",
            "Taken over from the workbook into the draft: %(count)s measures.",
            count,
        )
        % {"count": count},
    )
    return redirect(submission_url(loaded))


@require_safe
@may_fill
def marks(request, slug, pk):
    """The uploaded workbook with its faults marked, in its own language."""
    loaded = load_fillable(request, slug, pk)
    waiting = get_object_or_404(ReturnUpload.objects.waiting(loaded, request.user))
    try:
        with override(waiting.language):
            checked = _check(request, loaded, waiting)
            name = _("%(name)s, marked.xlsx") % {"name": PurePath(waiting.name).stem}
    except Refused:
        return redirect(return_url(loaded))
    return _workbook(marked(checked.sheet, checked.faults), name)
