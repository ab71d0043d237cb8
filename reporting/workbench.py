"""The ministry's workbench: each measure of a summary in work, the executors' words beside the ministry's own.

`bench(summary, show, page)` is one page of it, `bench_line(summary, position)` one measure. Both ask a constant number
of queries, however many measures there are.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.core.paginator import Page, Paginator
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from .amended import Acts, acts_of
from .document import row_of
from .document_content import Row
from .models import ReportingPeriod, Summary, SummaryLine
from .sources import Change, LiveLine, changes, live_lines, why

MEASURES_ON_A_PAGE = 20
# Signs of text on one page, 100 KB with all that belongs to it. What goes beyond is shown when it is opened.
TEXT_ON_A_PAGE = 60_000


class Show(models.TextChoices):
    """Which measures are shown."""

    ALL = "all", gettext_lazy("all")
    UNWRITTEN = "unwritten", gettext_lazy("not written")
    CHANGED = "changed", gettext_lazy("source changed")
    OVERDUE = "overdue", gettext_lazy("overdue")
    NO_INFORMATION = "no_information", gettext_lazy("no information")


@dataclass(frozen=True)
class BenchLine:
    """One measure with everything that is read while its text is written."""

    live: LiveLine
    previous: SummaryLine | None  # of the half-year before, where it is approved
    acts: Acts  # what later acts changed
    is_open: bool = True

    @property
    def line(self) -> SummaryLine:
        return self.live.line

    @cached_property
    def row(self) -> Row:
        return row_of(self.line, self.acts)

    @cached_property
    def changes(self) -> list[Change]:
        return changes(self.live)

    @property
    def why(self):
        return why(self.line)

    @property
    def reports(self):
        """(executor's key, its words as shown)."""
        return list(zip([report["executor"] for report in self.line.source["reports"]], self.row.progress, strict=True))

    @property
    def previous_status(self):
        return SummaryLine.Status(self.previous.status).label if self.previous else ""


@dataclass(frozen=True)
class Bench:
    summary: Summary
    show: Show
    counts: dict[Show, int]
    page: Page
    lines: list[BenchLine]
    written: int
    wanted: int
    outdated: int  # lines with something new since the consolidation

    @property
    def filters(self):
        """(value, label, count, is it shown)."""
        return [(show.value, show.label, self.counts[show], show == self.show) for show in Show]


def bench(summary: Summary, show: str, page: str) -> Bench:
    """One page of the measures to be shown; what is no choice or no page gives the nearest that is one."""
    show = Show(show) if show in Show.values else Show.ALL
    everything = live_lines(summary)
    found = Paginator([live for live in everything if _FITS[show](live)], MEASURES_ON_A_PAGE).get_page(page)
    measures = [live.line.measure_id for live in found]
    previous, acts = _previous(summary, measures), acts_of(measures)
    wanted = [live.line for live in everything if live.line.wants_text]
    return Bench(
        summary=summary,
        show=show,
        counts={show: sum(map(fits, everything)) for show, fits in _FITS.items()},
        page=found,
        lines=_opened([BenchLine(live, previous.get(live.line.measure_id), acts) for live in found]),
        written=sum(line.is_written for line in wanted),
        wanted=len(wanted),
        outdated=sum(live.is_outdated for live in everything),
    )


def bench_line(summary: Summary, position: int) -> BenchLine | None:
    """One measure of the summary, or None where there is no such line."""
    measure = summary.lines.filter(position=position).values_list("measure", flat=True).first()
    if measure is None:
        return None
    (live,) = live_lines(summary, only=[measure])
    return BenchLine(live, _previous(summary, [measure]).get(measure), acts_of([measure]))


def progress(summary: Summary) -> tuple[int, int]:
    """How many lines are written, of how many that want a text."""
    wanted = summary.lines.wanting_text()
    return wanted.exclude(text_kk="").exclude(text_ru="").count(), wanted.count()


def _is_overdue(live):
    return live.line.is_overdue(live.line.measure, live.line.summary.period)


_FITS: dict[Show, Callable[[LiveLine], bool]] = {
    Show.ALL: lambda live: True,
    Show.UNWRITTEN: lambda live: live.is_wanting,
    Show.CHANGED: lambda live: live.is_changed,
    Show.OVERDUE: _is_overdue,
    Show.NO_INFORMATION: lambda live: live.line.status == SummaryLine.Status.NO_INFORMATION,
}


def _previous(summary, measures):
    """{measure pk: its line in the valid summary of the half-year before}."""
    period = summary.period
    before = ReportingPeriod.objects.filter(roadmap=period.roadmap).at(period.interval.previous)
    lines = SummaryLine.objects.filter(summary__in=Summary.objects.valid().filter(period__in=before))
    return {line.measure_id: line for line in lines.filter(measure__in=measures)}


def _opened(lines):
    """Open one after another while there is room on the page."""
    room, opened = TEXT_ON_A_PAGE, []
    for line in lines:
        room -= _length(line)
        opened.append(replace(line, is_open=room >= 0))
    return opened


def _length(bench_line):
    line, previous = bench_line.line, bench_line.previous
    texts = [line.text_kk, line.text_ru, line.overruled_reason]
    texts += [previous.text_kk, previous.text_ru] if previous else []
    sources = [line.source, *([bench_line.live.before] if bench_line.live.is_changed else [])]
    reports = [report for source in sources for report in source["reports"]]
    texts += [report[name] for report in reports for name in ("narrative", "obstacles", "reason")]
    return sum(map(len, texts))
