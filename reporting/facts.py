"""What pictures need of a summary: values without a language, frozen once beside its documents."""

from dataclasses import dataclass

from roadmap import clock

from . import rollup
from .models import SummaryLine


@dataclass(frozen=True)
class Fact:
    """One measure, in the order of the document's rows; days are ISO, or empty."""

    position: int
    status: str
    percent: int | None
    is_overdue: bool
    starts_on: str
    ends_on: str  # the deadline in force
    documented_on: str  # the last completion document's day
    ground: int  # of leaving control, 0 while under it
    expected: int
    reported: int
    money: tuple[dict, ...]  # {"names": {language: name}, "planned", "spent"}
    decreed_ends_on: str = ""  # the decree's own deadline, where a later one is in force


@dataclass(frozen=True)
class Presence:
    """How an executor kept to the half-year's due date."""

    executor: str  # its code
    names: dict[str, str]
    state: str  # on_time, late, missing


@dataclass(frozen=True)
class Facts:
    measures: tuple[Fact, ...]
    attendance: tuple[Presence, ...]

    @classmethod
    def read(cls, values):
        """Bring back what `asdict` and JSON made."""
        return cls(
            measures=tuple(read_fact(fact) for fact in values["measures"]),
            attendance=tuple(Presence(**presence) for presence in values["attendance"]),
        )


def read_fact(values) -> Fact:
    return Fact(**values | {"money": tuple(values["money"])})


def facts_of(summary, at) -> Facts:
    """Gather the facts of a summary from its lines and from who had reported at that moment."""
    lines = summary.lines.in_order().select_related("measure")
    standing = rollup.standing(summary.period, clock.day_of(at))
    return Facts(
        measures=tuple(_fact(line, summary.period) for line in lines),
        attendance=tuple(_presence(standing) for standing in standing.executors),
    )


def _fact(line, period):
    measure, source = line.measure, line.source
    note = source["off_control"] if line.status == SummaryLine.Status.OFF_CONTROL else None
    return Fact(
        position=line.position,
        status=line.status,
        percent=line.percent,
        is_overdue=line.is_overdue(measure, period),
        starts_on=_iso(measure.starts_on),
        ends_on=_iso(measure.due_on),
        decreed_ends_on=_iso(measure.ends_on if measure.extended_to else None),
        documented_on=max((report["document_date"] for report in source["reports"]), default=""),
        ground=note["ground"] if note else 0,
        expected=source["expected"],
        reported=source["reported"],
        money=tuple(source["money"]),
    )


def _iso(day):
    return day.isoformat() if day else ""


def _presence(standing):
    executor = standing.submission.executor
    names = rollup.names_of(executor, "short_name")
    return Presence(executor=executor.code, names=names, state=standing.attendance)
