"""Django's admin for what was decreed and for the people; everything within what the person may see."""

from django.contrib import admin
from django.contrib.auth.models import Group
from django.forms import BaseInlineFormSet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from . import audit, calendar_changes
from .act_admin import ActDraftAdmin
from .audited_admin import AuditedAdmin, GroundedFormSet
from .calendar_admin import CalendarDayAdmin
from .choices import Autocomplete
from .measure_sheet import MeasureResource
from .models import (
    ActDraft,
    Assignment,
    CalendarDay,
    Executor,
    ExecutorAlias,
    FundingSource,
    Measure,
    Roadmap,
    Section,
    TaskRun,
    User,
)
from .resources import ExecutorResource, FundingSourceResource, RoadmapResource
from .scoped_admin import ScopedAdmin
from .sheet_admin import SheetAdmin
from .task_admin import TaskRunAdmin
from .user_admin import PersonAdmin

admin.site.unregister(Group)  # the role alone gives permissions
admin.site.site_header = admin.site.site_title = _("Roadmap reporting")
admin.site.index_title = _("Administration")
admin.site.site_url = "/"
admin.site.enable_nav_sidebar = False

admin.site.register(ActDraft, ActDraftAdmin)
admin.site.register(TaskRun, TaskRunAdmin)
admin.site.register(User, PersonAdmin)
admin.site.register(CalendarDay, CalendarDayAdmin)


@admin.register(Roadmap)
class RoadmapAdmin(AuditedAdmin, SheetAdmin, ScopedAdmin):
    resource_classes = [RoadmapResource]
    list_display = ("__str__", "number", "date", "coordinator", "first_year", "last_year")
    list_select_related = ("coordinator",)
    search_fields = ("title_kk", "title_ru", "title_en", "number", "slug")

    def get_readonly_fields(self, request, obj=None):
        # Addresses and periods hang on these.
        return ("slug", "frequency") if obj else ()

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if "moves_to_working_day" in form.changed_data:
            calendar_changes.tell()


@admin.register(Section)
class SectionAdmin(AuditedAdmin, ScopedAdmin):
    list_display = ("__str__", "roadmap")
    list_select_related = ("roadmap",)
    list_filter = (("roadmap", admin.RelatedOnlyFieldListFilter),)
    search_fields = ("title_kk", "title_ru", "title_en")


@admin.register(FundingSource)
class FundingSourceAdmin(AuditedAdmin, SheetAdmin):
    resource_classes = [FundingSourceResource]
    list_display = ("code", "name_kk", "name_ru", "name_en")
    search_fields = ("code", "name_kk", "name_ru", "name_en")


class LabelledFormSet(BaseInlineFormSet):
    """Each field of a row carries its column's name, for those who do not see the heading."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        for field in form.fields.values():
            if not field.widget.is_hidden:
                field.widget.attrs.setdefault("aria-label", field.label)


class AssignmentFormSet(GroundedFormSet, LabelledFormSet):
    pass


class AssignmentInline(admin.TabularInline):
    model = Assignment
    formset = AssignmentFormSet
    extra = 0
    autocomplete_fields = ("executor",)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name in self.autocomplete_fields:
            kwargs["widget"] = Autocomplete(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    class Media:
        js = ["admin/js/autocomplete.js", "roadmap/autocomplete.js"]


@admin.register(Measure)
class MeasureAdmin(AuditedAdmin, SheetAdmin, ScopedAdmin):
    resource_classes = [MeasureResource]
    list_display = ("number", "title", "executor_names", "deadline_text", "ends_on", "extended_to", "needs_review")
    list_display_links = ("number", "title")
    list_filter = (
        ("roadmap", admin.RelatedOnlyFieldListFilter),
        ("section", admin.RelatedOnlyFieldListFilter),
        "deadline_needs_review",
    )
    search_fields = ("number", "title_kk", "title_ru", "title_en")
    exclude = ("deadline_periods",)
    inlines = [AssignmentInline]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("assignments__executor")

    def get_readonly_fields(self, request, obj=None):
        # Its reports and its place hang on the roadmap; a later deadline is the Government's to decide.
        return ("roadmap", "extended_to") if obj else ("extended_to",)

    def kept_changes(self, pk):
        return audit.measure_changes(pk)

    def save_model(self, request, obj, form, change):
        obj.keep_one_period()
        super().save_model(request, obj, form, change)

    @admin.display(description=_("measure"), ordering="title_kk")
    def title(self, measure):
        return measure.title

    @admin.display(description=_("deadline as decreed"), ordering="ends_on")
    def deadline_text(self, measure):
        return measure.deadline_text

    @admin.display(description=_("Needs review"), ordering="deadline_needs_review", empty_value="")
    def needs_review(self, measure):
        if not measure.deadline_needs_review:
            return ""
        url = reverse("admin:roadmap_measure_change", args=[measure.pk])
        return format_html('<a class="status incomplete" href="{}">{}</a>', url, gettext("needs review"))

    @admin.display(description=_("executors"))
    def executor_names(self, measure):
        return ", ".join(assignment.executor.short_name for assignment in measure.assignments.all())


class AliasInline(admin.TabularInline):
    model = ExecutorAlias
    formset = LabelledFormSet
    extra = 0


@admin.register(Executor)
class ExecutorAdmin(AuditedAdmin, SheetAdmin, ScopedAdmin):
    resource_classes = [ExecutorResource]
    list_display = ("code", "short_name", "full_name", "roadmap")
    list_select_related = ("roadmap",)
    search_fields = ("code", "short_name_kk", "short_name_ru", "short_name_en", "full_name_kk", "full_name_ru")
    inlines = [AliasInline]

    @admin.display(description=_("short name"), ordering="short_name_kk")
    def short_name(self, executor):
        return executor.short_name

    @admin.display(description=_("full name"), ordering="full_name_kk")
    def full_name(self, executor):
        return executor.full_name
