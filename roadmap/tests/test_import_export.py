"""Sheets in and out of the admin: files, headings, preview, confirmation, and who may."""

import io
import zipfile

import openpyxl
import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import translation

from conftest import at_once, text_of
from roadmap import sheet_result, sheets
from roadmap.models import Measure, Roadmap, User
from roadmap.tests.sheets_in_tests import (
    RESOURCES,
    bring,
    confirm,
    export,
    faults_of,
    measure,
    rows_of,
    sheet,
    upload,
    workbook,
)

pytestmark = [pytest.mark.usefixtures("in_english"), pytest.mark.only_beside("postgres")]
every_sheet = pytest.mark.parametrize("model", RESOURCES)


# Out


@every_sheet
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_a_sheet_that_comes_back_unchanged_has_nothing_to_change(sign_in, administrator, model, kind, language):
    User.objects.update(language=language)
    client = sign_in(User.objects.get(pk=administrator.pk))
    response = upload(client, model, export(client, model, kind))
    result = response.context["result"]
    assert not result.base_errors and not result.faults and not result.new
    assert [line.changes for line in result.changed] == [] and result.unchanged
    assert response.context["confirm_form"] is None
    with translation.override(language):
        assert translation.gettext("Nothing to change") in text_of(response)


@pytest.mark.parametrize(("written", "read"), [("kk", "ru"), ("ru", "en"), ("en", "kk")])
def test_a_sheet_of_one_language_is_read_in_another(sign_in, administrator, written, read):
    User.objects.update(language=written)
    client = sign_in(administrator)
    contents = {model: export(client, model) for model in RESOURCES if model != "user"}  # it holds the languages too
    User.objects.update(language=read)
    for model, content in contents.items():
        result = upload(client, model, content).context["result"]
        assert result.unchanged and not result.changed and not result.faults, model


@every_sheet
def test_headings_of_a_sheet_are_told_apart_in_every_language(administrator, model):
    names = [name for column in RESOURCES[model](user=administrator).columns for name in column.names()]
    assert len(names) == len(set(names))


def test_export_holds_every_measure_by_natural_keys_and_explains_its_columns(sign_in, ministry):
    book = openpyxl.load_workbook(io.BytesIO(export(sign_in(ministry), "measure")))
    data, help_sheet = book.worksheets
    assert data.max_row == 21 and data["A2"].value == "decree-631" and data["B2"].value == 1
    assert all(cell.comment for cell in data[1] if cell.value in ("Roadmap", "Executors", "Begins on"))
    headings = [cell.value for cell in data[1]]
    assert [row[0].value for row in help_sheet.iter_rows(min_row=3) if row[0].value in headings] == headings


def test_export_shows_what_the_list_shows(sign_in, ministry):
    content = sign_in(ministry).get("/admin/roadmap/measure/export/?section__id__exact=-1&format=csv").content
    assert len(rows_of(content)) == 1
    assert len(rows_of(sign_in(ministry).get("/admin/roadmap/measure/export/?q=KAZNEX").content)) < 21


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_export_holds_no_formula(sign_in, ministry, kind):
    Measure.objects.filter(position=1).update(title_kk='=HYPERLINK("http://x")', title_ru="+7 727")
    content = export(sign_in(ministry), "measure", kind)
    assert not [cell for row in rows_of(content) for cell in row if str(cell).startswith(("=", "+", "@"))]
    if kind == "xlsx":
        cells = [cell for row in openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows() for cell in row]
        assert not [cell.value for cell in cells if cell.data_type == "f"]


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
@pytest.mark.parametrize(
    "text", ["=1+1", "+7 727", "-5", "@SUM(A1)", "'жай", "жай", "'=1", "007", "1.10", "TRUE", "а\nә"]
)
def test_text_comes_back_as_it_was_typed(sign_in, ministry, text, kind):
    client = sign_in(ministry)
    Measure.objects.filter(position=1).update(title_ru=text)
    content = export(client, "measure", kind)
    Measure.objects.filter(position=1).update(title_ru="басқа")
    bring(client, "measure", content)
    assert Measure.objects.get(position=1).title_ru == text


