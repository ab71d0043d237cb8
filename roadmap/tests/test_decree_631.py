"""The fixture against the decree's own text: every cell, parted from glue and Latin letters, otherwise as decreed."""

import datetime
import json
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command

from roadmap.models import Assignment, Executor, FundingSource, Measure, Roadmap, Section

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
TEXT = (FIXTURES / "decree-631-kk.txt").read_text(encoding="utf-8")
TRANSLATIONS = json.loads((FIXTURES / "decree-631-translations.json").read_text(encoding="utf-8"))
ROWS = json.loads((FIXTURES / "roadmap.json").read_text(encoding="utf-8"))
DECREED = ("roadmap", "section", "measure", "executor", "assignment", "fundingsource")

AGREED = "(келісім бойынша)"
NOT_REQUIRED = "талап етілмейді"
GLUED = {
    "2013 жылғытамыз": "2013 жылғы тамыз",
    "2013 жылғықыркүйек": "2013 жылғы қыркүйек",
    "2013 жылғықараша": "2013 жылғы қараша",
    "2016 жылғыІ-тоқсан": "2016 жылғы І-тоқсан",
}
CODES = {
    "ИЖТМ": "mint",
    "«ТДҰА» АҚ": "natr",
    "басқарушы компания": "mgmt",
    "жұмыс тобы": "wg",
    "«KAZNEX INVEST» АҚ": "kaznex",
    "Алматы қаласының әкімдігі": "almaty",
    "«Зерде» холдингі» АҚ": "zerde",
    "«Қазақтелеком» АҚ": "kazakhtelecom",
    "«ҚМГИ» АҚ": "king",
}
# Measure: the first day, empty where the decree has a single date; and the last.
TERMS = {
    "1": ("", "2013-08-31"), "2": ("", "2013-09-30"), "3": ("", "2013-08-31"), "4": ("", "2013-11-30"),
    "5": ("", "2013-11-30"), "6": ("", "2013-11-30"), "7": ("", "2013-11-30"), "8": ("", "2013-12-31"),
    "9": ("", "2013-12-31"), "10": ("", "2014-12-31"), "11": ("2014-01-01", "2018-12-31"),
    "12": ("2013-01-01", "2018-12-31"), "13": ("2013-01-01", "2018-12-31"), "14": ("2013-01-01", "2015-12-31"),
    "15": ("", "2013-12-31"), "16": ("2014-01-01", "2018-12-31"), "17": ("", "2014-12-31"),
    "18": ("", "2014-12-31"), "19": ("", "2015-12-31"), "20": ("", "2016-03-31"),
}  # fmt: skip


def in_kazakh(text):
    """Latin i inside a Cyrillic word is «і»; nothing else is changed."""
    return re.sub(r"(?<=[а-яәғқңөұүһі])i|i(?=[а-яәғқңөұүһі])", "і", text, flags=re.IGNORECASE)


def table():
    """The decree's table: [(section number, [cells])]."""
    section, rows = None, []
    for line in TEXT.splitlines():
        cells = [in_kazakh(cell) for cell in line.split("\t|\t")]
        heading = re.fullmatch(r"([12])\. («ИТП» .+)", line)
        if heading:
            section = heading[1]
        elif len(cells) == 6 and re.fullmatch(r"\d+\.", cells[0]):
            rows.append((section, cells))
    return rows


def sections():
    return re.findall(r"^([12])\. («ИТП» .+)$", TEXT, re.MULTILINE)


def bodies(cell):
    """[(code, by agreement)] of the cell of executors, in the decree's order."""
    named = [re.sub(r"\s*\(келісім бойынша\)", " " + AGREED, part.strip()) for part in cell.split(",")]
    return [(CODES[name.removesuffix(AGREED).strip()], name.endswith(AGREED)) for name in named]


CELLS = {cells[0].removesuffix("."): (section, cells) for section, cells in table()}


def by_number(roadmap, read):
    """{number: what is read of the measure}, in the roadmap's order."""
    measures = roadmap.measures.select_related("section").prefetch_related("assignments__executor", "funding_sources")
    return {measure.number: read(measure) for measure in measures}


