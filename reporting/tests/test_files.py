"""The files of an approved summary: ordered, claimed, made once of what was frozen, and honest where they fail."""

import csv
import html
import io
import json
import os
import zipfile
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import OperationalError
from docx import Document as Word

from conftest import moment, send_all, text_of, write_up
from reporting import approval, checks, files, letter, rollup, workbook
from reporting.models import ChainLink, FileOrder, JournalEntry, LetterTemplate, SummaryFile
from reporting.tasks import make_summary_files
from reporting.tests.workbooks.make import office

pytestmark = [pytest.mark.usefixtures("in_english"), pytest.mark.only_beside("postgres")]

PAGE = "/roadmaps/decree-631/summaries/2013-H1/"
FILE = "/roadmaps/decree-631/summaries/2013-H1"
NARRATIVE = "A & B < C 🚀 \x07\x0b שלום עולם مرحبا\tend\r\nсоңы {{ code }} {% for x %}"
LONG = "Жұмыс жүргізілуде, нәтижесі бар. " * 600  # 20,000 letters


@pytest.fixture
def approved(review_period, head, ministry):
    """Approved, its files ordered and not made; one line has letters that break files."""
    send_all(review_period, m1="done")
    summary = rollup.refresh(review_period, at=moment("2013-07-18 10:00"))
    summary.lines.filter(position=1).update(text_kk=NARRATIVE, text_ru="=1+1")
    write_up(summary, by=ministry)
    summary.hand_over(by=ministry, at=moment("2013-07-18 12:00"))
    review_period.refresh_from_db()
    approval.approve(
        summary, by=head, at=moment("2013-07-19 16:00"), revision=review_period.revision, acknowledged=checks.ALL
    )
    return summary


def admin_page(summary, tail="change"):
    return f"/admin/reporting/summary/{summary.pk}/{tail}/"


def order(kind, language="kk"):
    return FileOrder.objects.get(kind=kind, language=language)


def test_a_worker_makes_all_of_them_each_with_its_link(approved):
    assert (approved.files.count(), approved.file_orders.count()) == (0, 8)
    assert len(make_summary_files()) == 8
    assert make_summary_files() == []
    assert (approved.files.count(), approved.file_orders.count()) == (8, 0)
    assert ChainLink.objects.count() == 9
    assert set(ChainLink.objects.exclude(file=None).values_list("file", "sha256")) == set(
        approved.files.values_list("pk", "sha256")
    )
    for file in approved.files.all():
        again = files.content_of(approved.frozen, file.kind, file.language)
        assert again == bytes(file.content), f"{file.kind} is not the same made anew"


def test_a_worker_killed_in_the_middle_leaves_nothing_and_the_next_one_finishes(approved, monkeypatch):
    """Killed while it makes the file: the claim stays and runs out. Killed while it keeps it: nothing is half kept."""

    def killed(*args, **kwargs):
        raise KeyboardInterrupt

    for where in ((workbook, "build"), (files.chain, "append")):
        with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
            patched.setattr(*where, killed)
            files.make(files.claim_next())
        assert (SummaryFile.objects.count(), ChainLink.objects.count()) == (0, 1)
    held = FileOrder.objects.exclude(claimed_until=None)
    assert held.count() == 2 and len(make_summary_files()) == 6
    held.update(claimed_until=files.clock.machine_now())
    assert len(make_summary_files()) == 2
    assert (approved.files.count(), ChainLink.objects.count()) == (8, 9)


def test_a_claim_that_ran_out_is_another_workers_and_nothing_is_made_twice(approved):
    slow = files.claim_next()
    FileOrder.objects.filter(pk=slow.pk).update(claimed_until=files.clock.machine_now())
    assert len(make_summary_files()) == 8
    with pytest.raises(files.Conflict):
        files.make(slow)
    assert (approved.files.count(), ChainLink.objects.count()) == (8, 9)


