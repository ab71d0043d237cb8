"""The Excel return as it goes out: one sheet of measures, how to fill it in, and a hidden passport. No database."""

import re
from io import BytesIO

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel
from openpyxl.workbook.protection import WorkbookProtection
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.dimensions import RowDimension
from openpyxl.worksheet.worksheet import Worksheet

from .cells import (
    ACCENT,
    ACCENT_SOFT,
    BARE,
    CENTRE,
    FILLS,
    FONT,
    FONTS,
    PAPER,
    ROW_HEIGHT,
    RULE,
    TOP,
    add_sheet,
    clean,
    lines_of,
    widths_of,
    write_merged,
    write_row,
    write_values,
)
from .period_words import of_period
from .return_form import (
    DATE,
    HEADING_KEY,
    LOCKED,
    MARK,
    PASSPORT,
    PERCENT,
    ROW_KEY,
    STATUS,
    TENGE,
    YES_NO,
    yes_no,
)

AUTHOR = "roadmap"
PAPERSIZE_A3 = Worksheet.PAPERSIZE_A3
MARK_WIDTH, KEY_WIDTH = 3, 4
FIRST_COLUMN = 3  # after the marks' column and the hidden keys
FROZEN = 2  # number and title stay in sight
LEAST_HEIGHT, MOST_HEIGHT = 76, 409
FORMATS = {PERCENT: "0", TENGE: "#,##0", DATE: "dd.mm.yyyy"}
CLOSED = PatternFill("lightUp", fgColor=RULE)
ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # so that such a text is not read as a character's code
OPEN = Protection(locked=False)
TOP_CENTRE = Alignment(horizontal="center", vertical="top", wrap_text=True)


class GrowingRow(RowDimension):
    """A row of a given height that still grows with what is typed into it."""

    customHeight = False  # noqa: N815  (the name in the file's schema)


def build(form, *, statuses) -> bytes:
    """Return the .xlsx of a form, in the language that is active; `statuses` are the names to choose from."""
    book = Workbook()
    book.remove(book.active)
    book._named_styles["Normal"].font = Font(name=FONT, sz=10)  # the columns' unit is the width of its digits
    _measures(book, form, statuses)
    _instruction(book, form, statuses)
    _passport(book, form)
    book.security = WorkbookProtection(lockStructure=True)
    properties = book.properties
    properties.title, properties.subject = clean(form.title), clean(f"{form.executor}. {form.period}")
    properties.creator, properties.language = AUTHOR, form.language
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def protect(sheet):
    """Lock all but the open cells, without a password; rows and columns may still be made larger."""
    sheet.protection.sheet = True
    sheet.protection.formatRows = sheet.protection.formatColumns = False


def _sheet(book, form, title, widths, **look):
    return add_sheet(book, title, widths, footer=(form.short_name, form.period, _("Page"), "/"), **look)


# The measures


def _measures(book, form, statuses):
    widths = (MARK_WIDTH, KEY_WIDTH, *(column.width for column in form.columns))
    sheet = _sheet(book, form, _("Measures"), widths, paper=PAPERSIZE_A3)
    keys = _letterhead(sheet, form)
    heading = keys + 1
    _keys(sheet, keys, form.columns)
    _heading(sheet, heading, form.columns)
    rows, row, section = {}, heading + 1, ""
    for measure in form.rows:
        if measure.section != section:
            section = measure.section
            write_merged(sheet, row, section, "band", fill=ACCENT_SOFT)
            row += 1
        _measure(sheet, row, measure, form.columns)
        rows[row] = measure
        row += 1
    _validate(sheet, rows, form, statuses)
    protect(sheet)
    sheet.freeze_panes = f"{get_column_letter(FIRST_COLUMN + FROZEN)}{heading + 1}"
    sheet.print_title_rows = f"{heading}:{heading}"
    sheet.print_area = f"A1:{get_column_letter(len(widths))}{row - 1}"


def _letterhead(sheet, form):
    """Say whose return it is; give the row below."""
    facts = (form.period, form.executor, _("due on %(day)s") % {"day": form.due_on})
    lines = [
        (form.title, "title"),
        (form.roadmap, "subtitle"),
        ("   ·   ".join(facts), "strong"),
        (_("Fill in the white cells; the shaded ones are locked. The second sheet says how."), "plain"),
    ]
    for row, (text, tone) in enumerate(lines, start=1):
        write_merged(sheet, row, text, tone, border=BARE)
    return len(lines) + 1


def _keys(sheet, row, columns):
    """By these the sheet and its columns are found again."""
    for place, key in enumerate((ROW_KEY, *(column.key for column in columns)), start=FIRST_COLUMN - 1):
        sheet.cell(row, place, key)
    sheet.row_dimensions[row].hidden = True
    sheet.column_dimensions[get_column_letter(FIRST_COLUMN - 1)].hidden = True


