"""A recurring measure is reported every half-year within its years, and asks for the occurrences that fall in it."""

import datetime

import pytest

from conftest import entry_of, submission_of, text_of
from reporting.models import ProgressEntry, ReportingPeriod
from roadmap.models import Measure

pytestmark = pytest.mark.usefixtures("in_english")
DECEMBER = [{"starts_on": None, "ends_on": "2018-12-31"}]


def make_recurring(recurrence, periods=(), **values):
    Measure.objects.filter(number="2").update(
        recurrence=recurrence,
        deadline_periods=list(periods),
        starts_on=None,
        ends_on=periods[-1]["ends_on"] if periods else None,
        **values,
    )
    return Measure.objects.get(number="2")


def days(*texts):
    return [datetime.date.fromisoformat(text) for text in texts]


@pytest.mark.parametrize(
    ("recurrence", "periods", "first_half", "second_half"),
    [
        ("yearly", DECEMBER, [], days("2013-12-31")),
        ("yearly", [{"starts_on": None, "ends_on": "2018-06-01"}], days("2013-06-01"), []),
        ("half-yearly", [], days("2013-06-30"), days("2013-12-31")),
        ("quarterly", [], days("2013-03-31", "2013-06-30"), days("2013-09-30", "2013-12-31")),
        ("permanent", [], [], []),
        ("yearly", [{"starts_on": "2014-01-01", "ends_on": "2018-12-31"}], [], []),
    ],
)
def test_it_falls_due_on_these_days(roadmap, recurrence, periods, first_half, second_half):
    measure = make_recurring(recurrence, periods)
    assert measure.due_days(*days("2013-01-01", "2013-06-30")) == first_half
    assert measure.due_days(*days("2013-07-01", "2013-12-31")) == second_half


def test_a_month_names_six_days_in_a_half_year(roadmap):
    assert len(make_recurring("monthly").due_days(*days("2013-07-01", "2013-12-31"))) == 6


def test_the_executors_pages_say_what_falls_due(sign_in, officer, period):
    make_recurring("quarterly")
    submission = submission_of("natr", period)
    client = sign_in(officer)
    address = f"/roadmaps/decree-631/submissions/{submission.pk}/"
    for page in (address, f"{address}measures/2/"):
        assert "Falls due in this half-year" in text_of(client.get(page))
        assert "30 June 2013" in text_of(client.get(page))
    make_recurring("permanent")
    assert "permanently" in text_of(client.get(f"{address}measures/2/"))
    make_recurring("")
    assert "Falls due" not in text_of(client.get(address))


def test_an_occurrence_that_was_missed_may_be_reported_as_not_done(period, on_day):
    make_recurring("yearly", [{"starts_on": None, "ends_on": "2018-06-01"}])
    entry = entry_of(submission_of("natr", period), 2)
    ProgressEntry.objects.filter(pk=entry.pk).update(status="not_done", percent=10, reason="Қаржы бөлінбеді.")
    entry.refresh_from_db()
    assert entry.faults(period, on=datetime.date(2013, 7, 3)) == []
    make_recurring("yearly", DECEMBER)
    entry = entry_of(submission_of("natr", period), 2)
    assert [fault.field for fault in entry.faults(period, on=datetime.date(2013, 7, 3))] == ["status"]


def test_it_is_reported_in_every_half_year(period, roadmap):
    make_recurring("yearly", DECEMBER)
    for year, number in ((2013, 2), (2014, 1), (2016, 1), (2018, 2)):
        later = ReportingPeriod.objects.get(roadmap=roadmap, year=year, number=number)
        assert later.duty(later.opens_on).filter(measure__number="2").exists()
