"""The deadlines of action plans, as officials type them: phrase -> periods, recurrence, doubt, and back."""

import calendar
import datetime
from pathlib import Path

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmap import deadlines
from roadmap.deadline_words import RECURRENCE
from roadmap.deadlines import EMPTY, NO_YEAR, OUTSIDE, UNREAD, Deadline, Period, is_ditto, occurrences, parse
from roadmap.letters import squash
from roadmap.tests.test_decree_631 import CELLS, GLUED, TERMS

hypothesis.settings.register_profile("deadlines", derandomize=True, deadline=None)
PROFILE = hypothesis.settings.get_profile("deadlines")
D = datetime.date
PLAN = (2013, 2018)


def table():
    """[(phrase, the act's years or none, what is expected)] of deadlines.txt."""
    rows = []
    for line in Path(__file__).with_name("deadlines.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            phrase, years, expected = (cell.strip() for cell in line.split("|"))
            act = tuple(int(year) for year in years.split("-")) if years else None
            rows.append((phrase.replace("\\n", "\n"), act, expected))
    return rows


ROWS = table()


def short(deadline):
    """«2014-01-01/2018-12-31 yearly»."""
    periods = (f"{period.starts_on or ''}/{period.ends_on}" for period in deadline.periods)
    return " ".join(filter(None, [*periods, deadline.recurrence, deadline.doubt]))


def without_spaces(text):
    return "".join(text.split())


@pytest.mark.parametrize(("phrase", "years", "expected"), ROWS, ids=[row[0] for row in ROWS])
def test_it_reads(phrase, years, expected):
    assert short(parse(phrase, years)) == expected


@pytest.mark.parametrize("number", CELLS)
def test_it_reads_decree_631(number):
    cell = CELLS[number][1][4]
    first, last = (D.fromisoformat(day) if day else None for day in TERMS[number])
    assert parse(cell, PLAN) == Deadline(GLUED.get(cell, cell), (Period(first, last),))


@pytest.mark.parametrize("cell", ["", " ", "-", "–", "— —", "\u00a0\n"])
def test_it_says_that_a_cell_is_empty(cell):
    assert parse(cell).doubt == EMPTY


def test_it_sums_up_its_periods():
    deadline = parse("2014 жыл, 2015-2016 жылдар", PLAN)
    assert (deadline.starts_on, deadline.ends_on) == (D(2015, 1, 1), D(2016, 12, 31))
    assert not deadline.needs_review
    assert (parse("ежегодно").starts_on, parse("ежегодно").ends_on) == (None, None)


@pytest.mark.parametrize(
    ("phrase", "doubt"), [("2019 жыл", OUTSIDE), ("2012-2014 годы", OUTSIDE), ("декабрь", NO_YEAR), ("осень", UNREAD)]
)
def test_it_asks_for_a_person_where_it_doubts(phrase, doubt):
    deadline = parse(phrase, PLAN)
    assert (deadline.doubt, deadline.needs_review) == (doubt, True)


# The text


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("2016 жылғыІ-тоқсан", "2016 жылғы І-тоқсан"),
        ("2014 жылғы мамыр2015 жылғы мамыр", "2014 жылғы мамыр 2015 жылғы мамыр"),
        ("июнь 2014 г.декабрь 2014 г.", "июнь 2014 г. декабрь 2014 г."),
        ("2014жылғы1сәуірге дейін", "2014 жылғы 1 сәуірге дейін"),
        ("1 квартал2014г.", "1 квартал 2014г."),
        ("III-IVтоқсандар2014жыл", "III-IV тоқсандар 2014 жыл"),
        ("2013  жылғы\nтамыз ", "2013 жылғы тамыз"),
        ("2013 жылғы 2-жартыжылдық", "2013 жылғы 2-жартыжылдық"),
        ("июнь,декабрь 2014 года", "июнь,декабрь 2014 года"),
        ("по отдельному графику", "по отдельному графику"),
        ("қajettiligine қарай", "қajettiligine қарай"),
    ],
)
def test_it_parts_glued_words_and_changes_nothing_else(cell, text):
    assert parse(cell).text == text


PHRASES = st.one_of(
    st.lists(st.sampled_from(sorted({word for row in ROWS for word in row[0].split()})), max_size=8).flatmap(
        lambda words: st.sampled_from([" ".join(words), "".join(words)])
    ),
    st.text(alphabet="0123456789./-– IVІХжылғдатоқсеяинвр,«(", max_size=30),
    st.text(max_size=40),
)
YEARS = st.sampled_from([None, (2014, 2014), PLAN])


