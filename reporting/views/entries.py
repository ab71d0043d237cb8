"""One measure of a submission: the form with the decree and the half-year before beside it, and its files."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reporting.amended import amended
from reporting.errors import Conflict, Refused
from reporting.forms import EntryForm, whole_number
from reporting.models import Evidence, ProgressEntry
from roadmap import clock

from .common import load_fillable, may_fill, submission_url


@never_cache  # the way back shows what was saved since, not the page as it was left
@require_http_methods(["GET", "HEAD", "POST"])
@may_fill
def entry(request, slug, pk, position):
    """One measure: the form with the decree and the half-year before beside it."""
    found = _load_entry(request, slug, pk, position)
    if request.method == "POST":
        return _save_entry(request, found)
    form = EntryForm(entry=found)
    if "check" in request.GET and found.submission.is_editable:
        form = EntryForm(_as_data(form), entry=found)
        form.add_faults(found.faults(found.submission.period, on=clock.today()))
    return _render_entry(request, found, form)


def _load_entry(request, slug, pk, position):
    loaded = load_fillable(request, slug, pk)
    found = get_object_or_404(loaded.entries.with_details(), measure__position=position)
    found.submission = loaded
    return found


def _as_data(form):
    """What the form shows, as if it had been sent: so that faults can stand at its fields."""
    return {name: "" if value is None else value for name, value in form.initial.items()} | {
        name: "on" for name in ("is_whole_measure", "is_impossible") if form.initial[name]
    }


def _save_entry(request, found):
    """Keep the files, then the text; whatever is refused stands on the page as it was typed."""
    form = EntryForm(request.POST, request.FILES, entry=found)
    if "take" in request.POST:
        _take_document(request, found, form)
    if "start" in request.POST:
        _start_from_previous(request, found, form)
    is_valid = form.is_valid()
    try:
        _keep_files(request, found, form)
        if is_valid:
            _save_draft(request, found, form)
            return _after_saving(request, found)
    except Conflict as error:
        return _render_conflict(request, found, form, error)
    except Refused as error:
        messages.error(request, str(error))
    return _render_entry(request, found, form)


def _take_document(request, found, form):
    others = ProgressEntry.objects.documents_of_co_executors(found)
    other = others.filter(pk=whole_number(request.POST["take"])).first()
    if other:
        form.take_document_of(other)
    else:
        messages.error(request, _("This document is not there any more: the co-executor's report was returned."))


def _start_from_previous(request, found, form):
    previous = _previous(found)
    if not previous or not form.start_from(previous):
        messages.info(request, _("Nothing was taken over: there is no text, or its fields are filled in already."))


def _previous(found):
    """What the same body said of the measure in the half-year before, or None."""
    return ProgressEntry.objects.of_previous_period(found.submission).filter(measure=found.measure_id).last()


def _keep_files(request, found, form):
    for upload, content_type in form.fields["evidence"].taken:
        Evidence.objects.attach(found, upload, content_type=content_type, by=request.user, at=clock.now())
    if "detach" in request.POST:
        for file in found.evidence.filter(pk=whole_number(request.POST["detach"])):
            file.detach(at=clock.now())
    # The page that is shown now lists them as they are.
    found._prefetched_objects_cache.pop("evidence", None)


def _save_draft(request, found, form):
    """Save what was typed; return the revision that holds it. The same text saved meanwhile is no conflict."""
    seen = form.cleaned_data["revision"]
    try:
        found.save_draft(by=request.user, at=clock.now(), revision=seen, values=form.values(), money=form.amounts())
    except Conflict:
        now = _reread(found)
        if not form.is_same_as(now):
            raise
        return now.revision
    return seen + 1


def _reread(found):
    return ProgressEntry.objects.with_details().select_related("edited_by").get(pk=found.pk)


def _after_saving(request, found):
    messages.success(request, _("Saved at %(time)s.") % {"time": time_format(clock.now())})
    following = found.submission.entries.filter(measure__position__gt=found.measure.position).in_order()
    if "next" in request.POST:
        then = following.select_related("measure").first()
        return redirect(submission_url(found.submission, then.measure.position if then else None))
    return redirect(submission_url(found.submission, found.measure.position))


@csrf_exempt  # whoever is signed out is told so first; the token is asked for after that
@require_POST
def autosave(request, slug, pk, position):
    """Save by itself what stands in the form; the answer is a sentence for the page, never a redirect.

    200 saved, 401 signed out or somebody else, 409 saved by somebody meanwhile or locked, 422 what cannot be kept.
    """
    if not request.user.is_authenticated or request.POST.get("person") != str(request.user.pk):
        back = reverse("entry", args=[slug, pk, position])
        return _answer(request, 401, back=back, is_other=request.user.is_authenticated)
    return _autosave(request, slug, pk, position)


@csrf_protect
@may_fill
def _autosave(request, slug, pk, position):
    found = _load_entry(request, slug, pk, position)
    form = EntryForm(request.POST, entry=found)
    if not form.is_valid():
        return _answer(request, 422, form=form)
    if form.is_same_as(found):
        return _answer(request, 200, revision=found.revision, when=_when(found.edited_at))
    try:
        return _answer(request, 200, revision=_save_draft(request, found, form), when=_when(clock.now()))
    except Conflict:
        return _answer(request, 409, theirs=_reread(found))
    except Refused as error:
        return _answer(request, 409, refusal=str(error))


def _when(at):
    """«14:02», with the day before it where that is not today; nothing where it was never saved."""
    if not at:
        return ""
    at = at.astimezone(clock.ZONE)
    return time_format(at) if at.date() == clock.today() else date_format(at, "SHORT_DATETIME_FORMAT")


def _answer(request, status, **said):
    return render(request, "reporting/_draft_state.html", {"status": status, **said}, status=status)


def _render_conflict(request, found, form, error):
    """Show both texts; saving again keeps the one in the form."""
    theirs = _reread(found)
    form.continue_from(theirs.revision)
    messages.error(request, str(error))
    return _render_entry(request, found, form, theirs=theirs)


def _render_entry(request, found, form, theirs=None):
    loaded = found.submission
    reviewed = loaded.last_reviewed_round
    previous = _previous(found)
    return render(
        request,
        "reporting/entry.html",
        {
            "entry": found,
            "measure": found.measure,
            "submission": loaded,
            "period": loaded.period,
            "roadmap": loaded.period.roadmap,
            "list_url": submission_url(loaded),
            "form": form,
            "theirs": theirs,
            "when": _when(found.edited_at),
            "is_typed": request.method == "POST",
            **_among_siblings(found),
            "previous": previous,
            "can_start": previous and form.can_start_from(previous),
            "words": reviewed.comment_at(found.measure_id) if reviewed else "",
            "documents": _offered_documents(found) if loaded.is_editable else (),
            "co_executors": [
                assignment
                for assignment in found.measure.assignments.all()
                if assignment.executor_id != loaded.executor_id
            ],
            "is_overdue": found.measure.is_overdue_on(clock.today()),
            "evidence_limit": settings.EVIDENCE_MAX_BYTES,
            "amended": amended(found.measure),
            "occurrences": found.occurrences_in(loaded.period),
            "is_ahead": not found.measure.is_due_by(loaded.period.covers_to),
        },
    )


def _among_siblings(found):
    siblings = list(found.submission.entries.in_order().select_related("measure"))
    place = [sibling.pk for sibling in siblings].index(found.pk)
    return {
        "siblings": siblings,
        "before": siblings[place - 1] if place else None,
        "after": siblings[place + 1] if place + 1 < len(siblings) else None,
        "place": place + 1,
        "count": len(siblings),
    }


def _offered_documents(found):
    """The co-executors' documents, each once, without the one that is already there."""
    offered = {
        (other.document_name, other.document_number, other.document_date): other
        for other in ProgressEntry.objects.documents_of_co_executors(found)
    }
    offered.pop((found.document_name, found.document_number, found.document_date), None)
    return offered.values()


@require_safe
@login_required
def evidence(request, pk):
    """A file, as an attachment, for those who may see its submission."""
    kept = get_object_or_404(Evidence.objects.for_user(request.user), pk=pk)
    try:
        content = kept.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    if request.method == "GET":
        kept.note_download(by=request.user, at=clock.now())
    return FileResponse(content, as_attachment=True, filename=kept.name, content_type=kept.content_type)
