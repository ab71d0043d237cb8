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
INK, MUTED, RULE, WHITE, ACCENT, OPTIONAL, PAPER = "1C2430", "5D6878", "C9C5BA", "FFFFFF", "00566B", "4D6B75", "F4F2EC"
BOX = Border(*(Side(style="thin", color=RULE) for _side in range(4)))
TOP = Alignment(vertical="top", wrap_text=True)
CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
PLAIN, STRONG, HEAD = (Font(name=FONT, sz=10, b=b, color=c) for b, c in ((False, INK), (True, INK), (True, WHITE)))
TITLE, SMALL = Font(name=FONT, sz=15, b=True, color=INK), Font(name=FONT, sz=9, color=MUTED)
DATE_FORMAT = "dd\\.mm\\.yyyy"
LIST_LIMIT = 255  # letters in a drop-down's list
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
        cell = _head(sheet.cell(1, index, column.title), is_necessary=column.column_name in dataset.necessary)
        if column.explanation:
            cell.comment = Comment(column.explanation, dataset.title, width=320, height=150)
        if column.widget.choices:
            _offer(sheet, f"{letter}2:{letter}{len(dataset) + SPARE_ROWS}", column.widget.choices)
    sheet.row_dimensions[1].height = 48
    _write_rows(sheet, rows)
    sheet.freeze_panes = f"{get_column_letter(len(dataset.necessary) + 1)}2"
    sheet.auto_filter.ref = f"A1:{last}{len(dataset) + 1}"
    page = sheet.page_setup
    page.orientation, page.paperSize, page.fitToWidth, page.fitToHeight = "landscape", sheet.PAPERSIZE_A3, 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
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


def _write_rows(sheet, rows):
    """Write the cells; a style is looked up once, not for each of a plan's cells."""
    model = Cell(sheet)
    model.font, model.alignment, model.border = PLAIN, TOP, BOX
    plain = copy(model._style)
    model.number_format = DATE_FORMAT
    dated = copy(model._style)
    for number, values in enumerate(rows, start=2):
        for index, value in enumerate(values, start=1):
            cell = sheet.cell(number, index)
            if value not in ("", None):
                cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"
            cell._style = copy(dated if isinstance(value, datetime.date) else plain)


def _write_help(sheet, dataset):
    for letter, width in zip("ABCD", (34, 26, 12, 90), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.cell(1, 1, _("What goes into the sheet «%(sheet)s»") % {"sheet": dataset.title}).font = TITLE
    row = 3
    for rule in dataset.rules:
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=4)
        cell = sheet.cell(row, 1, str(rule))
        cell.font, cell.alignment = PLAIN, TOP
        sheet.row_dimensions[row].height = 15 * (1 + len(str(rule)) // 150)
        row += 1
    row += 1
    headings = (_("Heading"), _("Also accepted"), _("Necessary"), _("What to write"))
    for index, heading in enumerate(headings, start=1):
        _head(sheet.cell(row, index, heading))
    sheet.freeze_panes = f"A{row + 1}"
    for column in dataset.columns:
        row += 1
        is_necessary = _("yes") if column.column_name in dataset.necessary else ""
        values = (column.title, column.column_name, is_necessary, column.explanation)
        for index, value in enumerate(values, start=1):
            cell = sheet.cell(row, index, value)
            cell.font, cell.alignment, cell.border = (STRONG if index == 1 else PLAIN), TOP, BOX
        sheet.row_dimensions[row].height = 15 * max(1 + len(column.explanation) // 85, 1 + len(column.title) // 30)
    page = sheet.page_setup
    page.orientation, page.paperSize, page.fitToWidth, page.fitToHeight = "landscape", sheet.PAPERSIZE_A4, 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
