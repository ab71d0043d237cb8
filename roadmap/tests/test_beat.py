"""What beat sends when: over 1 March 2024, when Almaty went from UTC+6 to UTC+5, and with a wrong clock."""

import datetime

import pytest
from celery.schedules import crontab
from django.conf import settings
from django.utils import translation

from roadmap import clock
from roadmap.beat import Scheduler
from roadmap.celery import app
from roadmap.schedule import in_words, next_after

DAILY = ("apply-acts", "open-executor-windows", "open-ministry-windows")


def almaty(text, fold=0):
    return datetime.datetime.fromisoformat(text).replace(tzinfo=clock.ZONE, fold=fold)


class Machine:
    """A beat on a clock of its own: the application's schedule; what is sent is kept, with the time in Almaty."""

    def __init__(self, folder, at, keys=(*DAILY, "send-mail")):
        class Kept(Scheduler):
            producer = None

            def apply_entry(self, entry, producer=None):
                sent.append((entry.name, machine.at.astimezone(clock.ZONE)))

        sent, machine = [], self
        self.at, self.sent = at.astimezone(datetime.UTC), sent
        self.beat = Kept(app, schedule_filename=str(folder / "beat"))
        for key in list(self.beat.schedule):
            if key not in keys:
                del self.beat.schedule[key]
        for entry in self.beat.schedule.values():
            entry.schedule = crontab(*entry.schedule.__reduce__()[1])
            entry.schedule.app, entry.schedule.nowfun = app, lambda: self.at
            entry.last_run_at = self.at

    def run_until(self, end):
        """Sleep and tick as beat does, a second at the least."""
        end = end.astimezone(datetime.UTC)
        while self.at < end:
            delay = self.beat.tick()
            self.at += datetime.timedelta(seconds=max(delay, 0.01 if delay == 0 else 1))
        return self

    def times(self, key):
        return [at.strftime("%d %H:%M") for name, at in self.sent if name == key]

    def close(self):
        self.beat.close()


@pytest.fixture
def machine(tmp_path):
    started = []

    def start(at, **kwargs):
        started.append(Machine(tmp_path, almaty(at), **kwargs))
        return started[-1]

    yield start
    for each in started:
        each.close()


def test_daily_tasks_are_sent_once_a_day_over_the_night_that_has_an_hour_twice(machine):
    ran = machine("2024-02-28 12:00").run_until(almaty("2024-03-03 12:00"))
    days = ("29", "01", "02", "03")
    assert ran.times("apply-acts") == [f"{day} 00:00" for day in days]
    assert ran.times("open-executor-windows") == [f"{day} 00:01" for day in days]
    assert ran.times("open-ministry-windows") == [f"{day} 00:02" for day in days]
    every_ten_minutes = [at.astimezone(datetime.UTC) for name, at in ran.sent if name == "send-mail"]
    gaps = {round((b - a).total_seconds() / 60) for a, b in zip(every_ten_minutes, every_ten_minutes[1:], strict=False)}
    # Celery takes the doubled hour for one: what comes every few minutes pauses for it, once, and nothing is lost.
    assert gaps == {10, 70}


def test_next_run_is_told_right_over_the_same_night():
    daily = settings.CELERY_BEAT_SCHEDULE["open-executor-windows"]["schedule"]
    for at, expected in [
        (almaty("2024-02-28 23:59"), "2024-02-29T00:01:00+06:00"),
        (almaty("2024-02-29 22:00"), "2024-03-01T00:01:00+05:00"),
        (almaty("2024-02-29 23:30"), "2024-03-01T00:01:00+05:00"),
        (almaty("2024-02-29 23:30", fold=1), "2024-03-01T00:01:00+05:00"),
        (almaty("2024-03-01 00:01"), "2024-03-02T00:01:00+05:00"),
        (almaty("2024-03-01 00:00"), "2024-03-01T00:01:00+05:00"),
    ]:
        assert next_after(daily, at).isoformat() == expected, at
        assert next_after(daily, at.astimezone(datetime.UTC)).isoformat() == expected, at


@pytest.mark.parametrize(
    "back", [datetime.timedelta(hours=1), datetime.timedelta(days=1), datetime.timedelta(days=400)]
)
def test_clock_that_goes_back_stops_nothing(machine, back):
    """Celery's own beat sends nothing until its last run comes again; ours goes on at once, at worst once too often."""
    ran = machine("2025-06-10 12:00").run_until(almaty("2025-06-11 00:30"))
    ran.sent.clear()
    ran.at -= back
    begun = ran.at
    ran.run_until(begun + datetime.timedelta(minutes=21))
    assert len(ran.times("send-mail")) == 2
    ran.run_until(begun + datetime.timedelta(hours=25))
    assert {key: len(ran.times(key)) for key in DAILY} == dict.fromkeys(DAILY, 1 if back.days else 2)


def test_clock_that_goes_forward_sends_each_once_at_once(machine):
    ran = machine("2025-06-10 12:00").run_until(almaty("2025-06-10 12:05"))
    ran.at = almaty("2026-02-01 09:03").astimezone(datetime.UTC)
    ran.run_until(ran.at + datetime.timedelta(minutes=2))
    assert sorted(name for name, _at in ran.sent) == sorted([*DAILY, "send-mail"])


def test_run_that_was_kept_from_a_wrong_clock_does_not_keep_a_new_beat_waiting(machine):
    first = machine("2030-01-01 12:00").run_until(almaty("2030-01-02 00:30"))
    again = machine("2025-06-10 12:00")
    for entry, old in zip(again.beat.schedule.values(), first.beat.schedule.values(), strict=True):
        entry.last_run_at = old.last_run_at
    again.run_until(almaty("2025-06-11 00:05"))
    assert {key: len(again.times(key)) for key in DAILY} == dict.fromkeys(DAILY, 1)


def test_settings_name_this_beat():
    assert app.conf.beat_scheduler == "roadmap.beat.Scheduler"
    assert app.conf.timezone == "Asia/Almaty" and app.conf.enable_utc


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        (crontab(), "every minute"),
        (crontab(minute="*/10"), "every 10 minutes"),
        (crontab(hour=0, minute=1), "daily at 00:01"),
        (crontab(hour=9, minute=0, day_of_week=1), "weekly, Monday, at 09:00"),
        (crontab(hour=9, minute=0, day_of_week="sunday"), "weekly, Sunday, at 09:00"),
        (crontab(hour="9,18", minute=0), "0 9,18 * * *"),
        (crontab(hour=9, minute=0, day_of_month=1), "0 9 1 * *"),
    ],
)
def test_schedule_is_told_in_words(schedule, words):
    with translation.override("en"):
        assert in_words(schedule) == words
