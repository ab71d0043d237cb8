"""The written check of a summary: what stands against its approval, and what the head has to acknowledge.

Errors block the approval; warnings are acknowledged, and kept with it. The officer reads the same before handing over.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from roadmap.models import Measure

from . import rollup
from .models import ReportingPeriod, Summary, SummaryLine
from .period_words import of_period
from .sources import LiveLine, live_lines

ALL = "all"  # every warning is acknowledged
LESS_SPENT = "%(executor)s: less is spent since 1 January than in the half-year before"
LESS_PLANNED = "%(executor)s: less is planned for the year than in the half-year before"


@dataclass(frozen=True)
class Remark:
    """One sentence of the check; `position` leads to the line that it is about."""

    key: str
    words: str
    position: int | None = None
    measure: str = ""

    @property
    def group(self):
        """The same sentence about other lines has the same."""
        return self.key.rpartition(":")[0] if self.position else self.key


@dataclass(frozen=True)
class Group:
    """A sentence with all the lines that it is about."""

    key: str
    words: str
    remarks: tuple[Remark, ...]

    @property
    def numbers(self):
        return [remark.measure or str(remark.position) for remark in self.remarks if remark.position or remark.measure]

    def __str__(self):
        return f"{self.words}: {', '.join(self.numbers)}" if self.numbers else self.words


@dataclass(frozen=True)
class Check:
    standing: rollup.Standing
    lines: list[LiveLine]
    changed: list[Measure]  # something new since the consolidation
    unwritten: list[SummaryLine]
    marked: list[SummaryLine]
    leaving: list[SummaryLine]
    errors: list[Remark] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)

    @property
    def is_clear(self):
        return not (self.errors or self.warnings)

    def unacknowledged(self, acknowledged: Collection[str]) -> list[Remark]:
        """The warnings whose groups are not among these; `ALL` stands for every one."""
        if acknowledged == ALL:
            return []
        return [warning for warning in self.warnings if warning.group not in acknowledged]

    @property
    def grouped_errors(self):
        return grouped(self.errors)

    @property
    def grouped_warnings(self):
        return grouped(self.warnings)


def grouped(remarks: Collection[Remark]) -> list[Group]:
    found = {}
    for remark in remarks:
        found.setdefault((remark.group, remark.words), []).append(remark)
    return [Group(key, words, tuple(of)) for (key, words), of in found.items()]


def check(summary: Summary, day) -> Check:
    """Compare the summary with what the reports say at this moment; a constant number of queries."""
    lines = live_lines(summary)
    known = {live.line.measure_id for live in lines}
    added = [measure for measure in summary.period.roadmap.measures.all() if measure.pk not in known]
    standing = rollup.standing(summary.period, day)
    return Check(
        standing=standing,
        lines=lines,
        changed=[live.line.measure for live in lines if live.is_outdated] + added,
        unwritten=[live.line for live in lines if live.is_wanting],
        marked=[live.line for live in lines if live.is_changed],
        leaving=summary.leaving_lines(),
        errors=[*_withdrawn(lines), *(error for live in lines for error in _errors(live)), *map(_lacking, added)],
        warnings=[
            *_of_executors(standing),
            *(warning for live in lines for warning in _of_line(live)),
            *_money(summary.period.roadmap, lines),
        ],
    )


def _at(live, key, words):
    return Remark(f"{key}:{live.line.position}", words, live.line.position, live.line.measure.number)


# Errors


def _withdrawn(lines):
    names = {report["executor"]: report["names"][get_language()] for live in lines for report in live.withdrawn}
    for executor, name in names.items():
        yield Remark(f"withdrawn:{executor}", _("Returned since the consolidation: %(executor)s") % {"executor": name})


def _errors(live):
    line = live.line
    if live.is_wanting:
        if line.text_kk:
            words = _("the Russian text is not written")
        else:
            words = _("the Kazakh text is not written") if line.text_ru else _("the ministry's text is not written")
        yield _at(live, "unwritten", words)
    if live.is_changed:
        yield _at(live, "changed", _("the source changed after the text was written"))
    elif live.is_outdated:
        yield _at(live, "outdated", _("something new since the consolidation"))


def _lacking(measure):
    words = _("the measure has no line yet; consolidate again")
    return Remark(f"lacking:{measure.pk}", words, measure=measure.number)


# Warnings


def _of_executors(standing):
    for key, words, found in (
        ("missing", _("Missing: %(executor)s"), standing.missing),
        ("returned", _("Returned and not sent again: %(executor)s"), standing.returned),
        ("not_reviewed", _("Not reviewed: %(executor)s"), standing.not_reviewed),
    ):
        for one in found:
            executor = one.submission.executor
            yield Remark(f"{key}:{executor.pk}", words % {"executor": executor})


def _of_line(live):
    line = live.line
    is_overdue = line.is_overdue(line.measure, line.summary.period)
    reasons = [report["reason"] or report["obstacles"] for report in line.source["reports"]]
    if is_overdue and not any(reasons) and not line.overruled_reason:
        yield _at(live, "overdue", _("overdue, and nobody gives the reason"))


def _money(roadmap, lines):
    """More spent than planned, or less than in the calendar year's earlier half: sums count from 1 January."""
    before = _money_before(lines)
    for live in lines:
        for (executor, source), (name, planned, spent) in _sums(live.line).items():
            words = {"executor": name}
            key = f"{executor}:{source}"
            if spent > planned:
                sentence = _("%(executor)s: more is spent than planned") % words
                yield _at(live, f"overspent:{key}", sentence)
            was = before.get((live.line.measure_id, executor, source))
            if was and spent < was[1]:
                sentence = of_period(roadmap, LESS_SPENT) % words
                yield _at(live, f"spent:{key}", sentence)
            if was and planned < was[0]:
                sentence = of_period(roadmap, LESS_PLANNED) % words
                yield _at(live, f"planned:{key}", sentence)


def _sums(line):
    """{(executor, source's code): (executor's name, planned, spent)} of a line's reports."""
    return {
        (report["executor"], money["source"]): (
            report["names"][get_language()],
            money["planned"] or 0,
            money["spent"] or 0,
        )
        for report in line.source["reports"]
        for money in report["money"]
    }


def _money_before(lines):
    """{(measure, executor, source's code): (planned, spent)} of the earlier half of the same calendar year."""
    period = lines[0].line.summary.period if lines else None
    if period is None or period.interval.previous.year != period.year:
        return {}
    earlier = ReportingPeriod.objects.filter(roadmap=period.roadmap).at(period.interval.previous)
    funded = [live.line.measure_id for live in lines if live.line.source["money"]]
    approved = SummaryLine.objects.filter(
        summary__in=Summary.objects.valid().filter(period__in=earlier), measure__in=funded
    )
    return {
        (line.measure_id, *key): (planned, spent)
        for line in approved
        for key, (_name, planned, spent) in _sums(line).items()
    }
