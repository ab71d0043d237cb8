"""What was understood of an act, before any of it becomes a roadmap; and its JSON."""

import datetime
from dataclasses import asdict, dataclass, field, replace

from .bodies import Named
from .deadlines import Deadline, Period
from .preamble import Act, Reporting


@dataclass(frozen=True)
class Doubt:
    """Something that a person has to look at: a code of `doubts.py`, its words, and the measure's position, or None."""

    code: str
    words: dict = field(default_factory=dict)
    measure: int | None = None


@dataclass(frozen=True)
class PlanSection:
    number: str
    title: str


@dataclass(frozen=True)
class PlanExecutor:
    """A body as the act names it; `full_name` is the note of abbreviations', or «»."""

    short_name: str
    full_name: str = ""


@dataclass(frozen=True)
class PlanMeasure:
    """A row of the table. `section` counts from 1; `line` is the row's place in what was read."""

    section: int | None
    number: str
    title: str
    completion_form: str
    executors: tuple[Named, ...]
    deadline: Deadline
    funding: tuple[str, ...]
    funding_volume: str | None
    line: int


@dataclass(frozen=True)
class Plan:
    language: str  # kk or ru
    act: Act
    reporting: Reporting
    sections: list[PlanSection]
    executors: list[PlanExecutor]
    measures: list[PlanMeasure]
    doubts: list[Doubt]

    def as_json(self, sentences=()):
        """The plan in plain values; `sentences` say in words what needs review."""
        return {
            "language": self.language,
            "act": {
                "number": self.act.number,
                "date": _iso(self.act.date),
                "title": self.act.title,
                "first_year": self.act.first_year,
                "last_year": self.act.last_year,
            },
            "reporting": {
                "frequency": self.reporting.frequency,
                "executors_due_day": self.reporting.executors_due_day,
                "ministry_due_day": self.reporting.ministry_due_day,
            },
            "sections": [{"number": section.number, "title": section.title} for section in self.sections],
            "executors": [{"short_name": body.short_name, "full_name": body.full_name} for body in self.executors],
            "measures": [_measure_json(measure) for measure in self.measures],
            "needs_review": list(sentences),
        }


def _measure_json(measure):
    return {
        "section": measure.section,
        "number": measure.number,
        "title": measure.title,
        "completion_form": measure.completion_form,
        "executors": [
            {"short_name": named.name, "by_agreement": named.by_agreement, "lead": named.lead}
            for named in measure.executors
        ],
        "deadline": {
            "text": measure.deadline.text,
            "periods": periods_json(measure.deadline.periods),
            "recurrence": measure.deadline.recurrence,
            "needs_review": measure.deadline.needs_review,
        },
        "funding": list(measure.funding),
        "funding_volume": measure.funding_volume,
    }


def periods_json(periods):
    """The form in which `Measure.deadline_periods` keeps them."""
    return [{"starts_on": _iso(period.starts_on), "ends_on": _iso(period.ends_on)} for period in periods]


def with_measure(plan: Plan, place: int, measure: PlanMeasure, bodies: list[PlanExecutor]) -> Plan:
    """The plan with one row corrected: its doubts are those that the correction leaves, and bodies of no row go."""
    measures = [*plan.measures[: place - 1], measure, *plan.measures[place:]]
    named = {one.name for row in measures for one in row.executors}
    doubts = [doubt for doubt in plan.doubts if doubt.measure != place]
    if measure.deadline.doubt:
        doubts.append(Doubt(f"deadline_{measure.deadline.doubt}", {"text": measure.deadline.text}, place))
    if not measure.executors:
        doubts.append(Doubt("no_executors", {}, place))
    executors = [body for body in [*plan.executors, *bodies] if body.short_name in named]
    doubts = [one for one in doubts if one.code != "no_full_name" or one.words["name"] in named]
    return replace(plan, measures=measures, executors=executors, doubts=doubts)


def keep(plan: Plan) -> dict:
    """The whole plan in JSON's own values; `restore` makes it a plan again."""
    kept = asdict(plan)
    kept["act"]["date"] = _iso(plan.act.date)
    for row, measure in zip(kept["measures"], plan.measures, strict=True):
        row["deadline"]["periods"] = periods_json(measure.deadline.periods)
    return kept


def restore(kept: dict) -> Plan:
    return Plan(
        language=kept["language"],
        act=Act(**kept["act"] | {"date": _day(kept["act"]["date"])}),
        reporting=Reporting(**kept["reporting"] | {"doubts": tuple(kept["reporting"]["doubts"])}),
        sections=[PlanSection(**section) for section in kept["sections"]],
        executors=[PlanExecutor(**body) for body in kept["executors"]],
        measures=[_restored_measure(row) for row in kept["measures"]],
        doubts=[Doubt(**doubt) for doubt in kept["doubts"]],
    )


def _restored_measure(row):
    periods = tuple(Period(_day(span["starts_on"]), _day(span["ends_on"])) for span in row["deadline"]["periods"])
    return PlanMeasure(
        **row
        | {
            "executors": tuple(Named(**named) for named in row["executors"]),
            "deadline": Deadline(**row["deadline"] | {"periods": periods}),
            "funding": tuple(row["funding"]),
        }
    )


def _iso(day):
    return day.isoformat() if day else None


def _day(text):
    return datetime.date.fromisoformat(text) if text else None
