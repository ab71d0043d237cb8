"""Parts of the year in a deadline, and which year each belongs to. Pure: no Django.

Tokens and their kinds are those of deadline_words and deadline_grammar.
"""

import calendar
import datetime
import re
from dataclasses import dataclass, replace

from .deadline_words import Token, Year


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
class Years:
    """2014; 2014-2018; 2014, 2016: and how the word for «year» stands to its months."""

    ranges: tuple[tuple[int, int], ...]
    word: Year | None = None

    @property
    def is_kazakh(self):
        return bool(self.word and self.word.is_kazakh)

    @property
    def is_plural(self):
        return bool(self.word and self.word.is_plural)


def rewrite(tokens, pattern, fold):
    """Put in the place of each run of tokens whose kinds match what `fold` makes of it."""
    kinds = "".join(token.kind for token in tokens)
    written, at = [], 0
    for match in pattern.finditer(kinds):
        written += tokens[at : match.start()]
        written += fold(tokens[match.start() : match.end()])
        at = match.end()
    return written + tokens[at:]


def one(run, kind, value=None, form=""):
    """Make one token of a run."""
    return [Token(kind, run[0].start, run[-1].end, value, form)]


def share_days(tokens):
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
        made += one(run, ",") if made else []
        made += one(run, "X", Span(*points)) if first != last else one(run, _kind_of(token), points[0])
    return made


def _kind_of(token):
    return "p" if token.form == "from" else "P"


_STANDALONE = re.compile("(?<=[<>uW])G|(?<![Pp]e)(?<=e)G|(?<![Pp])G(?=[twefl])")


def bind_years(tokens):
    """Give each part of a year the years that stand next to it, before or after as the language has it.

    1. A year that says so («2014 жылғы») goes to all that follows, up to the next year.
    2. Any other goes to its neighbours on the usual side, then on the other one; next to it first, then past commas.
    3. What is left is a deadline of its own.
    """
    tokens = rewrite(tokens, _STANDALONE, _standalone)
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
