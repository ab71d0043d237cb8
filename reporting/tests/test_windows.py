"""The two windows of a half-year: when they open, for whom, and what may not happen however the tasks are run."""

import datetime
import os
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import Error, connection

from conftest import approve, at_once, entry_of, fill, moment, send, send_all, submission_of
from reporting.errors import Refused
from reporting.models import Evidence, OffControl, PeriodChange, ProgressEntry, ReportingPeriod, Submission
from reporting.tasks import open_executor_windows, open_ministry_windows
from roadmap.celery import app, ask_what_should_be_open
from roadmap.models import Assignment, Executor, Measure, Roadmap

pytestmark = pytest.mark.django_db

D = datetime.date

# The decree's dates, points 2.2 and 3, written out: opening, executors' and ministry's due dates.
DATES = {
    (2013, 1): (D(2013, 6, 20), D(2013, 7, 5), D(2013, 7, 20)),
    (2013, 2): (D(2013, 12, 21), D(2014, 1, 5), D(2014, 1, 20)),
    (2014, 1): (D(2014, 6, 20), D(2014, 7, 5), D(2014, 7, 20)),
    (2014, 2): (D(2014, 12, 21), D(2015, 1, 5), D(2015, 1, 20)),
    (2015, 1): (D(2015, 6, 20), D(2015, 7, 5), D(2015, 7, 20)),
    (2015, 2): (D(2015, 12, 21), D(2016, 1, 5), D(2016, 1, 20)),
    (2016, 1): (D(2016, 6, 20), D(2016, 7, 5), D(2016, 7, 20)),
    (2016, 2): (D(2016, 12, 21), D(2017, 1, 5), D(2017, 1, 20)),
    (2017, 1): (D(2017, 6, 20), D(2017, 7, 5), D(2017, 7, 20)),
    (2017, 2): (D(2017, 12, 21), D(2018, 1, 5), D(2018, 1, 20)),
    (2018, 1): (D(2018, 6, 20), D(2018, 7, 5), D(2018, 7, 20)),
    (2018, 2): (D(2018, 12, 21), D(2019, 1, 5), D(2019, 1, 20)),
}
# Submissions and entries of each half-year: with nothing off control, and with everything approved as done in time.
NOTHING_OFF_CONTROL = {key: (9, 48) if key[0] == 2013 else (9, 52) for key in DATES}
ALL_DONE_IN_TIME = {
    (2013, 1): (9, 48), (2013, 2): (9, 48),
    (2014, 1): (8, 22), (2014, 2): (8, 22),
    (2015, 1): (6, 14), (2015, 2): (6, 14),
    (2016, 1): (5, 10), (2016, 2): (5, 9),
    (2017, 1): (5, 9), (2017, 2): (5, 9),
    (2018, 1): (5, 9), (2018, 2): (5, 9),
}  # fmt: skip
# The half-year in which the decree's deadline of each measure falls.
DEADLINE_IN = {
    (2013, 2): (1, 2, 3, 4, 5, 6, 7, 8, 9, 15),
    (2014, 2): (10, 17, 18),
    (2015, 2): (14, 19),
    (2016, 1): (20,),
    (2018, 2): (11, 12, 13, 16),
}


def counted(year, number):
    submissions = Submission.objects.filter(period__year=year, period__number=number)
    return submissions.expected().count(), ProgressEntry.objects.filter(submission__in=submissions).count()


def entries_by_executor(period):
    return {
        submission.executor.code: {entry.measure.number for entry in submission.entries.select_related("measure")}
        for submission in period.submissions.select_related("executor")
    }


def code(key):
    return f"decree-631 {key[0]}-H{key[1]}"


def every_row():
    return [
        list(ReportingPeriod.objects.order_by("pk").values()),
        list(Submission.objects.order_by("pk").values()),
        list(ProgressEntry.objects.order_by("pk").values()),
    ]


def take_off_control(numbers, *, decided_on, by):
    for number in numbers:
        OffControl.objects.create(
            measure=Measure.objects.get(number=number), ground=OffControl.Ground.DONE, decided_on=decided_on, by=by
        )


# The periods


def test_it_makes_twelve_periods_with_the_decrees_dates_by_the_task_alone(roadmap):
    open_executor_windows("2013-06-19")
    made = {
        (period.year, period.number): (period.opens_on, period.executors_due_on, period.ministry_due_on)
        for period in ReportingPeriod.objects.all()
    }
    assert made == DATES


