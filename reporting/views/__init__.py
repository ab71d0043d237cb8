"""The pages of executors and of the Government. A view loads, asks the model, renders or redirects."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from reporting.calendar import Interval
from reporting.document import read_frozen
from reporting.errors import Conflict, Incomplete, Refused
from reporting.forms import EntryForm, SignatureForm, whole_number
from reporting.models import Evidence, ProgressEntry, ReportingPeriod, Submission, Summary, SummaryFile
from roadmap import clock
from roadmap.language import CODES
from roadmap.models import Roadmap, User

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def may(permission):
    """Signed in, and with that permission; 403 otherwise."""
    return lambda view: login_required(permission_required(f"reporting.{permission}", raise_exception=True)(view))


@require_safe
@login_required
def start(request):
    """Each role's first page."""
    user = request.user
    if user.role == User.Role.EXECUTOR:
        return _executor_start(request)
    if user.has_perm("reporting.approve_summary"):
        waiting = Summary.objects.for_user(user).waiting().first()
        if waiting:
            return redirect("admin:reporting_summary_change", waiting.pk)
    if user.role in User.OF_MINISTRY:
        period = ReportingPeriod.objects.for_user(user).opened().unlocked().order_by("year", "number").first()
        period = period or ReportingPeriod.objects.for_user(user).opened().order_by("year", "number").last()
        if period:
            return redirect("admin:reporting_reportingperiod_queue", period.pk)
    if user.role == User.Role.GOVERNMENT:
        return redirect_to_roadmap(request, "summaries/")
    return redirect("admin:index")


def _executor_start(request):
    current = list(Submission.objects.for_user(request.user).current().select_related("period__roadmap")[:2])
    if len(current) == 1:
        return redirect(submission_url(current[0]))
    return redirect_to_roadmap(request, "submissions/")


@require_safe
@login_required
def redirect_to_roadmap(request, rest):
    """Lead to the same page of the only roadmap that the reader sees, or list the roadmaps."""
    roadmaps = list(Roadmap.objects.for_user(request.user))
    if len(roadmaps) == 1:
        query = request.META.get("QUERY_STRING")
        return redirect(f"/roadmaps/{roadmaps[0].slug}/{rest}" + (f"?{query}" if query else ""))
    return render(request, "reporting/roadmaps.html", {"roadmaps": roadmaps, "rest": rest})


@require_safe
@login_required
def roadmaps(request):
    rest = "submissions/" if request.user.role == User.Role.EXECUTOR else "summaries/"
    return render(
        request, "reporting/roadmaps.html", {"roadmaps": Roadmap.objects.for_user(request.user), "rest": rest}
    )


def submission_url(submission, position=None, anchor=""):
    slug = submission.period.roadmap.slug
    if position:
        return reverse("entry", args=[slug, submission.pk, position]) + anchor
    return reverse("submission", args=[slug, submission.pk]) + anchor


# The executor


@require_safe
@may("fill_submission")
def submissions(request, slug):
    """All half-years of the own body, and the next window where none is open."""
    own = Submission.objects.for_user(request.user).expected()
    named = Roadmap.objects.for_user(request.user) | Roadmap.objects.filter(pk__in=own.values("period__roadmap"))
    roadmap = get_object_or_404(named.distinct(), slug=slug)
    own = own.filter(period__roadmap=roadmap)
    upcoming = ReportingPeriod.objects.filter(roadmap=roadmap, executors_opened_at=None, opens_on__gte=clock.today())
    return render(
        request,
        "reporting/submissions.html",
        {
            "roadmap": roadmap,
            "submissions": own.select_related("period__roadmap"),
            "upcoming": upcoming.order_by("opens_on").first(),
        },
    )


def load_submission(request, slug, pk):
    own = Submission.objects.for_user(request.user).select_related("period__roadmap", "executor")
    return get_object_or_404(own, pk=pk, period__roadmap__slug=slug)


@require_safe
@may("fill_submission")
def submission(request, slug, pk):
    loaded = load_submission(request, slug, pk)
    return _render_submission(request, loaded, SignatureForm(instance=loaded))


