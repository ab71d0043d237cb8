"""Petitions at the ministry: answer, pass on to the Government, record what it decided, propose of itself."""

from django.contrib import admin, messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting import mail
from reporting.errors import Refused
from reporting.forms import whole_number
from reporting.models import Petition
from reporting.models.petition import is_exception
from reporting.period_words import of_roadmaps
from reporting.petition_forms import (
    DecisionForm,
    GrantForm,
    OwnProposalForm,
    PetitionForm,
    ProposeForm,
    RefuseForm,
    ScanForm,
)
from reporting.terms import deadline_words
from roadmap import clock
from roadmap.models import Roadmap

from .base import ReadOnlyAdmin, chip, require

Kind, Status = Petition.Kind, Petition.Status


class OpenFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "open"

    def lookups(self, request, model_admin):
        return [("1", _("waits for an answer or a decision")), ("0", _("answered"))]

    def queryset(self, request, queryset):
        if self.value() == "1":
            return queryset.open()
        return queryset.exclude(pk__in=Petition.objects.open()) if self.value() == "0" else queryset


class KindFilter(admin.SimpleListFilter):
    title = gettext_lazy("what is asked")
    parameter_name = "kind__exact"

    def lookups(self, request, model_admin):
        of_report = of_roadmaps(Roadmap.objects.for_user(request.user), "a later day for the half-year's report")
        return [(Kind.EXTEND_REPORT, of_report), *(pair for pair in Kind.choices if pair[0] != Kind.EXTEND_REPORT)]

    def queryset(self, request, queryset):
        return queryset.filter(kind=self.value()) if self.value() in Kind.values else queryset


