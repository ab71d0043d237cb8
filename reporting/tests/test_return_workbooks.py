"""The library of workbooks, good and bad: what each comes to on the page, as made and as LibreOffice saved it."""

import datetime
import os
import re

import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile

from conftest import entry_of, submission_of, text_of
from reporting.models import ProgressEntry, ReturnUpload
from reporting.return_content import _passport, entries_of
from reporting.return_form import SALT, seal

from .workbooks import make

# What a workbook says is read alike whatever database; test_returns.py takes workbooks over on PostgreSQL.
pytestmark = [pytest.mark.usefixtures("in_english"), pytest.mark.only_beside("sqlite")]

D = datetime.date
GOOD = {  # name: {(measure, field): what the draft holds once confirmed}; None where nothing changes
    "unchanged": None,
    "filled": {(1, "status"): "done", (2, "percent"): 30, (20, "narrative"): "20-іс-шара: жұмыс жүргізілуде."},
    "unlike-types": {
        (1, "status"): "done", (1, "percent"): 30, (1, "document_date"): D(2013, 6, 28), (1, "document_number"): "45",
        (2, "status"): "in_progress", (2, "percent"): 40, (2, "narrative"): "2013",
        (3, "status"): "not_started", (3, "percent"): 0,
        (14, "planned"): 1_850_000_000, (14, "spent"): 920_000_000,
    },
    "formula-with-value": {(1, "percent"): 30, (1, "narrative"): "Жұмыс басталды."},
    "armed-text": {
        (1, "narrative"): "=1+1", (1, "obstacles"): "+7 727 123", (1, "reason"): "-5", (1, "document_name"): "@SUM(A1)",
        (2, "narrative"): '=HYPERLINK("http://x","y")', (2, "document_number"): "0045",
    },
    "rich-text": {
        (1, "narrative"): "Екі қаріппен жазылған.", (2, "narrative"): "Бірінші жол\nекінші жол\nүшінші",
    },
    "reordered-rows": {(1, "narrative"): "бірінші", (4, "narrative"): "төртінші"},
    "blank-rows-and-columns": {(1, "narrative"): "Жұмыс басталды."},
    "renamed-sheet": {(1, "narrative"): "Жұмыс басталды."},
    "rows-taken-away": {(1, "narrative"): "Жұмыс басталды.", (12, "narrative"): ""},
    "dates-from-1904": {(1, "status"): "done", (1, "document_date"): D(2013, 6, 28), (1, "is_whole_measure"): True},
}  # fmt: skip
GOOD |= {f"filled-{language}": GOOD["filled"] for language in ("kk", "ru")}
FAULTY = {  # name: {(measure, field): part of the sentence}
    "formula-without-value": {(1, "percent"): "A formula without a value", (2, "percent"): "A formula without a value"},
    "error-values": {(1, "percent"): "holds an error, #REF!", (2, "percent"): "holds an error, #N/A"},
    "merged": {(2, "narrative"): "Merged cells", (2, "obstacles"): "Merged cells"},
    "fractions": {
        (1, "percent"): "«1,5»: give a whole number", (2, "percent"): "«0.3»: give a whole number",
        (14, "planned_republican"): "«10.5»: give whole tenge",
    },
    "out-of-bounds": {
        (1, "percent"): "A percentage lies between 0 and 100", (2, "percent"): "greater than or equal to 0",
        (14, "planned_republican"): "A sum cannot be negative", (14, "spent_republican"): "«көп»: give whole tenge",
    },
    "bad-dates": {
        (1, "document_date"): "«31.02.2013» is no date", (2, "document_date"): "between the act's day",
        (3, "document_date"): "between the act's day", (4, "document_date"): "«05/07/2013» is no date",
    },
    "unknown-words": {
        (1, "status"): "«almost» is no status", (10, "is_impossible"): "«perhaps» is neither yes nor no",
    },
    "too-long": {(1, "narrative"): "at most 20000 characters", (2, "document_number"): "at most 100 characters"},
    "date-in-text": {(1, "document_number"): "Format the cell as text"},
    "added-row": {(None, "number"): "none of your measures"},
    "doubled-row": {(3, "number"): "stands in the rows", (None, "number"): "stands in the rows"},
    "money-where-none": {(1, "number"): "gives this measure no such funding"},
    "faults-kk": {(1, "status"): "«бітті» is no status", (1, "percent"): "«1,5»: give a whole number"},
    "faults-ru": {(1, "status"): "«готово» is no status", (1, "percent"): "«1,5»: give a whole number"},
}  # fmt: skip
REFUSED = {
    "other-executor.xlsx": "This is another executor’s return. Download the workbook on this page.",
    "other-half-year.xlsx": "This is another half-year’s return, 2013-H2; this page is of the half-year I of 2013.",
    "other-roadmap.xlsx": "This is the return of another roadmap.",
    "older-version.xlsx": "an older version of the form",
    "changed-passport.xlsx": "The hidden sheet of the workbook was changed.",
    "no-passport.xlsx": "its hidden sheet is missing",
    "no-sheet.xlsx": "The sheet of measures was not found",
    "two-sheets.xlsx": "is there more than once: «Measures», «Measures Copy»",
    "no-column.xlsx": "Columns are missing: Progress.",
    "far-cell.xlsx": "something in cell XFD1048576",
    "macros.xlsm": "The workbook has macros",
    "link.xlsx": "is linked to other files",
    "object.xlsx": "Something is embedded in the workbook",
    "control.xlsx": "Something is embedded in the workbook",
    "connection.xlsx": "is linked to other files",
    "dde.xlsx": "is linked to other files or programmes",
    "entity.xlsx": "XML declarations (DOCTYPE, ENTITY)",
    "utf16.xlsx": "The file is damaged",
    "no-formats.xlsx": "The file is damaged",
    "strict.xlsx": "This is a «Strict Open XML» workbook.",
    "cut-off.xlsx": "The file is damaged",
    "broken-sheet.xlsx": "The file is damaged",
    "password.xlsx": "protected with a password",
    "word-old.xlsx": "This is a Word document",
    "empty.xlsx": "The file is empty.",
    "archive.xlsx": "This is an archive",
    "word.xlsx": "This is a Word document",
    "slides.xlsx": "This is a presentation",
    "binary.xlsx": "This is a binary workbook (.xlsb)",
    "picture.xlsx": "This is a picture",
    "paper.xlsx": "This is a PDF",
    "page.xlsx": "This is a web page or XML",
    "nothing.xlsx": "This is no workbook.",
    "old-format.xls": "This is a workbook of the old format (.xls). Open it in Excel",
    "table.csv": "This is a text file (CSV)",
    "open-document.ods": "This is an OpenDocument file (.ods). Open it in Excel",
}


