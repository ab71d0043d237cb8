"""A dataset as a workbook: the sheet with its comments and drop-downs, and beside it a sheet that explains the columns.

The dataset brings `columns` (`columns.py`), `necessary` (names of columns) and `rules` (sentences).
"""

import datetime
import io
from copy import copy

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

FONT = "Arial"
INK, RULE, WHITE, ACCENT, OPTIONAL = "1C2430", "C9C5BA", "FFFFFF", "00566B", "4D6B75"
BOX = Border(*(Side(style="thin", color=RULE) for _side in range(4)))
TOP = Alignment(vertical="top", wrap_text=True)
CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
PLAIN, STRONG, HEAD = (Font(name=FONT, sz=10, b=b, color=c) for b, c in ((False, INK), (True, INK), (True, WHITE)))
TITLE = Font(name=FONT, sz=15, b=True, color=INK)
DATE_FORMAT = "dd\\.mm\\.yyyy"
LIST_LIMIT = 255  # letters in a drop-down's list
LINE, HIGHEST, WIDE_LETTER = 13.5, 409, 1.15  # points of a line, of the highest row; a letter in units of a column
WIDEST = 300  # units that a page can show to be read
SPARE_ROWS = 500  # below the last one, with drop-downs


def write_workbook(dataset, rows):
    """Return the .xlsx of a dataset with those rows, in the language that its headings are in."""
    book = Workbook()
    _write_data(book.active, dataset, rows)
    _write_help(book.create_sheet(_("Help")), dataset)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write_data(sheet, dataset, rows):
    sheet.title = dataset.title
    last = get_column_letter(len(dataset.columns))
    for index, column in enumerate(dataset.columns, start=1):
        letter = get_column_letter(index)
        sheet.column_dimensions[letter].width = column.widget.width
        cell = _head(sheet.cell(1, index, column.title), is_necessary=bool(column.necessity))
        if column.explanation:
            cell.comment = Comment(column.explanation, dataset.title, width=320, height=150)
        if column.widget.choices:
            _offer(sheet, f"{letter}2:{letter}{len(dataset) + SPARE_ROWS}", column.widget.choices)
    sheet.row_dimensions[1].height = 48
    _write_rows(sheet, dataset.columns, rows)
    sheet.freeze_panes = f"{get_column_letter(len(dataset.necessary) + 1)}2"
    sheet.auto_filter.ref = f"A1:{last}{len(dataset) + 1}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A3
    if sum(column.widget.width for column in dataset.columns) < WIDEST:
        _fit_to_page(sheet, sheet.PAPERSIZE_A3)
    sheet.print_title_rows = "1:1"


def _head(cell, is_necessary=True):
    cell.font, cell.alignment, cell.border = HEAD, CENTRE, BOX
    cell.fill = PatternFill("solid", fgColor=ACCENT if is_necessary else OPTIONAL)
    return cell


def _offer(sheet, cells, choices):
    """Offer a list; words in another language are not refused, the import understands them too."""
    formula = '"{}"'.format(",".join(choices))
    if len(formula) <= LIST_LIMIT and not any("," in choice for choice in choices):
        offer = DataValidation(type="list", formula1=formula, allow_blank=True, showErrorMessage=False)
        offer.add(cells)
        sheet.add_data_validation(offer)


def _write_rows(sheet, columns, rows):
    """Write the cells; a style is looked up once, not for each of a plan's cells."""
    model = Cell(sheet)
    model.font, model.alignment, model.border = PLAIN, TOP, BOX
    plain = copy(model._style)
    model.number_format = DATE_FORMAT
    dated = copy(model._style)
    widths = [column.widget.width for column in columns]
    for number, values in enumerate(rows, start=2):
        for index, value in enumerate(values, start=1):
            cell = _write(sheet.cell(number, index), value)
            cell._style = copy(dated if isinstance(value, datetime.date) else plain)
        sheet.row_dimensions[number].height = _height(values, widths)


def _write(cell, value):
    """Write a value, text never as a formula."""
    if value not in ("", None):
        cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
    return cell


def _height(values, widths):
    """The height that a row's texts need: not every program finds it itself."""
    lines = max(
        _lines(value, width) if isinstance(value, str) else 1 for value, width in zip(values, widths, strict=True)
    )
    return min(LINE * lines + 4, HIGHEST)


def _lines(text, width):
    return sum(1 + int(len(line) * WIDE_LETTER // width) for line in text.split("\n"))


def _write_help(sheet, dataset):
    widths = (36, 26, 16, 90)
    for letter, width in zip("ABCD", widths, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.cell(1, 1, _("What goes into the sheet «%(sheet)s»") % {"sheet": dataset.title}).font = TITLE
    for row, rule in enumerate(map(str, dataset.rules), start=3):
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=4)
        cell = _write(sheet.cell(row, 1), rule)
        cell.font, cell.alignment = PLAIN, TOP
        sheet.row_dimensions[row].height = _height([rule], [sum(widths)])
    top = 4 + len(dataset.rules)
    for index, heading in enumerate((_("Heading"), _("Also accepted"), _("Necessary"), _("What to write")), start=1):
        _head(_write(sheet.cell(top, index), heading))
    sheet.freeze_panes = f"A{top + 1}"
    for row, column in enumerate(dataset.columns, start=top + 1):
        values = (column.title, column.column_name, column.necessity, column.explanation)
        for index, value in enumerate(values, start=1):
            cell = _write(sheet.cell(row, index), value)
            cell.font, cell.alignment, cell.border = (STRONG if index == 1 else PLAIN), TOP, BOX
        sheet.row_dimensions[row].height = _height(values, widths)
    _fit_to_page(sheet, sheet.PAPERSIZE_A4)


def _fit_to_page(sheet, paper):
    page = sheet.page_setup
    page.orientation, page.paperSize, page.fitToWidth, page.fitToHeight = "landscape", paper, 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