def test_it_reads_twenty_rows_from_the_text():
    assert list(CELLS) == [str(number) for number in range(1, 21)]
    assert [section for section, _cells in CELLS.values()] == ["1"] * 13 + ["2"] * 7


def test_it_has_the_decrees_counts(roadmap):
    counts = [rows.count() for rows in (roadmap.sections, roadmap.measures, Executor.objects, Assignment.objects)]
    assert counts == [2, 20, 9, 52]
    assert (Roadmap.objects.count(), FundingSource.objects.count()) == (1, 1)
    assert sum(len(bodies(cells[3])) for _section, cells in CELLS.values()) == 52


@pytest.mark.parametrize(
    ("column", "field"), [(1, "title_kk"), (2, "completion_form_kk"), (4, "deadline_text_kk")], ids=lambda value: value
)
def test_it_has_each_measures_texts_as_decreed(roadmap, column, field):
    decreed = {number: GLUED.get(cells[column], cells[column]) for number, (_section, cells) in CELLS.items()}
    assert by_number(roadmap, lambda measure: getattr(measure, field)) == decreed


def test_it_has_each_measure_in_its_section_and_place(roadmap):
    decreed = {number: (section, int(number)) for number, (section, _cells) in CELLS.items()}
    assert by_number(roadmap, lambda measure: (measure.section.number, measure.position)) == decreed


def test_it_has_each_measures_executors_in_order_and_by_agreement_as_decreed(roadmap):
    def named(measure):
        return [(row.position, row.executor.code, row.by_agreement) for row in measure.assignments.all()]

    assert by_number(roadmap, named) == {
        number: [(place, *body) for place, body in enumerate(bodies(cells[3]), start=1)]
        for number, (_section, cells) in CELLS.items()
    }
    assert not Assignment.objects.filter(lead=True).exists()


def test_it_has_each_measures_funding_as_decreed(roadmap):
    assert by_number(roadmap, lambda measure: [source.name_kk for source in measure.funding_sources.all()]) == {
        number: [] if cells[5] == NOT_REQUIRED else [cells[5]] for number, (_section, cells) in CELLS.items()
    }


def test_it_has_each_measures_term(roadmap):
    assert by_number(roadmap, lambda measure: (measure.starts_on, measure.ends_on)) == {
        number: tuple(datetime.date.fromisoformat(day) if day else None for day in term)
        for number, term in TERMS.items()
    }
    assert by_number(roadmap, lambda measure: measure.deadline_periods) == {
        number: [{"starts_on": starts_on or None, "ends_on": ends_on}] for number, (starts_on, ends_on) in TERMS.items()
    }
    assert not roadmap.measures.exclude(recurrence="", deadline_needs_review=False).exists()


def test_it_funds_measure_14_alone(roadmap):
    assert list(roadmap.measures.exclude(funding_sources=None).values_list("number", flat=True)) == ["14"]


def test_it_has_the_sections_as_decreed(roadmap):
    assert list(roadmap.sections.order_by("position").values_list("number", "title_kk")) == sections()


def test_it_has_the_act_as_decreed(roadmap):
    assert f"{roadmap.act_kk}мен бекітілген" in TEXT
    assert roadmap.title_kk in TEXT.splitlines()
    assert (roadmap.number, roadmap.date) == ("631", datetime.date(2013, 6, 19))
    assert (roadmap.first_year, roadmap.last_year, roadmap.frequency) == (2013, 2018, "half_year")


def test_it_has_the_days_of_points_2_and_3(roadmap):
    text = in_kazakh(TEXT)
    assert f"жылына екі рет, {roadmap.executors_due_day} қаңтарға және {roadmap.executors_due_day} шілдеге" in text
    assert f"жылына екі рет, {roadmap.ministry_due_day} қаңтарға және {roadmap.ministry_due_day} шілдеге" in text
    assert roadmap.window_days == 15
    assert roadmap.coordinator.code == "mint"


def test_it_names_the_executors_as_decreed(roadmap):
    assert {executor.short_name_kk: executor.code for executor in Executor.objects.all()} == CODES


def test_it_writes_names_out_as_the_note_of_abbreviations_does(roadmap):
    note = in_kazakh(TEXT[TEXT.index("Ескертпе: ") :])
    written_out = 0
    for executor in Executor.objects.all():
        if f" {executor.short_name_kk} – " in note:
            assert f" {executor.short_name_kk} – {executor.full_name_kk}" in note
            written_out += 1
    assert written_out == 6


