"""The earlier states of what was decreed, kept by django-simple-history: who changed it, when, and on what ground."""

from django.db import models
from simple_history.models import HistoricalRecords

from roadmap import clock


class Records(HistoricalRecords):
    """Earlier states with the application's own time, and a ground of any length."""

    def __init__(self, **kwargs):
        super().__init__(history_change_reason_field=models.TextField(null=True), **kwargs)  # noqa: DJ001

    def create_historical_record(self, instance, history_type, using=None):
        instance._history_date = clock.now()
        super().create_historical_record(instance, history_type, using=using)
