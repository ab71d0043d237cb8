"""The working calendar: days that are worked or off, as acts and staff have it."""

from django.db import models
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from roadmap import workdays
from roadmap.language import Localised

from .records import Records


class CalendarDayQuerySet(models.QuerySet):
    def for_user(self, user):
        """It is everybody's calendar; the permissions alone tell who reads and who keeps it."""
        return self if user.is_authenticated else self.none()

    def of_year(self, year):
        return self.filter(day__year=year)

    def working_days(self) -> workdays.WorkingDays:
        """All that is known, in one query; ask it for many days rather than asking again."""
        return workdays.WorkingDays(dict(self.order_by().values_list("day", "is_working")))


class CalendarDay(models.Model):
    """A day that overrules the library of holidays, and the rule of the week."""

    day = models.DateField(_("day"), unique=True)
    is_working = models.BooleanField(_("working day"), default=False)
    basis_kk = models.TextField(_("basis (Kazakh)"), blank=True)
    basis_ru = models.TextField(_("basis (Russian)"), blank=True)
    basis_en = models.TextField(_("basis (English)"), blank=True)

    basis = Localised()

    objects = CalendarDayQuerySet.as_manager()
    history = Records()

    class Meta:
        verbose_name = _("day of the working calendar")
        verbose_name_plural = _("working calendar")
        ordering = ["day"]
        constraints = [
            models.CheckConstraint(
                name="calendar_day_has_a_basis_in_kazakh_or_russian",
                condition=~Q(basis_kk="") | ~Q(basis_ru=""),
                violation_error_message=_("Give the basis, in Kazakh or in Russian: the act or the holiday."),
            ),
        ]

    def __str__(self):
        return date_format(self.day) if self.day else ""

    @property
    def kind_label(self):
        return _("working day") if self.is_working else _("day off")