def test_it_makes_the_periods_once(roadmap):
    open_executor_windows("2013-06-19")
    before = every_row()
    open_executor_windows("2013-06-19")
    assert every_row() == before


def test_it_leaves_dates_that_somebody_moved(roadmap):
    open_executor_windows("2013-06-19")
    ReportingPeriod.objects.filter(year=2014, number=1).update(opens_on="2014-06-10")
    assert open_executor_windows("2014-06-10") == ["decree-631 2014-H1"]


# The executors' window


@pytest.mark.parametrize("key", DATES, ids=code)
def test_it_opens_the_executors_window_on_its_day_and_not_the_day_before(roadmap, key):
    opens_on = DATES[key][0]
    assert open_executor_windows((opens_on - datetime.timedelta(days=1)).isoformat()) == []
    assert open_executor_windows(opens_on.isoformat()) == [code(key)]
    assert set(Submission.objects.values_list("period__year", "period__number")) == {key}


def test_it_opens_the_executors_window_once_however_often(roadmap):
    assert open_executor_windows("2013-06-20") == ["decree-631 2013-H1"]
    before = every_row()
    for day in ("2013-06-20", "2013-06-21", "2013-07-05"):
        assert open_executor_windows(day) == []
    assert every_row() == before
    assert open_executor_windows("2013-07-21") == []


@pytest.mark.parametrize(
    ("day", "opened"),
    [
        ("2013-06-25", ["decree-631 2013-H1"]),
        ("2013-07-05", ["decree-631 2013-H1"]),
        ("2013-07-06", ["decree-631 2013-H1"]),
        ("2013-07-20", ["decree-631 2013-H1"]),
        ("2013-07-21", []),
        ("2013-12-20", []),
        ("2014-01-20", ["decree-631 2013-H2"]),
        ("2014-01-21", []),
    ],
)
def test_it_makes_up_for_days_that_nobody_ran_until_the_ministry_is_due(roadmap, day, opened):
    assert open_executor_windows(day) == opened


def test_it_opens_nothing_of_2013_when_installed_in_2026(roadmap):
    assert open_executor_windows("2026-03-02") == []
    assert open_ministry_windows("2026-03-02") == []
    assert ReportingPeriod.objects.count() == 12
    assert not Submission.objects.exists()
    assert not ReportingPeriod.objects.opened().exists()


def test_it_takes_the_day_from_the_clock_where_none_is_given(roadmap, on_day):
    on_day("2013-12-20")
    assert open_executor_windows() == []
    on_day("2013-12-21")
    assert open_executor_windows() == ["decree-631 2013-H2"]
    on_day("2014-01-05")
    assert open_ministry_windows() == []
    on_day("2014-01-06")
    assert open_ministry_windows() == ["decree-631 2013-H2"]


def test_it_gives_each_submission_the_executors_due_date_as_a_draft(period):
    assert set(period.submissions.values_list("due_on", "status")) == {(D(2013, 7, 5), "draft")}


# The ministry's window


@pytest.mark.parametrize("key", DATES, ids=code)
def test_it_opens_the_ministrys_window_the_day_after_the_executors_were_due(roadmap, key):
    opens_on, due_on, _ministry_due_on = DATES[key]
    open_executor_windows(opens_on.isoformat())
    assert open_ministry_windows(due_on.isoformat()) == []
    next_day = (due_on + datetime.timedelta(days=1)).isoformat()
    assert open_ministry_windows(next_day) == [code(key)]
    assert open_ministry_windows(next_day) == []


def test_it_opens_no_ministrys_window_where_the_executors_was_never_opened(roadmap):
    open_executor_windows("2013-06-19")
    assert open_ministry_windows("2013-07-06") == []


def test_it_opens_the_ministrys_window_after_years_of_downtime(period):
    assert open_ministry_windows("2026-03-02") == ["decree-631 2013-H1"]


# Missed, and opened by hand


@pytest.mark.parametrize(("day", "missed"), [(D(2013, 7, 20), False), (D(2013, 7, 21), True)])
def test_it_derives_that_a_period_was_missed(roadmap, day, missed):
    open_executor_windows("2013-06-19")
    first = ReportingPeriod.objects.get(year=2013, number=1)
    assert first.is_missed_on(day) is missed
    assert ReportingPeriod.objects.missed_on(day).filter(pk=first.pk).exists() is missed


