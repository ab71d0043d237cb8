"""How the scheduled tasks went: one row a task, however often it runs. Real time, never the demonstration's."""

import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

ERROR_LENGTH = 300
# A little less than a day, so that a task that fails every night is told of every night.
TOLD_EVERY = datetime.timedelta(hours=23)
CLOCKS_MAY_DIFFER = datetime.timedelta(minutes=5)


class TaskRunQuerySet(models.QuerySet):
    """Each step is one update, so that two workers at once count right; who comes last has the last word."""

    def begin(self, task, *, at, sent_by_beat_at=None):
        beat = {"sent_by_beat_at": sent_by_beat_at} if sent_by_beat_at else {}
        self._keep(task, started_at=at, runs=F("runs") + 1, **beat)

    def succeed(self, task, *, at, seconds):
        self._keep(task, succeeded_at=at, seconds=seconds, failures_in_a_row=0, failing_since=None)

    def fail(self, task, *, at, seconds, error):
        self._keep(
            task,
            failed_at=at,
            seconds=seconds,
            error=error[:ERROR_LENGTH],
            failures=F("failures") + 1,
            failures_in_a_row=F("failures_in_a_row") + 1,
        )
        self.filter(task=task, failing_since=None).update(failing_since=at)

    def _keep(self, task, **values):
        if not self.filter(task=task).update(**values):
            self.bulk_create([TaskRun(task=task)], ignore_conflicts=True)  # another worker may be doing the same
            self.filter(task=task).update(**values)

    def claim_telling(self, task, *, at):
        """True for one alone: the failure of that task is to be told, which it was not within a day."""
        day_ago, ahead = at - TOLD_EVERY, at + CLOCKS_MAY_DIFFER  # a clock may have gone back
        was_not_told = Q(told_at=None) | Q(told_at__lt=day_ago) | Q(told_at__gt=ahead)
        return self.filter(was_not_told, task=task, failures_in_a_row__gt=0).update(told_at=at) == 1

    def release_telling(self, task, *, at):
        """Nobody could be told: the next failure tries again."""
        self.filter(task=task, told_at=at).update(told_at=None)

    def last_beat(self, *, at):
        """When beat last sent what reached a worker; None before its first message.

        What lies ahead of the clock, which ran ahead then, counts only where nothing else is there.
        """
        is_not_ahead = Q(sent_by_beat_at__lte=at + CLOCKS_MAY_DIFFER)
        last = models.Max("sent_by_beat_at")
        found = self.aggregate(last=last, sane=models.Max("sent_by_beat_at", filter=is_not_ahead))
        return found["sane"] or found["last"]


class TaskRun(models.Model):
    task = models.CharField("task", max_length=200, unique=True)
    started_at = models.DateTimeField("last started", null=True)
    succeeded_at = models.DateTimeField("last succeeded", null=True)
    failed_at = models.DateTimeField("last failed", null=True)
    error = models.CharField("error of the last failure, in one line", max_length=ERROR_LENGTH, blank=True)
    seconds = models.FloatField("how long the last run took", null=True)
    runs = models.PositiveBigIntegerField("runs", default=0)
    failures = models.PositiveBigIntegerField("failures", default=0)
    failures_in_a_row = models.PositiveIntegerField("failures in a row", default=0)
    failing_since = models.DateTimeField("failing since", null=True)
    told_at = models.DateTimeField("administrators were last told", null=True)
    # What a worker sends itself at its start is no sign of beat.
    sent_by_beat_at = models.DateTimeField("beat last sent it", null=True)

    objects = TaskRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("scheduled task")
        verbose_name_plural = _("Scheduled tasks")
        default_permissions = ("view",)
        permissions = [("run_taskrun", "Can start a scheduled task")]

    def __str__(self):
        return self.task

    @property
    def is_failing(self):
        return self.failures_in_a_row > 0

    @property
    def ended_at(self):
        return max(filter(None, (self.succeeded_at, self.failed_at)), default=None)

    @property
    def is_running(self):
        """Begun and not ended: at work, or broken off by the end of its worker."""
        return self.started_at is not None and (self.ended_at is None or self.ended_at < self.started_at)
