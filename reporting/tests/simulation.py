"""Decree 631 from its day to the end of January 2019: what nine bodies and a ministry do, and what must come of it.

`Plan` draws from a seed what everybody will do, and says from the decree alone what has to be found at the end.
`World` does it: hour by hour around each date, else day by day, it lets people act and runs every task of Celery's
schedule. The two share no code of the application's but the decreed rows themselves.
"""

import datetime
import inspect
import random
from collections import Counter
from dataclasses import dataclass, field
from importlib import import_module

from django.conf import settings

from conftest import make_user, send, write_up
from reporting import approval, checks, rollup
from reporting.models import Petition, ReportingPeriod, Submission
from roadmap import clock
from roadmap.models import Assignment, Measure, Roadmap, User
from roadmap.workdays import WorkingDays

FIRST, LAST = datetime.date(2013, 6, 19), datetime.date(2019, 1, 31)
HABITS = ("in time", "on the last day", "late", "returned", "extended", "never")
WEIGHTS = (8, 4, 4, 3, 2, 1)
DAY, HOUR = datetime.timedelta(days=1), datetime.timedelta(hours=1)
WORKING_DAYS = WorkingDays()


def in_words(moment):
    return f"{moment:%Y-%m-%d %H:%M}"


def at(day, hour, minute=0):
    return datetime.datetime.combine(day, datetime.time(hour, minute), tzinfo=clock.ZONE)


@dataclass(frozen=True)
class Half:
    """A half-year and its dates by points 2.2 and 3 of the decree, written down here once more."""

    year: int
    number: int

    @property
    def _after(self):
        return (self.year, 7) if self.number == 1 else (self.year + 1, 1)

    @property
    def ends(self):
        return datetime.date(*self._after, 1) - DAY

    @property
    def opens(self):
        return datetime.date(self.year, 6, 20) if self.number == 1 else datetime.date(self.year, 12, 21)

    @property
    def due(self):
        return datetime.date(*self._after, 5)

    @property
    def term(self):
        """Until when a report is in time (Rules of the Government, 2023, p. 177)."""
        return WORKING_DAYS.effective(self.due)

    @property
    def ministry_opens(self):
        return self.due + DAY

    @property
    def ministry_due(self):
        return datetime.date(*self._after, 20)

    @property
    def code(self):
        return f"{self.year}-H{self.number}"


HALVES = [Half(year, number) for year in range(2013, 2019) for number in (1, 2)]


@dataclass(frozen=True)
class Deed:
    """What one person does at a moment."""

    at: datetime.datetime
    what: str  # asks, grants, sends, returns, sends again, accepts, consolidates, approves
    half: Half
    executor: str = ""
    until: datetime.date | None = None
    done: tuple[str, ...] = ()  # measures that the report calls done