def test_it_never_calls_an_opened_period_missed(period):
    assert not period.is_missed_on(D(2026, 1, 1))
    assert period not in ReportingPeriod.objects.missed_on(D(2026, 1, 1))


BY_HAND = {"executors_due_on": D(2014, 3, 14), "ministry_due_on": D(2014, 3, 28), "reason": "Жүйе кеш орнатылды."}


@pytest.fixture
def missed(roadmap):
    """H1 and H2 2013, both missed on 3 March 2014."""
    open_executor_windows("2014-03-03")
    return list(ReportingPeriod.objects.filter(year=2013).order_by("number"))


def open_by_hand(period, ministry, *, at="2014-03-03 10:00", **changes):
    period.open_by_hand(by=ministry, at=moment(at), **BY_HAND | changes)


def test_it_is_opened_by_hand_with_dates_of_its_own(missed, ministry):
    first, _second = missed
    open_by_hand(first, ministry)
    first.refresh_from_db()
    assert (first.opens_on, first.executors_due_on, first.ministry_due_on) == (
        D(2014, 3, 3), D(2014, 3, 14), D(2014, 3, 28),
    )  # fmt: skip
    assert first.executors_opened_at == moment("2014-03-03 10:00")
    assert set(first.submissions.values_list("due_on", flat=True)) == {D(2014, 3, 14)}
    assert counted(2013, 1) == (9, 48)
    assert open_ministry_windows("2014-03-14") == []
    assert open_ministry_windows("2014-03-15") == ["decree-631 2013-H1"]


def test_it_keeps_who_opened_by_hand_and_why(missed, ministry):
    open_by_hand(missed[0], ministry)
    kept = PeriodChange.objects.order_by("field").values_list("field", "before", "after", "reason", "by")
    reason = BY_HAND["reason"]
    assert list(kept) == [
        ("executors_due_on", D(2013, 7, 5), D(2014, 3, 14), reason, ministry.pk),
        ("ministry_due_on", D(2013, 7, 20), D(2014, 3, 28), reason, ministry.pk),
        ("opens_on", D(2013, 6, 20), D(2014, 3, 3), reason, ministry.pk),
    ]


def test_it_is_opened_by_hand_oldest_first(missed, ministry):
    first, second = missed
    with pytest.raises(Refused):
        open_by_hand(second, ministry)
    assert counted(2013, 2) == (0, 0)
    open_by_hand(first, ministry)
    open_by_hand(second, ministry)
    assert counted(2013, 2) == (9, 48)


@pytest.mark.parametrize(
    "changes",
    [
        {"reason": ""},
        {"reason": "  \n"},
        {"executors_due_on": D(2014, 3, 2)},
        {"executors_due_on": D(2014, 3, 28)},
        {"ministry_due_on": D(2014, 3, 13)},
    ],
    ids=["no reason", "blank reason", "due in the past", "both due on a day", "the ministry before the executors"],
)
def test_it_is_not_opened_by_hand_without_a_reason_or_with_dates_out_of_order(missed, ministry, changes):
    before = every_row()
    with pytest.raises(Refused):
        open_by_hand(missed[0], ministry, **changes)
    assert every_row() == before
    assert not PeriodChange.objects.exists()


def test_it_is_not_opened_by_hand_before_it_is_missed(roadmap, ministry):
    open_executor_windows("2013-06-19")
    with pytest.raises(Refused):
        open_by_hand(ReportingPeriod.objects.get(year=2013, number=1), ministry, at="2013-07-20 10:00")


def test_it_is_not_opened_by_hand_a_second_time_from_a_stale_page(missed, ministry):
    stale = ReportingPeriod.objects.get(pk=missed[0].pk)
    open_by_hand(missed[0], ministry)
    before = every_row()
    with pytest.raises(Refused):
        open_by_hand(stale, ministry, executors_due_on=D(2014, 3, 20))
    assert every_row() == before
    assert PeriodChange.objects.count() == 3


# The duty