def seals(submission):
    """{stand-in: seal} of this database."""
    own = _passport(submission, entries_of(submission), "en")
    changed = {
        "executor": {"executor": own["executor"] + 1},
        "period": {"period": "2013-H2"},
        "roadmap": {"roadmap": "decree-1"},
    }
    found = {make.SEALS[name]: seal(own | values)[0] for name, values in changed.items()}
    found[make.SEALS["version"]] = signing.dumps(own | {"schema": 0}, salt=SALT, compress=True)
    return found | {make.SEAL: seal(own)[0]}


@pytest.fixture
def draft(period):
    return submission_of("natr", period)


@pytest.fixture
def page(sign_in, officer, draft):
    """page(path, data) -> what the officer's browser gets below the submission's address."""
    officer.save()
    client = sign_in(officer)

    def ask(path="", data=None):
        address = f"/roadmaps/decree-631/submissions/{draft.pk}/{path}"
        return client.post(address, data, follow=True) if data is not None else client.get(address)

    return ask


@pytest.fixture
def upload(page, draft):
    def send(content, name="return.xlsx"):
        content = make.adapted(content, draft, seals(draft))
        return page("return/", {"workbook": SimpleUploadedFile(name, content)})

    return send


def _library(table):
    """Each workbook as made, and as LibreOffice saved it."""
    for name in table:
        yield pytest.param(name, make.FOLDER / f"{name}.xlsx", id=name)
        for tail in ("", "-ods"):
            path = make.OFFICE / f"{name}{tail}.xlsx"
            if path.exists():
                yield pytest.param(name, path, id=f"{name}, LibreOffice{tail}")


