"""A calendar that changes while a summary is approved: nobody approves terms that were not seen."""

import datetime

import pytest

from conftest import moment, send_all, write_up
from reporting import approval, checks, rollup
from reporting.errors import Conflict
from reporting.models import ReportingPeriod, Submission
from reporting.tasks import open_executor_windows, open_ministry_windows
from roadmap import calendar_changes
from roadmap.models import CalendarDay

SUNDAY = "2014-01-05"  # the decree's day: counts until Monday


@pytest.fixture
def handed_over(roadmap, people, on_day):
    """H2 2013, sent by all on Monday, in time."""
    on_day("2014-01-18")
    open_executor_windows("2013-12-21")
    open_ministry_windows("2014-01-06")
    period = ReportingPeriod.objects.get(year=2013, number=2)
    send_all(period, at="2014-01-06 11:00")
    summary = rollup.refresh(period, at=moment("2014-01-18 10:00"))
    write_up(summary, by=people["ministry"])
    summary.hand_over(by=people["ministry"], at=moment("2014-01-18 11:00"))
    period.refresh_from_db()
    return summary, period.revision


def sunday_is_worked():
    CalendarDay.objects.update_or_create(day=SUNDAY, defaults={"is_working": True, "basis_kk": "Қаулы"})
    calendar_changes.tell()


def approve_seen(summary, head, revision):
    at = moment("2014-01-18 12:00")
    approval.approve(summary, by=head, at=at, revision=revision, acknowledged=checks.ALL)


def test_who_saw_other_terms_looks_again(handed_over, people):
    summary, seen = handed_over
    sunday_is_worked()
    assert all(each.is_late_on(datetime.date(2014, 1, 18)) for each in Submission.objects.all())
    with pytest.raises(Conflict):
        approve_seen(summary, people["head"], seen)
    summary.period.refresh_from_db()
    approve_seen(summary, people["head"], summary.period.revision)


def test_a_change_between_freezing_and_locking_is_not_approved_over(handed_over, people, monkeypatch):
    summary, seen = handed_over
    frozen = approval.frozen_documents

    def and_then_it_changes(*args, **kwargs):
        documents = frozen(*args, **kwargs)
        sunday_is_worked()
        return documents

    monkeypatch.setattr(approval, "frozen_documents", and_then_it_changes)
    with pytest.raises(Conflict):
        approve_seen(summary, people["head"], seen)
    summary.refresh_from_db()
    assert (summary.frozen, summary.is_approved) == (None, False)