@require_http_methods(["GET", "HEAD", "POST"])
@may("fill_submission")
def submit(request, slug, pk):
    """Send what is saved; every fault is listed, and nothing typed is lost."""
    loaded = load_submission(request, slug, pk)
    if request.method != "POST":
        return redirect(submission_url(loaded))
    form = SignatureForm(request.POST, instance=loaded)
    faults = loaded.faults(on=clock.today()) if loaded.is_editable else []
    if form.is_valid() and not faults:
        try:
            sent = loaded.submit(
                by=request.user, at=clock.now(), revision=form.cleaned_data["revision"], signature=form.signature()
            )
        except Incomplete as error:
            faults = error.faults
        except Refused as error:
            loaded = load_submission(request, slug, pk)
            form.continue_from(loaded.revision)
            messages.error(request, str(error))
        else:
            messages.success(
                request,
                _("Sent to the ministry: round %(number)s, %(time)s.")
                % {"number": sent.number, "time": time_format(sent.sent_at.astimezone(clock.ZONE))},
            )
            return redirect(submission_url(loaded))
    loaded.keep_signature({name: value for name, value in form.cleaned_data.items() if name in form.Meta.fields})
    return _render_submission(request, loaded, form, faults)


def _render_submission(request, loaded, form, faults=()):
    entries = list(loaded.entries.in_order().with_details())
    previous = {entry.measure_id: entry for entry in ProgressEntry.objects.of_previous_period(loaded)}
    rounds = list(loaded.rounds.select_related("sent_by").order_by("-number"))
    reviewed = next((sent for sent in rounds if sent.decision), None)
    day = clock.today()
    lines = [_line(loaded, entry, previous.get(entry.measure_id), reviewed, day) for entry in entries]
    return render(
        request,
        "reporting/submission.html",
        {
            "submission": loaded,
            "period": loaded.period,
            "roadmap": loaded.period.roadmap,
            "lines": lines,
            "filled": sum(line["is_filled"] for line in lines),
            "overdue": sum(line["is_overdue"] for line in lines),
            "days_left": (loaded.due_on - day).days,
            "days_late": (day - loaded.due_on).days,
            "is_late": loaded.is_late_on(day),
            "last_round": rounds[0] if rounds else None,
            "rounds": rounds,
            "form": form,
            "faults": [
                (fault, submission_url(loaded, fault.entry.measure.position, f"?check=1#id_{fault.field}"))
                for fault in faults
            ],
        },
    )


def _line(loaded, entry, previous, reviewed, day):
    """One measure in the list: its state, the half-year before, and the ministry's latest words at it."""
    faults = entry.faults(loaded.period, on=day)
    return {
        "entry": entry,
        "url": submission_url(loaded, entry.measure.position, "?check=1" if entry.status and faults else ""),
        "is_filled": not faults,
        "occurrences": entry.occurrences_in(loaded.period),
        "is_overdue": entry.measure.is_overdue_on(day) and entry.status != ProgressEntry.Status.DONE,
        "previous": previous,
        "words": reviewed.comment_at(entry.measure_id) if reviewed else "",
    }


@require_http_methods(["GET", "HEAD", "POST"])
@may("fill_submission")
def entry(request, slug, pk, position):
    """One measure: the form with the decree and the half-year before beside it."""
    loaded = load_submission(request, slug, pk)
    found = get_object_or_404(loaded.entries.with_details(), measure__position=position)
    found.submission = loaded
    if request.method == "POST":
        return _save_entry(request, found)
    form = EntryForm(entry=found)
    if "check" in request.GET and loaded.is_editable:
        form = EntryForm(_as_data(form), entry=found)
        form.add_faults(found.faults(loaded.period, on=clock.today()))
    return _render_entry(request, found, form)


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


def _keep_files(request, found, form):
    for upload, content_type in form.fields["evidence"].taken:
        Evidence.objects.attach(found, upload, content_type=content_type, by=request.user, at=clock.now())
    if "detach" in request.POST:
        for file in found.evidence.filter(pk=whole_number(request.POST["detach"])):
            file.detach(at=clock.now())
    # The page that is shown now lists them as they are.
    found._prefetched_objects_cache.pop("evidence", None)


