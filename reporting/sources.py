"""The lines of a summary in work beside what the reports say at this moment, and what changed between the two.

A report that is sent, returned or reopened changes its lines at once, without consolidating again: pages compare what
they show with what the ministry saw when it last saved. What a page showed comes back with what is written on it, so
that a change which the writer has not seen stays marked.
"""

import hashlib
import json
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from . import document_words, rollup
from .amended import Acts
from .differences import differences
from .document import row_of
from .document_content import Row
from .models import ProgressEntry, Summary, SummaryLine

Line = SummaryLine.Status
Entry = ProgressEntry.Status


@dataclass(frozen=True)
class LiveLine:
    """A line with the source of this moment in place of the consolidated one."""

    line: SummaryLine
    consolidated: dict
    before: dict  # what the ministry saw when it last wrote
    is_outdated: bool  # something new since the consolidation
    is_changed: bool  # something new since the ministry wrote

    @property
    def mark(self):
        """Names the source that is shown; the page gives it back with what is written."""
        shown = [self.line.rolled_status, self.line.rolled_percent, self.line.source]
        return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:16]

    @property
    def is_wanting(self):
        """The ministry's text is wanted and not there."""
        return self.line.wants_text and not self.line.is_written

    @property
    def withdrawn(self) -> list[dict]:
        """The reports that were consolidated and count no longer."""
        now = {report["executor"]: report["state"] for report in self.line.source["reports"]}
        return [
            report
            for report in self.consolidated["reports"]
            if report["state"] == rollup.REPORTED and now.get(report["executor"]) != rollup.REPORTED
        ]


def live_lines(summary: Summary, *, only: Sequence[int] | None = None) -> list[LiveLine]:
    """Every line of a summary in work, or `only` those of these measures (pks), in order; a constant number of queries.

    Each measure brings its assignments, executors and sources of funding along.
    """
    lines = summary.lines.in_order().select_related("edited_by", "measure__section")
    if only is not None:
        lines = lines.filter(measure__in=only)
    rollups = {found.measure.pk: found for found in rollup.consolidate(summary.period, only=only)}
    return [_live(summary, line, rollups.get(line.measure_id)) for line in lines]


def _live(summary, line, found):
    line.summary = summary
    consolidated = line.source
    before = consolidated if line.seen_source is None else line.seen_source
    if found is None:  # the measure is in the roadmap no longer
        return LiveLine(line, consolidated, before, is_outdated=False, is_changed=line.is_changed)
    is_outdated = rollup.is_outdated(line, found)
    line.measure = found.measure
    line.rolled_status, line.rolled_percent, line.source = found.status, found.percent, found.as_source()
    is_changed = bool(line.edited_at) and (before != line.source or (line.is_changed and line.seen_source is None))
    return LiveLine(line, consolidated, before, is_outdated, is_changed)


def write(line: SummaryLine, *, by, at, revision, values, mark) -> bool:
    """Save the ministry's words; true where the writer saw the source of this moment, which the line then holds.

    Otherwise the words are saved all the same, and the line stays marked. Refused and Conflict as in
    `SummaryLine.write`.
    """
    summary = line.summary
    with transaction.atomic():
        summary.period.touch()
        (live,) = live_lines(summary, only=[line.measure_id])
        is_seen = live.mark == mark
        if is_seen:
            now = live.line
            seen = {
                "rolled_status": now.rolled_status,
                "rolled_percent": now.rolled_percent,
                "source": now.source,
                "seen_source": now.source,
                "is_changed": False,
            }
        else:
            seen = {"seen_source": live.before, "is_changed": live.before != live.line.source}
        live.line.write(by=by, at=at, revision=revision, values=values, seen=seen)
    return is_seen


# In words


def why(line: SummaryLine) -> str:
    """The roll-up's rule that gave the line its status, in one sentence."""
    source = line.source
    said = [report["status"] for report in source["reports"] if report["state"] == rollup.REPORTED]
    expected = source["expected"]
    counted = {"reported": len(said), "expected": expected}
    if not expected:
        return {
            Line.OFF_CONTROL: _("Nobody had to report: the measure is off control."),
            Line.NOT_BEGUN: _("Nobody had to report: the term has not begun."),
        }.get(line.rolled_status, _("Nobody had to report, though the term has begun."))
    if not said:
        if expected == 1:
            return _("The one executor who had to report did not.")
        return _("None of the %(expected)s executors reported.") % counted
    if Entry.NOT_DONE in said:
        names = ", ".join(_names_of(source, Entry.NOT_DONE))
        return _("%(reported)s of %(expected)s reported; «not done» is said by %(names)s, and one is enough.") % {
            **counted,
            "names": names,
        }
    if set(said) == {Entry.DONE}:
        rest = _("all of them say «done».") if len(said) == expected else _("these say «done», the others are missing.")
    elif set(said) == {Entry.NOT_STARTED}:
        rest = _("all of them say «not started».")
    elif Entry.DONE in said:
        rest = _("not all of them say «done».")
    else:
        rest = _("none of them says «done».")
    return " ".join([_("%(reported)s of %(expected)s reported;") % counted, rest])


def _names_of(source, status):
    return [report["names"][get_language()] for report in source["reports"] if report["status"] == status]


@dataclass(frozen=True)
class Change:
    """One field of one report that is not as the ministry saw it; `pieces` as of `differences`."""

    executor: str
    field: str
    pieces: tuple[tuple[str, str], ...]


def changes(live: LiveLine) -> list[Change]:
    """What changed since the ministry wrote, word by word, in the order of the reports."""
    if not live.is_changed:
        return []
    then = copy(live.line)
    then.source = live.before
    before, after = _told(row_of(then, Acts()), then.source), _told(row_of(live.line, Acts()), live.line.source)
    names = {key: name for told in (before, after) for key, (name, _fields) in told.items()}
    return [
        Change(names[key], field, differences(was, now))
        for key in {**after, **before}
        for field, was, now in _both(before.get(key), after.get(key))
        if was != now
    ]


def _told(row: Row, source):
    """{executor's key, or "money": (name, {field: words})} of a row."""
    labels = document_words.words()
    told = {
        report["executor"]: (
            progress.executor,
            {
                _("Status"): progress.label,
                _("Progress"): progress.text,
                labels["obstacles"]: progress.obstacles,
                labels["reason"]: progress.reason,
                _("Completion document"): progress.document,
            },
        )
        for report, progress in zip(source["reports"], row.progress, strict=True)
    }
    money = {one["source"]: f"{one['planned']} / {one['spent']}" for one in row.money}
    return told | {"money": (_("Money, tenge: planned for the year / spent"), money)}


def _both(before, after):
    was, now = (told[1] if told else {} for told in (before, after))
    return [(field, was.get(field, ""), now.get(field, "")) for field in {**now, **was}]
