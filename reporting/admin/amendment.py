"""Amending acts: written down change by change, looked at as «before → after», confirmed, and in force on their day."""

import datetime

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting import amending
from reporting.amended import text_of
from reporting.errors import Refused
from reporting.forms import whole_number
from roadmap import clock
from roadmap.amendment_forms import FORMS, AmendmentForm
from roadmap.models import (
    Amendment,
    Executor,
    FundingSource,
    Measure,
    MeasureChange,
    Section,
    deadline_values,
    read_days,
)
from roadmap.scoped_admin import ScopedAdmin

from .base import chip

Kind = MeasureChange.Kind
TITLES = {
    Kind.DEADLINE: gettext_lazy("Another deadline"),
    Kind.DROP: gettext_lazy("A measure is dropped"),
    Kind.ADD: gettext_lazy("A measure is added"),
}


@admin.register(Amendment)
class AmendmentAdmin(ScopedAdmin):
    list_display = ("__str__", "roadmap", "date", "in_force_on", "state")
    list_select_related = ("roadmap",)
    list_filter = (("roadmap", admin.RelatedOnlyFieldListFilter),)
    actions = None

    def get_urls(self):
        return [
            self._url("change_add", "<int:pk>/changes/add/<slug:kind>/", self.edit_change),
            self._url("change_edit", "<int:pk>/changes/<int:change>/", self.edit_change),
            self._url("change_remove", "<int:pk>/changes/<int:change>/remove/", self.remove_change),
            self._url("confirm", "<int:pk>/confirm/", self.confirm),
            self._url("reopen", "<int:pk>/reopen/", self.reopen),
            *super().get_urls(),
        ]

    def _url(self, name, pattern, view):
        return path(pattern, self.admin_site.admin_view(view), name=f"roadmap_amendment_{name}")

    def has_delete_permission(self, request, obj=None):
        """An act that is in force is corrected by another act alone."""
        return super().has_delete_permission(request, obj) and (obj is None or obj.applied_at is None)

    @admin.display(description=gettext_lazy("state"))
    def state(self, amendment):
        return state_of(amendment)

    def _page(self, request, template, **context):
        context = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return TemplateResponse(request, f"admin/roadmap/{template}", context)

    def _load(self, request, pk, *, to_change=True):
        allowed = self.has_change_permission if to_change else self.has_view_or_change_permission
        if not allowed(request):
            raise PermissionDenied
        return get_object_or_404(self.get_queryset(request).select_related("roadmap"), pk=whole_number(str(pk)))

    def add_view(self, request, form_url="", extra_context=None):
        """The act itself; its changes are written down on its page."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        amendment = Amendment(recorded_by=request.user, recorded_at=clock.now())
        form = AmendmentForm(request.POST or None, instance=amendment)
        if request.method == "POST" and form.is_valid():
            saved = form.save()
            self.log_addition(request, saved, [{"added": {}}])
            return redirect("admin:roadmap_amendment_change", saved.pk)
        return self._page(request, "amendment_act.html", title=_("Record an amending act"), form=form)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """The act with its changes, before → after; the act's own data can be corrected until it is confirmed."""
        amendment = self._load(request, object_id, to_change=request.method == "POST")
        is_open = amendment.confirmed_at is None and self.has_change_permission(request)
        form = AmendmentForm(request.POST or None, instance=Amendment.objects.get(pk=amendment.pk))
        if request.method == "POST" and form.is_valid():
            try:
                with amending.correcting(amendment):
                    form.save()
            except Refused as error:
                messages.error(request, str(error))
            else:
                messages.success(request, _("The act is saved."))
            return redirect("admin:roadmap_amendment_change", amendment.pk)
        return self._page(
            request,
            "amendment.html",
            title=amendment.citation,
            amendment=amendment,
            form=form if is_open else None,
            is_open=is_open,
            changes=[(change, *pictured(change)) for change in amendment.changes.select_related("measure")],
            kinds=TITLES.items(),
            state=state_of(amendment),
            seen=amending.fingerprint(amendment),
            is_due=amendment.in_force_on <= clock.today(),
            can_delete=self.has_delete_permission(request, amendment),
            can_reopen=bool(amendment.confirmed_at and not amendment.applied_at)
            and self.has_change_permission(request),
        )

    def edit_change(self, request, pk, kind="", change=None):
        """One change of a measure, added or corrected."""
        amendment = self._load(request, pk)
        if change:
            found = get_object_or_404(amendment.changes.select_related("measure"), pk=change)
        else:
            found = MeasureChange(amendment=amendment, kind=kind)
        if found.kind not in FORMS or amendment.confirmed_at:
            return redirect("admin:roadmap_amendment_change", pk)
        form = FORMS[found.kind](request.POST or None, amendment=amendment, change=found)
        if request.method == "POST" and form.is_valid() and self._save(form, amendment):
            return redirect("admin:roadmap_amendment_change", pk)
        return self._page(
            request, "amendment_change.html", title=TITLES[found.kind], amendment=amendment, form=form, change=found
        )

    def _save(self, form, amendment):
        try:
            with amending.correcting(amendment):
                form.save()
        except Refused as error:
            form.add_error(None, str(error))
        except IntegrityError:  # somebody wrote down the same measure at the same moment
            form.add_error(None, _("This act changes that measure already: correct the change that is there."))
        else:
            return True
        return False

    def remove_change(self, request, pk, change):
        amendment = self._load(request, pk)
        if request.method == "POST":
            try:
                with amending.correcting(amendment):
                    amendment.changes.filter(pk=change).delete()
            except Refused as error:
                messages.error(request, str(error))
        return redirect("admin:roadmap_amendment_change", pk)

    def confirm(self, request, pk):
        """Let what was seen count; a second click finds it confirmed."""
        amendment = self._load(request, pk)
        back = redirect("admin:roadmap_amendment_change", pk)
        if request.method != "POST":
            return back
        try:
            with amending.correcting(amendment):
                if request.POST.get("seen") != amending.fingerprint(amendment):
                    raise Refused(_("The act was corrected since you opened the page; look again, then confirm."))
                is_in_force = amending.confirm(amendment, by=request.user, at=clock.now(), day=clock.today())
        except Refused as error:
            messages.error(request, str(error))
            return back
        self.log_change(request, amendment, [{"changed": {"fields": ["confirmed at"]}}])
        day = {"day": date_format(amendment.in_force_on)}
        sentence = _("The act is in force since %(day)s.") if is_in_force else _("The act comes into force on %(day)s.")
        messages.success(request, sentence % day)
        return back

    def reopen(self, request, pk):
        amendment = self._load(request, pk)
        if request.method == "POST":
            try:
                amending.reopen(amendment)
            except Refused as error:
                messages.error(request, str(error))
            else:
                messages.success(request, _("The confirmation is taken back; the act can be corrected."))
        return redirect("admin:roadmap_amendment_change", pk)