@dataclass
class Plan:
    """What everybody will do, drawn from the seed; and what must come of it."""

    seed: int
    halves: list = field(default_factory=lambda: HALVES)

    def __post_init__(self):
        self.deeds, self.duty, self.habits = [], {}, {}
        self.states, self.off_control = {}, {}
        self._chance = random.Random(self.seed)  # noqa: S311  (a simulation)
        self._measures = {measure.number: measure for measure in Measure.objects.filter(roadmap__slug="decree-631")}
        named = Assignment.objects.filter(measure__roadmap__slug="decree-631")
        self.named = sorted(named.values_list("executor__code", "measure__number"))
        for half in self.halves:
            self._draw(half)
        self.deeds.sort(key=lambda deed: deed.at)

    def _draw(self, half):
        duty = {}
        for executor, number in self.named:
            measure = self._measures[number]
            has_begun = not measure.starts_on or measure.starts_on <= half.ends
            if has_begun and number not in self.off_control:
                duty.setdefault(executor, set()).add(number)
        self.duty[half] = duty
        said_done, sent = {}, set()
        # Of a measure whose term has ended all its executors mostly say the same.
        ended = {n for n, m in self._measures.items() if m.ends_on and m.ends_on <= half.ends}
        ready = {number for number in sorted(ended) if self._chance.random() < 0.7}
        for executor in sorted(duty):
            done = tuple(sorted(duty[executor] & ready))
            habit = self._chance.choices(HABITS, WEIGHTS)[0]
            self.habits[half, executor] = habit
            self._draw_report(half, executor, habit, done)
            if habit != "never":
                sent.add(executor)
                said_done[executor] = set(done)
            self.states[half, executor] = "not_submitted" if habit == "never" else "accepted"
        self.deeds.append(Deed(at(half.ministry_due - 2 * DAY, 11), "consolidates", half))
        self.deeds.append(Deed(at(half.ministry_due - DAY, 16), "approves", half))
        for number in ready:
            asked = {executor for executor in duty if number in duty[executor]}
            if asked and all(number in said_done.get(executor, ()) for executor in asked):
                self.off_control[number] = half

    def _draw_report(self, half, executor, habit, done):
        """In time is at least a week after the opening, so that a worker that was away has come back."""
        last_day = half.ministry_due - 4 * DAY
        hour = self._chance.randrange(8, 19)
        in_time = half.opens + self._chance.randrange(8, 12) * DAY
        deeds, day = self.deeds, in_time
        if habit == "never":
            return
        if habit == "on the last day":
            day, hour = half.term, self._chance.choice((9, 17, 23))
        elif habit == "late":
            day = min(half.term + self._chance.randrange(1, 11) * DAY, last_day)
        elif habit == "extended":
            until = WORKING_DAYS.effective(half.term + self._chance.randrange(3, 7) * DAY)
            deeds.append(Deed(at(in_time, hour), "asks", half, executor, until))
            deeds.append(Deed(at(in_time + DAY, 10), "grants", half, executor, until))
            day = until - self._chance.randrange(0, 2) * DAY
        deeds.append(Deed(at(day, hour, 30), "sends", half, executor, done=done))
        if habit == "returned":
            deeds.append(Deed(at(in_time + DAY, 11), "returns", half, executor, half.due + 3 * DAY))
            day = half.due + self._chance.randrange(0, 4) * DAY
            deeds.append(Deed(at(day, hour, 30), "sends again", half, executor, done=done))
        deeds.append(Deed(at(half.ministry_due - 3 * DAY, 9), "accepts", half, executor))


