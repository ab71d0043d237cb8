"""The pictures, by numbers: a bar begins and ends where its dates say, and what people typed never becomes markup."""

import datetime
import time
from xml.etree import ElementTree

import pytest

from reporting.pictures import (
    Axis,
    Bar,
    Part,
    Series,
    amount,
    gauge,
    lane,
    ordered,
    slot,
    stacked,
    timeline_head,
    trend,
)

D = datetime.date
YEAR = Axis(D(2013, 1, 1), D(2013, 12, 31))
SIX_YEARS = Axis.of_years(2013, 2018)


def bar(**changes):
    return Bar(**{"starts": D(2013, 1, 1), "ends": D(2013, 12, 31), "status": "in_progress", "percent": 0, "words": "w"}
               | changes)  # fmt: skip


def read(svg):
    return ElementTree.fromstring(svg)  # noqa: S314  (our own)


def span(svg, name):
    """Where the rectangle of that class begins and ends, in percent; None where there is none."""
    for rect in read(svg).iter("rect"):
        if name in rect.get("class", "").split():
            begins, width = (float(rect.get(side).rstrip("%")) for side in ("x", "width"))
            return round(begins, 2), round(begins + width, 2)
    return None


def texts(svg):
    return ["".join(text.itertext()) for text in read(svg).iter("text")]


def test_axis_holds_whole_days():
    assert YEAR.begin(D(2013, 1, 1)) == 0 and YEAR.end(D(2013, 12, 31)) == 100
    assert YEAR.begin(D(2013, 7, 2)) == pytest.approx(100 * 182 / 365)
    assert YEAR.end(D(2013, 1, 1)) == YEAR.begin(D(2013, 1, 2))


def test_axis_keeps_what_lies_outside_at_its_edges():
    assert (YEAR.begin(D(2012, 5, 1)), YEAR.begin(D(2026, 1, 1)), YEAR.end(D.max)) == (0, 100, 100)


def test_axis_names_few_years_of_many():
    assert list(SIX_YEARS.years) == [2013, 2014, 2015, 2016, 2017, 2018]
    assert len(Axis.of_years(1991, 2100).years) <= 12


@pytest.mark.parametrize(
    ("starts", "ends", "expected"),
    [
        (D(2013, 6, 19), D(2013, 8, 31), (7.71, 11.09)),  # 169 and 243 of 2191 days
        (D(2013, 1, 1), D(2018, 12, 31), (0, 100)),
        (D(2014, 1, 1), D(2015, 12, 31), (16.66, 49.98)),
        (D(2016, 1, 1), None, (49.98, 100)),
        (D(2011, 1, 1), D(2013, 12, 31), (0, 16.66)),
    ],
)
def test_bar_begins_and_ends_where_its_dates_say(starts, ends, expected):
    assert span(lane(bar(starts=starts, ends=ends), SIX_YEARS), "track") == pytest.approx(expected, abs=0.011)


def test_filled_part_of_the_term_is_the_readiness():
    assert span(lane(bar(percent=50), YEAR), "fill") == (0, 50)
    assert span(lane(bar(percent=0), YEAR), "fill") is None


def test_overdue_bar_runs_on_to_the_day_looked_at():
    svg = lane(bar(ends=D(2013, 6, 30), slip="overdue", slips_to=D(2013, 9, 1)), YEAR)
    assert span(svg, "slip") == pytest.approx((49.59, 66.58), abs=0.011)
    assert "▲" in texts(svg) and 'fill="url(#p-late)"' in svg


def test_bar_of_a_passed_deadline_without_a_word_is_an_empty_frame():
    svg = lane(bar(ends=D(2013, 6, 30), slip="due_since", slips_to=D(2013, 9, 1)), YEAR)
    assert span(svg, "due_since") and "△" in texts(svg) and "▲" not in texts(svg)
    assert "p-late" not in svg


def test_done_late_shows_both_days():
    done = D(2013, 9, 1)
    svg = lane(bar(ends=D(2013, 6, 30), status="done", percent=100, done_on=done, slip="late", slips_to=done), YEAR)
    assert span(svg, "track")[1] == pytest.approx(49.59, abs=0.011)
    assert span(svg, "slip")[1] == pytest.approx(66.85, abs=0.011)
    assert {"●", "▲"} <= set(texts(svg))


