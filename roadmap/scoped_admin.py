from django import forms
from django.conf import settings
from django.contrib import admin
from django.db import models

from .choices import Rows
from .multilingual_admin import MultilingualAdmin


class LightAdmin(admin.ModelAdmin):
    """Lists and forms without the scripts that nothing here uses, and with the browser's boxes.

    Those weigh more than the pages themselves; these need no script, and a screen reader knows them.
    """

    formfield_overrides = {
        models.DateField: {"widget": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})},
        models.ManyToManyField: {"widget": forms.CheckboxSelectMultiple, "form_class": Rows},
    }

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """What is added in a second window cannot show up among check boxes: no sign for it."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and db_field.many_to_many:
            field.widget.can_add_related = False
        return field

    @property
    def media(self):
        # Named as Django's own inlines name it, so that it is loaded once.
        jquery = "vendor/jquery/jquery.js" if settings.DEBUG else "vendor/jquery/jquery.min.js"
        names = (jquery, "jquery.init.js", "core.js", "admin/RelatedObjectLookups.js")
        return forms.Media(js=[f"admin/js/{name}" for name in names])

    def changelist_view(self, request, extra_context=None):
        light = {"media": forms.Media(js=["admin/js/actions.js"])}
        return super().changelist_view(request, light | (extra_context or {}))


class ScopedAdmin(MultilingualAdmin, LightAdmin):
    """Lists, pages and choices within what the person may see."""

    def get_search_results(self, request, queryset, search_term):
        return super().get_search_results(request, queryset, " ".join(search_term.split()[:10]))

    def get_queryset(self, request):
        return super().get_queryset(request).for_user(request.user)

    def get_field_queryset(self, db, db_field, request):
        related = db_field.remote_field.model
        found = super().get_field_queryset(db, db_field, request)
        if hasattr(related.objects, "for_user"):
            found = (found if found is not None else related.objects.all()).for_user(request.user)
        return found