def test_ends_of_lines_and_spaces_that_a_sheet_does_not_keep_are_no_change(sign_in, ministry):
    client = sign_in(ministry)
    Measure.objects.filter(position=1).update(title_ru="  бір\r\nекі ", completion_form_kk="а\x02б")
    result = upload(client, "measure", export(client, "measure")).context["result"]
    assert len(result.unchanged) == 20 and not result.faults


# The preview and the confirmation


def test_import_is_previewed_and_written_only_when_confirmed(sign_in, ministry):
    client = sign_in(ministry)
    before = Measure.objects.get(position=2).title_en
    response = upload(client, "measure", sheet(measure(title_en="A better translation")))
    page = text_of(response)
    assert "A better translation" in page and before[:40] in page and "Title (English)" in page
    assert Measure.objects.get(position=2).title_en == before
    page = text_of(confirm(client, "measure", response))
    assert "Imported: 0 new, 1 changed, 0 unchanged." in page
    assert Measure.objects.get(position=2).title_en == "A better translation"
    assert Measure.objects.count() == 20
    assert LogEntry.objects.get().object_id == str(Measure.objects.get(position=2).pk)


def test_import_that_is_confirmed_twice_is_written_once(sign_in, ministry):
    client = sign_in(ministry)
    response = upload(client, "measure", sheet(measure(21, number="21", title_kk="Жаңа")))
    confirm(client, "measure", response)
    assert "imported already" in text_of(confirm(client, "measure", response))
    assert Measure.objects.filter(title_kk="Жаңа").count() == 1 and LogEntry.objects.count() == 1


def test_import_is_shown_again_where_the_data_changed_after_the_preview(sign_in, ministry):
    client = sign_in(ministry)
    response = upload(client, "measure", sheet(measure(title_en="Mine")))
    Measure.objects.filter(position=2).update(title_en="Theirs")
    response = confirm(client, "measure", response)
    assert "has changed since you looked" in faults_of(response)[0]
    assert Measure.objects.get(position=2).title_en == "Theirs"


def test_confirming_what_was_never_uploaded_is_harmless(sign_in, ministry):
    answer = sign_in(ministry).post(
        "/admin/roadmap/measure/process_import/", {"import_file_name": "x", "fingerprint": "y"}, follow=True
    )
    assert "upload it again" in text_of(answer)


def test_all_faults_are_shown_at_once_with_their_places(sign_in, administrator):
    content = workbook(
        [
            ("Position", "roadmap", "Number as printed", "Title (Kazakh)", "Begins on", "Deadline"),
            (1, "decree-631", "1", "Бір", "31.31.2013", None),
            (None,) * 6,
            ("два", "decree-7", "2", "Екі", None, "кейін"),
            (None, "decree-631", "3", "Үш", None, None),
        ],
        "Шаралар",
    )
    response = upload(sign_in(administrator), "measure", content)
    assert faults_of(response) == [
        "Шаралар, row 2, cell E2: «31.31.2013» is no date: write 31.12.2014 or 2014-12-31.",
        "Шаралар, row 4, cell A4: «два»: give a whole number from 1 to 32767.",
        "Шаралар, row 4, cell B4: There is no roadmap «decree-7» of yours: give its address, or import it first.",
        "Шаралар, row 4, cell F4: «кейін» is no date: write 31.12.2014 or 2014-12-31.",
        "Шаралар, row 5, cell A5: This cell has to be filled in.",
    ]
    assert "Nothing can be imported yet" in text_of(response)


def test_nothing_is_written_where_one_row_is_wrong(sign_in, ministry):
    client = sign_in(ministry)
    content = sheet(measure(title_en="Good"), measure(3, recurrence="никогда"))
    assert len(faults_of(upload(client, "measure", content))) == 1
    assert not Measure.objects.filter(title_en="Good").exists()


def test_a_long_sheet_makes_a_short_page(sign_in, administrator, monkeypatch):
    monkeypatch.setattr(sheet_result, "SHOWN", 3)
    client = sign_in(administrator)
    page = text_of(upload(client, "measure", sheet(*(measure(at, title_en="New") for at in range(1, 21)))))
    assert "3 of 20 are shown." in page
    page = text_of(upload(client, "measure", sheet(*(measure(at, ends_on="?") for at in range(1, 21)))))
    assert "3 of 20 are shown." in page