def state_of(amendment):
    """Where the act stands, as a sign and a word."""
    if amendment.applied_at:
        return chip("done", _("in force"))
    if amendment.confirmed_at:
        return chip("submitted", _("confirmed; waits for its day"))
    return chip("draft", _("being written down"))


def pictured(change):
    """(before, after) of a change: what stands there and what will, as [(label, words)]."""
    if change.kind == Kind.ADD:
        return [], list(_added(change.after))
    before = list(_deadline(change.before or deadline_values(change.measure)))
    return before, [] if change.kind == Kind.DROP else list(_deadline(change.after))


def _deadline(values):
    """The words, and the days that were understood of them."""
    yield _("Deadline"), text_of(values) or "—"
    values = read_days(values)
    spans = [" – ".join(_day(span[name]) for name in ("starts_on", "ends_on") if span[name])
             for span in values["deadline_periods"]]  # fmt: skip
    yield _("Understood as"), "; ".join(spans) or _("no last day")
    if values["recurrence"]:
        yield _("Recurrence"), Measure.Recurrence(values["recurrence"]).label
    if values.get("extended_to"):
        yield _("Extended to"), date_format(values["extended_to"])


def _day(iso):
    return date_format(datetime.date.fromisoformat(iso), "SHORT_DATE_FORMAT")


def _added(values):
    yield _("Number"), values["number"]
    section = Section.objects.filter(pk=values["section"]).first()
    if section:
        yield _("Section"), str(section)
    yield _("Measure"), text_of(values, "title")
    yield _("Form of completion"), text_of(values, "completion_form") or "—"
    bodies = Executor.objects.in_bulk([each["executor"] for each in values["executors"]])
    yield (
        _("Executors"),
        ", ".join(
            bodies[each["executor"]].short_name + (f" {_('(by agreement)')}" if each["by_agreement"] else "")
            for each in values["executors"]
            if each["executor"] in bodies
        ),
    )
    yield from _deadline(values)
    sources = FundingSource.objects.filter(code__in=values["funding_sources"])
    yield _("Funding"), ", ".join(source.name for source in sources) or _("not required")
