"""The grammar of a deadline: tokens -> spans of the calendar and how often. Pure: no Django.

Each rule is a pattern over the string of the tokens' kinds (see deadline_words) and a function that makes fewer tokens
of those that it matches. Three kinds come into being here: G years, P (p where «from» it) a part of a year, X a span.
"""

import re
from dataclasses import replace
from typing import NamedTuple

from .deadline_words import YEARLY, Token
from .deadline_years import Point, Span, Years, bind_years, one, rewrite, share_days


class Reading(NamedTuple):
    spans: list
    is_complete: bool  # every word is understood
    recurrences: set  # in months, 0 is permanent
    is_understood: bool  # anything is


def read(tokens):
    """Read a phrase's tokens: how often, then parts of the year, then their years, then from and to."""
    for pattern, fold in _RECURRENCE_RULES:
        tokens = rewrite(tokens, pattern, fold)
    recurrences = {token.value for token in tokens if token.kind == "R"}
    recurring = bool(recurrences - {0})
    tokens = [token for token in tokens if token.kind not in "HI"]
    for pattern, fold in _POINT_RULES:
        tokens = rewrite(tokens, pattern, fold)
    tokens = rewrite(tokens, _REPORT, _harmless_report if recurring else _unknown)
    for pattern, fold in _BARE_YEAR_RULES:
        tokens = rewrite(tokens, pattern, fold)
    tokens = bind_years(share_days(tokens))
    understood = bool(recurrences) or any(token.kind in "PpX" for token in tokens)
    for pattern, fold in _SPAN_RULES:
        tokens = rewrite(tokens, pattern, fold)
    if recurring:
        tokens = rewrite(tokens, re.compile("d"), _drop)
    return Reading(*_known_spans(tokens), recurrences, understood)


def _drop(_run):
    return []


def _unknown(run):
    return one(run, "?")


# How often