class World:
    """Lets time pass over the application."""

    def __init__(self, plan, people, without=()):
        self.plan, self.ministry, self.head = plan, people["ministry"], people["head"]
        self.opened = Counter()  # what the tasks said that they opened
        self.ticks, self._without = [], without
        self._roadmap = Roadmap.objects.get(slug="decree-631")
        self._waiting = list(plan.deeds)
        codes = {executor for executor, _number in plan.named}
        self._officers = {code: make_user(code, User.Role.EXECUTOR, code) for code in sorted(codes)}
        for person in User.objects.all():
            User.objects.filter(pk=person.pk).update(email=f"{person.username}@example.org", language="kk")

    # The machine

    def tick(self, moment, times=1):
        """Let people act up to this moment, then run what Celery's schedule holds."""
        while self._waiting and self._waiting[0].at <= moment:
            self.act(self._waiting.pop(0))
        self.ticks.append(moment)
        for _time in range(times):
            self.run_tasks(moment)

    def run_tasks(self, moment):
        settings.ROADMAP_TODAY = moment
        for task in scheduled():
            if task.__name__ in self._without:
                continue
            answer = task(moment.isoformat()) if takes_a_moment(task) else task()
            if task.__name__.startswith("open_"):
                self.opened.update((task.__name__, code) for code in answer)

    # The people

    def act(self, deed):
        settings.ROADMAP_TODAY = deed.at
        getattr(self, "_" + deed.what.replace(" ", "_"))(deed)

    def _period(self, deed):
        return ReportingPeriod.objects.select_related("roadmap").get(
            roadmap=self._roadmap, year=deed.half.year, number=deed.half.number
        )

    def _submission(self, deed):
        return Submission.objects.select_related("period__roadmap", "executor").get(
            period__roadmap=self._roadmap, period__year=deed.half.year, period__number=deed.half.number,
            executor__code=deed.executor,
        )  # fmt: skip

    def _sends(self, deed):
        done = {f"m{number}": "done" for number in deed.done}
        send(self._submission(deed), by=self._officers[deed.executor], at=in_words(deed.at), **done)

    _sends_again = _sends

    def _asks(self, deed):
        words = {"situation": "Жоба дайын.", "reason": "Сараптама созылды.", "wanted_until": deed.until}
        words |= {"answers_for_name": "А. Б. Серікбаев", "answers_for_post": "төраға"}
        Petition.objects.ask(
            self._submission(deed), kind=Petition.Kind.EXTEND_REPORT, by=self._officers[deed.executor], at=deed.at,
            values=words,
        )  # fmt: skip

    def _grants(self, deed):
        petition = Petition.objects.open().get(submission=self._submission(deed))
        petition.grant(by=self.ministry, at=deed.at, revision=petition.revision, until=deed.until)

    def _returns(self, deed):
        submission = self._submission(deed)
        submission.return_for_rework(
            by=self.ministry, at=deed.at, revision=submission.revision, comment="Нақтылаңыз.", resubmit_by=deed.until
        )

    def _accepts(self, deed):
        submission = self._submission(deed)
        submission.accept(by=self.ministry, at=deed.at, revision=submission.revision)

    def _consolidates(self, deed):
        summary = rollup.refresh(self._period(deed), at=deed.at)
        write_up(summary, by=self.ministry, at=in_words(deed.at))
        summary.hand_over(by=self.ministry, at=deed.at)

    def _approves(self, deed):
        period = self._period(deed)
        approval.approve(
            period.summaries.get(), by=self.head, at=deed.at, revision=period.revision, kept=(), acknowledged=checks.ALL
        )


def scheduled():
    """The tasks of Celery's schedule, in its order."""
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        module, name = entry["task"].rsplit(".", 1)
        yield getattr(import_module(module), name)


def takes_a_moment(task):
    return bool(inspect.signature(task.run).parameters)


def moments(plan, *, hours, ordinary, every=1, idle=1, last=LAST):
    """Yield when beat fires: at `hours` on the dates and the days before them, else at `ordinary` ones.

    While a window is open on every `every`-th day, else on every `idle`-th.
    """
    dates = {day for half in plan.halves for day in (half.opens, half.due, half.ministry_opens, half.ministry_due)}
    around = dates | {day - DAY for day in dates}
    busy = {
        half.opens + count * DAY for half in plan.halves for count in range((half.ministry_due - half.opens).days + 3)
    }
    for count in range((last - FIRST).days + 1):
        day = FIRST + count * DAY
        if day in around or count % (every if day in busy else idle) == 0:
            yield from (at(day, hour, 1) for hour in (hours if day in around else ordinary))


def disturbed(plan, fired, seed):
    """Yield (moment, how often at once): nobody there for days, beat twice, the clock an hour or a day back and forth.

    Each half-year loses up to five days from one of its dates on.
    """
    chance = random.Random(seed)  # noqa: S311  (a simulation)
    away = set()
    for half in plan.halves:
        start = chance.choice((half.opens, half.due - DAY, half.ministry_opens)) - chance.randrange(2) * DAY
        away |= {start + count * DAY for count in range(chance.randrange(1, 6))}
    for moment in fired:
        if moment.date() in away:
            continue
        yield moment, 2 if chance.random() < 0.15 else 1
        if chance.random() < 0.2:
            yield moment - chance.choice((HOUR, DAY)), 1
            yield moment, 1