def test_it_asks_each_executor_for_its_own_measures(period):
    assert {executor: len(numbers) for executor, numbers in entries_by_executor(period).items()} == {
        "mint": 7, "natr": 18, "mgmt": 15, "wg": 3, "kaznex": 1, "almaty": 1, "zerde": 1, "kazakhtelecom": 1, "king": 1,
    }  # fmt: skip


def test_it_asks_for_measures_11_and_16_only_from_2014(roadmap):
    asked = {}
    for key, (opens_on, _due_on, _ministry_due_on) in list(DATES.items())[:3]:
        open_executor_windows(opens_on.isoformat())
        entries = ProgressEntry.objects.filter(submission__period__year=key[0], submission__period__number=key[1])
        asked[key] = set(entries.values_list("measure__number", flat=True)) & {"11", "16"}
    assert asked == {(2013, 1): set(), (2013, 2): set(), (2014, 1): {"11", "16"}}


def test_it_asks_for_money_at_measure_14_alone(period):
    funded = set(ProgressEntry.objects.exclude(expenditures=None).values_list("measure__number", flat=True))
    assert funded == {"14"}


def test_it_asks_for_every_measure_to_the_end_where_nothing_goes_off_control(roadmap):
    for opens_on, _due_on, _ministry_due_on in DATES.values():
        open_executor_windows(opens_on.isoformat())
    assert {key: counted(*key) for key in DATES} == NOTHING_OFF_CONTROL


def test_it_asks_for_less_and_less_where_measures_go_off_control_in_time(roadmap, head):
    for key, (opens_on, _due_on, ministry_due_on) in DATES.items():
        open_executor_windows(opens_on.isoformat())
        take_off_control(DEADLINE_IN.get(key, ()), decided_on=ministry_due_on, by=head)
    assert {key: counted(*key) for key in DATES} == ALL_DONE_IN_TIME


def test_it_asks_for_less_after_real_approvals(roadmap, head, ministry):
    open_executor_windows("2013-12-21")
    open_ministry_windows("2014-01-06")
    period = ReportingPeriod.objects.get(year=2013, number=2)
    done = {f"m{number}": "done" for number in DEADLINE_IN[2013, 2]}
    send_all(period, at="2014-01-03 15:00", **done)
    approve(period, head=head, ministry=ministry, at="2014-01-18 12:00")
    open_executor_windows("2014-06-20")
    assert counted(2014, 1) == ALL_DONE_IN_TIME[2014, 1]
    assert "wg" not in entries_by_executor(ReportingPeriod.objects.get(year=2014, number=1))


def test_it_asks_again_for_a_measure_whose_taking_off_was_revoked(roadmap, head):
    take_off_control([12], decided_on=D(2013, 7, 10), by=head)
    OffControl.objects.update(revoked_on=D(2013, 12, 20))
    open_executor_windows("2013-12-21")
    assert counted(2013, 2) == (9, 48)


@pytest.mark.parametrize("decided_on", [D(2013, 6, 20), D(2013, 6, 25)], ids=["on the opening day", "days later"])
def test_it_leaves_an_open_window_as_it_is_when_a_measure_goes_off_control(period, head, decided_on):
    take_off_control([1, 12], decided_on=decided_on, by=head)
    open_executor_windows("2013-06-26")
    assert counted(2013, 1) == (9, 48)


# Assignments that change while the window is open


def assign(executor, number):
    measure = Measure.objects.get(number=number)
    position = measure.assignments.count() + 1
    return Assignment.objects.create(
        measure=measure, position=position, executor=Executor.objects.get(code=executor), by_agreement=True
    )


def returned(submission, ministry):
    submission.return_for_rework(
        by=ministry, at=moment("2013-07-04 09:00"), revision=submission.revision, comment="Толықтырыңыз.",
        resubmit_by=D(2013, 7, 8),
    )  # fmt: skip


def accepted(submission, ministry):
    submission.accept(by=ministry, at=moment("2013-07-04 09:00"), revision=submission.revision)


def test_it_adds_an_entry_for_a_new_assignment_to_a_draft(period):
    fill(submission_of("zerde", period))
    assign("zerde", 14)
    open_executor_windows("2013-06-21")
    assert entries_by_executor(period)["zerde"] == {"14", "15"}
    assert entry_of(submission_of("zerde", period), 14).expenditures.count() == 1
    assert entry_of(submission_of("zerde", period), 15).narrative == "Жұмыс жүргізілуде."


