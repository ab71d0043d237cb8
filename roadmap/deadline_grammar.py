"""The grammar of a deadline: tokens -> spans of the calendar and how often. Pure: no Django.

Each rule is a pattern over the string of the tokens' kinds (see deadline_words) and a function that makes fewer tokens
of those that it matches. Three kinds come into being here: G years, P (p where «from» it) a part of a year, X a span.
"""

import calendar
import datetime
import re
from dataclasses import dataclass, field, replace

from .deadline_words import YEARLY, Token, Year


@dataclass(frozen=True)
class Point:
    """A day, or a part of the year, in each of its years; none where the phrase does not tell the year."""

    first_month: int = 1
    last_month: int = 12
    first_day: int = 1
    last_day: int | None = None  # none: the month's last
    years: tuple[tuple[int, int], ...] = ()
    is_year_sure: bool = True  # «2014-2016 годы, декабрь» may mean each December or the last

    @property
    def unit(self):
        return self.last_month - self.first_month, self.last_day is None

    def begins(self, year):
        return datetime.date(year, self.first_month, self.first_day)

    def ends(self, year):
        return datetime.date(year, self.last_month, self.last_day or calendar.monthrange(year, self.last_month)[1])


@dataclass(frozen=True)
class Span:
    """From the first point, if any, to the last; no last: from the first on."""

    first: Point | None
    last: Point | None


@dataclass(frozen=True)
class Reading:
    spans: list = field(default_factory=list)
    recurrences: set = field(default_factory=set)  # in months, 0 is permanent
    understood: bool = False  # anything
    complete: bool = True  # everything


@dataclass(frozen=True)
class _Years:
    """2014; 2014-2018; 2014, 2016: and how the word for «year» stands to its months."""

    ranges: tuple[tuple[int, int], ...]
    word: Year | None = None

    @property
    def is_kazakh(self):
        return bool(self.word and self.word.is_kazakh)

    @property
    def is_plural(self):
        return bool(self.word and self.word.is_plural)


def read(tokens):
    recurring = False
    for pattern, fold in _RECURRENCE_RULES:
        tokens = _rewrite(tokens, pattern, fold)
    recurrences = {token.value for token in tokens if token.kind == "R"}
    recurring = bool(recurrences - {0})
    tokens = [token for token in tokens if token.kind not in "HI"]
    for pattern, fold in _POINT_RULES:
        tokens = _rewrite(tokens, pattern, fold)
    tokens = _rewrite(tokens, _REPORT, _harmless_report if recurring else _unknown)
    for pattern, fold in _BARE_YEAR_RULES:
        tokens = _rewrite(tokens, pattern, fold)
    tokens = _bind_years(_share_days(tokens))
    for pattern, fold in _SPAN_RULES:
        tokens = _rewrite(tokens, pattern, fold)
    if recurring:
        tokens = _rewrite(tokens, re.compile("d"), _drop)
    return _reading(tokens, recurrences)


def _rewrite(tokens, pattern, fold):
    kinds = "".join(token.kind for token in tokens)
    written, at = [], 0
    for match in pattern.finditer(kinds):
        written += tokens[at : match.start()]
        written += fold(tokens[match.start() : match.end()])
        at = match.end()
    return written + tokens[at:]


def _one(run, kind, value=None, form=""):
    return [Token(kind, run[0].start, run[-1].end, value, form)]


def _drop(_run):
    return []


def _unknown(run):
    return _one(run, "?")


# How often


