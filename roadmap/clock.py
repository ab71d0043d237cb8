"""What day it is. The only place that asks the machine for the time.

`today()` and `now()` are the application's: the day in Asia/Almaty, or `ROADMAP_TODAY` with the real time of day
(so `now()` may step back at midnight: histories order by id). Where the hour matters, a simulation sets a moment in
its place, and time stands still at it. `machine_now()` is real: for sessions and logs.
"""

import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

ZONE = ZoneInfo("Asia/Almaty")


def machine_now():
    return datetime.datetime.now(datetime.UTC)


def now():
    real = machine_now().astimezone(ZONE)
    if isinstance(settings.ROADMAP_TODAY, datetime.datetime):
        return settings.ROADMAP_TODAY.astimezone(ZONE)
    if settings.ROADMAP_TODAY:
        return datetime.datetime.combine(settings.ROADMAP_TODAY, real.time(), tzinfo=ZONE)
    return real


def today():
    return now().date()


def day_of(at):
    """Return the day in Asia/Almaty of an aware datetime."""
    return at.astimezone(ZONE).date()


def start_of(day):
    """Return the first moment in Asia/Almaty of a date, or of its ISO form."""
    day = datetime.date.fromisoformat(day) if isinstance(day, str) else day
    return datetime.datetime.combine(day, datetime.time.min, tzinfo=ZONE)
