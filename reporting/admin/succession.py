"""Successors of bodies: recorded with their act, after a look at what will happen; on their day everything passes."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting import succession
from reporting.forms import whole_number
from roadmap import clock
from roadmap.amendment_forms import SuccessionForm
from roadmap.models import Measure, Roadmap, Succession
from roadmap.scoped_admin import ScopedAdmin

from .base import chip


@admin.register(Succession)
class SuccessionAdmin(ScopedAdmin):
    list_display = ("__str__", "from_day", "act", "number", "date", "state")
    list_select_related = ("predecessor", "successor")
    actions = None

    def has_delete_permission(self, request, obj=None):
        """What has taken place is not undone; another succession follows it."""
        return super().has_delete_permission(request, obj) and (obj is None or obj.applied_at is None)

    @admin.display(description=gettext_lazy("state"))
    def state(self, row):
        if row.applied_at:
            return chip("done", _("passed over"))
        return chip("submitted", _("waits for its day"))

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        return self._record(request, Succession(recorded_by=request.user, recorded_at=clock.now()))

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """What has taken place; or what is recorded and can still be corrected."""
        is_new_word = request.method == "POST"
        allowed = self.has_change_permission if is_new_word else self.has_view_or_change_permission
        if not allowed(request):
            raise PermissionDenied
        found = self.get_queryset(request).select_related("predecessor", "successor", "recorded_by")
        row = get_object_or_404(found, pk=whole_number(str(object_id)))
        if row.applied_at is None and self.has_change_permission(request):
            return self._record(request, row)
        return self._page(
            request,
            "succession_done.html",
            title=str(row),
            succession=row,
            state=self.state(row),
            details=row.details,
            measures=_measures_of(row, request.user),
            roadmaps=Roadmap.objects.for_user(request.user).filter(pk__in=row.details.get("roadmaps", ())),
        )

    def _record(self, request, row):
        """The form; with it, once it is right, what will happen; then the confirmation of what was seen."""
        form = SuccessionForm(request.POST or None, instance=row)
        forecast = None
        if request.method == "POST" and form.is_valid():
            if "confirm" in request.POST and form.cleaned_data["seen"] == form.mark():
                if self._confirm(request, form):
                    return redirect("admin:roadmap_succession_change", form.instance.pk)
            else:
                forecast = succession.forecast(form.instance)
                form.data = form.data.copy()
                form.data["seen"] = form.mark()
        return self._page(
            request,
            "succession.html",
            title=_("Record a successor") if row.pk is None else str(Succession.objects.get(pk=row.pk)),
            succession=row,
            form=form,
            forecast=forecast,
            is_due=forecast is not None and row.from_day <= clock.today(),
            can_delete=row.pk is not None and self.has_delete_permission(request, row),
        )

    def _confirm(self, request, form):
        """Save it; where its day has come, let everything pass at once."""
        is_new = form.instance.pk is None
        try:
            with transaction.atomic():
                waiting = Succession.objects.select_for_update().filter(pk=form.instance.pk, applied_at=None)
                if not is_new and not waiting:
                    messages.error(request, _("It has taken place meanwhile, as it was recorded."))
                    return True
                saved = form.save()
                has_passed = saved.from_day <= clock.today() and succession.apply(saved, at=clock.now())
        except IntegrityError:  # the same body, recorded by somebody else at the same moment
            form.add_error("predecessor", _("This body has a successor already."))
            return False
        log = self.log_addition if is_new else self.log_change
        log(request, saved, [{"added": {}}] if is_new else [{"changed": {"fields": list(form.changed_data)}}])
        day = {"day": date_format(saved.from_day)}
        words = _("Everything has passed to the successor.") if has_passed else _("Everything passes over on %(day)s.")
        messages.success(request, words % day)
        return True

    def _page(self, request, template, **context):
        context = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return TemplateResponse(request, f"admin/roadmap/{template}", context)


def _measures_of(row, user):
    """[(measure, whether the successor was named there already)] of what passed over, as far as the person sees it."""
    kept = {each["measure"]: each["merged"] for each in row.details.get("assignments", ())}
    measures = Measure.objects.for_user(user).filter(pk__in=kept).select_related("roadmap")
    return [(measure, kept[measure.pk]) for measure in measures]
