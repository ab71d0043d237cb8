"""The executor's half-years: all of them, one with its measures, the look before sending it, and sending it."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from reporting import mail
from reporting.errors import Incomplete, Refused
from reporting.forms import ScannedLetterForm, SignatureForm
from reporting.models import Evidence, ProgressEntry, ReportingPeriod, Submission
from reporting.receipt import read_payload
from roadmap import clock
from roadmap.models import Roadmap, Succession, User

from .common import load_fillable, may, may_fill, submission_url


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
            "submissions": own.select_related("period__roadmap", "executor").order_by(
                "-period__year", "-period__number"
            ),
            "current": own.current().exists(),
            "upcoming": upcoming.order_by("opens_on").first(),
        },
    )


@require_safe
@may_fill
def submission(request, slug, pk):
    """A half-year in one look: what is due, how many days, what is left, and each measure."""
    loaded = load_fillable(request, slug, pk)
    entries = list(loaded.entries.in_order().with_details())
    before = ProgressEntry.objects.of_previous_period(loaded).select_related("submission__period__roadmap")
    previous = {entry.measure_id: entry for entry in before}
    rounds = list(loaded.rounds.with_scans().select_related("sent_by").defer("payload").order_by("-number"))
    reviewed = next((sent for sent in rounds if sent.decision), None)
    day = clock.today()
    lines = [_line(loaded, entry, previous.get(entry.measure_id), reviewed, day) for entry in entries]
    filled = sum(line["is_filled"] for line in lines)
    last = next(iter(previous.values())).submission if previous else None
    return render(
        request,
        "reporting/submission.html",
        {
            "submission": loaded,
            "period": loaded.period,
            "roadmap": loaded.period.roadmap,
            "lines": lines,
            "filled": filled,
            "left": len(lines) - filled,
            "overdue": sum(line["is_overdue"] for line in lines),
            "days_left": (loaded.effective_due_on - day).days,
            "days_late": (day - loaded.effective_due_on).days,
            "is_late": loaded.is_late_on(day),
            "last_round": rounds[0] if rounds else None,
            "taken_back": loaded.acceptance_taken_back,
            "rounds": rounds,
            "previous": last,
            "succession": Succession.objects.applied().filter(predecessor=loaded.executor_id).first(),
            "was_late": last and last.is_late_on(day),
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


@require_safe
@may_fill
def check(request, slug, pk):
    """What the ministry will see, with every fault on top, and the letter's requisites to send it with."""
    loaded = load_fillable(request, slug, pk)
    if not loaded.is_editable:
        return redirect(submission_url(loaded))
    return _render_check(request, loaded, SignatureForm(instance=loaded), loaded.faults(on=clock.today()))


def _is_for_executor(request):
    """Does the ministry send for an executor? Then the scanned letter is asked for."""
    return request.user.role in User.OF_MINISTRY


def _render_check(request, loaded, form, faults, letter_form=None):
    return render(
        request,
        "reporting/check.html",
        {
            "submission": loaded,
            "period": loaded.period,
            "roadmap": loaded.period.roadmap,
            "list_url": submission_url(loaded),
            "lines": read_payload(loaded.as_payload()),
            "is_late": loaded.is_late_on(clock.today()),
            "form": form,
            "letter_form": letter_form or ScannedLetterForm() if _is_for_executor(request) else None,
            "scan": loaded.scanned_letter if _is_for_executor(request) else None,
            "faults": [
                (fault, submission_url(loaded, fault.entry.measure.position, f"?check=1#id_{fault.field}"))
                for fault in faults
            ],
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@may_fill
def submit(request, slug, pk):
    """Send what is saved; every fault is listed, and nothing typed is lost."""
    loaded = load_fillable(request, slug, pk)
    if request.method != "POST":
        return redirect("check", slug, pk)
    form = SignatureForm(request.POST, instance=loaded)
    faults = loaded.faults(on=clock.today()) if loaded.is_editable else []
    letter_form = _keep_letter(request, loaded, form) if _is_for_executor(request) else None
    if form.is_valid() and not faults and (letter_form is None or letter_form.is_valid()):
        try:
            sent = loaded.submit(
                by=request.user, at=clock.now(), revision=form.cleaned_data["revision"], signature=form.signature()
            )
        except Incomplete as error:
            faults = error.faults
        except Refused as error:
            loaded = load_fillable(request, slug, pk)
            form.continue_from(loaded.revision)
            messages.error(request, str(error))
            if not loaded.is_editable:
                return redirect(submission_url(loaded))
        else:
            return _after_sending(request, slug, sent)
    if "revision" in form.errors:
        form.continue_from(loaded.revision)
    loaded.keep_signature({name: value for name, value in form.cleaned_data.items() if name in form.Meta.fields})
    return _render_check(request, loaded, form, faults, letter_form)


def _keep_letter(request, loaded, form):
    """Keep the scan that came along, though the report may not be complete yet: it is uploaded once."""
    letter_form = ScannedLetterForm(request.POST, request.FILES, has_scan=bool(loaded.scanned_letter))
    is_seen = request.POST.get("revision") == str(loaded.revision)
    if letter_form.is_valid() and letter_form.cleaned_data["letter"] and loaded.is_editable:
        upload, content_type = letter_form.cleaned_data["letter"]
        try:
            Evidence.objects.attach_letter(loaded, upload, content_type=content_type, by=request.user, at=clock.now())
        except Refused as error:
            letter_form.add_error("letter", str(error))
            return letter_form
        loaded.refresh_from_db(fields=["revision"])
        if is_seen:
            # Only the scan was added to what the sender saw.
            form.continue_from(loaded.revision)
    return letter_form


def _after_sending(request, slug, sent):
    """Lead to the receipt, and hint that it can be mailed; where the hint is lost, the next run finds it."""
    mail.hint()
    words = {"number": sent.number, "time": time_format(sent.sent_at.astimezone(clock.ZONE))}
    messages.success(request, _("Sent to the ministry: round %(number)s, %(time)s.") % words)
    return redirect("receipt", slug, sent.submission_id, sent.number)
