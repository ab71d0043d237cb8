"""The deadline of a measure: «2013 жылғы тамыз», «ежегодно, до 1 февраля» <-> periods and recurrence. Pure: no Django.

A deadline that names a month, a quarter, a half-year or a year ends on its last day; a range also has a start. What is
not understood is never guessed: the phrase is kept and doubted, so that a person looks at it.
"""

import calendar
import datetime
import re
from dataclasses import dataclass

from .deadline_grammar import read
from .deadline_phrases import format as format  # one door for reading and writing
from .deadline_words import RECURRENCE, YEARLY, tokens
from .deadline_years import Span
from .letters import DASHES, squash

EMPTY = "empty"
UNREAD = "unread"  # nothing understood
PARTLY = "partly"  # some words not understood
NO_YEAR = "no_year"  # a day, month or quarter without a year that can be told
OUTSIDE = "outside"  # not within the act's years
IMPOSSIBLE = "impossible"  # 31 June; a range that ends before it begins
_WORST_FIRST = (IMPOSSIBLE, UNREAD, PARTLY, NO_YEAR, OUTSIDE)
_OFTEN = {months: name for name, months in RECURRENCE.items()}


@dataclass(frozen=True)
class Period:
    starts_on: datetime.date | None
    ends_on: datetime.date


@dataclass(frozen=True)
class Deadline:
    text: str
    periods: tuple[Period, ...] = ()
    recurrence: str | None = None
    doubt: str = ""

    @property
    def needs_review(self):
        return bool(self.doubt)

    @property
    def starts_on(self):
        return min((period.starts_on for period in self.periods if period.starts_on), default=None)

    @property
    def ends_on(self):
        return max((period.ends_on for period in self.periods), default=None)


LONGEST = 1000  # letters; no deadline is longer

_DITTO_WORDS = {
    "сол", "сол сияқты", "дәл сол", "сонда", "сол жерде", "бұл да", "сол мерзімде", "сол мерзім",
    "в тот же срок", "тот же срок", "то же", "тоже", "то же самое", "там же",
}  # fmt: skip
_QUOTES = "\"'«»“”„‟″〃‶˝`´’‘"
_DITTO_MARKS = re.compile(rf"[{DASHES}\s]*(?:[{_QUOTES}]|//|,,)[{DASHES}\s{_QUOTES}/,]*")


def is_ditto(text):
    """Tell a cell that stands for the one above it: «-"-», «//», «то же»."""
    text = squash(text)
    return bool(_DITTO_MARKS.fullmatch(text)) or text.strip(' ."«»-').lower() in _DITTO_WORDS


def parse(text, years=None):
    """Read a deadline; `years` are the act's first and last."""
    text = squash(text)
    text = _parted(text) if len(text) <= LONGEST else text
    if not text.strip(DASHES + " "):
        return Deadline(text, doubt=EMPTY)
    if len(text) > LONGEST:
        return Deadline(text, doubt=UNREAD)
    reading = read(tokens(text))
    months, is_clear = _recurrence(reading.recurrences)
    doubts = set()
    if months:
        periods = _recurring_periods(reading.spans, years, doubts)
    else:
        periods = [period for span in reading.spans for period in _periods(span, years, doubts)]
    periods = tuple(dict.fromkeys(periods))
    if not reading.is_understood:
        doubts.add(UNREAD)
    elif not (reading.is_complete and is_clear):
        doubts.add(PARTLY)
    if years and not all(_is_within(period, years) for period in periods):
        doubts.add(OUTSIDE)
    doubt = next((doubt for doubt in _WORST_FIRST if doubt in doubts), "")
    return Deadline(text, periods, _OFTEN.get(months), doubt)


def _recurrence(found):
    """Return the months between two occurrences, and whether the words agree: «yearly, twice a year» do."""
    found = found - {0} or found
    found = found - {YEARLY} or found
    return min(found, default=None), len(found) < 2


def _is_within(period, years):
    first = period.starts_on or period.ends_on
    return years[0] <= first.year and period.ends_on.year <= years[1]


_ABBREVIATION = re.compile("(?:гг?|жж?)\\.?", re.IGNORECASE)
_WORDS = set("YNAQKmMDRTESqftlBwe<>")


def _parted(text):
    """Put a space between two known words that were glued together; «2014г.» stays."""
    parted, at = "", 0
    found = tokens(text)
    for token, following in zip(found, found[1:], strict=False):
        if token.end == following.start and _are_glued(text, token, following):
            parted, at = parted + text[at : token.end] + " ", token.end
    return _parted(parted + text[at:]) if parted else text


def _are_glued(text, token, following):
    is_abbreviated = token.kind in "YD" and _ABBREVIATION.fullmatch(text[following.start : following.end])
    return token.kind in _WORDS and following.kind in _WORDS and not is_abbreviated


# Spans -> periods

_LEAP_YEAR = 2000


def _date(make, year, doubts):
    try:
        return make(year)
    except ValueError:
        doubts.add(IMPOSSIBLE)
        return None


def _known_years(point, years):
    if point.years:
        return point.years
    return (years,) if years and years[0] == years[1] else ()