def _often(run, count, units, unit):
    """`count` times in `units` of a year, a half-year, a quarter or a month; weeks and «in two years» are not known."""
    months = {"A": 12, "m": 1}.get(unit.kind, unit.value) * units
    if count and months % count == 0 and months // count in (12, 6, 3, 1):
        return one(run, "R", months // count)
    return _unknown(run)


def _spelled(run):
    """«2 (два)»."""
    return run[:1] if run[0].value == run[2].value else run


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


def _times_each(run):
    """«жыл сайын екі рет»."""
    months, times = run[0].value, run[-1].value
    count = next((token.value for token in run if token.kind == "N" and token.form == "counts"), times)
    if months == 0 or count == 0 or months % count or months // count not in (12, 6, 3, 1):
        return _unknown(run)
    return one(run, "R", months // count)


def _every(run):
    numbers = [token for token in run if token.kind == "N"]
    if any(token.form != "counts" for token in numbers):
        return run
    unit = next(token for token in run if token.kind in "AQm")
    return _often(run, 1, numbers[0].value if numbers else 1, unit)


def _results(run):
    units = [token for token in run if token.kind in "AQ"]
    return one(run, "R", min(12 if unit.kind == "A" else unit.value for unit in units))


_RECURRENCE_RULES = [
    (re.compile("N,N,"), _spelled),
    (re.compile("(?<!N)(?<!N-)L?N?TIN?[AQm]"), _times),
    (re.compile("L?(?<![-Y])N?[AQm]L?N?T"), _times),
    (re.compile("EN?[AQm]S?|N?[AQm]S"), _every),
    (re.compile("E(?=N?-?M)"), lambda run: one(run, "R", YEARLY)),
    (re.compile("s[AQ](?:&[AQ])?|(?<![NY-])[AQ](?:&[AQ])?q"), _results),
    (re.compile("R,?L?N?T"), _times_each),
    (re.compile("[>u]?eR|Ret?"), lambda run: [token for token in run if token.kind == "R"]),
    (re.compile("sR|Rq"), lambda run: one(run, "R", next(token.value for token in run if token.kind == "R"))),
]


# Years and parts of a year


def _years(run):
    first = run[0].value
    word = next((token for token in run if token.kind == "A"), None)
    return one(run, "G", Years(((first, first),), word and word.value), word.form if word else "")


def _short_years(run):
    """«2013-14 годы»."""
    first, short = run[0].value, run[2].value
    if short <= first % 100:
        return run
    return one(run, "G", Years(((first, first - first % 100 + short),), run[-1].value), run[-1].form)


def _year_range(run):
    first, last = run[0], run[-1]
    if first.value.word:
        return run
    ranges = ((first.value.ranges[0][0], last.value.ranges[0][0]),)
    return one(run, "G", Years(ranges, last.value.word), last.form)


def _year_list(run):
    years = [token for token in run if token.kind == "G"]
    if not years[-1].value.is_plural or any(token.value.word for token in years[:-1]):
        return run
    ranges = tuple(pair for token in years for pair in token.value.ranges)
    return one(run, "G", Years(ranges, years[-1].value.word), years[-1].form)


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
    return one(run, "p" if form == "from" else "P", Point(run[0].value, run[0].value), form)


def _month_day(run):
    """«қаңтардың 25-іне», «25 числа января»."""
    month = next(token for token in run if token.kind == "M")
    day = next(token for token in run if token.kind == "d")
    return one(run, "P", Point(month.value, month.value, day.value, day.value))


def _numeric_date(run):
    year, month, day = run[0].value
    years = ((year, year),) if year else ()
    return one(run, "P", Point(month, month, day or 1, day, years))


def _ten_days(run):
    month = next(token for token in run if token.kind == "M")
    number = next(token for token in run if token.kind == "N").value
    if number not in (1, 2, 3):
        return run
    days = _part(number, Token("K", 0, 0))
    return one(run, "P", replace(days, first_month=month.value, last_month=month.value))


_POINT_RULES = [
    (re.compile("Nd"), lambda run: one(run, "d", run[0].value)),
    (re.compile("Y-NA"), _short_years),
    (re.compile("YA*"), _years),
    (re.compile("G-G"), _year_range),
    (re.compile("G(?:[,&]G)+"), _year_list),
    (re.compile("N-?KM|MN-?K"), _ten_days),
    (re.compile("dMm?|Mm?d"), _month_day),
    (re.compile("N(?:[,&>u-]N)*-?[MQ]m?"), lambda run: _parts(run[:-1] if run[-1].kind == "m" else run)),
    (re.compile("Mm?"), _month),
    (re.compile("D"), _numeric_date),
]
_REPORT = re.compile("[>u]*(?=[AQm]*,?[AQm]*[rd])[rdmAQ](?:,?[rdmAQ])*[tl]?")


def _harmless_report(_run):
    """«до 10 числа месяца, следующего за отчетным» says of a recurring deadline no more than how often it is."""
    return []


def _bare_year(run):
    return one(run, "p" if run[0].form == "from" else "P", Point(), run[0].form)


_BARE_YEAR_RULES = [
    (re.compile("[Pp]A|A[Pp]"), lambda run: [token for token in run if token.kind != "A"]),
    (re.compile("A"), _bare_year),
]


# From and to


def _range(run):
    points = [token.value for token in run if token.kind in "Pp"]
    return one(run, "X", Span(*points))


def _within(run):
    token = next(token for token in run if token.kind in "PX")
    span = token.value if token.kind == "X" else Span(token.value, token.value)
    return one(run, "X", span)


def _open(run):
    return one(run, "X", Span(next(token.value for token in run if token.kind in "Pp"), None))


def _single(run):
    return one(run, "X", Span(None, next(token.value for token in run if token.kind in "Pp")))


def _neighbours(run):
    """Two deadlines without a comma are two lines of a cell; «первая половина марта» is one that is not known."""
    first, second = (token.value.last or token.value.first for token in run)
    return run if first.years != second.years or first.unit == second.unit else _unknown(run)


_SPAN_RULES = [
    (re.compile("eP|Pe"), lambda run: [token for token in run if token.kind == "P"]),
    (re.compile("<b(?=P)"), lambda run: run[:1]),
    (re.compile("<P,?[>u-]+P(?:f?t)?|Pu>?P|P&PB|pf?,?-?P[t]|PB?-+PB?|Pf,?P[t]"), _range),
    (re.compile("<Pf?|[Pp]f|<pf?"), _open),
    (re.compile("W[PX]w?|[PX]w"), _within),
    (re.compile("XB"), lambda run: run[:1]),
    (re.compile("(?<![>u])P>+P"), _unknown),
    (re.compile("[>u]+P[tl]?|P[tl]|pl|P"), _single),
]
_UNKNOWN_KINDS = set("?YNAQKmMDdTESLsqrGPp<>uftlBWweb")


def _known_spans(tokens):
    """Return the spans of those clauses of which every word is known, and whether all are."""
    tokens = rewrite(tokens, re.compile("X(?=X)X"), _neighbours)
    tokens = rewrite(tokens, re.compile("(?<=X)-+(?=X)"), _unknown)
    clauses = [[]]
    for token in tokens:
        if token.kind == ",":
            clauses.append([])
        else:
            clauses[-1].append(token)
    known = [clause for clause in clauses if not any(token.kind in _UNKNOWN_KINDS for token in clause)]
    return [token.value for clause in known for token in clause if token.kind == "X"], len(known) == len(clauses)
