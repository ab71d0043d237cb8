"""The executor's petitions: all of them, one with its way, asking, and taking back."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from reporting.errors import Refused
from reporting.forms import whole_number
from reporting.models import Petition
from reporting.models.petition import is_exception
from reporting.models.petition_days import is_asked_late
from reporting.period_words import of_period
from reporting.petition_forms import PetitionForm
from reporting.terms import deadline_words, due_words
from roadmap import clock
from roadmap.models import Roadmap

from .common import load_submission, may

Kind = Petition.Kind
ON_A_PAGE = 50


@require_safe
@may("ask_petition")
def petitions(request, slug):
    """All petitions of the own body, the newest first."""
    roadmap = get_object_or_404(Roadmap.objects.for_user(request.user), slug=slug)
    own = _own(request).filter(roadmap=roadmap)
    page = Paginator(own, ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "reporting/petitions.html", {"roadmap": roadmap, "page": page})


def _own(request):
    own = Petition.objects.for_user(request.user)
    return own.select_related("roadmap", "measure__roadmap", "submission__period__roadmap", "submission__executor")


def _load(request, slug, pk):
    return get_object_or_404(_own(request).select_related("asked_by", "answered_by"), pk=pk, roadmap__slug=slug)


@require_safe
@may("ask_petition")
def petition(request, slug, pk):
    """One petition: what was asked, what was answered, and every step of its way."""
    found = _load(request, slug, pk)
    return render(
        request,
        "reporting/petition.html",
        {
            "roadmap": found.roadmap,
            "petition": found,
            "steps": found.steps(),
            "files": found.documents.all(),
            "may_withdraw": found.can_withdraw(request.user) and found.is_open,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@may("ask_petition")
def withdraw(request, slug, pk):
    """Take back what is not answered yet."""
    found = _load(request, slug, pk)
    if request.method == "POST":
        try:
            found.withdraw(by=request.user, at=clock.now(), revision=whole_number(request.POST.get("revision", "")))
            messages.success(request, _("The petition is withdrawn."))
        except Refused as error:
            messages.error(request, str(error))
    return redirect("petition", slug, pk)


@require_http_methods(["GET", "HEAD", "POST"])
@may("ask_petition")
def ask_for_report(request, slug, pk):
    """Ask for a later day for the half-year's report."""
    return _ask(request, slug, Kind.EXTEND_REPORT, load_submission(request, slug, pk))


@require_http_methods(["GET", "HEAD", "POST"])
@may("ask_petition")
def ask_for_measure(request, slug, position, kind):
    """Ask for a later deadline of an own measure, or for taking it off control."""
    roadmap = get_object_or_404(Roadmap.objects.for_user(request.user), slug=slug)
    own = roadmap.measures.filter(assignments__executor=request.user.executor_id).select_related("roadmap")
    return _ask(request, slug, kind, get_object_or_404(own, position=position))


def _ask(request, slug, kind, subject):
    form = PetitionForm(request.POST or None, kind=kind, subject=subject, executor=request.user.executor)
    if request.method == "POST" and form.is_valid():
        try:
            asked = Petition.objects.ask(subject, kind=kind, by=request.user, at=clock.now(), values=form.values())
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The petition is with the ministry."))
            return redirect("petition", slug, asked.pk)
    return render(request, "reporting/ask.html", _asking(kind, subject, form))


def _asking(kind, subject, form):
    is_report = kind == Kind.EXTEND_REPORT
    return {
        "kind": kind,
        "label": of_period(subject.period.roadmap, kind.label) if is_report else kind.label,
        "roadmap": subject.period.roadmap if is_report else subject.roadmap,
        "submission": subject if is_report else None,
        "measure": None if is_report else subject,
        "term": due_words(subject) if is_report else deadline_words(subject),
        "latest": subject.period.ministry_due_on if is_report else None,
        "is_late": kind != Kind.OFF_CONTROL and is_asked_late(subject, clock.today()),
        "is_exception": is_exception(kind, subject),
        "form": form,
    }
