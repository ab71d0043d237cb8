"""Reporting periods as calendar arithmetic, for every frequency."""

import datetime

import pytest

from reporting.calendar import Interval

D = datetime.date
SOME = [
    # interval, code, first day, last day, due on the 5th and on the 20th
    (("half_year", 2013, 1), "2013-H1", D(2013, 1, 1), D(2013, 6, 30), D(2013, 7, 5), D(2013, 7, 20)),
    (("half_year", 2013, 2), "2013-H2", D(2013, 7, 1), D(2013, 12, 31), D(2014, 1, 5), D(2014, 1, 20)),
    (("quarter", 2016, 1), "2016-Q1", D(2016, 1, 1), D(2016, 3, 31), D(2016, 4, 5), D(2016, 4, 20)),
    (("quarter", 2016, 4), "2016-Q4", D(2016, 10, 1), D(2016, 12, 31), D(2017, 1, 5), D(2017, 1, 20)),
    (("month", 2016, 2), "2016-M2", D(2016, 2, 1), D(2016, 2, 29), D(2016, 3, 5), D(2016, 3, 20)),
    (("month", 2015, 2), "2015-M2", D(2015, 2, 1), D(2015, 2, 28), D(2015, 3, 5), D(2015, 3, 20)),
    (("month", 2016, 12), "2016-M12", D(2016, 12, 1), D(2016, 12, 31), D(2017, 1, 5), D(2017, 1, 20)),
    (("year", 2016, 1), "2016-Y1", D(2016, 1, 1), D(2016, 12, 31), D(2017, 1, 5), D(2017, 1, 20)),
]
FREQUENCIES = {"month": 12, "quarter": 4, "half_year": 2, "year": 1}


@pytest.mark.parametrize(
    ("interval", "code", "starts", "ends", "fifth", "twentieth"), SOME, ids=lambda value: str(value)
)
def test_it_knows_its_days(interval, code, starts, ends, fifth, twentieth):
    interval = Interval(*interval)
    assert (interval.code, interval.starts, interval.ends) == (code, starts, ends)
    assert (interval.due(5), interval.due(20)) == (fifth, twentieth)


@pytest.mark.parametrize("frequency", FREQUENCIES)
def test_it_covers_every_day_of_the_years_once(frequency):
    intervals = Interval.between(frequency, 2013, 2016)
    assert len(intervals) == 4 * FREQUENCIES[frequency]
    assert (intervals[0].starts, intervals[-1].ends) == (D(2013, 1, 1), D(2016, 12, 31))
    for before, after in zip(intervals, intervals[1:], strict=False):
        assert after.starts - before.ends == datetime.timedelta(days=1)
        assert (before.next, after.previous) == (after, before)
    assert intervals == sorted(intervals)


@pytest.mark.parametrize("frequency", FREQUENCIES)
def test_it_crosses_the_new_year(frequency):
    last = Interval(frequency, 2013, FREQUENCIES[frequency])
    assert last.next == Interval(frequency, 2014, 1)
    assert Interval(frequency, 2014, 1).previous == last


@pytest.mark.parametrize("frequency", FREQUENCIES)
def test_it_knows_the_last_of_a_year(frequency):
    lasts = [interval.number for interval in Interval.between(frequency, 2013, 2013) if interval.is_last_of_its_year]
    assert lasts == [FREQUENCIES[frequency]]


@pytest.mark.parametrize("frequency", FREQUENCIES)
def test_it_reads_the_code_that_it_writes(frequency):
    for interval in Interval.between(frequency, 2013, 2014):
        assert Interval.parse(interval.code) == interval


def test_it_gives_decree_631_twelve_half_years():
    codes = [interval.code for interval in Interval.between("half_year", 2013, 2018)]
    assert codes == [f"{year}-H{half}" for year in range(2013, 2019) for half in (1, 2)]


@pytest.mark.parametrize(
    "code",
    ["", "2013", "2013-H", "2013-H0", "2013-H3", "2013-Q5", "2013-M13", "2013-Y2", "2013-h1", "13-H1", "2013-H1 ",
     "2013-H1\n", "2013H1", "2013-X1", "2013-H-1", "20130-H1", "2013-H001", "0000-H1"],
)  # fmt: skip
def test_it_refuses_what_is_no_code(code):
    with pytest.raises(ValueError):
        Interval.parse(code).starts.isoformat()


def test_it_has_one_code_only():
    """Or one page would have two addresses."""
    with pytest.raises(ValueError):
        Interval.parse("2013-H01")
    with pytest.raises(ValueError):
        Interval.parse("٢٠١٣-H1")  # Arabic digits


@pytest.mark.parametrize(
    ("frequency", "number"), [("half_year", 0), ("half_year", 3), ("quarter", 5), ("month", 13), ("year", 2)]
)
def test_it_refuses_a_number_that_no_year_has(frequency, number):
    with pytest.raises(ValueError):
        Interval(frequency, 2013, number)


def test_it_is_a_value():
    assert {Interval("half_year", 2013, 1), Interval("half_year", 2013, 1)} == {Interval.parse("2013-H1")}
    with pytest.raises(AttributeError):
        Interval("half_year", 2013, 1).year = 2014
