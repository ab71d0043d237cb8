"""Django's admin for what was decreed and for the people; everything within what the person may see."""

from django.contrib import admin
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from .act_admin import ActDraftAdmin
from .measure_sheet import MeasureResource
from .models import (
    ActDraft,
    Assignment,
    Executor,
    ExecutorAlias,
    FundingSource,
    Measure,
    Roadmap,
    Section,
    User,
)
from .resources import ExecutorResource, FundingSourceResource, RoadmapResource
from .scoped_admin import ScopedAdmin
from .sheet_admin import SheetAdmin
from .user_admin import PersonAdmin

admin.site.unregister(Group)  # the role alone gives permissions
admin.site.site_header = admin.site.site_title = _("Roadmap reporting")
admin.site.index_title = _("Administration")
admin.site.site_url = "/"
admin.site.enable_nav_sidebar = False

admin.site.register(ActDraft, ActDraftAdmin)
admin.site.register(User, PersonAdmin)


@admin.register(Roadmap)
class RoadmapAdmin(SheetAdmin, ScopedAdmin):
    resource_classes = [RoadmapResource]
    list_display = ("__str__", "number", "date", "coordinator", "first_year", "last_year")
    list_select_related = ("coordinator",)
    search_fields = ("title_kk", "title_ru", "title_en", "number", "slug")
    autocomplete_fields = ("coordinator",)

    def get_readonly_fields(self, request, obj=None):
        # Addresses and periods hang on these.
        return ("slug", "frequency") if obj else ()


@admin.register(Section)
class SectionAdmin(ScopedAdmin):
    list_display = ("__str__", "roadmap")
    list_select_related = ("roadmap",)
    list_filter = (("roadmap", admin.RelatedOnlyFieldListFilter),)
    search_fields = ("title_kk", "title_ru", "title_en")


@admin.register(FundingSource)
class FundingSourceAdmin(SheetAdmin, admin.ModelAdmin):
    resource_classes = [FundingSourceResource]
    list_display = ("code", "name_kk", "name_ru", "name_en")
    search_fields = ("code", "name_kk", "name_ru", "name_en")


class AssignmentInline(admin.TabularInline):
    model = Assignment
    extra = 0
    autocomplete_fields = ("executor",)


@admin.register(Measure)
class MeasureAdmin(SheetAdmin, ScopedAdmin):
    resource_classes = [MeasureResource]
    list_display = ("number", "title", "executor_names", "deadline_text", "ends_on", "deadline_needs_review")
    list_display_links = ("number", "title")
    list_filter = (
        ("roadmap", admin.RelatedOnlyFieldListFilter),
        ("section", admin.RelatedOnlyFieldListFilter),
        "deadline_needs_review",
    )
    search_fields = ("number", "title_kk", "title_ru", "title_en")
    filter_horizontal = ("funding_sources",)
    exclude = ("deadline_periods",)
    inlines = [AssignmentInline]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("assignments__executor")

    def get_readonly_fields(self, request, obj=None):
        # Its reports and its place hang on the roadmap.
        return ("roadmap",) if obj else ()

    def save_model(self, request, obj, form, change):
        obj.keep_one_period()
        super().save_model(request, obj, form, change)

    @admin.display(description=_("measure"), ordering="title_kk")
    def title(self, measure):
        return measure.title

    @admin.display(description=_("deadline as decreed"), ordering="ends_on")
    def deadline_text(self, measure):
        return measure.deadline_text

    @admin.display(description=_("executors"))
    def executor_names(self, measure):
        return ", ".join(assignment.executor.short_name for assignment in measure.assignments.all())


class AliasInline(admin.TabularInline):
    model = ExecutorAlias
    extra = 0


@admin.register(Executor)
class ExecutorAdmin(SheetAdmin, ScopedAdmin):
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