def library(table):
    return list(_library(table))


def test_library_is_whole():
    made = {path.name for path in make.FOLDER.iterdir() if path.suffix.startswith((".xls", ".csv", ".ods"))}
    assert made == {f"{name}.xlsx" for name in GOOD | FAULTY} | set(REFUSED)
    assert set(GOOD | FAULTY) == set(make.GOOD | make.FAULTY)
    through_office = set(GOOD | FAULTY) - make.NOT_THROUGH_OFFICE
    copies = {f"{name}.xlsx" for name in through_office} | {f"{name}-ods.xlsx" for name in make.THROUGH_ODS}
    assert {path.name for path in make.OFFICE.iterdir()} == copies


def value_of(draft, number, field):
    entry = entry_of(draft, number)
    return getattr(entry.expenditures.get() if field in ("planned", "spent") else entry, field)


def assert_taken_over(page, upload, draft, content, expected):
    shown = upload(content)
    words = text_of(shown)
    assert "cannot be taken" not in words
    if expected is None:
        assert "Nothing to change: the draft holds just what the workbook says." in words
        return
    answer = page("return/confirm/", {"seen": shown.context["checked"].fingerprint})
    assert "Taken over from the workbook into the draft" in text_of(answer)
    assert {key: value_of(draft, *key) for key in expected} == expected


@pytest.mark.parametrize(("name", "path"), library(GOOD))
def test_good_workbook_is_taken_over(page, upload, draft, name, path):
    assert_taken_over(page, upload, draft, path.read_bytes(), GOOD[name])


def places_of(checked, draft):
    """{(measure or None, field): sentence}."""
    measures = {f"entry-{e.pk}": e.measure.position for e in draft.entries.select_related("measure")}
    names = {place: name for name, place in checked.sheet.columns.items()}
    found = {}
    for fault in checked.faults:
        column = checked.sheet.cells[fault.cell].column
        measure = measures.get(checked.sheet.rows.get(fault.row))
        is_second = measure and (measure, names[column]) in found
        found[None if is_second else measure, names[column]] = fault.sentence
    return found


@pytest.mark.parametrize(("name", "path"), library(FAULTY))
def test_faulty_workbook_is_answered_cell_by_cell(page, upload, draft, name, path):
    shown = upload(path.read_bytes())
    found = places_of(shown.context["checked"], draft)
    assert set(found) == set(FAULTY[name])
    for place, sentence in FAULTY[name].items():
        assert sentence in found[place]
        assert sentence in text_of(shown)
    assert "Take over into the draft" not in text_of(shown)
    assert not ProgressEntry.objects.filter(submission=draft, revision__gt=0)


@pytest.mark.parametrize("name", REFUSED)
def test_file_that_is_no_return_has_its_own_sentence(upload, draft, name):
    shown = upload((make.FOLDER / name).read_bytes(), name)
    assert shown.status_code == 200
    assert REFUSED[name] in text_of(shown)
    assert "Nothing was changed on the site." in text_of(shown)
    assert not ReturnUpload.objects.exists()


def test_preview_says_which_values_formulas_gave(upload):
    shown = upload((make.FOLDER / "formula-with-value.xlsx").read_bytes())
    assert "Formulas: their values are taken (Readiness, %)." in text_of(shown)


# The marks