def _save_draft(request, found, form):
    try:
        found.save_draft(
            by=request.user,
            at=clock.now(),
            revision=form.cleaned_data["revision"],
            values=form.values(),
            money=form.amounts(),
        )
    except Conflict:
        if not form.is_same_as(_reread(found)):
            raise


def _reread(found):
    return ProgressEntry.objects.with_details().select_related("edited_by").get(pk=found.pk)


def _after_saving(request, found):
    messages.success(request, _("Saved at %(time)s.") % {"time": time_format(clock.now())})
    following = found.submission.entries.filter(measure__position__gt=found.measure.position).in_order()
    if "next" in request.POST:
        then = following.select_related("measure").first()
        return redirect(submission_url(found.submission, then.measure.position if then else None))
    return redirect(submission_url(found.submission, found.measure.position))


def _render_conflict(request, found, form, error):
    """Show both texts; saving again keeps the one in the form."""
    theirs = _reread(found)
    form.continue_from(theirs.revision)
    messages.error(request, str(error))
    return _render_entry(request, found, form, theirs=theirs)


def _render_entry(request, found, form, theirs=None):
    loaded = found.submission
    siblings = list(loaded.entries.in_order().values_list("measure__position", flat=True))
    reviewed = loaded.last_reviewed_round
    previous = ProgressEntry.objects.of_previous_period(loaded).filter(measure=found.measure_id).first()
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
            "place": siblings.index(found.measure.position) + 1,
            "count": len(siblings),
            "previous": previous,
            "words": reviewed.comment_at(found.measure_id) if reviewed else "",
            "documents": _offered_documents(found) if loaded.is_editable else (),
            "co_executors": [
                assignment
                for assignment in found.measure.assignments.all()
                if assignment.executor_id != loaded.executor_id
            ],
            "is_overdue": found.measure.is_overdue_on(clock.today()),
            "evidence_limit": settings.EVIDENCE_MAX_BYTES,
            "occurrences": found.occurrences_in(loaded.period),
            "is_ahead": not found.measure.is_due_by(loaded.period.covers_to),
        },
    )


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
    return FileResponse(content, as_attachment=True, filename=kept.name, content_type=kept.content_type)


# Approved summaries


@require_safe
@may("read_summary")
def summaries(request, slug):
    roadmap = get_object_or_404(Roadmap.objects.for_user(request.user), slug=slug)
    approved = Summary.objects.valid().filter(period__roadmap=roadmap).select_related("period__roadmap")
    listed = [(summary, read_frozen(summary, request.LANGUAGE_CODE)) for summary in approved]
    return render(request, "reporting/summaries.html", {"roadmap": roadmap, "summaries": listed})


def _approved(request, slug, code):
    """The valid approved summary of «2013-H1», or 404."""
    try:
        interval = Interval.parse(code)
    except (ValueError, KeyError) as error:
        raise Http404 from error
    roadmap = get_object_or_404(Roadmap.objects.for_user(request.user), slug=slug, frequency=interval.frequency)
    periods = ReportingPeriod.objects.filter(roadmap=roadmap).at(interval)
    return get_object_or_404(Summary.objects.valid().select_related("period__roadmap"), period__in=periods)


@require_safe
@may("read_summary")
def summary(request, slug, code):
    approved = _approved(request, slug, code)
    return render(
        request,
        "reporting/summary.html",
        {
            "roadmap": approved.period.roadmap,
            "summary": approved,
            "document": read_frozen(approved, request.LANGUAGE_CODE),
        },
    )


@require_safe
@may("read_summary")
def summary_file(request, slug, code):
    """The frozen workbook: Kazakh, or `?lang=ru`, `?lang=en`."""
    language = request.GET.get("lang", "kk")
    if language not in CODES:
        raise Http404
    approved = _approved(request, slug, code)
    file = get_object_or_404(SummaryFile, summary=approved, language=language, kind="xlsx")
    name = f"{slug}-{code}-v{approved.version}-{language}.xlsx"
    return HttpResponse(
        bytes(file.content),
        content_type=XLSX,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "ETag": f'"{file.sha256}"'},
    )
