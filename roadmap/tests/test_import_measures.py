"""The sheet of measures: sections, assignments, deadlines, funding; who may change what; how many queries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conftest import text_of
from roadmap.measure_sheet import MeasureResource
from roadmap.models import Assignment, Executor, ExecutorAlias, FundingSource, Measure, Roadmap, Section
from roadmap.sheets import kind_of
from roadmap.tests.sheets_in_tests import bring, confirm, export, faults_of, measure, rows_of, sheet, upload

pytestmark = pytest.mark.usefixtures("in_english")


def assigned(position=2):
    return [
        (each.position, each.executor.code, each.by_agreement, each.lead)
        for each in Assignment.objects.filter(measure__position=position).order_by("position")
    ]


@pytest.fixture
def other_act(roadmap):
    """Another act, with a working group and a management company of its own."""
    ministry = Executor.objects.get(code="mint")
    act = Roadmap.objects.create(
        slug="plan-7", number="7", date="2020-01-01", act_ru="Акт", title_ru="План", first_year=2020, last_year=2025,
        coordinator=ministry,
    )  # fmt: skip
    names = {"short_name_kk": "жұмыс тобы", "full_name_kk": "өзге актінің жұмыс тобы"}
    Executor.objects.create(roadmap=act, code="wg", **names)
    Executor.objects.create(roadmap=act, code="council", short_name_ru="совет", full_name_ru="совет")
    return act


# Executors


@pytest.mark.parametrize(
    ("cell", "bodies"),
    [
        ("mint; natr (by agreement); mgmt (lead)", [("mint", 0, 0), ("natr", 1, 0), ("mgmt", 0, 1)]),
        ("natr (келісім бойынша); wg (жинақтау)", [("natr", 1, 0), ("wg", 0, 1)]),
        ("natr (по согласованию, свод)\nwg (созыв) (келісу бойынша)", [("natr", 1, 1), ("wg", 1, 1)]),
        ("«ТДҰА» АҚ (келісім бойынша); ИЖТМ", [("natr", 1, 0), ("mint", 0, 0)]),
        ("АО «НАТР»; рабочая группа; Акимат г. Алматы", [("natr", 0, 0), ("wg", 0, 0), ("almaty", 0, 0)]),
        ("kaznex;", [("kaznex", 0, 0)]),
        ("", []),
    ],
)
def test_executors_are_read_by_code_or_name_with_their_marks(sign_in, administrator, cell, bodies):
    bring(sign_in(administrator), "measure", sheet(measure(executors=cell)))
    assert assigned() == [(at, code, bool(by), bool(lead)) for at, (code, by, lead) in enumerate(bodies, start=1)]


def test_executors_come_back_as_they_were(sign_in, administrator):
    client = sign_in(administrator)
    bring(client, "measure", sheet(measure(executors="wg (lead, by agreement); mint; natr (by agreement)")))
    content = export(client, "measure")
    assert "wg (by agreement, lead); mint; natr (by agreement)" in rows_of(content)[2]
    before = assigned()
    Assignment.objects.filter(measure__position=2).delete()
    bring(client, "measure", content)
    assert assigned() == before


def test_executors_are_found_by_other_spellings(sign_in, administrator):
    ExecutorAlias.objects.create(executor=Executor.objects.get(code="mint"), name="Мининдустрии (аппарат)")
    bring(sign_in(administrator), "measure", sheet(measure(executors="МИНИНДУСТРИИ (аппарат) (lead)")))
    assert assigned() == [(1, "mint", False, True)]


def test_executors_are_the_acts_own_first_and_never_another_acts(sign_in, administrator, other_act):
    client = sign_in(administrator)
    row = {"roadmap": "plan-7", "position": 1, "number": "1", "title_ru": "Мера", "executors": "жұмыс тобы; natr"}
    bring(client, "measure", sheet(row))
    found = Measure.objects.get(roadmap=other_act)
    assert [each.executor.roadmap for each in found.assignments.all()] == [other_act, None]
    assert faults_of(upload(client, "measure", sheet(measure(executors="совет")))) == [
        "CSV, row 2, cell F2: This roadmap knows no body «совет»: mend it, or add the body to the executors first."
    ]
    assert "«mgmt»" in faults_of(upload(client, "measure", sheet(row | {"executors": "mgmt"})))[0]


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        ("mint; nobody", "no body «nobody»"),
        ("mint; МИНТ", "«МИНТ» is named twice"),
        ("natr (by chance)", "no body «natr (by chance)»"),
        ("Двойник", "«Двойник» is the name of several bodies"),
    ],
)
def test_executors_that_are_not_clear_are_refused(sign_in, administrator, cell, sentence):
    for code in ("a", "b"):
        Executor.objects.create(code=code, short_name_ru="Двойник", full_name_ru=code)
    faults = faults_of(upload(sign_in(administrator), "measure", sheet(measure(executors=cell))))
    assert len(faults) == 1 and sentence in faults[0]


def test_only_the_assignments_that_changed_are_written_anew(sign_in, administrator):
    own = set(Assignment.objects.filter(measure__position=2).values_list("pk", flat=True))
    unchanged = measure(3, title_en="New", executors="mint")
    Assignment.objects.filter(measure__position=3).exclude(executor__code="mint").delete()
    before = set(Assignment.objects.values_list("pk", flat=True))
    bring(sign_in(administrator), "measure", sheet(measure(executors="mint"), unchanged))
    assert before - set(Assignment.objects.values_list("pk", flat=True)) == own


# Deadlines


def deadline(position=2):
    found = Measure.objects.get(position=position)
    return str(found.starts_on), str(found.ends_on), found.deadline_periods


def period(start, end):
    return {"starts_on": start, "ends_on": end}


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"ends_on": "31.12.2014"}, ("None", "2014-12-31", [period(None, "2014-12-31")])),
        (
            {"starts_on": "2014-01-01", "ends_on": "2014-12-31"},
            ("2014-01-01", "2014-12-31", [period("2014-01-01", "2014-12-31")]),
        ),
        (
            {"deadline_periods": "–31.03.2015; 2014-01-01 - 2014-12-31"},
            ("2014-01-01", "2015-03-31", [period("2014-01-01", "2014-12-31"), period(None, "2015-03-31")]),
        ),
        (
            {"starts_on": "", "ends_on": "2015-06-30", "deadline_periods": "2014-06-30\n2015-06-30"},
            ("None", "2015-06-30", [period(None, "2014-06-30"), period(None, "2015-06-30")]),
        ),
        ({"starts_on": "", "ends_on": "", "recurrence": "тұрақты"}, ("None", "None", [])),
    ],
)
def test_periods_and_dates_follow_each_other(sign_in, administrator, cells, expected):
    recurrence = {"recurrence": "permanent"} if "recurrence" in cells else {}
    row = measure(30, number="30", title_ru="Мера") | cells | recurrence
    client = sign_in(administrator)
    bring(client, "measure", sheet(row))
    assert deadline(30) == expected
    result = upload(client, "measure", export(client, "measure")).context["result"]
    assert len(result.unchanged) == 21


def test_periods_follow_a_date_that_is_changed_in_an_exported_sheet(sign_in, administrator):
    client = sign_in(administrator)
    bring(client, "measure", sheet(measure(deadline_periods="2013-01-01–2013-06-30; 2014-01-01–2014-06-30")))
    headings, *rows = rows_of(export(client, "measure", "csv"))
    row = dict(zip(headings, rows[1], strict=True)) | {"Deadline": "2014-12-31"}
    response = upload(client, "measure", sheet(row))
    assert "Periods of the deadline" in text_of(response)
    confirm(client, "measure", response)
    assert deadline() == ("2013-01-01", "2014-12-31", [period("2013-01-01", "2014-12-31")])


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"starts_on": "2015-01-01", "ends_on": "2014-01-01"}, "The deadline lies before the beginning."),
        ({"deadline_periods": "2014"}, "«2014» is no period"),
        ({"deadline_periods": "2014-12-31–2014-01-01"}, "ends before it begins"),
        ({"ends_on": "2014-05-01", "deadline_periods": "2014-06-01"}, "say different things"),
        ({"ends_on": "31.02.2014"}, "is no date"),
        ({"ends_on": "41639"}, "is no date"),
        ({"recurrence": "sometimes"}, "is not known here: write one of Yearly; Half-yearly"),
        ({"deadline_needs_review": "perhaps"}, "write «yes» or «no»"),
    ],
)
def test_deadlines_that_are_not_clear_are_refused(sign_in, administrator, cells, sentence):
    faults = faults_of(upload(sign_in(administrator), "measure", sheet(measure(**cells))))
    assert any(sentence.casefold() in fault.casefold() for fault in faults), faults


@pytest.mark.parametrize(
    "cells",
    [{"ends_on": "2013-12-31"}, {"starts_on": "2013-01-01"}, {"deadline_periods": ""}, {"recurrence": "yearly"}],
)
def test_a_ministry_moves_no_deadline_that_was_decreed(sign_in, ministry, administrator, cells):
    content = sheet(measure(**cells))
    faults = faults_of(upload(sign_in(ministry), "measure", content))
    assert len(faults) == 1 and "changed by an administrator alone" in faults[0]
    bring(sign_in(administrator), "measure", content)


def test_a_ministry_changes_words_and_adds_measures(sign_in, ministry):
    client = sign_in(ministry)
    bring(client, "measure", sheet(measure(title_en="Words")))
    bring(client, "measure", sheet(measure(21, number="21", title_kk="Жаңа", ends_on="2016-01-01", executors="natr")))
    assert Measure.objects.get(position=2).title_en == "Words" and assigned(21) == [(1, "natr", False, False)]


# Sections


def test_sections_are_made_and_named_by_one_of_their_rows(sign_in, administrator):
    texts = {"section_number": "III", "section_title_ru": "Раздел три"}
    rows = measure(19, section=3), measure(20, section=3, **texts), measure(1, section="")
    bring(sign_in(administrator), "measure", sheet(*rows))
    section = Section.objects.get(position=3)
    assert (section.number, section.title_ru) == ("III", "Раздел три")
    assert list(section.measures.values_list("position", flat=True)) == [19, 20]
    assert Measure.objects.get(position=1).section is None


def test_a_section_is_renamed_in_any_of_its_rows(sign_in, administrator):
    client = sign_in(administrator)
    response = upload(client, "measure", sheet(measure(5, section=1, section_title_en="Renamed")))
    assert "Renamed" in text_of(response)
    confirm(client, "measure", response)
    assert Section.objects.get(position=1).title_en == "Renamed"


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([{"section": 9}], "row 2, cell F2: The roadmap has no section 9"),
        ([{"section_title_ru": "Раздел"}], "Give the position of the section"),
        ([{"section": 1, "section_title_ru": "А"}, {"section": 1, "section_title_ru": "Б"}], "Row 2 gives the section"),
    ],
)
def test_sections_that_are_not_clear_are_refused(sign_in, administrator, rows, sentence):
    Measure.objects.update(section=None)
    content = sheet(*(measure(at, **row) for at, row in enumerate(rows, start=5)))
    faults = faults_of(upload(sign_in(administrator), "measure", content))
    assert any(sentence in fault for fault in faults), faults


# Funding and words


def test_funding_is_read_by_code_or_name(sign_in, administrator):
    FundingSource.objects.create(code="local", name_ru="местный бюджет")
    client = sign_in(administrator)
    bring(client, "measure", sheet(measure(funding_sources="РЕСПУБЛИКАЛЫҚ бюджет; local", funding_volume="10 млн")))
    found = Measure.objects.get(position=2)
    assert [source.code for source in found.funding_sources.order_by("code")] == ["local", "republican"]
    assert found.funding_volume == "10 млн"
    bring(client, "measure", sheet(measure(funding_sources="не требуется")))
    assert not found.funding_sources.exists()
    assert "no funding source «gold»" in faults_of(upload(client, "measure", sheet(measure(funding_sources="gold"))))[0]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"title_kk": "", "title_ru": ""}, "Give the words as decreed"),
        ({"position": 0}, "give a whole number from 1"),
        ({"position": "40000"}, "give a whole number from 1"),
        ({"position": "1.5"}, "give a whole number from 1"),
        ({"title_en": "\x00"}, "cannot be shown"),
    ],
)
def test_what_the_database_would_refuse_is_refused_with_a_sentence(sign_in, administrator, row, sentence):
    faults = faults_of(upload(sign_in(administrator), "measure", sheet(measure() | row)))
    assert any(sentence in fault for fault in faults), faults


def test_columns_that_are_left_out_stay_and_empty_cells_empty(sign_in, administrator):
    before = Measure.objects.get(position=14)
    client = sign_in(administrator)
    bring(client, "measure", sheet({"roadmap": "decree-631", "position": 14, "title_en": ""}))
    after = Measure.objects.get(position=14)
    assert after.title_en == "" and after.title_kk == before.title_kk and after.ends_on == before.ends_on
    assert after.assignments.count() == 3 and after.funding_sources.count() == 1
    bring(client, "measure", sheet({"roadmap": "decree-631", "position": 21, "title_kk": "Жаңа"}))
    assert Measure.objects.get(position=21).number == ""


def test_a_roadmap_without_numbers_goes_out_and_in(sign_in, administrator):
    Measure.objects.filter(position=3).update(number="")
    Measure.objects.filter(position=4).update(number="9" * 6000)
    client = sign_in(administrator)
    response = upload(client, "measure", export(client, "measure"))
    assert "nothing to change" in text_of(response).lower()


def test_a_row_that_is_left_out_is_not_deleted(sign_in, administrator):
    bring(sign_in(administrator), "measure", sheet(measure(title_en="New")))
    assert Measure.objects.count() == 20


# Many rows


def many(count, **changes):
    rows = (
        measure(at, number=str(at), title_kk=f"Іс-шара {at}", section=1)
        | {"executors": "mint; natr (by agreement)", "funding_sources": "republican", "ends_on": "2014-12-31"}
        | changes
        for at in range(21, 21 + count)
    )
    return kind_of(b"csv")().create_dataset(sheet(*rows))


def queries_of(user, dataset):
    with CaptureQueriesContext(connection) as asked:
        result = MeasureResource(user=user).import_data(dataset, dry_run=False, rollback_on_validation_errors=True)
    assert not result.base_errors and not result.faults
    return [query["sql"].split(" ", 1)[0] for query in asked.captured_queries]


@pytest.mark.parametrize("again", [{}, {"completion_form_ru": "отчет"}, {"executors": "mint"}], ids=str)
def test_it_asks_nothing_of_the_database_for_a_row(administrator, roadmap, again):
    """All but the batches of inserts are as many for 500 rows as for 50: new rows, the same again, and changed ones."""
    counts = []
    for count in (50, 500):
        Measure.objects.filter(position__gt=20).delete()
        first, second = queries_of(administrator, many(count)), queries_of(administrator, many(count, **again))
        counts.append([[asked.count(word) for word in ("SELECT", "DELETE", "UPDATE")] for asked in (first, second)])
        assert max(asked.count("INSERT") for asked in (first, second)) <= 6 + count // 10
    assert counts[0] == counts[1] and sum(map(sum, counts[0])) < 30