@admin.register(Petition)
class PetitionAdmin(ReadOnlyAdmin):
    list_display = ("what", "about", "executor", "asked_on", "until", "state")
    list_select_related = ("executor", "measure", "submission__period__roadmap", "submission__executor")
    list_filter = (OpenFilter, KindFilter, ("roadmap", admin.RelatedOnlyFieldListFilter))

    # What each step is called, what it does, and what is said once it is done.
    STEPS = {
        "grant": (GrantForm, Petition.grant, gettext_lazy("The later day is granted.")),
        "propose": (ProposeForm, Petition.propose, gettext_lazy("Passed on to the Government.")),
        "refuse": (RefuseForm, Petition.refuse, gettext_lazy("Refused; the executor reads your words.")),
        "decide": (DecisionForm, Petition.record_decision, gettext_lazy("The decision is recorded.")),
    }

    def has_add_permission(self, request):
        return request.user.has_perm("reporting.answer_petition")

    @admin.display(description=gettext_lazy("what is asked"), ordering="kind")
    def what(self, petition):
        return capfirst(petition.get_kind_display())

    @admin.display(description=gettext_lazy("about"))
    def about(self, petition):
        return str(petition.submission.period) if petition.is_about_report else Truncator(petition.measure).words(10)

    @admin.display(description=gettext_lazy("asked at"), ordering="asked_at")
    def asked_on(self, petition):
        return date_format(clock.day_of(petition.asked_at), "SHORT_DATE_FORMAT")

    @admin.display(description=gettext_lazy("the new date that is asked for"), ordering="wanted_until")
    def until(self, petition):
        return date_format(petition.wanted_until, "SHORT_DATE_FORMAT") if petition.wanted_until else None

    @admin.display(description=gettext_lazy("state"), ordering="status")
    def state(self, petition):
        chips = [chip(petition.status, petition.get_status_display())]
        if petition.is_lapsed:
            chips = [chip("empty", _("not answered before the approval"))]
        if petition.is_late:
            chips.append(chip("late", _("asked late")))
        if petition.is_exception:
            chips.append(chip("incomplete", _("not the first: an exception")))
        return format_html_join(" ", "{}", ((one,) for one in chips))

    def _load(self, request, pk):
        found = self.get_queryset(request).select_related(
            "roadmap", "executor", "measure__roadmap", "submission__period__roadmap", "submission__executor", "asked_by"
        )
        return get_object_or_404(found, pk=whole_number(str(pk)))

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """What was asked, and the answers that its state allows."""
        require(request, "view_petition")
        petition = self._load(request, object_id)
        if request.method != "POST":
            return self._render(request, petition)
        require(request, "answer_petition")
        step = request.POST.get("step", "")
        if step == "withdraw":
            return self._withdraw(request, petition)
        if step == "scan":
            return self._add_scan(request, petition)
        if step not in (("grant", "refuse") if petition.is_about_report else ("propose", "refuse", "decide")):
            messages.error(request, _("Choose what to answer."))
            return self._render(request, petition)
        return self._take_step(request, petition, step)

    def _take_step(self, request, petition, step):
        """Do it, with the scans in the same transaction; what is refused stands on the page as it was typed."""
        form_class, act, done = self.STEPS[step]
        form = form_class(request.POST, request.FILES, petition=petition)
        if form.is_valid():
            try:
                with transaction.atomic():
                    act(petition, by=request.user, at=clock.now(), **form.answer())
                    self._keep_scans(request, petition, form)
            except Refused as error:
                form.add_error(None, str(error))
                petition = self._load(request, petition.pk)
                form.continue_from(petition.revision)
            else:
                mail.hint()
                messages.success(request, done)
                return redirect("admin:reporting_petition_change", petition.pk)
        return self._render(request, petition, form)

    def _keep_scans(self, request, petition, form):
        for upload, content_type in form.fields["evidence"].taken if "evidence" in form.fields else ():
            petition.documents.attach_decision(
                petition, upload, content_type=content_type, by=request.user, at=clock.now()
            )

    def _withdraw(self, request, petition):
        try:
            petition.withdraw(by=request.user, at=clock.now(), revision=whole_number(request.POST.get("revision", "")))
            messages.success(request, _("The petition is withdrawn."))
        except Refused as error:
            messages.error(request, str(error))
        return redirect("admin:reporting_petition_change", petition.pk)

    def _add_scan(self, request, petition):
        scan = ScanForm(request.POST, request.FILES)
        if not scan.is_valid() or not petition.decision_number:
            return self._render(request, petition, scan=scan)
        with transaction.atomic():
            self._keep_scans(request, petition, scan)
        messages.success(request, _("The scan is added."))
        return redirect("admin:reporting_petition_change", petition.pk)

    def _render(self, request, petition, typed=None, scan=None):
        may_answer = request.user.has_perm("reporting.answer_petition")
        forms = [form(petition=petition) for form in self._answers(petition)] if may_answer else []
        if typed:  # what was typed stays, even where somebody else has answered meanwhile
            forms = [form for form in forms if form.step != typed.step] + [typed]
        return self.page(
            request,
            "petition.html",
            {
                "title": capfirst(petition.get_kind_display()),
                "petition": petition,
                "steps": petition.steps(),
                "files": petition.documents.all(),
                "forms": forms,
                "may_withdraw": may_answer and petition.can_withdraw(request.user),
                "scan": (scan or ScanForm()) if may_answer and petition.decision_number else None,
            },
        )

    def _answers(self, petition):
        if petition.status == Status.PROPOSED:
            return [DecisionForm]
        if petition.status != Status.ASKED or petition.is_lapsed:
            return []
        return [GrantForm if petition.is_about_report else ProposeForm, RefuseForm]

    def add_view(self, request, form_url="", extra_context=None):
        """Propose of itself: choose the measure and what, then say why."""
        require(request, "answer_petition")
        choice = OwnProposalForm(request.GET if "kind" in request.GET else None, user=request.user)
        choice.initial["measure"] = whole_number(request.GET.get("measure", ""))
        context = {"title": _("Propose to the Government"), "choice": choice}
        if not choice.is_valid():
            return self.page(request, "propose.html", context)
        measure, kind = choice.cleaned_data["measure"], Petition.Kind(choice.cleaned_data["kind"])
        form = PetitionForm(request.POST or None, kind=kind, subject=measure, executor=None)
        if request.method == "POST" and form.is_valid():
            try:
                asked = Petition.objects.ask(measure, kind=kind, by=request.user, at=clock.now(), values=form.values())
            except Refused as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("Proposed. Record the Government's decision here once it is there."))
                return redirect("admin:reporting_petition_change", asked.pk)
        context |= {"form": form, "measure": measure, "kind": kind, "term": deadline_words(measure)}
        return self.page(request, "propose.html", context | {"is_exception": is_exception(kind, measure)})
