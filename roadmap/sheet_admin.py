"""Import and export in the admin: upload, preview, confirm; a whole sheet by one click."""

import functools

from django import forms
from django.contrib import messages
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.decorators.http import require_GET, require_POST
from import_export.admin import ImportExportMixin

from . import clock
from .multilingual_admin import MultilingualAdmin
from .scoped_admin import LightAdmin
from .sheets import FILE_LIMIT, UnarmedCSV, UnarmedXLSX, kind_of

BY_IMPORT = gettext_noop("By import.")  # kept so, shown in the reader's language
FORMATS = {"xlsx": UnarmedXLSX, "csv": UnarmedCSV}


class UploadForm(forms.Form):
    import_file = forms.FileField(label=gettext_lazy("Workbook (.xlsx) or CSV"))

    def clean_import_file(self):
        """Return the dataset in the file; its bytes stay in `content`."""
        self.cleaned_name = self.cleaned_data["import_file"].name
        self.content = self.cleaned_data["import_file"].read(FILE_LIMIT + 1)
        return read(self.content)


class ConfirmForm(forms.Form):
    """What was previewed: where the file lies, and what it would do."""

    import_file_name = forms.CharField(widget=forms.HiddenInput)
    source = forms.CharField(widget=forms.HiddenInput, max_length=200, required=False)
    fingerprint = forms.CharField(widget=forms.HiddenInput)


def read(content):
    return kind_of(content)().create_dataset(content)


class SheetAdmin(MultilingualAdmin, ImportExportMixin, LightAdmin):
    """A ModelAdmin with a sheet, that of its first resource."""

    import_export_change_list_template = "admin/import_export/change_list_import_export.html"
    import_template_name = "admin/import_export/import.html"

    def _resource(self, request):
        return self.resource_classes[0](user=request.user)

    # Export

    @method_decorator(require_GET)
    def export_action(self, request):
        """Return the whole sheet of what the list shows; `format` is xlsx or csv."""
        if not self.has_export_permission(request):
            raise PermissionDenied
        request.GET = request.GET.copy()
        kind = request.GET.pop("format", ["xlsx"])[-1]
        kind = kind if kind in FORMATS else "xlsx"
        try:
            chosen = self.get_export_queryset(request)
        except IncorrectLookupParameters:
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        content = FORMATS[kind]().export_data(self._resource(request).export(chosen))
        response = HttpResponse(content, content_type=FORMATS[kind].CONTENT_TYPE)
        name = f"{self.opts.model_name}s-{clock.today().isoformat()}.{kind}"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    # Import

    def import_action(self, request, **kwargs):
        """Read an uploaded sheet and show what it would change."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        form = UploadForm(request.POST or None, request.FILES or None)
        if not (request.method == "POST" and form.is_valid()):
            return self._page(request, form)
        result, resource = self._import(request, form.cleaned_data["import_file"], dry_run=True)
        return self._page(request, form, result, self._keep(form, result), resource.notes(result))

    def _keep(self, form, result):
        """Keep the file for the confirmation, where there is something to confirm."""
        if result.has_errors() or result.has_validation_errors() or not (result.new or result.changed):
            return None
        storage = self.get_tmp_storage_class()()
        storage.save(form.content)
        source = form.cleaned_name[:200]
        return ConfirmForm(
            initial={"import_file_name": storage.name, "source": source, "fingerprint": result.fingerprint}
        )

    def _import(self, request, dataset, **kwargs):
        resource = self._resource(request)
        result = resource.import_data(dataset, rollback_on_validation_errors=True, user=request.user, **kwargs)
        return result, resource

    def _page(self, request, form, result=None, confirm_form=None, notes=()):
        resource = self._resource(request)
        context = self.admin_site.each_context(request) | {
            "title": _("Import: %(sheet)s") % {"sheet": resource.title},
            "opts": self.opts,
            "form": form,
            "confirm_form": confirm_form,
            "notes": notes,
            "result": result,
            "resource": resource,
            "media": self.media,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, self.import_template_name, context)

    @method_decorator(require_POST)
    def process_import(self, request, **kwargs):
        """Write what was previewed, once; where something changed since, show the preview again."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        form = ConfirmForm(request.POST)
        content = self._take(form) if form.is_valid() else None
        if content is None:
            messages.error(request, _("This file was imported already, or was uploaded too long ago; upload it again."))
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_import")
        seen = {name: form.cleaned_data[name] for name in ("fingerprint", "source")}
        result, resource = self._import(request, read(content), dry_run=False, **seen)
        if result.has_errors() or result.has_validation_errors():
            return self._page(request, UploadForm(), result)
        self._log(request, result)
        self._tell(request, result)
        self.after_import(request, resource)
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")

    def _take(self, form):
        """Return the file that was kept, and keep it no longer."""
        storage = self.get_tmp_storage_class()(name=form.cleaned_data["import_file_name"])
        content = storage.read()
        storage.remove()
        return content

    def _log(self, request, result):
        note = functools.partial(LogEntry.objects.log_actions, request.user.pk, change_message=BY_IMPORT)
        note([line.instance for line in result.new], ADDITION)
        note([line.instance for line in result.changed], CHANGE)

    def _tell(self, request, result):
        counts = {"new": len(result.new), "changed": len(result.changed), "unchanged": len(result.unchanged)}
        messages.success(request, _("Imported: %(new)s new, %(changed)s changed, %(unchanged)s unchanged.") % counts)

    def after_import(self, request, resource):
        """Do what follows an import that is written."""
