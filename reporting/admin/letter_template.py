"""The letter's template: taken out, edited in Word, put in again; tried before it counts, and earlier ones kept."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from reporting import files, letter
from reporting.errors import Refused
from reporting.models import JournalEntry, LetterTemplate
from roadmap import clock

from .base import ReadOnlyAdmin, require

DOCX = files.KINDS["docx"].content_type


class LetterTemplateForm(forms.ModelForm):
    file = forms.FileField(
        label=_("Word file (.docx)"),
        help_text=_("It is tried with sample data at once; what cannot be filled is refused, and the old one counts."),
        widget=forms.ClearableFileInput(attrs={"accept": ".docx"}),
    )

    class Meta:
        model = LetterTemplate
        fields = ("roadmap", "name")

    def clean_file(self):
        upload = self.cleaned_data["file"]
        content = upload.read(letter.MAX_BYTES + 1)
        try:
            letter.refuse_broken(content)
        except Refused as error:
            raise ValidationError(str(error)) from error
        return content


@admin.register(LetterTemplate)
class LetterTemplateAdmin(ReadOnlyAdmin):
    list_display = ("name", "roadmap", "uploaded_at", "uploaded_by", "is_in_force")
    list_select_related = ("roadmap", "uploaded_by")
    readonly_fields = ("uploaded_by", "uploaded_at", "is_in_force", "taken_out")
    change_list_template = "admin/reporting/letter_templates.html"

    def has_add_permission(self, request):
        return request.user.has_perm("reporting.add_lettertemplate")

    def get_queryset(self, request):
        return super().get_queryset(request).defer("content")

    def get_form(self, request, obj=None, change=False, **kwargs):
        return super().get_form(request, obj, change, **kwargs | ({} if change else {"form": LetterTemplateForm}))

    def get_fields(self, request, obj=None):
        return ("roadmap", "name", *self.readonly_fields) if obj else ("roadmap", "name", "file")

    def get_urls(self):
        return [
            self.view("default", "default/", self.default),
            self.view("download", "<int:pk>/download/", self.download),
            *super().get_urls(),
        ]

    @admin.display(description=_("counts now"), boolean=True)
    def is_in_force(self, template):
        return not LetterTemplate.objects.filter(roadmap=template.roadmap_id, pk__gt=template.pk).exists()

    @admin.display(description=_("file"))
    def taken_out(self, template):
        return format_html('<a href="../download/">{}</a>', _("Download"))

    def save_model(self, request, obj, form, change):
        """Keep it under the data's own rule; what was tried by the form counts from now on."""
        at = clock.now()
        with transaction.atomic():
            kept = LetterTemplate.objects.keep(obj.roadmap, obj.name, form.cleaned_data["file"], by=request.user, at=at)
            JournalEntry.objects.create(
                kind=JournalEntry.Kind.TEMPLATE_UPLOADED,
                at=at,
                by=request.user,
                roadmap=obj.roadmap,
                words=obj.name,
                details={"sha256": kept.sha256},
            )
        obj.pk = kept.pk

    def download(self, request, pk):
        require(request, "view_lettertemplate")
        found = get_object_or_404(LetterTemplate.objects.for_user(request.user), pk=pk)
        return _served(bytes(found.content), f"letter-{found.roadmap.slug}-{found.pk}.docx")

    def default(self, request):
        require(request, "view_lettertemplate")
        return _served(letter.default_template(), letter.DEFAULT.name)


def _served(content, name):
    return HttpResponse(content, content_type=DOCX, headers={"Content-Disposition": f'attachment; filename="{name}"'})
