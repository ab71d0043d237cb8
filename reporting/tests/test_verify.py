"""`/verify/`: anybody learns whether a file or a printed page is the approved document, and what differs."""

import io
import os
import re
import subprocess
import zipfile

import docx
import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.utils import translation

from conftest import approve, moment, send, submission_of, text_of
from reporting import chain, rollup
from reporting.contents import MAX_BYTES
from reporting.models import Summary, SummaryFile
from reporting.repack import repack
from roadmap.models import Executor, Measure, User

from .test_chain import verify
from .workbooks import make

pytestmark = [pytest.mark.usefixtures("in_english"), pytest.mark.only_beside("postgres")]

PAGE = "/roadmaps/decree-631/summaries/2013-H1/"


@pytest.fixture
def approved(review_period, head, ministry):
    for code in ("natr", "mgmt"):
        send(submission_of(code, review_period), m1="done")
    summary = rollup.refresh(review_period, at=moment("2013-07-08 12:00"))
    summary.lines.filter(position=1).update(text_kk="Сенімгерлік басқаруға берілді", text_ru="Передано в управление")
    User.objects.filter(pk=head.pk).update(first_name="Ә. Б.", last_name="Басшы")
    head.refresh_from_db()
    return approve(review_period, head=head, ministry=ministry, with_files=True)


@pytest.fixture
def anybody(client):
    """Not signed in, with English as the browser's language."""
    client.cookies["django_language"] = "en"
    return client


def upload(client, content, name="жиынтық.xlsx"):
    return client.post("/verify/", {"document": SimpleUploadedFile(name, content)})


def file_of(summary, language="kk", kind="xlsx"):
    return bytes(summary.files.get(language=language, kind=kind).content)


def code_of(summary):
    return chain.code_of(chain.sha256_of(chain.frozen_bytes(summary.frozen)))


def changed(content, change):
    """The workbook with a change, as openpyxl saves it."""
    book, saved = openpyxl.load_workbook(io.BytesIO(content), rich_text=True), io.BytesIO()
    change(book)
    book.save(saved)
    return saved.getvalue()


def correct(summary):
    """The second version, approved half a month later."""
    with transaction.atomic():
        later = Summary.objects.create(
            period=summary.period, version=2, status="approved", consolidated_at=summary.consolidated_at,
            approved_at=moment("2013-08-01 10:00"), approved_by=summary.approved_by, correction_reason="Қате.",
            frozen=summary.frozen | {"approval": summary.frozen["approval"] | {"name": "С. Т. Келесі"}},
        )  # fmt: skip
        chain.append(later, chain.sha256_of(chain.frozen_bytes(later.frozen)), at=later.approved_at)
    return later


# What it says


def test_the_page_says_what_it_is_to_anybody_and_is_found_from_every_page(anybody):
    words = text_of(anybody.get("/verify/"))
    assert "approved once and never changed afterwards" in words
    assert 'href="/verify/"' in anybody.get("/accounts/login/").content.decode()


def test_an_approved_file_is_known_byte_for_byte_and_by_its_code(anybody, approved):
    for code, language in (("kk", "Қазақша"), ("ru", "Русский"), ("en", "English")):
        words = text_of(upload(anybody, file_of(approved, code)))
        assert "Yes: it is the approved file, byte for byte." in words
        for said in (
            "half-year I of 2013",
            "ЖА-2013-I, version 1",
            language,
            "Ә. Б. Басшы",
            "ministry head",
            "in force",
        ):
            assert said in words
        assert "No. 631" in words and "19 July 2013" in words and code_of(approved) in words
    code = code_of(approved)
    for typed in (
        code,
        code.lower(),
        code.replace("-", " "),
        code.replace("-", ""),
        code.translate({65: "А", 67: "С"}),
    ):
        words = text_of(anybody.get("/verify/", {"code": typed}))
        assert "Yes: a document with this code was approved." in words and re.search(r"in progress \d+ ·", words)
    assert "Unknown: no approved document has this code." in text_of(anybody.get("/verify/?code=0000-0000-0000-0000"))
    assert "This is no code of a summary" in text_of(anybody.get("/verify/?code=ЖА-2013-I"))