def test_it_adds_an_entry_for_a_new_assignment_to_a_returned_submission(period, ministry):
    returned(send(submission_of("zerde", period)), ministry)
    assign("zerde", 14)
    open_executor_windows("2013-07-05")
    assert entries_by_executor(period)["zerde"] == {"14", "15"}


@pytest.mark.parametrize("review", [None, accepted], ids=["sent", "accepted"])
def test_it_adds_no_entry_to_what_was_sent(period, ministry, review):
    submission = send(submission_of("zerde", period))
    if review:
        review(submission, ministry)
    assign("zerde", 14)
    open_executor_windows("2013-07-05")
    assert entries_by_executor(period)["zerde"] == {"15"}


def test_it_adds_the_entry_once_a_sent_submission_is_returned(period, ministry):
    submission = send(submission_of("zerde", period))
    assign("zerde", 14)
    open_executor_windows("2013-07-04")
    returned(submission, ministry)
    open_executor_windows("2013-07-05")
    assert entries_by_executor(period)["zerde"] == {"14", "15"}


def test_it_adds_a_submission_for_an_executor_named_after_the_opening(period):
    newcomer = Executor.objects.create(code="nu", short_name_kk="НУ", full_name_kk="Назарбаев Университеті")
    assign("nu", 10)
    open_executor_windows("2013-06-21")
    assert Submission.objects.get(executor=newcomer).due_on == D(2013, 7, 5)
    assert counted(2013, 1) == (10, 49)


def test_it_adds_nothing_to_an_approved_period(review_period, head, ministry):
    approve(review_period, head=head, ministry=ministry)
    before = every_row()
    assign("zerde", 14)
    open_executor_windows("2013-07-20")
    assert every_row() == before


def unassign(executor, number):
    Assignment.objects.filter(executor__code=executor, measure__number=number).delete()


def test_it_takes_away_an_empty_entry_whose_assignment_is_gone(period):
    unassign("mint", 11)
    unassign("mint", 8)
    open_executor_windows("2013-06-21")
    assert entries_by_executor(period)["mint"] == {"1", "3", "4", "5", "6", "7"}


def test_it_expects_nothing_of_an_executor_without_measures(period):
    unassign("king", 18)
    open_executor_windows("2013-06-21")
    assert counted(2013, 1) == (8, 47)


HELD = {
    "status": {"status": "in_progress"},
    "zero percent": {"percent": 0},
    "narrative": {"narrative": "Мәтін"},
    "obstacles": {"obstacles": "Мәтін"},
    "reason": {"reason": "Мәтін"},
    "document name": {"document_name": "Хат"},
    "document number": {"document_number": "1"},
    "document date": {"document_date": D(2013, 6, 1)},
    "whole measure": {"is_whole_measure": True},
    "impossible": {"is_impossible": True},
}


@pytest.mark.parametrize("values", HELD.values(), ids=HELD)
def test_it_keeps_an_entry_that_holds_anything_when_its_assignment_is_gone(period, officer, values):
    entry = entry_of(submission_of("natr", period), 14)
    entry.save_draft(by=officer, at=moment("2013-06-21 10:00"), revision=0, values=values, money={})
    unassign("natr", 14)
    open_executor_windows("2013-06-22")
    assert ProgressEntry.objects.filter(pk=entry.pk, **values).exists()


def test_it_keeps_an_entry_that_holds_money_alone(period, officer):
    entry = entry_of(submission_of("natr", period), 14)
    money = {"republican": {"planned": 0, "spent": None, "reason": ""}}
    entry.save_draft(by=officer, at=moment("2013-06-21 10:00"), revision=0, values={"narrative": ""}, money=money)
    unassign("natr", 14)
    open_executor_windows("2013-06-22")
    assert entry.expenditures.get().planned == 0


def test_it_keeps_an_entry_that_holds_a_file_alone(period, officer):
    entry = entry_of(submission_of("natr", period), 14)
    upload = SimpleUploadedFile("хат.pdf", b"%PDF-1.4")
    Evidence.objects.attach(entry, upload, content_type="application/pdf", by=officer, at=moment("2013-06-21 10:00"))
    unassign("natr", 14)
    open_executor_windows("2013-06-22")
    assert entry.evidence.count() == 1


