"""The way from an act's text to a roadmap, in the admin: upload or paste, see what was understood, correct, confirm."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import clock, enactment
from .act_forms import ActForm, ActUploadForm, MeasureForm
from .doubts import sentence
from .models import ActDraft, Executor, Measure
from .plan import keep, restore, with_measure
from .scoped_admin import LightAdmin

ROWS_A_PAGE = 100
SENTENCES = 20  # of what the message says besides; the roadmap has it all


class ActDraftAdmin(LightAdmin):
    """Adding is reading an act; changing is looking at what was understood."""

    list_display = ("__str__", "source_name", "made_by", "made_at", "made_roadmap")
    list_select_related = ("made_by", "roadmap")

    def get_urls(self):
        return [
            path("<int:pk>/rows/<int:place>/", self.admin_site.admin_view(self.row), name="roadmap_actdraft_row"),
            path("<int:pk>/confirm/", self.admin_site.admin_view(self.confirm), name="roadmap_actdraft_confirm"),
            *super().get_urls(),
        ]

    @admin.display(description=gettext_lazy("roadmap"))
    def made_roadmap(self, draft):
        if not draft.roadmap:
            return "—"
        url = reverse("admin:roadmap_roadmap_change", args=[draft.roadmap_id])
        return format_html('<a href="{}">{}</a>', url, draft.roadmap.slug)

    def _page(self, request, template, **context):
        context = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return TemplateResponse(request, f"admin/roadmap/{template}", context)

    def add_view(self, request, form_url="", extra_context=None):
        """Upload or paste; what was understood is kept as a draft."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ActUploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            upload = form.cleaned_data["file"]
            draft = ActDraft.objects.create(
                source_name=upload.name if upload else "",
                plan=keep(form.plan),
                slug=enactment.slug_of(form.plan),
                made_by=request.user,
                made_at=clock.now(),
            )
            return redirect("admin:roadmap_actdraft_change", draft.pk)
        return self._page(request, "act_upload.html", title=_("Enter an act from its text"), form=form)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """What was understood, with everything that needs review first."""
        draft = self._load(request, object_id)
        plan = restore(draft.plan)
        form = ActForm(request.POST or None, draft=draft, plan=plan, initial={"coordinator": _coordinator(plan)})
        if request.method == "POST" and draft.roadmap is None and form.is_valid():
            corrected = form.corrected()
            if not self._save(request, draft, corrected, form, **form.kept(corrected)):
                return self._preview(request, draft, plan, form)
            return redirect(request.get_full_path())
        return self._preview(request, draft, plan, form)

    def _save(self, request, draft, plan, form, **values):
        draft.revision = form.cleaned_data["revision"]
        if draft.save_plan(keep(plan), **values):
            messages.success(request, _("The corrections are saved."))
            return True
        _continue(form, ActDraft.objects.get(pk=draft.pk).revision)
        messages.error(
            request, _("Somebody corrected this act meanwhile. Your own text stands in the form; look, and save again.")
        )
        return False

    def _load(self, request, pk):
        if not self.has_change_permission(request):
            raise PermissionDenied
        found = self.get_queryset(request).select_related("roadmap")
        return get_object_or_404(found, pk=pk if str(pk).isdecimal() and len(str(pk)) < 19 else 0)

    def _preview(self, request, draft, plan, form):
        numbers = [measure.number for measure in plan.measures]
        doubted = {doubt.measure for doubt in plan.doubts if doubt.measure}
        only = request.GET.get("rows") == "doubted"
        labels = dict(Measure.Recurrence.choices)
        rows = [
            (place, row, place in doubted, labels.get(row.deadline.recurrence, ""))
            for place, row in enumerate(plan.measures, start=1)
            if place in doubted or not only
        ]
        page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("p"))
        return self._page(
            request,
            "act_preview.html",
            title=str(draft),
            draft=draft,
            plan=plan,
            form=form,
            page=page,
            only_doubted=only,
            doubted=len(doubted),
            doubts=[(sentence(doubt, numbers), doubt.measure) for doubt in plan.doubts],
            sections=[f"{section.number}. {section.title}".removeprefix(". ") for section in plan.sections],
        )

    def row(self, request, pk, place):
        """Correct one row; the others stay as they were read."""
        draft = self._load(request, pk)
        plan = restore(draft.plan)
        if draft.roadmap or not 1 <= place <= len(plan.measures):
            return redirect("admin:roadmap_actdraft_change", pk)
        form = MeasureForm(request.POST or None, draft=draft, plan=plan, measure=plan.measures[place - 1])
        if request.method == "POST" and form.is_valid():
            measure, bodies = form.corrected()
            corrected = with_measure(plan, place, measure, bodies)
            if self._save(request, draft, corrected, form):
                back = reverse("admin:roadmap_actdraft_change", args=[pk])
                return redirect(f"{back}?p={(place - 1) // ROWS_A_PAGE + 1}#row-{place}")
        numbers = [row.number for row in plan.measures]
        return self._page(
            request,
            "act_row.html",
            title=_("Row %(place)s of %(count)s") % {"place": place, "count": len(plan.measures)},
            draft=draft,
            form=form,
            doubts=[sentence(doubt, numbers) for doubt in plan.doubts if doubt.measure == place],
        )

    def confirm(self, request, pk):
        """Make the roadmap of what is shown; a second click finds it made."""
        draft = self._load(request, pk)
        back = redirect("admin:roadmap_actdraft_change", pk)
        if request.method != "POST" or draft.roadmap:
            return back
        plan = restore(draft.plan)
        form = ActForm(request.POST, draft=draft, plan=plan)
        if not form.is_valid():
            return self._preview(request, draft, plan, form)
        corrected = form.corrected()
        if form.cleaned_data["revision"] != draft.revision:
            _continue(form, draft.revision)
            messages.error(request, _("Somebody corrected this act meanwhile; look again, then confirm."))
            return self._preview(request, draft, plan, form)
        try:
            made = enactment.enact_draft(draft, corrected, **form.kept(corrected))
        except enactment.Refused as error:
            messages.error(request, str(error))
            return self._preview(request, draft, plan, form)
        messages.success(request, _what_was_made(made, len(plan.measures)))
        return redirect("admin:roadmap_roadmap_change", made.roadmap.pk)


def _what_was_made(made, count):
    """One message: the roadmap, the bodies that are new with their codes, and what else to look at."""
    said = [_("The roadmap was made: %(count)s measures at the address «%(slug)s».")]
    said[0] %= {"count": count, "slug": made.roadmap.slug}
    bodies = [doubt.words for doubt in made.doubts if doubt.code == "new_body"]
    if bodies:
        named = ", ".join(f"{body['name']} ({body['code']})" for body in bodies)
        said.append(_("New bodies, with their codes: %(bodies)s.") % {"bodies": named})
    numbers = [measure.number for measure in made.measures]
    others = [sentence(doubt, numbers) for doubt in made.doubts if doubt.code != "new_body"]
    return " ".join([*said, *others[:SENTENCES]])


def _continue(form, revision):
    """Let what was typed be saved over the revision that the reader has now been shown."""
    form.data = form.data.copy()
    form.data["revision"] = revision


def _coordinator(plan):
    """The choice that the reporting clause speaks for."""
    named = enactment.coordinator_in(plan, Executor.objects.filter(roadmap=None))
    if named is None:
        return ""
    if isinstance(named, Executor):
        return f"known:{named.code}"
    return f"act:{[body.short_name for body in plan.executors].index(named)}"