# Headings


def test_headings_may_stand_in_any_order_and_language(sign_in, administrator):
    with translation.override("kk"):
        names = {column.column_name: column.title for column in RESOURCES["measure"](user=administrator).columns}
    with translation.override("ru"):
        title = {column.column_name: column.title for column in RESOURCES["measure"](user=administrator).columns}
    content = workbook(
        [
            (title["title_en"].upper(), "position", names["roadmap"], f"{title['number']} *"),
            ("New", 2, "decree-631", 2),
        ]
    )
    client = sign_in(administrator)
    bring(client, "measure", content)
    assert Measure.objects.get(position=2).title_en == "New"


def test_unknown_missing_and_repeated_headings_are_all_named(sign_in, administrator):
    content = workbook([("id", "Title (English)", "title_en", "Deadlin"), (1, 2, 3, 4)])
    faults = faults_of(upload(sign_in(administrator), "measure", content))
    assert [fault.split(";")[0] for fault in faults] == [
        "A1: there is no column «id»",
        "C1: the column «title_en» is there twice",
        "D1: there is no column «Deadlin»",
        "The column «Roadmap» is missing: without it the rows mean nothing.",
        "The column «Position» is missing: without it the rows mean nothing.",
    ]


def test_a_value_under_no_heading_is_refused(sign_in, administrator):
    content = workbook([("roadmap", "position", None), ("decree-631", 2, "?"), ("decree-631", 3, None)])
    assert faults_of(upload(sign_in(administrator), "measure", content)) == [
        "Sheet, row 2, cell C2: Something is written under no heading: take it out."
    ]


def test_a_row_that_is_there_twice_is_refused(sign_in, administrator):
    faults = faults_of(upload(sign_in(administrator), "measure", sheet(measure(2), measure(3), measure(2))))
    assert faults == ["CSV, row 4, cell B4: Row 2 speaks of the same already: leave one of them."]


# Files


def packed(name, content):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\x00\xff\x00 not a workbook", "neither a workbook nor a CSV"),
        ("Дорожная карта;Номер\n".encode("cp1251"), "neither a workbook nor a CSV"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "old .xls, or a workbook with a password"),
        (b"PK\x03\x04 broken", "cannot be read"),
        (packed("hello.txt", b"hello"), "cannot be read"),
        (packed("xl/worksheets/sheet1.xml", b"0" * (sheets.BUDGET.bytes + 1)), "too large"),
        (b"roadmap,position\n" + b"x" * sheets.FILE_LIMIT, "larger than 10 MB"),
        (b"   \n", "The file is empty."),
        (b"roadmap,position\n", "has no rows"),
        (b'roadmap,position\n"never ending', "CSV cannot be read"),
        (b"roadmap,position\n" + b"decree-631,1\n" * (sheets.ROWS_LIMIT + 1), "more than 20,000 rows"),
        (b"x," * 101 + b"\n" + b"x," * 101, "more than 100 columns"),
    ],
    ids=range(12),
)
def test_a_file_that_is_no_sheet_is_refused_with_what_to_do(sign_in, administrator, content, sentence):
    response = upload(sign_in(administrator), "measure", content)
    assert response.status_code == 200 and response.context["result"] is None
    assert sentence in text_of(response)


def tampered(old, new):
    """A workbook whose sheet was changed by hand."""
    whole = workbook([("roadmap", "position"), ("decree-631", 2)])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            content = before.read(name)
            after.writestr(name, content.replace(old, new) if name.startswith("xl/worksheets/") else content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (tampered(b'<row r="2"', b'<row r="999999999999"'), "cannot be read"),
        (tampered(b"</row></sheetData>", b"<c/>" * (sheets.BUDGET.light + 1) + b"</row></sheetData>"), "too large"),
        (tampered(b"</row>", b"<<"), "cannot be read"),
        (packed("xl/styles.xml", b"<fonts>" + b"<font/>" * sheets.BUDGET.heavy + b"</fonts>"), "too large"),
    ],
    ids=["a row beyond all", "cells without end", "broken", "styles without end"],
)
def test_a_workbook_that_would_cost_too_much_is_refused(sign_in, administrator, content, sentence):
    assert sentence in text_of(upload(sign_in(administrator), "measure", content))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_csv_is_read_as_excel_writes_it(sign_in, administrator, delimiter, encoding):
    content = delimiter.join(("roadmap", "position", "title_ru")) + "\r\n" + delimiter.join(("decree-631", "2", "Жаңа"))
    bring(sign_in(administrator), "measure", content.encode(encoding))
    assert Measure.objects.get(position=2).title_ru == "Жаңа"