def test_a_file_that_fails_stops_no_other_is_told_and_can_be_started_again(
    approved, sign_in, government, ministry, monkeypatch
):
    def full(*args, **kwargs):
        raise OperationalError("database or disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(workbook, "build", full)
        for _try in range(files.MAX_TRIES):
            with pytest.raises(ExceptionGroup):
                make_summary_files()
            FileOrder.objects.update(claimed_until=files.clock.machine_now())
        assert make_summary_files() == []
    assert set(approved.files.values_list("kind", flat=True)) == {"csv", "docx", "json"}
    words = text_of(sign_in(government).get(PAGE))
    assert "3 files could not be made." in words and "The ministry sees the cause" in words and "disk" not in words
    client = sign_in(ministry)
    words = text_of(client.get(admin_page(approved)))
    assert "OperationalError: database or disk is full" in words and "Nothing more happens by itself." in words
    assert "Ordered again" in text_of(client.post(admin_page(approved, "files/again"), follow=True))
    assert len(make_summary_files()) == 3
    assert "could not be made" not in text_of(client.get(admin_page(approved)))
    kinds = JournalEntry.objects.filter(summary=approved).values_list("kind", flat=True)
    assert (list(kinds).count("file_failed"), list(kinds).count("file_tried_again")) == (15, 3)


def test_pages_say_how_far_it_is_ask_again_and_need_no_script(approved, sign_in, government, head):
    files.make(files.claim(order("xlsx")))
    asked = sign_in(head).get(admin_page(approved, "files"), headers={"HX-Request": "true"})
    assert asked.status_code == 200 and "HX-Refresh" not in asked
    client = sign_in(government)
    page = client.get(PAGE).content.decode()
    assert "1 of 8 files are ready." in page and 'hx-trigger="every 3s"' in page and "Look again" in page
    ask = {"HX-Request": "true"}
    assert "HX-Refresh" not in client.get(f"{PAGE}files/", headers=ask)
    make_summary_files()
    assert client.get(f"{PAGE}files/", headers=ask)["HX-Refresh"] == "true"
    assert sign_in(head).get(admin_page(approved, "files"), headers=ask)["HX-Refresh"] == "true"
    client = sign_in(government)
    page = client.get(PAGE).content.decode()
    assert "htmx" not in page and page.count("hx-") == 0
    for kind, languages in (("xlsx", 3), ("docx", 1), ("csv", 3), ("json", 1)):
        assert page.count(f"2013-H1.{kind}?version=1&amp;lang=") >= languages


def test_every_download_is_kept_with_who_took_what(approved, sign_in, government):
    make_summary_files()
    client = sign_in(government)
    for kind in files.KINDS:
        file = approved.files.get(kind=kind, language="kk")
        answer = client.get(f"{FILE}.{kind}")
        assert (answer["Content-Type"], answer.content) == (files.KINDS[kind].content_type, bytes(file.content))
        assert client.head(f"{FILE}.{kind}").status_code == 200
    taken = JournalEntry.objects.filter(kind="downloaded").order_by("pk")
    assert [(entry.by, entry.details["file"], entry.details["version"]) for entry in taken] == [
        (government, kind, 1) for kind in files.KINDS
    ]


# What is in them


def test_letters_that_break_files_and_two_hundred_pages_survive_in_each(approved):
    """400,000 letters over the measures, by the frozen JSON alone."""
    frozen = approved.frozen
    for document in frozen["documents"].values():
        for row in document["rows"][1:]:
            row["text"] = LONG
    content = {kind: files.content_of(frozen, kind, "kk") for kind in files.KINDS}
    survived = "A & B < C 🚀  שלום עולם مرحبا\tend\nсоңы {{ code }} {% for x %}"
    book = openpyxl.load_workbook(io.BytesIO(content["xlsx"]))
    cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]
    assert max(map(len, cells)) < 32_767
    assert any(survived.split("\t")[0] in cell.replace("\n", " ") for cell in cells)
    assert sum(cell.count("нәтижесі бар.") for cell in cells) >= 19 * 600
    word = Word(io.BytesIO(content["docx"]))
    text = "\n".join(text for cell in word.tables[1]._tbl.iter_tcs() for text in [_text_of(cell)])
    assert survived in text and text.count(LONG.strip()) >= 19 * 2
    rows = json.loads(content["json"])["measures"]
    assert rows[0]["text"]["kk"] == NARRATIVE and rows[1]["text"]["kk"] == LONG
    table = list(csv.DictReader(io.StringIO(content["csv"].decode("utf-8-sig")), delimiter=";"))
    assert table[0]["text"] == survived and table[1]["text"] == LONG
    assert files.content_of(frozen, "csv", "ru").decode("utf-8-sig").count(";'=1+1;") == 1