def test_the_approved_page_shows_its_code_and_a_square_that_leads_to_the_answer(approved, government, settings):
    settings.SITE_URL = "https://roadmap.example"
    reader, code = Client(), code_of(approved)
    reader.force_login(government)
    page = reader.get(PAGE)
    square = rf'<a href="https://roadmap.example/verify/\?code={code}" aria-label="[^"]+{code}"><svg [^>]*class="qr"'
    assert re.search(square, page.content.decode())
    words = " ".join(text_of(page).split())
    assert f"Verification code {code} Whether this is" in words and "roadmap.example/verify/" in words


def test_libreoffice_saves_it_anew_and_every_value_is_still_the_approved_one(anybody, approved):
    saved = make.office(file_of(approved), "xlsx")
    if saved is None:
        sentence = "LibreOffice (soffice) is not installed: apt-get install libreoffice-calc-nogui"
        pytest.fail(sentence, pytrace=False) if os.environ.get("CI") else pytest.skip(sentence)
    words = text_of(upload(anybody, saved))
    count = int(re.search(r"saved anew; all (\d+) values are the approved ones", words)[1])
    assert count > 300 and "Қазақша" in words and "in force" in words


def test_a_changed_cell_is_named_and_what_was_put_in_or_taken_away(anybody, approved):
    def change(book):
        sheet = book.worksheets[1]
        cell = next(cell for row in sheet.iter_rows() for cell in row if str(cell.value).startswith("Сенімгерлік бас"))
        change.place, cell.value = cell.coordinate, "Сенімгерлік басқаруға берілмеді"

    words = text_of(upload(anybody, changed(file_of(approved), change)))
    assert "No: 1 value differs from the approved document." in words
    assert re.search(
        rf"Іс-шаралар\s+{change.place}\s+Сенімгерлік басқаруға берілді\s+Сенімгерлік басқаруға берілмеді\s", words
    )

    def spoil(book):
        book.worksheets[0].cell(40, 2).value = 17
        del book["Орындаушылар"]
        book.create_sheet("Тағы").cell(1, 1).value = "жасырын"

    answer = upload(anybody, changed(file_of(approved), spoil)).context["answer"]
    assert answer.state == "differs" and len(answer.differences) == 20 < answer.different
    everything = [line for line in answer.differences if line.sheet == "Орындаушылар"]
    assert everything and all(line.found == "" for line in everything)


def test_a_file_without_its_code_is_found_by_its_number_and_another_is_unknown(anybody, approved):
    def change(book):
        del book.custom_doc_props["Verification code"]
        for sheet in book:
            sheet.oddFooter.left.text = ""

    answer = upload(anybody, changed(file_of(approved, "ru"), change)).context["answer"]
    assert (answer.state, answer.language) == ("resaved", "ru") and answer.approved.code == code_of(approved)
    book, saved = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["Шолу", 1, 2])
    book.save(saved)
    assert "Unknown: no approved document is like this file." in text_of(upload(anybody, saved.getvalue()))
    assert "Unknown" in text_of(upload(anybody, b"1;2;3\n", "list.csv"))


def test_a_superseded_version_says_by_which_and_when(anybody, approved):
    assert "in force" in text_of(upload(anybody, file_of(approved)))
    later = correct(approved)
    words = text_of(upload(anybody, file_of(approved)))
    assert "Superseded: version 2 was approved on 1 August 2013 in its place." in words and "in force" not in words
    words = text_of(anybody.get("/verify/", {"code": code_of(later)}))
    assert "С. Т. Келесі" in words and "in force" in words


def test_a_letter_is_compared_by_paragraphs_and_cells_and_json_by_its_values(anybody, approved):
    def letter(text, cell):
        document, kept = docx.Document(), io.BytesIO()
        document.add_paragraph("Жиынтық ақпарат, ЖА-2013-I")
        document.add_paragraph("")
        document.add_paragraph(text)
        document.add_table(2, 2).cell(1, 1).text = cell
        document.save(kept)
        return kept.getvalue()

    content = repack(letter("Орындалды.", "бес"), approved.approved_at)
    SummaryFile.of(approved, "ru", "docx", content).save()
    assert upload(anybody, content).context["answer"].state == "same"
    assert upload(anybody, letter("Орындалды.", "бес")).context["answer"].state == "resaved"
    words = text_of(upload(anybody, letter("Орындалмады.", "алты")))
    assert re.search(r"paragraph 2\s+Орындалды\.\s+Орындалмады\.", words)
    assert re.search(r"table 1, row 2, column 2\s+бес\s+алты", words)
    spelt = chain.frozen_bytes(approved.frozen)
    assert upload(anybody, spelt, "a.json").context["answer"].state == "same"
    assert upload(anybody, spelt.replace(b'":', b'" :\n'), "a.json").context["answer"].state == "resaved"


