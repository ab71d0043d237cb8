"""A roadmap's figures over its half-years: the trend, the money, and how its executors kept to the due dates."""

from dataclasses import dataclass, replace

from .calendar import Interval
from .glance import Glance, HalfYear, learn
from .models import ReportingPeriod
from .rollup import mean_percent


@dataclass(frozen=True)
class Point:
    """A half-year in the trend; None where no summary was approved."""

    period: ReportingPeriod  # of the calendar; not the one that was reported
    expected: int  # measures whose deadline lies in it or before
    half_year: HalfYear | None = None
    mean: int | None = None
    done: int | None = None
    overdue: int | None = None
    informed: int | None = None  # measures with any word of this half-year


@dataclass(frozen=True)
class YearMoney:
    """A source's money in a calendar year, by the last half-year of it that tells of it."""

    year: int
    source: str
    planned: int
    spent: int
    period: ReportingPeriod

    @property
    def percent(self):
        return 100 * self.spent // self.planned if self.planned else None


def trend(glance: Glance) -> list[Point]:
    """Every half-year of the roadmap; what was approved with its mean, done and overdue."""
    roadmap = glance.roadmap
    intervals = Interval.between(roadmap.frequency, roadmap.first_year, roadmap.last_year)
    learnt = {half_year.period.interval: (half_year, known) for half_year, known in learn(glance.half_years)}
    ends = sorted(measure.ends_on for measure in glance.measures if measure.ends_on)
    points = []
    for interval in intervals:
        if interval.ends >= roadmap.date:
            # Named, and not counted: its dates are not asked for.
            period = ReportingPeriod(roadmap=roadmap, year=interval.year, number=interval.number)
            point = Point(period, expected=sum(day <= interval.ends for day in ends))
            points.append(_learnt_point(point, *learnt[interval]) if interval in learnt else point)
    return points


def _learnt_point(point, half_year, known):
    facts = half_year.facts.measures
    informed = sum(fact.percent is not None for fact in facts)
    percents = [measure.percent for measure in known.values()]
    return replace(
        point,
        half_year=half_year,
        mean=mean_percent(percents) if informed else None,
        done=sum(measure.is_done for measure in known.values()),
        overdue=sum(fact.is_overdue for fact in facts),
        informed=informed,
    )


def money(glance: Glance, language: str) -> list[YearMoney]:
    """Planned and spent by year and source.

    An amount is of the whole calendar year so far, so halves are never added: of each measure the last half-year of
    the year that tells of it counts.
    """
    told = {}
    for half_year in glance.half_years:
        for fact in half_year.facts.measures:
            for amount in fact.money:
                source = amount["names"]["kk"]
                told[half_year.period.year, source, fact.position] = (amount, half_year.period)
    years = {}
    for (year, source, _position), (amount, period) in told.items():
        years.setdefault((year, source), []).append((amount, period))
    return [_year_money(year, years[year, source], language) for year, source in sorted(years)]


def _year_money(year, amounts, language):
    return YearMoney(
        year=year,
        source=amounts[-1][0]["names"][language],
        planned=sum(amount["planned"] for amount, _period in amounts),
        spent=sum(amount["spent"] for amount, _period in amounts),
        period=max((period for _amount, period in amounts), key=lambda period: period.interval),
    )


@dataclass(frozen=True)
class ExecutorRecord:
    """An executor's half-years, in the order of the glance's; empty where nothing was expected of it."""

    name: str
    states: tuple[str, ...]


def records(glance: Glance, language: str) -> list[ExecutorRecord]:
    """How each executor kept to the due dates, under the name that it had last."""
    presences = [
        {presence.executor: presence for presence in half_year.facts.attendance} for half_year in glance.half_years
    ]
    names = {}
    for half_year in reversed(presences):
        for code, presence in half_year.items():
            names.setdefault(code, presence.names[language])
    return [
        ExecutorRecord(name, tuple(half_year[code].state if code in half_year else "" for half_year in presences))
        for code, name in names.items()
    ]