@hypothesis.settings(PROFILE, max_examples=500)
@given(PHRASES, YEARS)
def test_it_reads_anything_and_loses_no_text(text, years):
    deadline = parse(text, years)
    assert without_spaces(deadline.text) == without_spaces(squash(text))
    assert parse(deadline.text, years) == deadline
    assert deadline.needs_review or deadline.periods or deadline.recurrence
    is_ditto(text)


@hypothesis.settings(PROFILE, max_examples=300)
@given(PHRASES, YEARS, st.sampled_from(["kk", "ru"]))
def test_it_reads_back_what_it_writes_of_what_it_read(text, years, language):
    deadline = parse(text, years)
    again = parse(deadlines.format(deadline, language))
    assert (again.periods, again.recurrence) == (deadline.periods, deadline.recurrence)


# Writing


def months_from(year, month, count):
    """A period of whole months."""
    last_year, last_month = divmod(year * 12 + month + count - 2, 12)
    last = D(last_year, last_month + 1, calendar.monthrange(last_year, last_month + 1)[1])
    return Period(D(year, month, 1), last)


DAYS = st.dates(D(1995, 1, 1), D(2050, 12, 31))
WHOLE = st.builds(months_from, st.integers(2000, 2030), st.integers(1, 12), st.sampled_from([1, 2, 3, 6, 12, 24, 40]))
PERIODS = st.one_of(
    DAYS.map(lambda day: Period(None, day)),
    st.tuples(DAYS, DAYS).map(lambda days: Period(min(days), max(days))),
    WHOLE,
    WHOLE.map(lambda period: Period(None, period.ends_on)),
)
RECURRENCES = st.sampled_from([None, *RECURRENCE])


@hypothesis.settings(PROFILE, max_examples=500)
@given(
    st.lists(PERIODS, max_size=4, unique=True),
    RECURRENCES,
    st.sampled_from(["", "желтоқсан", "IV квартал", "II полугодие", "до 1 мая"]),
    st.sampled_from(["kk", "ru"]),
)
def test_it_reads_back_what_it_writes(periods, recurrence, text, language):
    deadline = Deadline(text, tuple(periods), recurrence)
    again = parse(deadlines.format(deadline, language))
    assert (again.periods, again.recurrence) == (deadline.periods, deadline.recurrence)
    assert again.doubt == ("" if periods or recurrence else EMPTY)


@pytest.mark.parametrize(
    ("text", "russian", "kazakh"),
    [
        ("2013 жылғы тамыз", "август 2013 года", "2013 жылғы тамыз"),
        ("2013 жыл", "2013 год", "2013 жыл"),
        ("2013 жылғы желтоқсан", "декабрь 2013 года", "2013 жылғы желтоқсан"),
        ("2016 жылғы І-тоқсан", "I квартал 2016 года", "2016 жылғы I тоқсан"),
        ("II полугодие 2014 года", "II полугодие 2014 года", "2014 жылғы II жартыжылдық"),
        ("2014 - 2018 жылдар", "2014 – 2018 годы", "2014 – 2018 жылдар"),
        ("в течение 2014 года", "в течение 2014 года", "2014 жыл ішінде"),
        ("март-май 2014 г.", "март – май 2014 года", "2014 жылғы наурыз – мамыр"),
        ("до 1 апреля 2014 года", "до 1 апреля 2014 года", "2014 жылғы 1 сәуірге дейін"),
        ("ежеквартально, 2014-2016 гг.", "ежеквартально, 2014 – 2016 годы", "тоқсан сайын, 2014 – 2016 жылдар"),
        ("постоянно", "постоянно", "тұрақты"),
        ("с 10 июня 2014 года по 1 марта 2015 года", "с 10 июня 2014 года по 1 марта 2015 года",
         "2014 жылғы 10 маусымнан бастап 2015 жылғы 1 наурызға дейін"),
    ],
)  # fmt: skip
def test_it_writes_in_both_languages(text, russian, kazakh):
    deadline = parse(text)
    assert deadlines.format(deadline, "ru") == russian
    assert deadlines.format(deadline, "kk") == kazakh


# Ditto marks


