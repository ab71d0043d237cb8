"""An uploaded workbook opened: its passport, the sheet of measures by its keys, and its rows."""

import warnings
from dataclasses import dataclass
from io import BytesIO

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from .errors import Refused
from .return_file import refuse_file
from .return_form import LOCKED, PASSPORT, ROW_KEY, unseal
from .return_kinds import DAMAGED

LAST_ROW, LAST_COLUMN = 20_000, 300
KEYS_WITHIN = 60  # rows: the keys stand above the measures


@dataclass(frozen=True)
class Sheet:
    """The sheet of measures; `columns` are {column's name: its place}, `rows` {row: its key or none}."""

    book: object
    cells: object
    computed: object
    columns: dict
    rows: dict
    merged: dict  # {(row, column): the merged area}

    @property
    def title(self):
        return self.cells.title

    def coordinate(self, row, name):
        return f"{get_column_letter(self.columns[name])}{row}"

    def at(self, row, name):
        """The cell, and the same with its formula's value."""
        place = row, self.columns[name]
        return self.cells.cell(*place), self.computed.cell(*place)


def open_book(content, *, data_only=False):
    """Open what `refuse_file` let pass; what openpyxl cannot read is damaged."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(BytesIO(content), data_only=data_only, rich_text=True, keep_links=False)
            _looks_of(book)
            return book
    except Exception as error:  # it raises whatever the broken part happens to raise
        raise Refused(str(DAMAGED)) from error


def _looks_of(book):
    """Ask every cell for its look: openpyxl finds only then that a style is not there."""
    return {(cell.number_format, cell.fill.fill_type) for sheet in book.worksheets for cell in sheet._cells.values()}


def open_return(content):
    """Return (passport, book); Refused where the file is none that can be opened, or no return."""
    refuse_file(content)
    book = open_book(content)
    return _passport(book), book


def read_sheet(book, content, columns):
    """Return the sheet of measures; Refused where it is not whole."""
    cells, keys = _find_sheet(book)
    places = _columns(cells, keys, columns)
    rows = _rows(cells, keys, places)
    has_formulas = any(cell.data_type == "f" for cell in cells._cells.values())
    computed = open_book(content, data_only=True)[cells.title] if has_formulas else cells
    return Sheet(book, cells, computed, places, rows, _merged(cells))


def _passport(book):
    for sheet in book.worksheets:
        if sheet["A1"].value == PASSPORT:
            chunks = [cell.value for (cell,) in sheet.iter_rows(2, min(sheet.max_row, 100), 1, 1) if cell.value]
            passport = unseal(chunks)
            if passport is None:
                raise Refused(
                    _("The hidden sheet of the workbook was changed. Download it again and copy your text over.")
                )
            return passport
    raise Refused(
        _(
            "This is not the workbook that is downloaded here: its hidden sheet is missing."
            " Download the workbook and copy your text over."
        )
    )


def _find_sheet(book):
    """The sheet with the hidden row of keys, whatever its name; (sheet, row)."""
    found = [
        (sheet, row)
        for sheet in book.worksheets
        for (row, _column), cell in sheet._cells.items()
        if cell.value == ROW_KEY and row <= KEYS_WITHIN
    ]
    if not found:
        raise Refused(
            _(
                "The sheet of measures was not found: it was deleted, or its hidden row of keys."
                " Download the workbook again and copy your text over."
            )
        )
    if len(found) > 1:
        names = ", ".join(f"«{sheet.title}»" for sheet, _row in found)
        raise Refused(
            _("The sheet of measures is there more than once: %(names)s. Delete the copies.") % {"names": names}
        )
    return found[0]


def _columns(cells, keys, columns):
    """{column's name: its place}; the reader is told what is missing by its heading."""
    places, twice = {}, False
    for (row, place), cell in cells._cells.items():
        if row == keys and isinstance(cell.value, str) and cell.value.startswith("#"):
            twice = twice or cell.value in places
            places[cell.value] = place
    if twice:
        raise Refused(_("A column of the workbook is there twice. Delete the copy."))
    missing = [column.label for column in columns if column.kind != LOCKED and column.key not in places]
    if missing:
        raise Refused(
            _("Columns are missing: %(names)s. Download the workbook again and copy your text over.")
            % {"names": ", ".join(missing)}
        )
    named = {column.key: column.name for column in columns} | {ROW_KEY: "row"}
    return {named[key]: place for key, place in places.items() if key in named}


def _rows(cells, keys, places):
    """{row: its key, or empty}, from top to bottom, of the rows below the headings that hold anything."""
    filled = set()
    for (row, column), cell in cells._cells.items():
        if cell.value is None:
            continue
        if row > LAST_ROW or column > LAST_COLUMN:
            raise Refused(
                _("There is something in cell %(cell)s, far outside the table. Delete it.") % {"cell": cell.coordinate}
            )
        filled.add(row)
    found = {row: cells.cell(row, places["row"]).value for row in sorted(filled) if row > keys + 1}
    return {row: str(key or "") for row, key in found.items() if not str(key or "").startswith("#")}


def _merged(cells):
    return {
        (row, column): area.coord
        for area in cells.merged_cells.ranges
        for row in range(area.min_row, area.max_row + 1)
        for column in range(area.min_col, area.max_col + 1)
    }