def _text_of(cell):
    return "\n".join(paragraph.text for paragraph in cell.p_lst)


def test_the_letter_has_a_repeated_header_both_languages_in_one_size_and_the_code(approved):
    content = files.content_of(approved.frozen, "docx", "kk")
    word = Word(io.BytesIO(content))
    head, measures = word.tables
    assert "Қазақстан Республикасының Үкіметіне" in head.rows[2].cells[0].text
    assert "Правительству Республики Казахстан" in head.rows[2].cells[1].text
    assert "w:tblHeader" in measures.rows[0]._tr.xml and len(measures.rows) == 1 + 2 + 20
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        xml = packed.read("word/document.xml").decode()
        footer = next(packed.read(name).decode() for name in packed.namelist() if "word/footer" in name)
    code = files.chain.code_of(files.chain.sha256_of(files.chain.frozen_bytes(approved.frozen)))
    assert code in xml and code in footer and "NUMPAGES" in footer
    sizes = {
        run.font.size for row in measures.rows[3:] for cell in row.cells[4:] for p in cell.paragraphs for run in p.runs
    }
    assert len(sizes) == 1
    assert letter.sha256_of(letter.default_template()) == approved.frozen["letter_template"]


def test_the_annex_gives_final_results_where_done_and_interim_ones_where_not(approved):
    book = openpyxl.load_workbook(io.BytesIO(files.content_of(approved.frozen, "xlsx", "en")))
    rows = {row[0]: row for row in book["Annex 14-1"].iter_rows(values_only=True) if isinstance(row[0], int)}
    assert "No. 631" in rows[1][1] and "measure 1" in rows[1][1]
    assert "done" in str(rows[1][3]) and "=1+1" in str(rows[1][4]) and rows[1][5] is None
    assert "in progress" in str(rows[2][3]) and rows[2][4] is None and "30" in str(rows[2][5])


def test_the_json_is_as_its_schema_says(approved):
    schema = json.loads(Path(finders.find("reporting/summary.schema.json")).read_text(encoding="utf-8"))
    data = json.loads(files.content_of(approved.frozen, "json", "kk"))
    assert faults(data, schema, schema) == []
    assert set(schema["$defs"]["measure"]["properties"]) == set(files.rows.COLUMNS)
    assert data["measures"][0]["ends_on"] == "2013-08-31" and data["period"] == "2013-H1"


def faults(value, rule, schema, where="$"):
    """What of JSON does not fit the few words of JSON Schema that ours uses."""
    if "$ref" in rule:
        return faults(value, schema["$defs"][rule["$ref"].rpartition("/")[2]], schema, where)
    if "anyOf" in rule:
        found = [faults(value, one, schema, where) for one in rule["anyOf"]]
        return [] if [] in found else found[0]
    types = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool, "null": type(None)}
    allowed = rule.get("type", [])
    allowed = [allowed] if isinstance(allowed, str) else allowed
    found = []
    if allowed and not any(type(value) is types[name] for name in allowed):
        found.append(f"{where}: {value!r} is no {allowed}")
    if "enum" in rule and value not in rule["enum"] or "const" in rule and value != rule["const"]:
        found.append(f"{where}: {value!r} is not allowed")
    if isinstance(value, dict):
        found += [f"{where}: {name} is missing" for name in rule.get("required", ()) if name not in value]
        known = rule.get("properties", {})
        found += [f"{where}: {name} is unknown" for name in value if name not in known]
        for name in set(value) & set(known):
            found += faults(value[name], known[name], schema, f"{where}.{name}")
    if isinstance(value, list):
        for place, item in enumerate(value):
            found += faults(item, rule["items"], schema, f"{where}[{place}]")
    return found


# The ministry's own template


