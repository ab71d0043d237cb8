"""The scheduled tasks as people read them: what each does, when, how it went, and when it comes next."""

import datetime
from dataclasses import dataclass

from celery import current_app
from celery.schedules import crontab
from django.conf import settings
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import clock
from .models import TaskRun

# A worker that has much to do is no reason for alarm.
GRACE = datetime.timedelta(minutes=15)
HOURS, MINUTES, DAYS = 24, 60, 7


@dataclass(frozen=True)
class Scheduled:
    key: str
    task: str
    schedule: crontab
    run: TaskRun | None
    at: datetime.datetime

    @property
    def title(self):
        return str(getattr(current_app.tasks.get(self.task), "title", "")) or self.task

    @property
    def in_words(self):
        return in_words(self.schedule)

    @property
    def next_at(self):
        return next_after(self.schedule, self.at)

    @property
    def is_overdue(self):
        """It was to start after its last start, a while ago, and did not."""
        started = self.run.started_at if self.run else None
        return started is not None and next_after(self.schedule, min(started, self.at)) + GRACE < self.at

    @property
    def is_broken_off(self):
        """Begun long ago, and not ended: its worker was stopped."""
        return bool(self.run and self.run.is_running and self.run.started_at + GRACE < self.at)


def scheduled():
    """Every task of beat's schedule, as it stands there."""
    current_app.loader.import_default_modules()  # a web server has not asked for the tasks yet
    runs, at = {run.task: run for run in TaskRun.objects.all()}, clock.machine_now()
    return [
        Scheduled(key, entry["task"], entry["schedule"], runs.get(entry["task"]), at)
        for key, entry in settings.CELERY_BEAT_SCHEDULE.items()
    ]


def _parts(schedule):
    """Minute, hour, day of the week, of the month, month; as they were written."""
    return schedule.__reduce__()[1]


def next_after(schedule, at):
    """When it comes next after that moment; by Almaty's clock, where an hour may come twice."""
    local, delta, _now = crontab(*_parts(schedule), app=current_app).remaining_delta(at)
    found = (local.replace(tzinfo=None) + delta).replace(tzinfo=clock.ZONE)
    return found if found.timestamp() > at.timestamp() else found.replace(fold=1)


def in_words(schedule):
    """«daily at 00:01»; what nobody foresaw, as the crontab says it."""
    minutes, hours, days = sorted(schedule.minute), sorted(schedule.hour), sorted(schedule.day_of_week)
    is_any_date = len(schedule.day_of_month) == 31 and len(schedule.month_of_year) == 12
    step = MINUTES // len(minutes)
    if len(hours) == HOURS and len(days) == DAYS and is_any_date and minutes == list(range(0, MINUTES, step)):
        words = ngettext("every %(count)s minute", "every %(count)s minutes", step) % {"count": step}
        return words if step > 1 else _("every minute")
    if len(minutes) > 1 or len(hours) > 1 or not is_any_date or 1 < len(days) < DAYS:
        minute, hour, weekday, day, month = _parts(schedule)
        return f"{minute} {hour} {day} {month} {weekday}"
    words = {"time": f"{hours[0]:02}:{minutes[0]:02}", "weekday": WEEKDAYS[(days[0] - 1) % DAYS]}
    if len(days) == DAYS:
        return _("daily at %(time)s") % words
    return _("weekly, %(weekday)s, at %(time)s") % words