def test_it_leaves_a_submissions_revision_alone_when_there_is_nothing_to_do(period, officer):
    """Or every open form would be in conflict after midnight."""
    entry = entry_of(submission_of("natr", period), 14)
    for revision, text in enumerate(["Мәтін", ""]):
        at = moment("2013-06-21 10:00")
        entry.save_draft(by=officer, at=at, revision=revision, values={"narrative": text}, money={})
    unassign("natr", 14)
    open_executor_windows("2013-06-22")
    before = submission_of("natr", period).revision
    open_executor_windows("2013-06-23")
    assert submission_of("natr", period).revision == before


# Killed, simultaneous, failing

# A worker that is killed before its n-th statement with these words.
KILLED_WORKER = """
import os, signal, sys
import django
django.setup()
from django.db import connection
from reporting.tasks import open_executor_windows

words, left = sys.argv[1], int(sys.argv[2])

def killed(execute, sql, params, many, context):
    global left
    if words in sql:
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
    return execute(sql, params, many, context)

with connection.execute_wrapper(killed):
    open_executor_windows("2013-06-20")
"""


def database_url():
    """The address of the tests' own database, for another process."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    return "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database)


def run_killed_worker(words, nth, folder):
    environment = {name: value for name, value in os.environ.items() if name not in ("REDIS_URL", "ROADMAP_TODAY")}
    environment |= {
        "DATABASE_URL": database_url(),
        "DEBUG": "true",
        "DJANGO_SETTINGS_MODULE": "roadmap.settings",
        "ROADMAP_VAR": str(folder),
    }
    command = [sys.executable, "-c", KILLED_WORKER, words, str(nth)]
    return subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True).returncode


@pytest.mark.parametrize(
    ("words", "nth"),
    [
        ('INTO "reporting_submission"', 1),
        ('INTO "reporting_progressentry"', 1),
        ('INTO "reporting_progressentry"', 5),
        ('INTO "reporting_expenditure"', 1),
    ],
    ids=["before the submissions", "before the entries", "among the entries", "before the money"],
)
def test_it_opens_whole_after_a_worker_was_killed_in_the_middle(transactional_db, roadmap, tmp_path, words, nth):
    assert run_killed_worker(words, nth, tmp_path) == -signal.SIGKILL
    assert ReportingPeriod.objects.count() == 12
    assert not ReportingPeriod.objects.opened().exists()
    assert not Submission.objects.exists()
    assert open_executor_windows("2013-06-20") == ["decree-631 2013-H1"]
    assert counted(2013, 1) == (9, 48)


def test_it_opens_once_by_four_workers_at_once(threads, roadmap):
    for day in ("2013-06-20", "2013-12-21", "2014-06-20"):
        opened = at_once(*[lambda day=day: open_executor_windows(day)] * 4)
        assert sorted(map(len, opened)) == [0, 0, 0, 1], opened
    assert [counted(*key) for key in list(DATES)[:3]] == [(9, 48), (9, 48), (9, 52)]


def test_it_opens_the_ministrys_window_once_by_four_workers_at_once(threads, roadmap):
    open_executor_windows("2013-06-20")
    opened = at_once(*[lambda: open_ministry_windows("2013-07-06")] * 4)
    assert sorted(map(len, opened)) == [0, 0, 0, 1], opened


@pytest.fixture
def second_roadmap(roadmap):
    """Another act of another ministry; its executor is named nowhere else."""
    ministry = Executor.objects.create(code="moh", short_name_kk="ДСМ", full_name_kk="Денсаулық сақтау министрлігі")
    second = Roadmap.objects.create(
        slug="a-first", act_kk="Қаулы", number="1", date="2013-06-01", title_kk="Жол картасы", first_year=2013,
        last_year=2013, coordinator=ministry,
    )  # fmt: skip
    measure = Measure.objects.create(roadmap=second, position=1, number="1", title_kk="Іс-шара")
    Assignment.objects.create(measure=measure, position=1, executor=ministry)
    return second


def test_it_opens_the_windows_of_every_roadmap(second_roadmap):
    assert set(open_executor_windows("2013-06-20")) == {"decree-631 2013-H1", "a-first 2013-H1"}
    assert Submission.objects.filter(period__roadmap=second_roadmap).count() == 1
    assert set(open_ministry_windows("2013-07-06")) == {"decree-631 2013-H1", "a-first 2013-H1"}


def test_it_opens_for_bodies_of_the_same_short_name(second_roadmap):
    """«жұмыс тобы» may be two bodies."""
    other = Executor.objects.create(code="moh-2", short_name_kk="ДСМ", full_name_kk="Басқа орган")
    for position in (2, 3):
        measure = Measure.objects.create(
            roadmap=second_roadmap, position=position, number=str(position), title_kk="Іс-шара"
        )
        for place, executor in enumerate((second_roadmap.coordinator, other), start=1):
            Assignment.objects.create(measure=measure, position=place, executor=executor)
    open_executor_windows("2013-06-20")
    period = ReportingPeriod.objects.get(roadmap=second_roadmap, number=1)
    assert entries_by_executor(period) == {"moh": {"1", "2", "3"}, "moh-2": {"2", "3"}}


@contextmanager
def refusing_submissions_of(executor):
    """The database itself refuses every submission of one executor."""
    if connection.vendor == "sqlite":
        make = [
            "CREATE TRIGGER refuse BEFORE INSERT ON reporting_submission "
            f"WHEN NEW.executor_id = {executor.pk} BEGIN SELECT RAISE(ABORT, 'broken'); END"
        ]
        drop = ["DROP TRIGGER refuse"]
    else:
        make = [
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$",
            f"CREATE TRIGGER refuse BEFORE INSERT ON reporting_submission FOR EACH ROW "
            f"WHEN (NEW.executor_id = {executor.pk}) EXECUTE FUNCTION refuse()",
        ]
        drop = ["DROP TRIGGER refuse ON reporting_submission", "DROP FUNCTION refuse()"]
    with connection.cursor() as cursor:
        for statement in make:
            cursor.execute(statement)
        yield
        for statement in drop:
            cursor.execute(statement)


def test_it_opens_the_other_windows_when_one_fails_and_says_so(second_roadmap):
    open_executor_windows("2013-06-19")
    with refusing_submissions_of(second_roadmap.coordinator):
        with pytest.raises(ExceptionGroup) as raised:
            open_executor_windows("2013-06-20")
        assert [isinstance(error, Error) for error in raised.value.exceptions] == [True]
        assert counted(2013, 1) == (9, 48)
        assert not ReportingPeriod.objects.opened().filter(roadmap=second_roadmap).exists()
    assert open_executor_windows("2013-06-20") == ["a-first 2013-H1"]


def test_it_opens_the_other_windows_when_a_roadmaps_periods_cannot_be_made(second_roadmap):
    Roadmap.objects.filter(pk=second_roadmap.pk).update(last_year=9999)  # its last half-year ends after the calendar
    with pytest.raises(ExceptionGroup, match="not everything could be opened"):
        open_executor_windows("2013-06-20")
    assert counted(2013, 1) == (9, 48)


# Celery


@pytest.mark.parametrize(
    ("name", "hour", "minute"),
    [("reporting.tasks.open_executor_windows", 0, 1), ("reporting.tasks.open_ministry_windows", 0, 2)],
)
def test_it_is_run_by_beat_just_after_midnight_in_almaty(name, hour, minute):
    app.loader.import_default_modules()
    (entry,) = [entry for entry in app.conf.beat_schedule.values() if entry["task"] == name]
    assert name in app.tasks
    assert (entry["schedule"].hour, entry["schedule"].minute) == ({hour}, {minute})
    assert app.conf.timezone == "Asia/Almaty"


def test_it_is_run_when_a_worker_or_beat_starts():
    """What acts change comes first; the windows follow, the ministry's after the executors', whatever becomes of it."""
    with app.connection_for_write() as broker, broker.SimpleQueue("celery") as queue:
        queue.clear()
        ask_what_should_be_open()
        message = queue.get(timeout=5)
        message.ack()
    _arguments, _names, follows = message.payload
    assert message.headers["task"] == "reporting.tasks.apply_acts"
    for after in ("callbacks", "errbacks"):
        (second,) = follows[after]
        assert second["task"] == "reporting.tasks.open_executor_windows"
        (third,) = second["options"]["link" if after == "callbacks" else "link_error"]
        assert third["task"] == "reporting.tasks.open_ministry_windows"
