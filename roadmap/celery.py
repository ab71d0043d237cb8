"""Celery's application. A firing is only a hint: the tasks ask «what should be open today?» at start-up too."""

import os
from itertools import pairwise

from celery import Celery
from celery.signals import beat_init, worker_ready
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roadmap.settings")

app = Celery("roadmap")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
@beat_init.connect
def ask_what_should_be_open(**kwargs):
    """Send the scheduled tasks once, so that days missed while nobody ran are made up.

    One after the other, whatever becomes of the first: the ministry's windows wait for the executors'.
    """
    tasks = [app.signature(entry["task"], immutable=True) for entry in settings.CELERY_BEAT_SCHEDULE.values()]
    for first, following in pairwise(tasks):
        first.link(following)
        first.link_error(following)
    tasks[0].apply_async()