def _heading(sheet, row, columns):
    write_values(sheet, row, [[], [], *([(column.label, "head")] for column in columns)], alignment=CENTRE)
    for cell, column in zip(sheet[row][FIRST_COLUMN - 1 :], columns, strict=True):
        is_locked = column.kind == LOCKED
        cell.fill, cell.font = FILLS[PAPER if is_locked else ACCENT], FONTS["strong" if is_locked else "head"]
        if column.hint:
            cell.comment = Comment(column.hint, AUTHOR, width=280, height=40 + 18 * (len(column.hint) // 36))
    for cell in sheet[row][: FIRST_COLUMN - 1]:
        cell.border = BARE
    cell.value = HEADING_KEY


def _measure(sheet, row, measure, columns):
    paragraphs = [_paragraphs(measure, column) for column in columns]
    lines = [list(lines_of(text, width)) for text, width in zip(paragraphs, widths_of(sheet)[2:], strict=True)]
    write_row(sheet, row, [[], [], *lines], alignment=TOP)
    height = min(max(sheet.row_dimensions[row].height + 4, LEAST_HEIGHT), MOST_HEIGHT)
    sheet.row_dimensions[row] = GrowingRow(sheet, index=row, ht=height)
    sheet.cell(row, 1).border = sheet.cell(row, 2).border = BARE
    sheet.cell(row, FIRST_COLUMN - 1).value = measure.key
    for cell, column in zip(sheet[row][FIRST_COLUMN - 1 :], columns, strict=True):
        if column.kind == LOCKED:
            cell.fill = FILLS[PAPER]
        elif column.name in measure.open:
            _open(cell, column, measure.values.get(column.name))
        else:
            cell.fill = CLOSED


def _paragraphs(measure, column):
    if column.kind == LOCKED:
        return measure.decreed.get(column.name, ())
    value = measure.values.get(column.name)
    return [(ESCAPE.sub("_x005F_", value), "plain")] if isinstance(value, str) and value else ()


def _open(cell, column, value):
    """Let the cell be filled in; what is a number or a date stands there as such."""
    if value is not None and not isinstance(value, str):
        cell.value = value
    cell.font, cell.protection = FONTS["plain"], OPEN
    cell.number_format = FORMATS.get(column.kind, "@")
    cell.alignment = TOP_CENTRE if column.kind in (STATUS, YES_NO, PERCENT, DATE) else TOP


def _validate(sheet, rows, form, statuses):
    """Lists to choose from, and numbers and dates within their bounds."""
    for place, column in enumerate(form.columns, start=FIRST_COLUMN):
        rule = _rule(column, form, statuses)
        open_rows = [row for row, measure in rows.items() if column.name in measure.open]
        if rule and open_rows:
            rule.errorTitle, rule.showErrorMessage, rule.allow_blank = column.label[:32], True, True
            for row in open_rows:
                rule.add(f"{get_column_letter(place)}{row}")
            sheet.add_data_validation(rule)


def _rule(column, form, statuses):
    if column.kind in (STATUS, YES_NO):
        words = statuses if column.kind == STATUS else yes_no()
        return DataValidation("list", f'"{",".join(map(str, words))}"', error=_("Choose from the list."))
    if column.kind == PERCENT:
        return DataValidation("whole", "0", "100", operator="between", error=_("A whole number from 0 to 100."))
    if column.kind == TENGE:
        error = _("Whole tenge, in digits; 0 is an answer too.")
        return DataValidation("whole", "0", operator="greaterThanOrEqual", error=error)
    if column.kind == DATE:
        first = str(int(to_excel(form.first_day)))
        return DataValidation("date", first, "TODAY()", operator="between", error=column.hint)
    return None


# How to fill it in


def _instruction(book, form, statuses):
    sheet = _sheet(book, form, _("How to fill in"), (5, 34, 90))
    write_merged(sheet, 1, _("How to fill in the return"), "title", border=BARE)
    write_merged(sheet, 2, f"{form.executor} · {form.period}", "subtitle", border=BARE)
    sheet.row_dimensions[3].height = ROW_HEIGHT / 2
    row = 4
    for number, step in enumerate(_steps(form), start=1):
        write_merged(sheet, row, f"{number}.  {step}", "plain", border=BARE)
        row += 1
    for heading, lines in (
        (_("What each status needs"), _needs(form, statuses)),
        (_("The columns"), [(column.label, column.hint) for column in form.columns if column.hint]),
    ):
        sheet.row_dimensions[row].height = ROW_HEIGHT
        write_merged(sheet, row + 1, heading, "band", fill=ACCENT_SOFT)
        row += 2
        for word, text in lines:
            write_values(sheet, row, [[], [(word, "strong")], [(text, "plain")]], border=BARE, alignment=TOP)
            row += 1
    protect(sheet)
    sheet.print_area, sheet.page_setup.fitToHeight = f"A1:C{row - 1}", 1


def _steps(form):
    there = (
        "What the draft on the site holds stands there already. Where it holds nothing yet, the status and the"
        " percent that the ministry accepted for the half-year before are proposed: change what has changed."
    )
    return (
        _("Fill in the white cells of the first sheet, one row for each of your measures. Shaded cells are locked."),
        of_period(form, there),
        _("An empty cell is an answer too: what you clear here is cleared in the draft once you confirm."),
        _("You may leave measures for later: a draft may be incomplete, and this workbook can be uploaded again."),
        _("Please do not merge cells, and do not add or delete columns. Where you delete a row, the draft stays."),
        _(
            "Save it as an Excel workbook (.xlsx), from Excel or LibreOffice, and upload it on the page of your report."
            " You see what would change, and confirm."
        ),
        _(
            "Where something cannot be taken, the page lists it and gives this workbook back with the cells marked:"
            " red, with a comment, and the sign %(sign)s in the first column. Mend them and upload it again;"
            " the marks may stay."
        )
        % {"sign": MARK},
        _("Evidence files are attached on the site; there you also check the report and send it to the ministry."),
    )


def _needs(form, statuses):
    not_done = "0–99 % and the reason. Only where the deadline falls in or before the half-year, or it is impossible."
    needs = (
        _("0 %. Where the deadline has passed: the reason."),
        _("1–99 %, and what was done. Where the deadline has passed: the reason."),
        _("100 %, what was done, and name, number and date of the completion document."),
        of_period(form, not_done),
    )
    return zip(map(str, statuses), needs, strict=True)


# The hidden sheet


def _passport(book, form):
    sheet = book.create_sheet("_return")
    for row, text in enumerate((PASSPORT, *form.seal), start=1):
        sheet.cell(row, 1).value = text
    sheet.sheet_state = "veryHidden"
    protect(sheet)
