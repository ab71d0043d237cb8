"""Sheets as files: a workbook or a CSV -> a dataset with its places, and a dataset -> a documented workbook.

Typed text never becomes a formula, and comes back as it was typed. What is too large, or no sheet at all, is refused
before it costs memory.
"""

import csv
import io
import re
import zipfile

import openpyxl
import tablib
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from import_export.formats.base_formats import CSV, XLSX
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from . import packages
from .workbooks import write_workbook

FILE_LIMIT = 10 * 1024 * 1024
BUDGET = packages.Budget(
    bytes=60 * 1024 * 1024, parts=1000, light=850_000, heavy=60_000, attributes=1_200_000, area=1_000_000
)
ROWS_LIMIT, COLUMNS_LIMIT = 20_000, 100
LAST_ROW = 1_048_576  # of a sheet of Excel
ARMED = re.compile(r"'*[=+\-@\t\r]")
FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")


def kind_of(content):
    """Return the format that reads an uploaded file, told by its bytes; raise ValidationError where none does."""
    if len(content) > FILE_LIMIT:
        raise ValidationError(_("The file is larger than 10 MB: part it into several."))
    if not content.strip():
        raise ValidationError(_("The file is empty."))
    if content.startswith(b"PK"):
        return UnarmedXLSX
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise ValidationError(
            _("This is an old .xls, or a workbook with a password: save it as .xlsx without a password.")
        )
    return UnarmedCSV


class UnarmedXLSX(XLSX):
    def create_dataset(self, in_stream, **kwargs):
        return read_workbook(in_stream)

    def export_data(self, dataset, **kwargs):
        return write_workbook(dataset, _escaped(dataset))


class UnarmedCSV(CSV):
    def create_dataset(self, in_stream, **kwargs):
        return read_csv(in_stream)

    def export_data(self, dataset, **kwargs):
        """Return the text; Excel knows by the mark at its start that it is UTF-8."""
        out = io.StringIO(newline="")
        csv.writer(out).writerows([dataset.headers, *_escaped(dataset)])
        return "\ufeff" + out.getvalue()


def _escaped(dataset):
    """The rows, their text such that a sheet can hold it and that is no formula."""
    for row in dataset:
        yield [_escape(cell) for cell in row]


def _escape(cell):
    if not isinstance(cell, str):
        return cell
    text = ILLEGAL_CHARACTERS_RE.sub("", cell)
    return f"'{text}" if ARMED.match(text) else text


def _unescape(cell):
    """What was typed: an empty cell is empty text."""
    if isinstance(cell, str) and cell.startswith("'") and ARMED.match(cell):
        return cell[1:]
    return "" if cell is None else cell


def read_workbook(content):
    """Return the sheet's rows, those of the first sheet; raise ValidationError with what to do."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            _refuse_heavy(packed)
            has_formulas = any(FORMULA.search(packed.read(name)) for name in packed.namelist() if _is_sheet(name))
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        rows = _rows_of(sheet)
        if has_formulas:
            _refuse_formulas_without_value(content, rows)
    except ValidationError:
        raise
    except Exception as error:  # whatever a broken package makes the readers stumble over
        raise ValidationError(
            _("This workbook cannot be read: open it in Excel and save it again as .xlsx.")
        ) from error
    return _dataset(sheet.title, rows)


def _refuse_heavy(packed):
    """Refuse a package that costs more than anybody's plan before a library opens it."""
    fault = packages.fault_of(packed, BUDGET)
    if fault == packages.LOCKED:
        raise ValidationError(_("The workbook has a password: save it without one."))
    if fault == packages.TOO_HEAVY:
        raise ValidationError(_("The workbook is too large: part it into several."))
    if fault:
        raise ValidationError(_("This workbook cannot be read: open it in Excel and save it again as .xlsx."))


def _is_sheet(name):
    return name.startswith("xl/worksheets/sheet")


def _rows_of(sheet):
    """Return [(row's number, its cells)], the heading's first; rows with nothing in them are left out."""
    sheet.reset_dimensions()  # what a file says of its size may be wrong
    rows = []
    for number, cells in enumerate(sheet.iter_rows(max_col=COLUMNS_LIMIT, values_only=True), start=1):
        if any(cell is not None and cell != "" for cell in cells):
            rows.append((number, cells))
        if number > LAST_ROW:
            raise ValidationError(_("This workbook cannot be read: open it in Excel and save it again as .xlsx."))
        if len(rows) > ROWS_LIMIT + 1:
            raise ValidationError(_("There are more than 20,000 rows: part the sheet into several."))
    return rows


def _refuse_formulas_without_value(content, rows):
    """Refuse formulas that no program has counted: their cells look empty and are not."""
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    written = dict(_rows_of(book.worksheets[0]))
    values = dict(rows)
    empty = [
        f"{openpyxl.utils.get_column_letter(column)}{number}"
        for number, cells in written.items()
        for column, cell in enumerate(cells, start=1)
        if isinstance(cell, str) and cell.startswith("=") and _at(values.get(number, ()), column) is None
    ]
    if empty:
        raise ValidationError(
            _("These cells hold formulas without a value: %(cells)s. Put plain values in their place."),
            params={"cells": ", ".join(empty[:20])},
        )


def _at(cells, column):
    return cells[column - 1] if column <= len(cells) else None


def read_csv(content):
    """Return the rows of a CSV, parted by commas, semicolons or tabs; raise ValidationError with what to do."""
    try:
        text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValidationError(
            _("This is neither a workbook nor a CSV in UTF-8: save it as .xlsx, or as «CSV UTF-8».")
        ) from error
    heading = text.partition("\n")[0]
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=heading.count), strict=True))
    except csv.Error as error:
        raise ValidationError(_("This CSV cannot be read: save it as .xlsx, or as «CSV UTF-8».")) from error
    rows = [(number, cells) for number, cells in enumerate(lines, start=1) if any(cells)]
    if len(rows) > ROWS_LIMIT + 1:
        raise ValidationError(_("There are more than 20,000 rows: part the sheet into several."))
    return _dataset("CSV", rows)


def _dataset(title, rows):
    """Make a dataset that knows the number of each of its rows; refuse one without headings or rows."""
    if len(rows) < 2:
        raise ValidationError(_("The first sheet has no rows: the headings stand in the first row, the data below."))
    width = max(len(cells) for _number, cells in rows)
    if width > COLUMNS_LIMIT:
        raise ValidationError(_("There are more than 100 columns."))
    full = [(number, [_unescape(cell) for cell in (*cells, *[""] * (width - len(cells)))]) for number, cells in rows]
    (heading_at, headings), *body = full
    dataset = tablib.Dataset(*(cells for _number, cells in body), title=title, headers=headings)
    dataset.heading_at = heading_at
    dataset.row_numbers = [number for number, _cells in body]
    return dataset
