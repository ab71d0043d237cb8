"""Packages: what would cost too much to open, or hides what it holds, is known before a library opens it."""

import io
import time
import zipfile
from dataclasses import replace

import docx
import openpyxl
import pytest
from django.core.exceptions import ValidationError

from roadmap import packages, sheets, tables

SMALL = packages.Budget(bytes=10_000, parts=2, light=10, heavy=10, attributes=10, area=10)


def packed(*contents):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for place, content in enumerate(contents):
            package.writestr(f"part{place}.xml", content)
    return zipfile.ZipFile(out)


def changed(document, part, old, new):
    """A saved document whose part was changed by hand."""
    saved, out = io.BytesIO(), io.BytesIO()
    document.save(saved)
    with zipfile.ZipFile(saved) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            content = before.read(name)
            assert name != part or old in content
            after.writestr(name, content.replace(old, new) if name == part else content)
    return out.getvalue()


def book_of(rows, columns):
    book = openpyxl.Workbook()
    for row in range(rows):
        book.active.append([f"{row} {column}" for column in range(columns)])
    return book


@pytest.mark.parametrize(
    ("contents", "fault"),
    [
        ([b"<a>" + b"<c/>" * 10 + b"</a>"], None),
        ([b"<a>" + b"<c/>" * 11 + b"</a>"], packages.TOO_HEAVY),
        ([b"<a>" + b"<x:si\t/>" * 11 + b"</a>"], packages.TOO_HEAVY),
        ([b"<a>" + b"<w:p />" * 6 + b"</a>", b"<a>" + b"<w:p/>" * 5 + b"</a>"], packages.TOO_HEAVY),
        ([b"<a>" + b"<b/>" * 10 + b"</a>"], packages.TOO_HEAVY),
        ([b'<a b="" c="" d="" e="" f="" g="" h="" i="" j="" k="" l=""/>'], packages.TOO_HEAVY),
        ([b'<a><mergeCell count="1" ref="A1:B5"/></a>'], None),
        ([b'<a><mergeCell\nref = "a1:b6"/></a>'], packages.TOO_HEAVY),
        ([b'<a><w:gridSpan w:val="11"/></a>'], packages.TOO_HEAVY),
        ([b"<oddHeader>" + b"&" * (packages.FOOTER_LIMIT + 1) + b"</oddHeader>"], packages.TOO_HEAVY),
        ([b"\x89PNG" + b"<c/>" * 20], None),
        ([b" " * 10_001], packages.TOO_HEAVY),
        ([b"", b"", b""], packages.TOO_HEAVY),
        ([b"<!DOCTYPE a><a/>"], packages.STRANGE),
        (["<a/>".encode("utf-16")], packages.STRANGE),
        (["<a/>".encode("utf-16-le")], packages.STRANGE),
        ([b'<?xml version="1.0" encoding="utf-7"?><a/>'], packages.STRANGE),
        ([b'\xef\xbb\xbf<?xml version="1.0" encoding="UTF-8"?>' + b"<c/>" * 11], packages.TOO_HEAVY),
    ],
    ids=range(18),
)
def test_it_says_why_a_package_is_not_to_be_opened(contents, fault):
    assert packages.fault_of(packed(*contents), SMALL) == fault


def test_it_sees_a_password():
    package = packed(b"<a/>")
    package.infolist()[0].flag_bits |= 1
    assert packages.fault_of(package, SMALL) == packages.LOCKED


@pytest.mark.parametrize("reference", [b"A:B", b"&#65;1:B2", b"A1:"])
def test_an_area_that_is_none_is_an_error(reference):
    with pytest.raises((TypeError, ValueError)):
        packages.fault_of(packed(b'<a><mergeCell ref="' + reference + b'"/></a>'), SMALL)


SHARED = (
    b'<Override PartName="/xl/sharedStrings.xml" '
    b'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
)


def with_shared_texts(rows, columns, texts):
    """A workbook with this part of shared texts beside its cells."""
    content = io.BytesIO(changed(book_of(rows, columns), "[Content_Types].xml", b"</Types>", SHARED))
    with zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as package:
        main = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        package.writestr("xl/sharedStrings.xml", main + texts + b"</sst>")
    return content.getvalue()


def test_a_workbook_of_millions_of_empty_texts_is_refused_at_once():
    content = with_shared_texts(2, 2, b"<si/>" * 11_400_000)
    for read, error in ((sheets.read_workbook, ValidationError), (tables.read, tables.Unreadable)):
        begun = time.process_time()
        with pytest.raises(error):
            read(content)
        # Two or three seconds here; as objects they would take minutes, and gigabytes.
        assert time.process_time() - begun < 12


def test_a_document_of_millions_of_empty_paragraphs_is_refused_at_once():
    content = changed(docx.Document(), "word/document.xml", b"<w:body>", b"<w:body>" + b"<w:p/>" * 3_900_000)
    begun = time.process_time()
    with pytest.raises(tables.Unreadable) as refused:
        tables.read(content)
    assert refused.value.why == tables.TOO_LARGE and time.process_time() - begun < 12


WORD = b'<w:rPr><w:rFonts w:ascii="T" w:hAnsi="T" w:cs="T"/><w:b/><w:sz w:val="24"/><w:szCs w:val="24"/></w:rPr>'
CELL = (
    b'<w:tc><w:tcPr><w:tcW w:w="900" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
    b'<w:p w:rsidR="00A1" w:rsidRDefault="00A1"><w:pPr><w:jc w:val="center"/>' + WORD + b"</w:pPr>"
    b'<w:r w:rsidRPr="00A1">' + WORD + b"<w:t>one</w:t></w:r><w:r>" + WORD + b"<w:t>two</w:t></w:r></w:p></w:tc>"
)


def test_a_plan_of_2000_rows_of_10_columns_passes():
    table = b"<w:tbl><w:tblGrid/>" + (b"<w:tr>" + CELL * 10 + b"</w:tr>") * 2000 + b"</w:tbl>"
    content = changed(docx.Document(), "word/document.xml", b"<w:body>", b"<w:body>" + table)
    assert len(tables.read(content)) == 2000
    saved = io.BytesIO()
    book_of(2000, 10).save(saved)
    assert len(tables.read(saved.getvalue())) == 2000


def test_a_sheet_of_10000_rows_of_20_columns_passes():
    saved = io.BytesIO()
    book_of(10_001, 20).save(saved)
    assert len(sheets.read_workbook(saved.getvalue())) == 10_000
    with zipfile.ZipFile(saved) as package:
        tight = replace(sheets.BUDGET, light=sheets.BUDGET.light // 2)
        assert packages.fault_of(package, tight) == packages.TOO_HEAVY
