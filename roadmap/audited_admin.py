"""The admin's pages of what was decreed: a change names its ground, and the history shows what it changed."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.forms import BaseInlineFormSet
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from . import audit, clock

GROUND = "change_reason"
NO_GROUND = gettext_lazy("A decreed value changes: say on what ground.")
# What the application does with an act, not what the act says.
NOT_DECREED = {"four_eyes", "moves_to_working_day", "window_days", "deadline_needs_review", GROUND}
ON_A_PAGE = 50


class GroundedForm(forms.ModelForm):
    """A form of something decreed: where a decreed value is changed, the ground is needed."""

    change_reason = forms.CharField(
        label=gettext_lazy("On what ground"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
        help_text=gettext_lazy(
            "Needed where a decreed value changes: the act, letter or mistake that it rests on. Kept with the history."
        ),
    )

    def clean(self):
        cleaned = super().clean()
        is_decreed = self.instance.pk and set(self.changed_data) - NOT_DECREED
        if is_decreed and not self.cleaned_data.get(GROUND, "").strip():
            self.add_error(GROUND, NO_GROUND)
        return cleaned


class GroundedFormSet(BaseInlineFormSet):
    """Rows of something decreed; their ground is the page's."""

    def clean(self):
        super().clean()
        if self.instance.pk and self.has_changed() and not self.data.get(GROUND, "").strip():
            raise ValidationError(NO_GROUND)


class AuditedAdmin:
    """A mixin of ModelAdmin over a model with `history`: one state kept for each save, with its ground."""

    form = GroundedForm
    object_history_template = "admin/roadmap/decreed_history.html"
    delete_confirmation_template = "admin/roadmap/decreed_delete.html"

    def get_fields(self, request, obj=None):
        fields = super().get_fields(request, obj)
        is_asked = obj is not None and self.has_change_permission(request, obj)
        return [field for field in fields if field != GROUND or is_asked]

    def save_model(self, request, obj, form, change):
        if change:
            audit.first_states(self.model, [obj.pk], at=clock.now())
        # Its many-to-many rows are saved later; one state of the whole is kept then.
        obj.skip_history_when_saving = True
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        del form.instance.skip_history_when_saving
        if not change or form.has_changed():
            kind = audit.CHANGED if change else audit.ADDED
            reason = _ground(form)
            audit.record([form.instance], kind, by=request.user, at=clock.now(), reason=reason)

    def save_formset(self, request, form, formset, change):
        if audit.is_audited(formset.model):
            audit.first_states(formset.model, [row.instance.pk for row in formset.initial_forms], at=clock.now())
            for row in formset.forms:
                row.instance._change_reason = _ground(form)
        super().save_formset(request, form, formset, change)

    def get_actions(self, request):
        """Deleted one by one alone: each asks for its ground."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def delete_view(self, request, object_id, extra_context=None):
        """Ask for the ground; without it Django shows its question again."""
        context = dict(extra_context or {})
        if request.method == "POST" and not request.POST.get(GROUND, "").strip():
            request.POST = QueryDict()
            context["no_ground"] = NO_GROUND
        return super().delete_view(request, object_id, context)

    def delete_model(self, request, obj):
        audit.first_states(self.model, [obj.pk], at=clock.now())
        obj._change_reason = request.POST[GROUND].strip()[:2000]
        super().delete_model(request, obj)

    def history_view(self, request, object_id, extra_context=None):
        """Django's own page of an object's history, with the values that changed below it."""
        pk = int(object_id) if object_id.isdecimal() and len(object_id) < 19 else 0
        found = self.kept_changes(pk)
        page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("states"))
        return super().history_view(request, object_id, {"changes": page, **(extra_context or {})})

    def kept_changes(self, pk):
        return audit.changes(self.model.history.filter(id=pk))


def _ground(form):
    return form.cleaned_data.get(GROUND, "").strip()