def edited(old, new):
    """The default template with another text in its body."""
    out = io.BytesIO()
    with zipfile.ZipFile(letter.DEFAULT) as packed, zipfile.ZipFile(out, "w") as changed:
        for name in packed.namelist():
            part = packed.read(name)
            if name == "word/document.xml":
                assert old.encode() in part
                part = part.replace(old.encode(), new.encode())
            changed.writestr(name, part)
    return out.getvalue()


def upload(client, roadmap, content):
    file = io.BytesIO(content)
    file.name = "хат.docx"
    form = {"roadmap": roadmap.pk, "name": "Хат 2014", "file": file}
    return client.post("/admin/reporting/lettertemplate/add/", form, follow=True)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("{{ kk.ministry }}", "{{ kk.ministri }}", "asks for «ministri», which is none of the letter's values"),
        ("{{ signed_by }}", "{{ signed", "has a mistake in its tags near «{{ signed"),
        ("{{ signed_by }}", "{{ signed_by.__class__.__mro__ }}", "near «{{ signed_by.__class__"),
        ("{{ signed_by }}", "{{ range(9) }}", "nothing else: «{{ range(9)"),
        ("{{ signed_by }}", "{{ 'x' * 9999999999 }}", "nothing else: «{{ 'x' * 9999999999"),
        ("{{ signed_by }}", "{% set x = 1 %}", "nothing else"),
        ("{{ signed_by }}", "{% for a in sections %}{% for b in sections %}{% endfor %}{% endfor %}", "nothing else"),
        ("{%p endfor %}", "{% endfor %}", "A tag of the template begins in one paragraph"),
    ],
)
def test_a_template_that_cannot_be_filled_is_refused_with_the_place(sign_in, ministry, roadmap, old, new, sentence):
    answer = upload(sign_in(ministry), roadmap, edited(old, new))
    assert sentence in html.unescape(answer.content.decode())
    assert not LetterTemplate.objects.exists()


@pytest.mark.parametrize("content", [b"", b"no zip", (settings.BASE_DIR / "README.md").read_bytes()])
def test_what_is_no_word_document_is_refused(sign_in, ministry, roadmap, content):
    assert upload(sign_in(ministry), roadmap, content).status_code == 200
    assert not LetterTemplate.objects.exists()


def test_the_latest_template_counts_for_what_is_approved_after_it(sign_in, ministry, roadmap, request):
    client = sign_in(ministry)
    own = edited("Приложение: таблица исполнения мероприятий.", "К письму приложена таблица.")
    assert "successfully" in text_of(upload(client, roadmap, own))
    kept = LetterTemplate.objects.get()
    assert client.get(f"/admin/reporting/lettertemplate/{kept.pk}/download/").content == own
    assert client.get("/admin/reporting/lettertemplate/default/").content == letter.default_template()
    approved = request.getfixturevalue("approved")
    assert approved.frozen["letter_template"] == kept.sha256
    word = Word(io.BytesIO(bytes(files.make(files.claim(order("docx"))).content)))
    assert "К письму приложена таблица." in word.tables[0].rows[4].cells[1].text


@pytest.mark.usefixtures("in_english")
def test_a_template_that_is_gone_is_said_to_the_staff(approved, sign_in, head, monkeypatch):
    monkeypatch.setattr(letter, "default_template", lambda: b"another one")
    with pytest.raises(ExceptionGroup):
        make_summary_files()
    assert set(FileOrder.objects.values_list("kind", flat=True)) == {"docx"}
    words = text_of(sign_in(head).get(admin_page(approved)))
    # The cause stands in the language of the worker that met it.
    assert "хат үлгісі енді жоқ" in words and "Try again now" not in words


def test_libreoffice_opens_the_letter_and_the_workbook(approved):
    """Both become a PDF with the last measure in it."""
    for kind in ("docx", "xlsx"):
        content = files.content_of(approved.frozen, kind, "kk")
        printed = office(content, "pdf", name=f"summary.{kind}")
        if printed is None:
            sentence = "LibreOffice is not installed: apt-get install libreoffice-writer-nogui libreoffice-calc-nogui"
            pytest.fail(sentence, pytrace=False) if os.environ.get("CI") else pytest.skip(sentence)
        assert printed.startswith(b"%PDF") and printed.count(b"/Type/Page\n") + printed.count(b"/Type/Page/") >= 3
