"""What Prometheus is told of reporting, beside the tasks: the windows, and the letters that have not arrived."""

from django.db.models import Count
from prometheus_client.core import GaugeMetricFamily

from roadmap import metrics

from .models import Notice, ReportingPeriod


@metrics.register
def of_reporting():
    open_windows = ReportingPeriod.objects.opened().unlocked().count()
    yield GaugeMetricFamily("roadmap_open_windows", "Reporting periods opened and not approved", open_windows)
    letters = GaugeMetricFamily("roadmap_letters", "Letters that have not arrived, by state", labels=["state"])
    states = (Notice.State.WAITING, Notice.State.FAILED)
    counted = dict(Notice.objects.filter(state__in=states).order_by().values_list("state").annotate(Count("pk")))
    for state in states:
        letters.add_metric([state], counted.get(state, 0))
    yield letters