def test_formulas_without_a_value_and_errors_are_named(sign_in, administrator):
    client = sign_in(administrator)
    content = workbook([("roadmap", "position", "title_en"), ("decree-631", 2, "=A1&B1")])
    assert "formulas without a value: C2" in text_of(upload(client, "measure", content))
    content = workbook([("roadmap", "position", "title_en"), ("decree-631", 2, "#REF!")])
    assert "Excel shows an error here" in faults_of(upload(client, "measure", content))[0]


def test_the_first_sheet_is_read_whichever_was_looked_at_last(sign_in, administrator):
    client = sign_in(administrator)
    book = openpyxl.load_workbook(io.BytesIO(export(client, "measure")))
    book.active = 1
    out = io.BytesIO()
    book.save(out)
    assert len(upload(client, "measure", out.getvalue()).context["result"].unchanged) == 20


@every_sheet
def test_a_page_of_the_import_explains_the_columns(sign_in, administrator, model):
    page = " ".join(text_of(sign_in(administrator).get(f"/admin/roadmap/{model}/import/")).split())
    with translation.override("en"):
        columns = RESOURCES[model](user=administrator).columns
        assert [column.title for column in columns if column.title not in page] == []
        assert [column.column_name for column in columns if " ".join(column.explanation.split()) not in page] == []


# Who may


@pytest.mark.parametrize(
    ("role", "model", "importing", "exporting"),
    [
        ("ministry", "measure", 200, 200),
        ("ministry", "executor", 200, 200),
        ("ministry", "roadmap", 403, 200),
        ("ministry", "user", 403, 403),
        ("head", "measure", 403, 200),
        ("head", "roadmap", 403, 200),
        ("head", "user", 403, 403),
        ("administrator", "roadmap", 200, 200),
        ("administrator", "user", 200, 200),
    ],
)
def test_import_and_export_have_codes_of_their_own(sign_in, people, role, model, importing, exporting):
    client = sign_in(people[role])
    assert client.get(f"/admin/roadmap/{model}/import/").status_code == importing
    assert client.get(f"/admin/roadmap/{model}/export/").status_code == exporting
    assert client.post(f"/admin/roadmap/{model}/export/").status_code == 405
    answer = client.post(f"/admin/roadmap/{model}/process_import/", {"import_file_name": "x", "fingerprint": "y"})
    assert answer.status_code == (302 if importing == 200 else 403)


def test_import_and_export_keep_to_the_roadmaps_of_the_ministry(sign_in, ministry, roadmap, administrator):
    content = export(sign_in(administrator), "measure")
    mint = roadmap.coordinator
    Roadmap.objects.update(coordinator=mint.__class__.objects.get(code="natr"))
    client = sign_in(ministry)
    assert len(rows_of(export(client, "measure"))) == 1
    assert all("of yours" in fault for fault in faults_of(upload(client, "measure", content)))


# At once


def test_two_confirmations_at_the_same_moment_write_once(threads, client, people):
    User.objects.update(language="en")
    administrator = User.objects.get(username="admin")
    client.force_login(administrator)
    form = upload(client, "measure", sheet(measure(21, number="21", title_kk="Жаңа"))).context["confirm_form"].initial
    twin = Client()
    twin.force_login(administrator)
    address = "/admin/roadmap/measure/process_import/"
    answers = at_once(lambda: client.post(address, form), lambda: twin.post(address, form))
    assert {answer.status_code for answer in answers} <= {200, 302}
    assert Measure.objects.filter(title_kk="Жаңа").count() == 1
    assert LogEntry.objects.filter(object_repr="21. Жаңа").count() == 1
