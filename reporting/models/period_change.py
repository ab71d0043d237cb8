"""What was moved in a half-year's dates, by whom and why."""

from django.conf import settings
from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy


class PeriodChange(models.Model):
    """A date that was moved: append-only."""

    period = models.ForeignKey("ReportingPeriod", models.PROTECT, related_name="changes")
    field = models.CharField(max_length=20)
    before = models.DateField()
    after = models.DateField()
    reason = models.TextField(gettext_lazy("reason"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name, verbose_name_plural = gettext_lazy("moved date"), gettext_lazy("moved dates")
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.field_label}: {date_format(self.before)} → {date_format(self.after)}"

    @property
    def field_label(self):
        return self._meta.get_field("period").related_model._meta.get_field(self.field).verbose_name