@pytest.mark.parametrize(
    "cell",
    ['-"-', "«-«-»", "--//--", '"', "″", "〃", "-\u00a0″\u00a0-", "-//-", "//", "''", ",,", "”", "— „ —", "сол", "Сол",
     "то же", "То же.", "сонда", "бұл да", "«то же»", "там же"],
)  # fmt: skip
def test_it_knows_a_ditto_mark(cell):
    assert is_ditto(cell)


@pytest.mark.parametrize("cell", ["", "-", "– –", ",", "/", "2014 жыл", "солай", "«2014»", "до того же срока"])
def test_it_takes_nothing_else_for_a_ditto_mark(cell):
    assert not is_ditto(cell)


# When it is due


def due(phrase, first, last, years=PLAN):
    deadline = parse(phrase, years)
    return [day.isoformat() for day in occurrences(deadline.periods, deadline.recurrence, first, last)]


H2_2014 = D(2014, 7, 1), D(2014, 12, 31)
H1_2015 = D(2015, 1, 1), D(2015, 6, 30)


@pytest.mark.parametrize(
    ("phrase", "window", "days"),
    [
        ("жыл сайын, желтоқсан", H2_2014, ["2014-12-31"]),
        ("жыл сайын, желтоқсан", H1_2015, []),
        ("ежегодно, февраль", (D(2016, 1, 1), D(2017, 12, 31)), ["2016-02-29", "2017-02-28"]),
        ("ежегодно, до 28 февраля 2018 года", (D(2016, 1, 1), D(2016, 12, 31)), ["2016-02-29"]),
        ("ежегодно, до 1 февраля", (D(2013, 1, 1), D(2030, 1, 1)),
         ["2013-02-01", "2014-02-01", "2015-02-01", "2016-02-01", "2017-02-01", "2018-02-01"]),
        ("ежегодно, начиная с 2016 года", (D(2013, 1, 1), D(2030, 1, 1)), ["2016-12-31", "2017-12-31", "2018-12-31"]),
        ("2014-2015 годы, ежегодно до 1 февраля", (D(2013, 1, 1), D(2030, 1, 1)), ["2014-02-01", "2015-02-01"]),
        ("15 шілдеге және 15 қаңтарға дейін жыл сайын", H1_2015, ["2015-01-15"]),
        ("15 шілдеге және 15 қаңтарға дейін жыл сайын", H2_2014, ["2014-07-15"]),
        ("2 раза в год (июль, январь)", H1_2015, ["2015-01-31"]),
        ("2 раза в год, к 10 января и 10 июня", (D(2014, 1, 1), D(2014, 12, 31)), ["2014-01-10", "2014-06-10"]),
        ("ежеквартально", H1_2015, ["2015-03-31", "2015-06-30"]),
        ("2014-2015 годы, ежеквартально", H2_2014, ["2014-09-30", "2014-12-31"]),
        ("2014 год, ежеквартально", H1_2015, []),
        ("ежеквартально, с 1 июня 2014 года по 1 марта 2015 года", (D(2014, 1, 1), D(2015, 12, 31)),
         ["2014-06-01", "2014-09-01", "2014-12-01", "2015-03-01"]),
        ("ежемесячно", (D(2015, 1, 15), D(2015, 3, 30)), ["2015-01-31", "2015-02-28"]),
        ("раз в полугодие", (D(2014, 1, 1), D(2014, 12, 31)), ["2014-06-30", "2014-12-31"]),
        ("ежегодно", (D(2014, 1, 1), D(2015, 12, 30)), ["2014-12-31"]),
        ("постоянно", H2_2014, []),
        ("2014 жылғы маусым, 2014 жылғы желтоқсан", H2_2014, ["2014-12-31"]),
    ],
)  # fmt: skip
def test_it_is_due(phrase, window, days):
    assert due(phrase, *window) == days


@hypothesis.settings(PROFILE, max_examples=500)
@given(st.lists(PERIODS, max_size=3), RECURRENCES, DAYS, DAYS)
def test_it_is_due_within_its_years_and_in_order(periods, recurrence, one, other):
    first, last = min(one, other), max(one, other)
    days = occurrences(periods, recurrence, first, last)
    assert days == sorted(set(days))
    assert all(first <= day <= last for day in days)
    if recurrence and periods:
        starts = [period.starts_on for period in periods if period.starts_on]
        assert all(min(starts, default=day) <= day <= max(period.ends_on for period in periods) for day in days)
