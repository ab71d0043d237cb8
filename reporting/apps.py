from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from roadmap import calendar_changes


class ReportingConfig(AppConfig):
    name = "reporting"
    verbose_name = _("Reporting and consolidated information")

    def ready(self):
        autodiscover_modules("figures")
        calendar_changes.follow(self.get_model("ReportingPeriod").objects.count_working_days)