@pytest.mark.parametrize(("name", "path"), library(FAULTY))
def test_same_workbook_comes_back_marked(page, upload, draft, name, path):
    checked = upload(path.read_bytes()).context["checked"]
    back = make.Return(page("return/marked.xlsx").content)
    sheet = back.book[checked.sheet.title]
    for fault in checked.faults:
        area = next((a for a in sheet.merged_cells.ranges if fault.cell in a), None)
        cell = sheet.cell(area.min_row, area.min_col) if area else sheet[fault.cell]
        assert cell.fill.fgColor.rgb.endswith("FAE4E2")
        assert cell.comment.text.startswith("▲")
        assert sheet.cell(fault.row, 1).value == "▲"
    signs = {row for row in range(1, sheet.max_row + 1) if sheet.cell(row, 1).value == "▲"}
    assert signs == {fault.row for fault in checked.faults}


@pytest.mark.parametrize(("language", "words"), [("kk", "мәртебе"), ("ru", "статус")])
def test_marks_speak_the_workbooks_language(page, draft, language, words):
    workbook = page(f"return.xlsx?lang={language}").content
    opened = make.Return(workbook)
    row = next(r for r in range(6, 40) if str(opened.sheet.cell(r, 2).value).startswith("entry-"))
    cell = opened.sheet.cell(row, opened.columns["status"])
    cell.value = "???"
    shown = page("return/", {"workbook": SimpleUploadedFile("return.xlsx", opened.bytes())})
    assert "is no status" in text_of(shown)
    comment = make.Return(page("return/marked.xlsx").content).sheet[cell.coordinate].comment.text
    assert "is no status" not in comment and re.search("[а-яәіңғүұқөһ]{4}", comment)


def test_mended_marked_workbook_is_taken_over_and_loses_its_marks(page, upload, draft):
    upload((make.FOLDER / "fractions.xlsx").read_bytes())
    back = make.Return(page("return/marked.xlsx").content)
    keys = {cell.value: cell.row for cell in back.sheet["B"]}
    first = keys[f"entry-{entry_of(draft, 1).pk}"]
    back.sheet.cell(first, back.columns["percent"]).value = 15
    shown = page("return/", {"workbook": SimpleUploadedFile("return.xlsx", back.bytes())})
    assert len(shown.context["checked"].faults) == 2
    again = make.Return(page("return/marked.xlsx").content)
    mended = again.sheet.cell(first, again.columns["percent"])
    assert mended.comment is None and again.sheet.cell(first, 1).value is None
    assert mended.fill.fill_type is None
    for number, field, value in ((2, "percent", 30), (14, "planned_republican", 10)):
        row = keys[f"entry-{entry_of(draft, number).pk}"]
        again.sheet.cell(row, again.columns[field]).value = value
    shown = page("return/", {"workbook": SimpleUploadedFile("return.xlsx", again.bytes())})
    page("return/confirm/", {"seen": shown.context["checked"].fingerprint})
    assert [value_of(draft, *key) for key in ((1, "percent"), (2, "percent"), (14, "planned"))] == [15, 30, 10]


# LibreOffice itself, not only the copies that it once saved


@pytest.fixture
def office():
    def save(content, *formats):
        saved = make.office(content, *formats)
        if saved is None:
            sentence = "LibreOffice (soffice) is not installed: apt-get install libreoffice-calc-nogui"
            if os.environ.get("CI"):
                pytest.fail(sentence, pytrace=False)
            pytest.skip(sentence)
        return saved

    return save


@pytest.mark.parametrize("formats", [("xlsx",), ("ods", "xlsx")])
def test_what_libreoffice_saves_now_is_taken_over(page, upload, draft, office, formats):
    content = office((make.FOLDER / "filled-kk.xlsx").read_bytes(), *formats)
    assert_taken_over(page, upload, draft, content, GOOD["filled-kk"])


def test_marked_workbook_survives_libreoffice(page, upload, draft, office):
    upload((make.FOLDER / "fractions.xlsx").read_bytes())
    saved = office(page("return/marked.xlsx").content, "xlsx")
    shown = page("return/", {"workbook": SimpleUploadedFile("return.xlsx", saved)})
    assert set(places_of(shown.context["checked"], draft)) == set(FAULTY["fractions"])
