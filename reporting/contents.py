"""What a file says, value by value, so that one saved anew can be compared with the one that was approved.

Whoever has the address sends these files: nothing is opened before `packages` has counted what it would cost, and what
cannot be read is answered with a sentence.
"""

import csv
import io
import json
import re
import warnings
import zlib
from dataclasses import dataclass
from xml.etree.ElementTree import ParseError, fromstring
from zipfile import BadZipFile, ZipFile

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from roadmap import packages

from .errors import Refused

MAX_BYTES = 10 * 1024 * 1024
BUDGET = packages.Budget(
    bytes=60 * 1024 * 1024, parts=1000, light=600_000, heavy=300_000, attributes=1_800_000, area=200_000
)
MAX_VALUES = 400_000  # of a text
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BREAKS = {f"{W}t": None, f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n"}
_FORMULA = re.compile(rb"<(?:[^\s/<>:]+:)?f[\s>/]")
_BROKEN = (
    BadZipFile,
    zlib.error,
    EOFError,
    KeyError,
    NotImplementedError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)

DAMAGED = gettext_lazy("The file is damaged, and nothing can be said of it: not even saving it anew makes such a file.")
TOO_HEAVY = gettext_lazy("The file unpacks to far more than a summary can be; it is not opened.")
STRANGE = gettext_lazy("The file holds XML declarations that no office program writes; it is not opened.")
LOCKED = gettext_lazy("The file is protected with a password, so nobody can compare it. Take the password off first.")
FORMULAS = gettext_lazy("The workbook holds formulas. An approved one holds none: this one was changed.")
OTHER_KIND = gettext_lazy("This is no kind of file that summaries have: Excel (.xlsx), Word (.docx), CSV or JSON.")
_REASONS = {packages.TOO_HEAVY: TOO_HEAVY, packages.STRANGE: STRANGE, packages.LOCKED: LOCKED}


@dataclass(frozen=True)
class Contents:
    """`values` are {(sheet, place): text}, empty ones left out; `sheets` are the names, one empty where there are none.

    `marks` is text that the file carries beside them, in which its code may stand.
    """

    kind: str
    sheets: tuple[str, ...]
    values: dict[tuple[str, str], str]
    marks: str = ""


def read(content: bytes) -> Contents:
    """Return what an uploaded file says; Refused says why it cannot be told."""
    if not content:
        raise Refused(_("The file is empty."))
    if len(content) > MAX_BYTES:
        raise Refused(_("The file is larger than %(size)s MB; no summary is.") % {"size": MAX_BYTES // 1024**2})
    if content.startswith(b"PK"):
        return _package(content)
    text = _decoded(content)
    return _json(text) if text.lstrip()[:1] == "{" else _csv(text)


def _decoded(content):
    try:
        return content.decode("utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(str(OTHER_KIND)) from error


# Packages: Excel and Word


def _package(content):
    try:
        with ZipFile(io.BytesIO(content)) as packed:
            fault = packages.fault_of(packed, BUDGET)
            if fault:
                raise Refused(str(_REASONS[fault]))
            names = set(packed.namelist())
            if "xl/workbook.xml" in names:
                return _workbook(content, packed)
            if "word/document.xml" in names:
                return _letter(packed)
    except _BROKEN as error:
        raise Refused(str(DAMAGED)) from error
    raise Refused(str(OTHER_KIND))


def _workbook(content, packed):
    if any(_FORMULA.search(packed.read(name)) for name in packed.namelist() if name.startswith("xl/worksheets/")):
        raise Refused(str(FORMULAS))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(content), keep_links=False)
    except Exception as error:  # it raises whatever the broken part happens to raise
        raise Refused(str(DAMAGED)) from error
    # Only the cells that are there: a hostile sheet's edges lie far apart.
    values = {
        (sheet.title, f"{get_column_letter(column)}{row}"): _text(cell.value)
        for sheet in book.worksheets
        for (row, column), cell in sorted(sheet._cells.items())
    }
    properties = (str(prop.value) for prop in book.custom_doc_props.props)
    footers = (str(sheet.oddFooter.left.text) for sheet in book.worksheets)
    return Contents("xlsx", tuple(book.sheetnames), _filled(values), "\n".join([*properties, *footers]))


def _text(value):
    """A value in words: programs keep 40 as 40.0, and line ends in their own way; half a letter cannot be shown."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = "" if value is None else str(value).replace("\r\n", "\n").replace("\r", "\n")
    return text.encode(errors="replace").decode()


def _filled(values):
    return {place: text for place, text in values.items() if text.strip()}


def _letter(packed):
    try:
        body = fromstring(packed.read("word/document.xml")).find(f"{W}body")  # noqa: S314  `packages` has looked at it
    except ParseError as error:
        raise Refused(str(DAMAGED)) from error
    marks = (packed.read(name) for name in packed.namelist() if re.match(r"docProps/custom|word/footer", name))
    values = dict(_paragraphs(body)) if body is not None else {}
    return Contents("docx", ("",), values, "\n".join(re.sub("<[^>]+>", "", mark.decode()) for mark in marks))


def _paragraphs(body):
    """Everything that is written, in order: paragraphs, counted without the empty ones, and the cells of tables."""
    paragraph = table = 0
    for block in _blocks(body):
        if block.tag == f"{W}tbl":
            table += 1
            yield from _cells(block, table)
        elif text := _written(block):
            paragraph += 1
            yield ("", _("paragraph %(number)s") % {"number": paragraph}), text


def _blocks(parent):
    """Paragraphs and tables, those within a control for content too."""
    for child in parent:
        if child.tag in (f"{W}p", f"{W}tbl"):
            yield child
        elif child.tag in (f"{W}sdt", f"{W}sdtContent"):
            yield from _blocks(child)


def _cells(table, number):
    for row, cells in enumerate(table.iter(f"{W}tr"), start=1):
        for column, cell in enumerate(cells.iter(f"{W}tc"), start=1):
            text = "\n".join(filter(None, map(_written, cell.iter(f"{W}p"))))
            if text:
                words = {"table": number, "row": row, "column": column}
                yield ("", _("table %(table)s, row %(row)s, column %(column)s") % words), text


def _written(paragraph):
    runs = (run for run in paragraph.iter() if run.tag in _BREAKS)
    return "".join(_BREAKS[run.tag] or run.text or "" for run in runs).strip()


# Text: CSV and JSON


def _csv(text):
    """Whatever the program that saved it puts between the values."""
    head = text[:5000]
    mark = max(";,\t", key=head.count)
    if "\0" in text or mark not in head:
        raise Refused(str(OTHER_KIND))
    values = {}
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=mark), start=1):
            for column, value in enumerate(row, start=1):
                values["", f"{get_column_letter(column)}{number}"] = _text(value)
            _refuse_too_many(values)
    except (csv.Error, ValueError) as error:
        raise Refused(str(DAMAGED)) from error
    return Contents("csv", ("",), _filled(values))


def _json(text):
    try:
        values = dict(_leaves(json.loads(text), ""))
    except (ValueError, RecursionError) as error:
        raise Refused(str(DAMAGED)) from error
    return Contents("json", ("",), values)


def _leaves(value, path):
    """(path, text) of everything that is no list and no object."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if inner is None:
        yield ("", _text(path) or "/"), _text(value) if isinstance(value, str) else json.dumps(value)
        return
    for key, part in inner:
        yield from _leaves(part, f"{path}/{key}")


def _refuse_too_many(values):
    if len(values) > MAX_VALUES:
        raise Refused(str(TOO_HEAVY))
