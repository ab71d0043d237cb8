"""The class of every Celery task: writes down how each run went, and tells the administrators of a failure.

What is written down is no part of the work: where it cannot be, the log says so, and the task goes its way.
"""

import datetime
import logging
from time import monotonic

from celery import Task
from django.db import connection, transaction

from . import alarm, clock
from .models import TaskRun

logger = logging.getLogger(__name__)


class RecordedTask(Task):
    title = ""  # what it does, in words for people: `@shared_task(title=_("..."))`

    def before_start(self, task_id, args, kwargs):
        self.request.begun = monotonic()
        beat = _sent_by_beat_at(self.request)
        self._write_down(lambda at: TaskRun.objects.begin(self.name, at=at, sent_by_beat_at=beat))

    def on_success(self, retval, task_id, args, kwargs):
        seconds = _seconds(self.request)
        self._write_down(lambda at: TaskRun.objects.succeed(self.name, at=at, seconds=seconds))

    def on_failure(self, exc, task_id, args, kwargs, einfo):
        seconds = _seconds(self.request)

        def fail(at):
            TaskRun.objects.fail(self.name, at=at, seconds=seconds, error=in_one_line(exc))
            transaction.on_commit(lambda: alarm.tell(self, at=at), robust=True)

        self._write_down(fail)

    def _write_down(self, act):
        """Never fail because of the record: not where the database is away, nor in a transaction that is broken."""
        try:
            if not connection.in_atomic_block:
                connection.close_if_unusable_or_obsolete()  # the task may have ended because the database went
            elif connection.needs_rollback:
                logger.error("%s: its run is not written down, the transaction around it is broken", self.name)
                return
            with transaction.atomic():
                act(clock.machine_now())
        except Exception:
            logger.exception("%s: its run could not be written down", self.name)


def _sent_by_beat_at(request):
    headers = request.headers or {}
    if not headers.get("celery_beat_task"):
        return None
    try:
        at = datetime.datetime.fromisoformat(headers["sent_at"])
    except (KeyError, TypeError, ValueError):
        return None
    return at if at.tzinfo else None


def _seconds(request):
    return round(monotonic() - getattr(request, "begun", monotonic()), 3)


def in_one_line(error):
    """«ExceptionGroup: not every file could be made: ValueError: …», the first of several causes."""
    words = " ".join(str(error).split())
    said = f"{type(error).__name__}: {words}" if words else type(error).__name__
    return f"{said}: {in_one_line(error.exceptions[0])}" if isinstance(error, BaseExceptionGroup) else said
