"""19 June 2013 to 31 January 2019, lived through: windows, reports, summaries and letters as decree 631 has them."""

import datetime
import os
import random
import re
import signal
import time
from collections import Counter

import pytest
from django.conf import settings
from django.core import mail
from django.db import connections

from reporting.models import FileOrder, Notice, OffControl, ReportingPeriod, Submission, Summary, SummaryFile
from reporting.tasks import make_summary_files, open_executor_windows, open_ministry_windows
from roadmap import clock
from roadmap.models import Roadmap

from .second_roadmap import SLUG, make_second_roadmap
from .simulated_mail import expected_mail
from .simulation import DAY, HALVES, HOUR, Plan, World, at, disturbed, moments


def assert_windows(world):
    """Every window was opened once, on its day, or on the first one after it on which anything ran."""
    periods = ReportingPeriod.objects.filter(executors_opened_at__isnull=False)
    found = {
        period.code: [clock.day_of(period.executors_opened_at), clock.day_of(period.ministry_opened_at)]
        for period in periods.select_related("roadmap")
    }
    ran = [tick.date() for tick in world.ticks]
    assert found == {
        half.code: [next(day for day in ran if day >= wanted) for wanted in (half.opens, half.ministry_opens)]
        for half in world.plan.halves
    }


def assert_reports(plan):
    """Who had the duty was asked for what it had; everything that was sent is there, and late what was late."""
    halves = {(half.year, half.number): half for half in plan.halves}
    submissions = Submission.objects.select_related("period", "executor").prefetch_related("entries__measure")
    found = {(halves[s.period.year, s.period.number], s.executor.code): s for s in submissions}
    assert {key: one.status for key, one in found.items()} == plan.states
    asked = {half: {} for half in plan.halves}
    for (half, executor), one in found.items():
        asked[half][executor] = {entry.measure.number for entry in one.entries.all()}
    assert asked == plan.duty
    late = {key for key, one in found.items() if one.first_submitted_at and one.is_late_on(datetime.date(2019, 1, 31))}
    assert late == {key for key, habit in plan.habits.items() if habit == "late"}
    assert set(OffControl.objects.values_list("measure__number", flat=True)) == set(plan.off_control)
    assert Summary.objects.approved().count() == len(plan.halves)


def logged():
    """The log's letters that were mailed, as `expected_mail` counts them."""
    sent = Notice.objects.filter(state="sent").select_related("person", "period__roadmap")
    days = {one: one.about.rpartition(":")[2] if one.occasion == "digest" else one.period.code for one in sent}
    return Counter((one.person.username, one.occasion, day) for one, day in days.items())


def assert_mail(world, ids):
    """Every letter that was due was mailed once, and none else; `ids` are the Message-IDs that the server took."""
    expected, found = expected_mail(world.plan, world.ticks), logged()
    assert (found - expected, expected - found) == (Counter(), Counter())
    assert set(ids) == {one.message_id for one in Notice.objects.filter(state="sent")}


def assert_all(world):
    assert_windows(world)
    assert set(world.opened.values()) == {1} and len(world.opened) == 2 * len(world.plan.halves)
    assert_reports(world.plan)
    ids = [letter.extra_headers["Message-ID"] for letter in mail.outbox]
    assert_mail(world, ids)
    assert len(ids) == len(set(ids))


@pytest.mark.only_beside("sqlite")
def test_five_and_a_half_years_go_by(roadmap, people, settings):
    """All twelve half-years; the files of their summaries have tests of their own."""
    plan = Plan(631)
    world = World(plan, people, without=("make_summary_files",))
    for moment in moments(plan, hours=(9,), ordinary=(9,), every=5, idle=45):
        world.tick(moment)
    assert len(plan.off_control) > 5
    assert_all(world)


@pytest.mark.only_beside("sqlite")
@pytest.mark.parametrize("seed", [1])
def test_it_is_the_same_when_nobody_was_there_or_the_clock_went_back(roadmap, people, settings, seed):
    plan = Plan(seed, HALVES[:2])
    world = World(plan, people, without=("make_summary_files",))
    fired = moments(plan, hours=(0, 9, 23), ordinary=(9,), every=4, idle=60, last=datetime.date(2014, 1, 31))
    for moment, times in disturbed(plan, fired, seed):
        world.tick(moment, times)
    assert_all(world)