def _often(run, count, units, unit):
    """`count` times in `units` of a year, a half-year, a quarter or a month; weeks and «in two years» are not known."""
    months = {"A": 12, "m": 1}.get(unit.kind, unit.value) * units
    if count and months % count == 0 and months // count in (12, 6, 3, 1):
        return _one(run, "R", months // count)
    return _unknown(run)


def _times(run):
    kinds = [token.kind for token in run]
    times = run[kinds.index("T")]
    unit = next(place for place, token in enumerate(run) if token.kind in "AQm")
    numbers = {place: token for place, token in enumerate(run) if token.kind == "N"}
    if any(token.form != "counts" for token in numbers.values()):
        return run
    units = next((token.value for place, token in numbers.items() if place == unit - 1), 1)
    count = next((token.value for place, token in numbers.items() if place != unit - 1), times.value)
    return _often(run, count, units, run[unit])


def _every(run):
    numbers = [token for token in run if token.kind == "N"]
    if any(token.form != "counts" for token in numbers):
        return run
    unit = next(token for token in run if token.kind in "AQm")
    return _often(run, 1, numbers[0].value if numbers else 1, unit)


def _results(run):
    units = [token for token in run if token.kind in "AQ"]
    return _one(run, "R", min(12 if unit.kind == "A" else unit.value for unit in units))


_RECURRENCE_RULES = [
    (re.compile("L?N?TIN?[AQm]"), _times),
    (re.compile("(?<![-Y])N?[AQm]L?N?T"), _times),
    (re.compile("EN?[AQm]S?|N?[AQm]S"), _every),
    (re.compile("E(?=N?-?M)"), lambda run: _one(run, "R", YEARLY)),
    (re.compile("s[AQ](?:&[AQ])?|(?<![NY-])[AQ](?:&[AQ])?q"), _results),
    (re.compile("sR|Rq"), lambda run: _one(run, "R", next(token.value for token in run if token.kind == "R"))),
]


# Years and parts of a year


def _years(run):
    first = run[0].value
    word = next((token for token in run if token.kind == "A"), None)
    return _one(run, "G", _Years(((first, first),), word and word.value), word.form if word else "")


def _short_years(run):
    """«2013-14 годы»."""
    first, short = run[0].value, run[2].value
    if short <= first % 100:
        return run
    return _one(run, "G", _Years(((first, first - first % 100 + short),), run[-1].value), run[-1].form)


def _year_range(run):
    first, last = run[0], run[-1]
    if first.value.word:
        return run
    ranges = ((first.value.ranges[0][0], last.value.ranges[0][0]),)
    return _one(run, "G", _Years(ranges, last.value.word), last.form)


def _year_list(run):
    years = [token for token in run if token.kind == "G"]
    if not years[-1].value.is_plural or any(token.value.word for token in years[:-1]):
        return run
    ranges = tuple(one for token in years for one in token.value.ranges)
    return _one(run, "G", _Years(ranges, years[-1].value.word), years[-1].form)


def _part(number, unit):
    if unit.kind == "K":  # ten days of a month that follows or precedes
        return Point(first_day=number * 10 - 9, last_day=number * 10 if number < 3 else None)
    if unit.kind == "M":
        return Point(unit.value, unit.value, number, number)
    return Point(number * unit.value - unit.value + 1, number * unit.value)


def _parts(run):
    """«I, III квартал»: each number with the unit; a Roman number is no day."""
    unit = run[-1]
    numbers = [token for token in run if token.kind == "N"]
    is_roman = any(token.form == "roman" for token in numbers)
    if is_roman and unit.kind == "M":
        return run
    body = run[:-1] if run[-2].kind == "N" else run[:-2]
    made = [_part_token(token, unit) if token.kind == "N" else token for token in body]
    made[-1] = made[-1]._replace(end=unit.end)
    return made


def _part_token(number, unit):
    kind = "p" if unit.form == "from" else "P"
    return Token(kind, number.start, number.end, _part(number.value, unit), unit.form)


def _month(run):
    form = run[-1].form if run[-1].kind == "m" else run[0].form
    return _one(run, "p" if form == "from" else "P", Point(run[0].value, run[0].value), form)


def _month_day(run):
    """«қаңтардың 25-іне», «25 числа января»."""
    month, day = sorted(run, key=lambda token: token.kind)
    return _one(run, "P", Point(month.value, month.value, day.value, day.value))


def _numeric_date(run):
    year, month, day = run[0].value
    years = ((year, year),) if year else ()
    return _one(run, "P", Point(month, month, day or 1, day, years))


def _ten_days(run):
    month = next(token for token in run if token.kind == "M")
    number = next(token for token in run if token.kind == "N").value
    if number not in (1, 2, 3):
        return run
    days = _part(number, Token("K", 0, 0))
    return _one(run, "P", replace(days, first_month=month.value, last_month=month.value))


_POINT_RULES = [
    (re.compile("Nd"), lambda run: _one(run, "d", run[0].value)),
    (re.compile("Y-NA"), _short_years),
    (re.compile("YA*"), _years),
    (re.compile("G-G"), _year_range),
    (re.compile("G(?:[,&]G)+"), _year_list),
    (re.compile("N-?KM|MN-?K"), _ten_days),
    (re.compile("dM|Md"), _month_day),
    (re.compile("N(?:[,&>-]N)*-?[MQ]m?"), lambda run: _parts(run[:-1] if run[-1].kind == "m" else run)),
    (re.compile("Mm?"), _month),
    (re.compile("D"), _numeric_date),
]
_REPORT = re.compile(">*(?=[AQm]*,?[AQm]*[rd])[rdmAQ](?:,?[rdmAQ])*[tl]?")


def _harmless_report(_run):
    """«до 10 числа месяца, следующего за отчетным» says of a recurring deadline no more than how often it is."""
    return []


def _bare_year(run):
    return _one(run, "p" if run[0].form == "from" else "P", Point(), run[0].form)


_BARE_YEAR_RULES = [
    (re.compile("[Pp]A|A[Pp]"), lambda run: [token for token in run if token.kind != "A"]),
    (re.compile("A"), _bare_year),
]


# Which year a month belongs to


def _share_days(tokens):
    """«до 5 января, апреля, июля»: the day is each month's."""
    kinds = "".join(token.kind for token in tokens)
    shared = list(tokens)
    for match in re.finditer("P(?:[,&]P)+", kinds):
        places = [place for place in range(match.start(), match.end()) if kinds[place] == "P"]
        days = tokens[places[0]].value
        months = [tokens[place].value for place in places[1:]]
        is_list = all(month.unit == (0, True) and not month.years for month in months)
        if days.unit != (0, False) or not is_list or tokens[places[-1]].form != "to":
            continue
        for place, month in zip(places[1:], months, strict=True):
            shared[place] = tokens[place]._replace(
                value=replace(month, first_day=days.first_day, last_day=days.last_day)
            )
    return shared


def _standalone(run, is_year_sure=True):
    token = run[0]
    made = []
    for first, last in token.value.ranges:
        points = [Point(years=((year, year),), is_year_sure=is_year_sure) for year in (first, last)]
        made += _one(run, ",") if made else []
        made += _one(run, "X", Span(*points)) if first != last else _one(run, _kind_of(token), points[0])
    return made


def _kind_of(token):
    return "p" if token.form == "from" else "P"


_STANDALONE = re.compile("(?<=[<>We])G|(?<![Pp])G(?=[twefl])")


def _bind_years(tokens):
    """Give each part of a year the years that stand next to it, before or after as the language has it.

    1. A year that says so («2014 жылғы») goes to all that follows, up to the next year.
    2. Any other goes to its neighbours on the usual side, then on the other one; next to it first, then past commas.
    3. What is left is a deadline of its own.
    """
    tokens = _rewrite(tokens, _STANDALONE, _standalone)
    tokens = [token for part in tokens for token in (_standalone([part]) if _is_start(part) else [part])]
    usual = _usual_side(tokens)
    for place, token in enumerate(tokens):
        if token.kind == "G" and token.form == "of" and token.value.is_kazakh:
            _give(tokens, place, 1, reach_far=True)
    for reach_far in (False, True):
        for is_usual in (True, False):
            for place, token in enumerate(tokens):
                if token.kind == "G":
                    side = usual or (1 if token.value.is_kazakh else -1)
                    _give(tokens, place, side if is_usual else -side, reach_far)
    return _left_over(tokens)


def _left_over(tokens):
    """Read the years that no month took; «июнь 2014 г., 2015 г.» may mean June of both, so such a year is not sure."""
    is_taken = any(token.kind == " " for token in tokens)
    read = []
    for token in tokens:
        if token.kind == "G":
            is_listed = bool(read) and read[-1].kind in ",&"
            is_name = bool(token.value.word and token.value.word.is_name)
            read += _standalone([token], is_year_sure=is_name or not (is_taken and is_listed))
        elif token.kind != " ":
            read.append(token)
    return read


def _is_start(token):
    return token.kind == "G" and token.form == "from"


def _is_yearless(token):
    return token.kind in "Pp" and not token.value.years


def _usual_side(tokens):
    """Return 1 where each year comes before its months, -1 where after, 0 where it goes by the language."""
    order = [token.kind for token in tokens if token.kind == "G" or _is_yearless(token)]
    if not order or (order[0] == "G") == (order[-1] == "G"):
        return 0
    return 1 if order[0] == "G" else -1


def _give(tokens, place, side, reach_far):
    takers = _takers(tokens, place, side, reach_far)
    if not takers:
        return
    ranges = tokens[place].value.ranges
    is_sure = tokens[place].form == "of" or all(first == last for first, last in ranges)
    for taker in takers:
        point = replace(tokens[taker].value, years=ranges, is_year_sure=is_sure)
        tokens[taker] = tokens[taker]._replace(value=point)
    between = range(*sorted((place, takers[0])))
    for at in between:
        if tokens[at].kind == "-":
            tokens[at] = tokens[at]._replace(kind=" ")
    tokens[place] = tokens[place]._replace(kind=" ")


def _takers(tokens, place, side, reach_far):
    takers = []
    at = place + side
    while 0 <= at < len(tokens):
        token = tokens[at]
        if _is_yearless(token):
            takers.append(at)
        elif token.kind in "G ?PpX" or (token.kind in ",&R" and not takers and not reach_far):
            break
        at += side
    return takers


# From and to


def _range(run):
    points = [token.value for token in run if token.kind in "Pp"]
    return _one(run, "X", Span(*points))


def _within(run):
    token = next(token for token in run if token.kind in "PX")
    span = token.value if token.kind == "X" else Span(token.value, token.value)
    return _one(run, "X", span)


def _open(run):
    return _one(run, "X", Span(next(token.value for token in run if token.kind in "Pp"), None))


def _single(run):
    return _one(run, "X", Span(None, next(token.value for token in run if token.kind in "Pp")))


def _neighbours(run):
    """Two deadlines without a comma are two lines of a cell; «первая половина марта» is one that is not known."""
    first, second = (token.value.last or token.value.first for token in run)
    return run if first.years != second.years or first.unit == second.unit else _unknown(run)


_SPAN_RULES = [
    (re.compile("eP|Pe"), lambda run: [token for token in run if token.kind == "P"]),
    (re.compile("<b(?=P)"), lambda run: run[:1]),
    (re.compile("<P,?[>-]+P(?:f?t)?|P&PB|pf?,?-?P[t]|PB?-+PB?|Pf,?P[t]"), _range),
    (re.compile("<Pf?|[Pp]f|<pf?"), _open),
    (re.compile("W[PX]w?|[PX]w"), _within),
    (re.compile("XB"), lambda run: run[:1]),
    (re.compile(">+P[tl]?|P[tl]|pl|P"), _single),
]
_UNKNOWN_KINDS = set("?YNAQKmMDdTESLsqrGPp<>ftlBWweb")


def _reading(tokens, recurrences):
    """Keep the spans of those clauses of which every word is known."""
    tokens = _rewrite(tokens, re.compile("X(?=X)X"), _neighbours)
    tokens = _rewrite(tokens, re.compile("(?<=X)-+(?=X)"), _unknown)
    clauses = [[]]
    for token in tokens:
        if token.kind == ",":
            clauses.append([])
        else:
            clauses[-1].append(token)
    known = [clause for clause in clauses if not any(token.kind in _UNKNOWN_KINDS for token in clause)]
    spans = [token.value for clause in known for token in clause if token.kind == "X"]
    understood = bool(recurrences) or any(token.kind in "XP" for token in tokens)
    return Reading(spans, recurrences, understood, complete=len(known) == len(clauses))
