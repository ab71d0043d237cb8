"""The library of acts: many years, issuers, shapes and file formats, each with what a careful reader understands.

«*» in an expected file is not compared; within a text it stands for anything.
"""

import fnmatch
import json
import re
from pathlib import Path

import pytest

from roadmap import decree, tables
from roadmap.doubts import sentences, why_no_plan, why_unreadable

ACTS = Path(__file__).parent / "acts"
EXPECTED = sorted(ACTS.glob("*.json"))
REFUSED = sorted(ACTS.glob("refused-*"))
REPORTING = {  # frequency, the executors' day, the ministry's; None where the act is silent or says what cannot be held
    "agro-2010-kk": ("quarter", 10, 25), "digital-2020-kk": ("month", 5, 15), "employment-2020-ru": ("month", 10, 25),
    "export-2021-kk": ("half_year", 10, None), "green-2013-kk": (None, None, None),
    "health-2025-kk": ("year", 20, None),
    "labour-safety-2025-ru": ("year", 15, None), "language-2017-kk": ("year", None, None),
    "monotowns-2012-ru": ("quarter", 10, None), "roads-2017-ru": ("quarter", 10, 20),
    "rural-schools-2021-ru": ("quarter", 5, 15), "russian-roadmap": ("half_year", 10, 25),
    "standards-2004-ru": ("year", None, None), "textile-2014-ru": ("half_year", 10, 25),
    "tourism-2014-kk": ("half_year", 10, 25), "tourism-2023-ru": (None, None, None),
    "water-2023-kk": ("half_year", 15, None),
}  # fmt: skip


def plan_of(path):
    return decree.parse(tables.read(path.read_bytes()))


def source_of(expected):
    return next(path for path in ACTS.glob(f"{expected.stem}.*") if path.suffix != ".json")


def differences(expected, got, place=""):
    """What does not fit, as [(place, expected, got)]."""
    if expected == "*":
        return []
    if isinstance(expected, dict) and isinstance(got, dict):
        return [found for key in expected for found in differences(expected[key], got.get(key), f"{place}.{key}")]
    if isinstance(expected, list) and isinstance(got, list) and len(expected) == len(got):
        pairs = enumerate(zip(expected, got, strict=True))
        return [found for at, (one, other) in pairs for found in differences(one, other, f"{place}[{at}]")]
    if isinstance(expected, str) and "*" in expected and isinstance(got, str):
        got = re.sub(r"(?<=\d) (?=\d)", "", got)  # an expected volume has no spaces within its numbers
        expected = re.sub(r"(?<=\d) (?=\d)", "", expected)
    if isinstance(expected, str) and isinstance(got, str) and fnmatch.fnmatchcase(got, expected.replace("[", "[[]")):
        return []
    return [] if expected == got else [(place, expected, got)]


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda path: path.stem)
def test_it_understands_the_act_as_a_careful_reader_does(expected):
    plan = plan_of(source_of(expected))
    assert differences(json.loads(expected.read_text(encoding="utf-8")), plan.as_json()) == []
    assert all(sentences(plan))


@pytest.mark.parametrize("name", REPORTING)
def test_it_reads_the_reporting_clause(name):
    reporting = plan_of(source_of(ACTS / f"{name}.json")).reporting
    read = (reporting.frequency, reporting.executors_due_day, reporting.ministry_due_day)
    assert read == REPORTING[name]


@pytest.mark.parametrize("path", REFUSED, ids=lambda path: path.stem)
def test_it_refuses_what_is_no_plan_and_says_why(path):
    try:
        plan_of(path)
    except tables.Unreadable as error:
        assert why_unreadable(error)
    except decree.NotAPlan as error:
        assert why_no_plan(error)
    else:
        pytest.fail("it was read")


def test_it_names_the_headings_that_it_found_and_those_that_lack():
    with pytest.raises(decree.NotAPlan) as refused:
        plan_of(ACTS / "refused-no-executors.txt")
    assert "Наименование мероприятия" in refused.value.found
    assert refused.value.missing == ["executors"]


def test_every_act_of_the_library_has_its_answer():
    named = {path.stem for path in ACTS.iterdir() if path.suffix != ".json" and not path.stem.startswith("refused-")}
    assert named == {path.stem for path in EXPECTED}


def test_it_doubts_a_ministry_that_reports_at_other_times_than_the_executors():
    reporting = plan_of(ACTS / "energy-2024-kk.txt").reporting
    assert (reporting.frequency, reporting.doubts) == ("quarter", ("reporting_month",))