def _periods(span, years, doubts):
    """Return the periods of a deadline that does not recur, and say what is wrong with it."""
    if span.last is None:
        return _open_period(span, years, doubts)
    last_years = _known_years(span.last, years)
    first_years = (span.first.years or last_years) if span.first else last_years
    if not last_years:
        doubts.add(NO_YEAR)
        return []
    if not span.last.is_year_sure:
        doubts.add(PARTLY)
        return []
    if first_years == last_years:
        each = [(year, year) for first, last in last_years for year in range(first, last + 1)]
    else:
        each = [(first_years[0][0], last_years[-1][1])]
    made = [_period(span, first, last, doubts) for first, last in each]
    if not made:
        doubts.add(IMPOSSIBLE)
    return [period for period in made if period]


def _period(span, first_year, last_year, doubts):
    end = _date(span.last.ends, last_year, doubts)
    start = _date(span.first.begins, first_year, doubts) if span.first else None
    if end is None or (span.first and start is None):
        return None
    if start and start > end:
        doubts.add(IMPOSSIBLE)
        return None
    return Period(start, end)


def _open_period(span, years, doubts):
    start_years = _known_years(span.first, years)
    if not (start_years and years):
        doubts.add(NO_YEAR)
        return []
    start = _date(span.first.begins, start_years[0][0], doubts)
    end = datetime.date(years[1], 12, 31)
    if start and start > end:
        doubts.add(OUTSIDE)
    return [Period(start, end)] if start and start <= end else []


def _apart(span):
    """«с 2014 года, до 25 декабря» is no range where it recurs: a beginning, and a day of each year."""
    if span.first and span.last and span.first.years and not span.last.years:
        return [Span(span.first, None), Span(None, span.last)]
    return [span]


def _recurring_periods(spans, years, doubts):
    """Return when a recurring deadline recurs: each anchor's last occurrence, from the first year on if it is told."""
    spans = [part for span in spans for part in _apart(span)]
    dated = [span for span in spans if (span.last or span.first).years]
    anchors = [span for span in spans if not (span.last or span.first).years]
    bounds = [bound for span in dated for bound in _bounds(span, years, doubts)]
    if not anchors:
        return bounds
    if any(anchor.last is None for anchor in anchors) or not all(map(_is_bound, bounds)):
        doubts.add(NO_YEAR)
        return bounds
    if bounds:
        start, end = min((b.starts_on for b in bounds if b.starts_on), default=None), max(b.ends_on for b in bounds)
    elif years and not dated:
        start, end = None, datetime.date(years[1], 12, 31)
    else:
        start = end = None
    made = [_last_occurrence(anchor, start, end, doubts) for anchor in anchors]
    return [period for period in made if period]


def _bounds(span, years, doubts):
    if span.last is None:
        return _open_period(span, years, doubts)
    first, last = span.last.years[0][0], span.last.years[-1][1]
    if first == last:
        return _periods(span, years, doubts)
    period = _period(span, first, last, doubts)
    if not period:
        return []
    return [Period(period.starts_on or datetime.date(first, 1, 1), period.ends_on)]


def _is_bound(period):
    return period.starts_on or (period.ends_on.month, period.ends_on.day) == (12, 31)


def _last_occurrence(anchor, start, end, doubts):
    point = anchor.last or anchor.first
    if _date(point.ends, _LEAP_YEAR, doubts) is None or end is None:
        return None
    due = next(filter(None, (_due(point, end.year - back, end) for back in range(5))), None)
    if due is None or (start and start > due):
        doubts.add(IMPOSSIBLE)
        return None
    return Period(start, due)


def _due(point, year, end):
    try:
        day = point.ends(year)
    except ValueError:
        day = datetime.date(year, 2, 28)
    return day if day <= end else None


# When a recurring deadline is due


def occurrences(periods, recurrence, first, last):
    """Return the days within [first, last] on which the deadline is due, in order."""
    months = RECURRENCE.get(recurrence)
    if months is None:
        return sorted({period.ends_on for period in periods if first <= period.ends_on <= last})
    if months == 0:
        return []
    starts = [period.starts_on for period in periods if period.starts_on]
    first = max(first, min(starts, default=first))
    days = set()
    for anchor, step, start in _anchors(periods, months, last):
        days.update(_days_back(anchor, step, max(first, start or first), last))
    return sorted(days)


def _anchors(periods, months, last):
    """[(the last day due, months between two, the first day or none)]."""
    if not periods:
        return [(_interval_end(last, months), months, None)]
    if months < YEARLY and all(period.ends_on == _interval_end(period.ends_on, months) for period in periods):
        return [(period.ends_on, months, period.starts_on) for period in periods]
    in_year = {(period.ends_on.month, period.ends_on.day) for period in periods}
    step = min(YEARLY, months * len(in_year))
    return [(period.ends_on, step, period.starts_on) for period in periods]


def _interval_end(day, months):
    """Return the last day of the half-year, quarter, ... that the day is in."""
    month = -(-day.month // months) * months
    return day.replace(month=month, day=calendar.monthrange(day.year, month)[1])


def _days_back(anchor, step, first, last):
    at = anchor.year * 12 + anchor.month - 1
    is_last_day = anchor.day == calendar.monthrange(anchor.year, anchor.month)[1]
    for month in range(at, first.year * 12 + first.month - 2, -step):
        year, number = divmod(month, 12)
        length = calendar.monthrange(year, number + 1)[1]
        day = datetime.date(year, number + 1, length if is_last_day else min(anchor.day, length))
        if first <= day <= last:
            yield day
