"""What day it is in Almaty, whatever the machine's zone, and on a day that was set."""

import datetime

import pytest

from roadmap import clock

D = datetime.date


def utc(text):
    return datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        # UTC+6 until the end of February 2024
        ("2014-01-05 17:59:59", D(2014, 1, 5)),
        ("2014-01-05 18:00:00", D(2014, 1, 6)),
        ("2024-02-29 17:59:59", D(2024, 2, 29)),
        ("2024-02-29 18:00:00", D(2024, 2, 29)),
        # UTC+5 since 1 March 2024
        ("2024-02-29 19:00:00", D(2024, 3, 1)),
        ("2026-07-05 18:59:59", D(2026, 7, 5)),
        ("2026-07-05 19:00:00", D(2026, 7, 6)),
    ],
)
def test_it_knows_the_day_of_a_moment_before_and_after_the_change_of_2024(moment, day):
    assert clock.day_of(utc(moment)) == day


@pytest.mark.parametrize(
    ("day", "moment"),
    [
        (D(2013, 6, 20), "2013-06-19 18:00"),
        ("2013-06-20", "2013-06-19 18:00"),
        ("2026-06-20", "2026-06-19 19:00"),
    ],
)
def test_it_knows_when_a_day_begins(day, moment):
    begins = clock.start_of(day)
    assert begins == utc(moment)
    assert clock.day_of(begins) == D.fromisoformat(str(day))
    assert clock.day_of(begins - datetime.timedelta(microseconds=1)) < D.fromisoformat(str(day))


def test_it_is_the_machines_day_in_almaty(settings):
    settings.ROADMAP_TODAY = None
    before = datetime.datetime.now(datetime.UTC)
    now = clock.now()
    after = datetime.datetime.now(datetime.UTC)
    assert before <= now <= after
    assert str(now.tzinfo) == "Asia/Almaty"
    assert clock.day_of(before) <= clock.today() <= clock.day_of(datetime.datetime.now(datetime.UTC))


def test_it_is_the_day_that_was_set_with_the_real_time_of_day(settings):
    settings.ROADMAP_TODAY = D(2014, 1, 8)
    real = datetime.datetime.now(datetime.UTC).astimezone(clock.ZONE)
    now = clock.now()
    assert clock.today() == now.date() == D(2014, 1, 8)
    assert now.utcoffset() == datetime.timedelta(hours=6)
    seconds = (now.replace(tzinfo=None) - datetime.datetime.combine(D(2014, 1, 8), real.time())).total_seconds()
    assert seconds % (24 * 3600) < 60


def test_it_asks_the_machine_for_real_time_whatever_day_was_set(settings):
    settings.ROADMAP_TODAY = D(2014, 1, 8)
    assert abs(clock.machine_now() - datetime.datetime.now(datetime.UTC)) < datetime.timedelta(minutes=1)
