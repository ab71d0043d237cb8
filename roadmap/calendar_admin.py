"""The working calendar in the admin: its list and sheet, and a year at a glance."""

import calendar
import datetime
from dataclasses import dataclass

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.dates import MONTHS, WEEKDAYS, WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import calendar_changes, clock, workdays
from .audited_admin import AuditedAdmin
from .calendar_sheet import CalendarDayResource
from .language import Localised
from .models import YEARS, CalendarDay
from .sheet_admin import SheetAdmin

FIRST_YEAR, LAST_YEAR = (validator.limit_value for validator in YEARS)


@dataclass(frozen=True)
class Square:
    """A day of the year's page. `kind`: plain, weekend, off, moved (a day off on a weekday), worked (on a weekend)."""

    day: datetime.date
    kind: str
    basis_kk: str = ""
    basis_ru: str = ""
    basis_en: str = ""
    pk: int | None = None
    is_today: bool = False

    basis = Localised()

    @property
    def words(self):
        """What the square says to who cannot see it."""
        return ", ".join(filter(None, [date_format(self.day), str(KINDS.get(self.kind, "")), self.basis]))


KINDS = {
    "weekend": gettext_lazy("weekend"),
    "off": gettext_lazy("day off"),
    "worked": gettext_lazy("working day"),
}


def months_of(year, today):
    """Twelve (name, weeks of Squares); None stands for a day of another month. One query."""
    kept = {row.day: row for row in CalendarDay.objects.of_year(year)}
    named = {day.day: day for day in workdays.named_days(year)} | kept
    weeks_of = calendar.Calendar().monthdatescalendar
    for month in range(1, 13):
        weeks = [
            [_square(day, named.get(day), today) if day.month == month else None for day in week]
            for week in weeks_of(year, month)
        ]
        yield str(MONTHS[month]), weeks


def _square(day, known, today):
    is_weekend = day.weekday() > 4
    if known is None:
        return Square(day, "weekend" if is_weekend else "", is_today=day == today)
    basis = {name: getattr(known, name) for name in ("basis_kk", "basis_ru", "basis_en")}
    kind = "worked" if known.is_working else "off"
    return Square(day, kind, pk=getattr(known, "pk", None), is_today=day == today, **basis)


class YearFilter(admin.SimpleListFilter):
    title = gettext_lazy("year")
    parameter_name = "year"

    def lookups(self, request, model_admin):
        return [(day.year, str(day.year)) for day in CalendarDay.objects.dates("day", "year", order="DESC")]

    def queryset(self, request, queryset):
        years = {str(year) for year, _label in self.lookup_choices}
        return queryset.of_year(int(self.value())) if self.value() in years else queryset


class CalendarDayAdmin(AuditedAdmin, SheetAdmin):
    resource_classes = [CalendarDayResource]
    import_export_change_list_template = "admin/roadmap/calendar_days.html"
    list_display = ("day", "weekday", "kind", "basis")
    list_filter = (YearFilter, "is_working")
    search_fields = ("basis_kk", "basis_ru", "basis_en")
    ordering = ("-day",)

    def get_urls(self):
        year = self.admin_site.admin_view(self.year)
        return [
            path("year/", year, name="roadmap_calendarday_this_year"),
            path("year/<int:year>/", year, name="roadmap_calendarday_year"),
            *super().get_urls(),
        ]

    @admin.display(description=gettext_lazy("day of the week"))
    def weekday(self, row):
        return WEEKDAYS[row.day.weekday()]

    @admin.display(description=gettext_lazy("working or off"), ordering="is_working")
    def kind(self, row):
        return row.kind_label

    @admin.display(description=gettext_lazy("basis"))
    def basis(self, row):
        return row.basis

    def get_changeform_initial_data(self, request):
        """A square of the year's page leads here with its day."""
        return super().get_changeform_initial_data(request) | {"is_working": "is_working" in request.GET}

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        calendar_changes.tell()

    def delete_model(self, request, obj):
        super().delete_model(request, obj)
        calendar_changes.tell()

    def year(self, request, year=None):
        """Twelve months: weekends, days off and worked days with their basis; each leads to its form."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        today = clock.today()
        year = year or today.year
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise Http404
        months = list(months_of(year, today))
        named = [square for _name, weeks in months for week in weeks for square in week if square and square.basis]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Working calendar of %(year)s") % {"year": year},
            "months": months,
            "weekdays": [(str(WEEKDAYS[number]), str(WEEKDAYS_ABBR[number])) for number in range(7)],
            "named": named,
            "year": year,
            "before": year - 1 if year > FIRST_YEAR else None,
            "after": year + 1 if year < LAST_YEAR else None,
            "can_add": self.has_add_permission(request),
        }
        return TemplateResponse(request, "admin/roadmap/calendar_year.html", context)
