"""What the admin needs to be read in any language: history in the reader's words, texts marked with their language."""

from django.conf import settings
from django.contrib.admin import widgets
from django.contrib.admin.templatetags import admin_list
from django.templatetags.static import static
from django.utils import translation
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _

LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)


# Choices with a search: Kazakh stands beside the languages that Django ships.
widgets.SELECT2_TRANSLATIONS["kk"] = "kk"


def boolean_icon(value):
    """Django's own icon says True and False to a screen reader, in English."""
    icon, word = {True: ("yes", _("yes")), False: ("no", _("no")), None: ("unknown", "—")}[value]
    return format_html('<img src="{}" alt="{}">', static(f"admin/img/icon-{icon}.svg"), word)


admin_list._boolean_icon = boolean_icon


class MultilingualAdmin:
    """A mixin of ModelAdmin."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Mark the field of a text in Kazakh, Russian or English as such."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        language = db_field.name.rpartition("_")[2]
        if field and language in LANGUAGES:
            field.widget.attrs["lang"] = language
        return field

    def construct_change_message(self, request, form, formsets, add=False):
        """Keep the fields as the catalogs name them: Django keeps their labels, which no catalog knows."""
        messages = super().construct_change_message(request, form, formsets, add)
        models = (self.model, *(formset.model for formset in formsets or ()))
        with translation.override(None):
            names = [str(field.verbose_name) for model in models for field in model._meta.fields]
            names += [str(field.verbose_name) for model in models for field in model._meta.many_to_many]
        known = {capfirst(name): name for name in names}
        for message in messages:
            changed = message.get("changed", {})
            if "fields" in changed:
                changed["fields"] = [known.get(label, label) for label in changed["fields"]]
        return messages

    def history_view(self, request, object_id, extra_context=None):
        """Show notes of our own, kept in English, in the reader's language."""
        response = super().history_view(request, object_id, extra_context)
        for action in getattr(response, "context_data", {}).get("action_list", ()):
            action.change_message = action.change_message and _(action.change_message)
        return response