def test_it_knows_two_bodies_in_this_act_alone(roadmap):
    assert set(Executor.objects.exclude(roadmap=None).values_list("code", "roadmap__slug")) == {
        ("mgmt", "decree-631"),
        ("wg", "decree-631"),
    }


# Translations


def languages(row, field):
    return {language: getattr(row, f"{field}_{language}") for language in ("kk", "ru", "en")}


def translated(values, suffix=""):
    return {language: values[f"{language}{suffix}"] for language in ("kk", "ru", "en")}


@pytest.mark.parametrize(
    ("field", "key"), [("title", "title"), ("completion_form", "form"), ("deadline_text", "deadline")]
)
def test_it_has_each_measures_translations(roadmap, field, key):
    assert by_number(roadmap, lambda measure: languages(measure, field)) == {
        str(row["number"]): translated(row[key]) for row in TRANSLATIONS["measures"]
    }


def test_it_has_the_translations_of_everything_else(roadmap):
    assert languages(roadmap, "act") == translated(TRANSLATIONS["act"])
    assert languages(roadmap, "title") == translated(TRANSLATIONS["title"])
    for section, source in zip(roadmap.sections.order_by("position"), TRANSLATIONS["sections"], strict=True):
        assert languages(section, "title") == translated(source)
    for executor in Executor.objects.all():
        source = TRANSLATIONS["executors"][executor.code]
        assert languages(executor, "short_name") == translated(source)
        assert languages(executor, "full_name") == translated(source, "_full")
    funded = [row["funding"] for row in TRANSLATIONS["measures"] if row["number"] == 14]
    assert [languages(source, "name") for source in FundingSource.objects.all()] == funded


def test_it_leaves_nothing_untranslated():
    empty = [
        (row["model"], name)
        for row in ROWS
        for name, value in row["fields"].items()
        if name.endswith(("_kk", "_ru", "_en")) and not value
    ]
    assert empty == []


# The file


def test_it_has_no_latin_letter_in_a_kazakh_text():
    kazakh = [value for row in ROWS for name, value in row["fields"].items() if name.endswith("_kk")]
    assert len(kazakh) == 2 + 2 * 9 + 2 + 3 * 20 + 1
    assert [text for text in kazakh if re.search("[A-Za-z]", text.replace("KAZNEX INVEST", ""))] == []


def test_it_has_natural_keys_only():
    assert [row for row in ROWS if "pk" in row] == []


def all_rows():
    return {name: list(apps.get_model("roadmap", name).objects.order_by("pk").values()) for name in DECREED} | {
        "funding": list(Measure.funding_sources.through.objects.order_by("pk").values())
    }


def load():
    call_command("loaddata", FIXTURES / "roadmap.json", verbosity=0)


def test_it_changes_nothing_when_it_is_loaded_twice(roadmap):
    before = all_rows()
    load()
    assert all_rows() == before


def test_it_restores_what_somebody_edited(roadmap):
    before = all_rows()
    Measure.objects.filter(number="1").update(title_kk="Басқа", title_ru="", ends_on="2014-01-01")
    Measure.objects.get(number="2").funding_sources.set(FundingSource.objects.all())
    Section.objects.update(title_en="Other")
    Executor.objects.filter(code="wg").update(full_name_kk="Басқа")
    Assignment.objects.filter(measure__number="14").update(by_agreement=True, lead=True)
    Roadmap.objects.update(ministry_due_day=25)
    assert all_rows() != before
    load()
    assert all_rows() == before


def test_it_restores_what_somebody_deleted_and_keeps_the_keys_of_the_rest(roadmap):
    before = all_rows()
    gone = Assignment.objects.get(measure__number="16")
    gone.delete()
    load()
    assert Assignment.objects.get(measure__number="16").executor == gone.executor
    after = all_rows()
    assert [row for row in after["assignment"] if row in before["assignment"]] == [
        row for row in before["assignment"] if row["id"] != gone.pk and row["measure_id"] != gone.measure_id
    ]
    assert after["measure"] == before["measure"]
