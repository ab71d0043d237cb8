"""The day proposed for sending again: working days of Kazakhstan."""

import datetime

import pytest

from roadmap.workdays import add_working_days, is_working

D = datetime.date


@pytest.mark.parametrize(
    "day",
    [D(2014, 1, 1), D(2014, 1, 2), D(2014, 1, 7), D(2013, 3, 8), D(2013, 3, 21), D(2013, 3, 22), D(2014, 5, 1),
     D(2014, 5, 7), D(2014, 5, 9), D(2015, 7, 6), D(2013, 8, 30), D(2014, 12, 1), D(2013, 12, 16), D(2013, 12, 17)],
)  # fmt: skip
def test_it_does_not_work_on_a_holiday(day):
    assert day.weekday() < 5  # or the weekend would answer for it
    assert not is_working(day)


@pytest.mark.parametrize(
    ("day", "works"),
    [(D(2014, 1, 10), True), (D(2014, 1, 11), False), (D(2014, 1, 12), False), (D(2014, 1, 13), True)],
)
def test_it_does_not_work_on_saturday_and_sunday(day, works):
    assert is_working(day) is works


@pytest.mark.parametrize(
    ("day", "count", "then"),
    [
        (D(2014, 1, 8), 0, D(2014, 1, 8)),
        (D(2014, 1, 8), 1, D(2014, 1, 9)),
        (D(2014, 1, 8), 2, D(2014, 1, 10)),
        (D(2014, 1, 9), 2, D(2014, 1, 13)),
        (D(2014, 1, 6), 2, D(2014, 1, 9)),
        (D(2013, 12, 31), 2, D(2014, 1, 6)),
        (D(2013, 12, 13), 1, D(2013, 12, 18)),
    ],
)
def test_it_counts_working_days_after_a_day(day, count, then):
    assert add_working_days(day, count) == then