# Bad input


def zipped(**parts):
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name.replace("__", "/"), part)
    return kept.getvalue()


DOCTYPE = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "cc">]><a>&b;</a>'
HOSTILE = {
    "The file is empty.": b"",
    "larger than 10 MB": b"a" * (MAX_BYTES + 1),
    "is damaged": b"PK\x03\x04" + b"\0" * 200,
    "unpacks to far more": zipped(**{"xl__workbook.xml": b" " * (61 * 1024 * 1024)}),
    "XML declarations": zipped(**{"word__document.xml": DOCTYPE}),
    "no kind of file": b"%PDF-1.4 \xff\xfe",
    "is damaged, and": zipped(**{"xl__workbook.xml": b"<workbook/>"}),
    "is damaged, and nothing": b'{"a": ' * 100_000,
    "Unknown": b'{"a": "\\ud800"}',
    "holds formulas": zipped(**{"xl__workbook.xml": b"<a/>", "xl__worksheets__s.xml": b"<c><f>1+1</f></c>"}),
}


def test_hostile_files_get_a_clear_answer(anybody, approved):
    for sentence, content in HOSTILE.items():
        response = upload(anybody, content, "<b>.xlsx")
        assert response.status_code == 200 and sentence in text_of(response), sentence
    assert "Choose the file first." in text_of(anybody.post("/verify/"))
    assert anybody.put("/verify/").status_code == 405


def test_a_file_is_taken_with_the_forms_token_alone(approved):
    careful = Client(enforce_csrf_checks=True)
    assert upload(careful, file_of(approved)).status_code == 403


# What was approved does not follow what changed


@pytest.fixture
def kept(sign_in, government, approved):
    """assert_kept() compares the page, the files, and what `verify` says with what they were."""
    reader = sign_in(government)

    def look():
        said = upload(reader, file_of(approved)).content, reader.get("/verify/", {"code": code_of(approved)}).content
        words = [re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", text) for text in said]
        page = re.search(r"<article.*</article>", reader.get(PAGE).content.decode(), re.DOTALL)[0]
        files = [reader.get(f"{PAGE[:-1]}.xlsx?lang={code}").content for code in ("kk", "ru", "en")]
        return words, page, files, verify()

    before = look()
    assert before[-1][0] == 0

    def assert_kept():
        approved.refresh_from_db()
        assert look() == before

    return assert_kept


def test_a_renamed_executor_changes_nothing(kept):
    names = {f"{kind}_name_{code}": "Renamed" for kind in ("short", "full") for code in ("kk", "ru", "en")}
    Executor.objects.exclude(code="mint").update(**names)
    User.objects.filter(username="head").update(first_name="Renamed", last_name="too")
    kept()


def test_an_edited_measure_changes_nothing(kept):
    Measure.objects.update(title_kk="Өзгерді", title_en="Edited", deadline_text_en="never", ends_on="2030-01-31")
    kept()


def test_a_new_translation_changes_nothing(kept, settings, tmp_path):
    catalog = tmp_path / "locale" / "en" / "LC_MESSAGES" / "django"
    catalog.parent.mkdir(parents=True)
    words = {"Responsible executors": "Who answers", "Version": "Edition", "in progress": "under way"}
    entries = [('"', '"Content-Type: text/plain; charset=UTF-8\\n"'), *((f'{k}"', f'"{v}"') for k, v in words.items())]
    catalog.with_suffix(".po").write_text("\n\n".join(f'msgid "{k}\nmsgstr {v}' for k, v in entries))
    subprocess.run(["msgfmt", "-o", catalog.with_suffix(".mo"), catalog.with_suffix(".po")], check=True)  # noqa: S603, S607
    settings.LOCALE_PATHS = [tmp_path / "locale", *settings.LOCALE_PATHS]
    with translation.override("en"):
        assert translation.gettext("Version") == "Edition"
    kept()
