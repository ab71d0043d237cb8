"""Celery's application. A firing is only a hint: the tasks ask «what should be open today?» at start-up too."""

import os
from itertools import pairwise

from celery import Celery
from celery.signals import beat_init, setup_logging, worker_ready
from django.conf import settings

from . import clock, logs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roadmap.settings")


class Application(Celery):
    task_cls = "roadmap.recorded.RecordedTask"

    def send_task(self, name, *args, headers=None, **options):
        """Send it with the request that asked for it, and with the time: a message may wait for its worker."""
        ours = {"sent_at": clock.machine_now().isoformat(), "asked_by": logs.request_id()}
        return super().send_task(name, *args, headers={**ours, **(headers or {})}, **options)


app = Application("roadmap")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def leave_the_logs_to_django(**kwargs):
    """With somebody connected here Celery sets up nothing of its own: LOGGING in the settings is for all."""


@worker_ready.connect
def ask_what_should_be_open(headers=None, **kwargs):
    """Send the scheduled tasks once, so that days missed while nobody ran are made up.

    One after the other, whatever becomes of the first: the ministry's windows wait for the executors'.
    """
    tasks = [app.signature(entry["task"], immutable=True) for entry in settings.CELERY_BEAT_SCHEDULE.values()]
    for first, following in pairwise(tasks):
        first.link(following)
        first.link_error(following)
    tasks[0].apply_async(headers=headers)


@beat_init.connect
def ask_as_beat(**kwargs):
    """The same, and a sign that beat lives: Celery marks so what beat sends later."""
    ask_what_should_be_open(headers={"celery_beat_task": True})