def test_overdue_beyond_the_axis_ends_at_its_edge():
    svg = lane(bar(ends=D(2013, 12, 31), slip="overdue", slips_to=D(2026, 11, 24)), YEAR)
    assert span(svg, "slip")[1] == 100


def test_head_draws_the_day_only_where_the_axis_holds_it():
    assert "day-line" in timeline_head(YEAR, D(2013, 5, 1), "1 мамыр")
    assert "day-line" not in timeline_head(YEAR, D(2026, 5, 1), "2026")


HOSTILE = """<script>alert(1)</script>"'&]]>"""


@pytest.mark.parametrize(
    "svg",
    [
        lane(bar(words=HOSTILE), YEAR),
        stacked([Part("done", 1)], HOSTILE),
        gauge(5, "done", HOSTILE),
        amount(2, 1, 2, HOSTILE),
        trend([HOSTILE], [HOSTILE], [], 1, HOSTILE),
        timeline_head(YEAR, D(2013, 5, 1), HOSTILE),
    ],
    ids=["lane", "stacked", "gauge", "amount", "trend", "head"],
)
def test_words_are_escaped(svg):
    assert "<script" not in svg and HOSTILE in ["".join(node.itertext()) for node in read(svg).iter()]


def test_picture_says_itself_in_words_and_holds_no_style():
    svg = stacked([Part("done", 7), Part("in_progress", 5, 2)], "бөлім: орындалды 7")
    root = read(svg)
    assert root.get("role") == "img" and root.find("title").text == "бөлім: орындалды 7"
    assert not [node for node in root.iter() if node.get("style")]


def test_parts_of_a_bar_are_as_long_as_their_counts():
    svg = stacked([Part("done", 3), Part("in_progress", 1), Part("not_started", 0)], "w")
    assert (span(svg, "done"), span(svg, "in_progress"), span(svg, "not_started")) == ((0, 75), (75, 100), None)
    assert texts(svg) == ["● 3", "◐ 1"]


def test_overdue_of_a_part_is_underlined():
    assert span(stacked([Part("done", 2), Part("in_progress", 2, marked=1)], "w"), "overdue") == (50, 75)


def test_parts_have_patterns_that_differ_in_grey():
    svg = stacked([Part(code, 1) for code in ("done", "in_progress", "not_started", "not_done", "off_control")], "w")
    fills = [rect.get("fill") for rect in read(svg).iter("rect")]
    assert len(set(fills)) == 5 and None not in fills


def test_bar_of_nothing_is_empty():
    assert not list(read(stacked([], "w")).iter("rect"))
    assert not list(read(stacked([Part("done", 0)], "w")).iter("rect"))


def test_statuses_stand_in_the_order_of_a_bar():
    assert [code for code, _count in ordered([("not_started", 1), ("off_control", 2), ("done", 3)])] == [
        "done", "off_control", "not_started",
    ]  # fmt: skip


def test_trend_leaves_a_gap_as_a_gap():
    svg = trend(list("abcd"), [""] * 4, [Series("mean", [10, 20, None, 40])], 100, "w")
    group = read(svg).find("g")
    assert len(group.findall("circle")) == 3
    (line,) = group.findall("line")
    assert (line.get("x1"), line.get("x2")) == (f"{slot(0, 4):.2f}%", f"{slot(1, 4):.2f}%")
    assert texts(svg)[-3:] == ["10", "20", "40"]


def test_trend_of_nothing_and_of_one_half_year():
    assert read(trend([], [], [], 0, "w")) is not None
    assert len(read(trend(["I"], ["2013"], [Series("mean", [5])], 100, "w")).findall("g/circle")) == 1


def test_money_is_drawn_to_the_scale_of_the_longest():
    svg = amount(planned=50, spent=25, top=100, words="w")
    assert (span(svg, "track"), span(svg, "fill")) == ((0, 50), (0, 25))
    assert span(amount(0, 0, 0, "w"), "track") is not None


def test_five_thousand_lanes_are_drawn_within_two_seconds():
    started = time.process_time()
    for _number in range(5000):
        lane(bar(percent=40), SIX_YEARS)
    assert time.process_time() - started < 2
