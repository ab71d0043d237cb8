"""The same frozen values give the same bytes, in any process, at any time, with lxml or without."""

import hashlib
import os
import subprocess
import sys
from datetime import datetime, timedelta
from io import BytesIO
from zipfile import ZipFile

import docx
import pytest
from openpyxl import load_workbook

from conftest import moment
from reporting import workbook
from reporting.repack import repack

from .test_workbook import make_document, make_row

MADE = moment("2014-01-17 16:05")
HARD = make_row(text='=1 + 2\n  екі  бос орын & <b> "q" \'\n\tTab 😀', title="Ә" * 300)
BUILD = """
import hashlib, django, openpyxl
django.setup()
from reporting import workbook
from reporting.tests.test_repack import HARD
from reporting.tests.test_workbook import make_document
content = workbook.build(make_document(rows=(HARD,)), code="3F2A-91C0-77BE-40D1")
print(openpyxl.LXML, hashlib.sha256(content).hexdigest())
"""


def built_with(lxml, zone, seed):
    """(was lxml in use?, the workbook's hash), of a process of its own."""
    there = os.environ | {"OPENPYXL_LXML": lxml, "TZ": zone, "PYTHONHASHSEED": seed}
    done = subprocess.run([sys.executable, "-c", BUILD], env=there, capture_output=True, text=True, check=True)  # noqa: S603
    return done.stdout.split()


def test_a_workbook_has_the_same_bytes_with_lxml_and_without():
    pytest.importorskip("lxml")
    here = workbook.build(make_document(rows=(HARD,)), code="3F2A-91C0-77BE-40D1")
    same = hashlib.sha256(here).hexdigest()
    assert built_with("True", "UTC", "1") == ["True", same]
    assert built_with("False", "Asia/Almaty", "2") == ["False", same]


def test_a_workbook_carries_its_code_where_saving_anew_keeps_it():
    book = load_workbook(BytesIO(workbook.build(make_document(), code="3F2A-91C0-77BE-40D1")))
    assert book.custom_doc_props[workbook.CODE_PROPERTY].value == "3F2A-91C0-77BE-40D1"
    assert {sheet.oddFooter.left.text for sheet in book} == {"ЖА-2013-II · 3F2A-91C0-77BE-40D1"}


def letter(title, saved):
    """A Word file with traces of who saved it and when."""
    document, kept = docx.Document(), BytesIO()
    document.add_paragraph("Жиынтық ақпарат")
    properties = document.core_properties
    properties.title, properties.author, properties.last_modified_by = title, "Ш. Қызметкер", "Ш. Қызметкер"
    properties.created = properties.modified = saved
    properties.revision = saved.day
    document.save(kept)
    return kept.getvalue()


def test_a_letter_keeps_its_words_and_loses_the_traces_of_who_saved_it_when():
    day = datetime(2014, 1, 20, 9, 30)
    first, second = (repack(letter("Хат <1> & 2", day + timedelta(days=n)), MADE) for n in (0, 3))
    assert first == second
    assert "Қызметкер" not in "".join(ZipFile(BytesIO(first)).read("docProps/core.xml").decode())
    assert {entry.date_time for entry in ZipFile(BytesIO(first)).infolist()} == {(2014, 1, 17, 10, 5, 0)}
    read = docx.Document(BytesIO(first))
    assert read.core_properties.title == "Хат <1> & 2"
    assert read.core_properties.modified.replace(tzinfo=None) == datetime(2014, 1, 17, 10, 5)
    assert [paragraph.text for paragraph in read.paragraphs] == ["Жиынтық ақпарат"]
