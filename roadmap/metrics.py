"""Figures for Prometheus: Django's own by django-prometheus, and ours, asked of the database at each scrape.

Labels are names of views, methods and tasks; never of people, roadmaps or addresses.
"""

import logging
import os
import threading

import prometheus_client
from django.db import connections
from django_prometheus.middleware import PrometheusAfterMiddleware
from prometheus_client import multiprocess
from prometheus_client.core import GaugeMetricFamily

from . import clock
from .models import TaskRun

logger = logging.getLogger(__name__)

CONTENT_TYPE = prometheus_client.CONTENT_TYPE_LATEST
SECONDS = 5
_SOURCES = []


def register(source):
    """Add `source()`, which yields prometheus_client's metric families; it may ask the database."""
    _SOURCES.append(source)
    return source


class RequestFigures(PrometheusAfterMiddleware):
    """Django-prometheus takes any word for a method and a length: here an unknown one makes no label, and no error."""

    def label_metric(self, metric, request, response=None, **labels):
        if "method" in labels:
            labels["method"] = self._method(request)
        return super().label_metric(metric, request, response, **labels)

    def process_request(self, request):
        if not (request.META.get("CONTENT_LENGTH") or "0").isdecimal():
            request.META["CONTENT_LENGTH"] = "0"
            request.__dict__.pop("headers", None)  # read from there anew
        return super().process_request(request)


def text():
    """Everything in Prometheus' text format."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:  # several processes serve, and each writes its counts there
        registry = prometheus_client.CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)
    else:
        registry = prometheus_client.REGISTRY
    ours = prometheus_client.CollectorRegistry()
    ours.register(_Ours())
    return prometheus_client.generate_latest(registry) + prometheus_client.generate_latest(ours)


class _Ours:
    """Read in a thread, so that a database that hangs keeps no scrape; then only that it hangs is told."""

    def describe(self):
        return []

    def collect(self):
        found = []
        reader = threading.Thread(target=self._read, args=(found,), daemon=True)
        reader.start()
        reader.join(SECONDS)
        is_read = bool(found) and not reader.is_alive()
        yield GaugeMetricFamily("roadmap_figures_read", "1 where the application's own figures follow", float(is_read))
        yield from found if is_read else ()

    def _read(self, found):
        try:
            for source in _SOURCES:
                found += source()
        except Exception:
            logger.exception("the figures could not be read")
            found.clear()
        finally:
            connections.close_all()


@register
def of_tasks():
    now = clock.machine_now()
    age = GaugeMetricFamily("roadmap_task_success_age_seconds", "Since each task's last success", labels=["task"])
    failing = GaugeMetricFamily("roadmap_task_failures_in_a_row", "Failures since the last success", labels=["task"])
    for run in TaskRun.objects.order_by("task"):
        if run.succeeded_at:
            age.add_metric([run.task], (now - run.succeeded_at).total_seconds())
        failing.add_metric([run.task], run.failures_in_a_row)
    yield from (age, failing)
    last = TaskRun.objects.last_beat(at=now)
    if last:
        since = (now - last).total_seconds()
        yield GaugeMetricFamily("roadmap_beat_age_seconds", "Since beat last sent what reached a worker", since)