class Killed(World):
    """Each time beat fires, the tasks run in a process of their own; some are killed in the middle, at any moment."""

    def __init__(self, *args, seed, **kwargs):
        super().__init__(*args, **kwargs)
        self.chance, self.kills = random.Random(seed), 0  # noqa: S311  (a simulation)
        self._lasts = 0.2  # seconds; what the last run that was left alone took

    def run_tasks(self, moment):
        """Beat fires again and again: what was killed is made up by the next run, or the one after it."""
        for minutes in (0, 20):
            if not self._run_in_a_child(moment + datetime.timedelta(minutes=minutes), self.chance.random() < 0.4):
                return
        self._run_in_a_child(moment + datetime.timedelta(minutes=55), False)

    def _run_in_a_child(self, moment, is_to_be_killed):
        began = time.monotonic()
        connections.close_all()  # a child must not speak over its parent's
        child = os.fork()
        if not child:
            code = 1
            try:
                super().run_tasks(moment)
                code = 0
            finally:
                os._exit(code)
        if is_to_be_killed:
            time.sleep(self.chance.random() * self._lasts)
            os.kill(child, signal.SIGKILL)
        _pid, status = os.waitpid(child, 0)
        self.kills += os.WIFSIGNALED(status)
        if not is_to_be_killed:
            self._lasts = time.monotonic() - began
        assert os.WIFSIGNALED(status) or status == 0, moment
        return os.WIFSIGNALED(status)


def mailed(folder):
    """The Message-IDs in the files that stand for the mail server."""
    text = "\n".join(path.read_text(errors="replace") for path in folder.iterdir())
    return re.findall(r"^Message-ID:\s+(<[^>]+>)", text, re.MULTILINE)


def live_with_kills(plan, people, folder, fired):
    """`folder` is the mail server's, which the killed runs share."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = folder
    folder.mkdir()
    world = Killed(plan, people, seed=plan.seed)
    for moment in fired:
        world.tick(moment)
    assert world.kills > 5 * len(plan.halves)
    assert_windows(world)
    assert_reports(plan)
    assert_mail(world, mailed(folder))
    # What a killed worker held is free after ten minutes of the machine's own time, which does not fly here.
    FileOrder.objects.update(claimed_until=None)
    make_summary_files()
    assert SummaryFile.objects.count() == 8 * len(plan.halves)


@pytest.mark.only_beside("postgres")
@pytest.mark.usefixtures("threads", "roadmap", "settings")
def test_it_is_the_same_where_workers_are_killed(people, tmp_path):
    plan = Plan(5, HALVES[:1])
    fired = moments(plan, hours=(0, 9, 18), ordinary=(9,), every=4, idle=60, last=datetime.date(2013, 7, 26))
    live_with_kills(plan, people, tmp_path / "mail", fired)


def test_a_month_begins_when_the_zone_has_changed(roadmap, settings):
    """On 1 March 2024 the clock went from midnight back to eleven: the window opens on 1 March, and once."""
    second = make_second_roadmap()
    second.frequency, second.first_year, second.last_year = Roadmap.Frequency.MONTH, 2024, 2024
    second.executors_due_day, second.ministry_due_day = 8, 20
    second.save()
    start, opened = datetime.datetime(2024, 2, 29, 14, tzinfo=datetime.UTC), {}
    for count in range(9):
        moment = start + count * HOUR
        settings.ROADMAP_TODAY = moment
        for code in open_executor_windows():
            opened[code] = moment
    assert opened == {f"{SLUG} 2024-M2": datetime.datetime(2024, 2, 29, 19, tzinfo=datetime.UTC)}
    period = ReportingPeriod.objects.get(roadmap=second, number=2)
    assert clock.day_of(period.executors_opened_at) == datetime.date(2024, 3, 1)


def test_a_year_of_quarters_goes_by(roadmap, settings):
    """2024, over the change of the zone: each quarter's windows open on their days."""
    second = make_second_roadmap()
    second.first_year = second.last_year = 2024
    second.save()
    opened = {}
    months = [datetime.date(2024, month, 1) for month in (4, 7, 10)] + [datetime.date(2025, 1, 1)]
    for day in (month + count * DAY for month in months for count in (0, 1, 2, 9, 10)):
        settings.ROADMAP_TODAY = at(day, 0, 1)
        for window, task in (("executors", open_executor_windows), ("ministry", open_ministry_windows)):
            opened |= {(window, code.split()[1]): f"{day:%m-%d}" for code in task()}
    assert opened == {
        ("executors", "2024-Q1"): "04-03", ("ministry", "2024-Q1"): "04-11",
        ("executors", "2024-Q2"): "07-03", ("ministry", "2024-Q2"): "07-11",
        ("executors", "2024-Q3"): "10-03", ("ministry", "2024-Q3"): "10-11",
        ("executors", "2024-Q4"): "01-03", ("ministry", "2024-Q4"): "01-11",
    }  # fmt: skip
