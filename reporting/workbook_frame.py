"""What all sheets of a document's workbook have: paper and footer, whose it is, headings, rows of long texts."""

from itertools import zip_longest

from openpyxl.utils import get_column_letter

from .cells import (
    ACCENT,
    BARE,
    CENTRE,
    ROW_HEIGHT,
    TOP,
    add_sheet,
    lines_of,
    split_lines,
    widths_of,
    write_merged,
    write_row,
    write_values,
)


def new_sheet(book, document, title, widths):
    """Add an A4 landscape sheet, one page wide, with its columns and its footer."""
    left = document.reference if document.is_approved else document.labels["draft"]
    return add_sheet(
        book, title, widths, footer=(left, document.period, document.labels["page"], document.labels["of"])
    )


def letterhead(sheet, document, title="", note=""):
    """Write whose document it is, under its title or the sheet's own; return the row of the table."""
    labels = document.labels
    made = labels["approved_on"] if document.is_approved else labels["prepared_on"]
    facts = ((labels["reference"], document.reference), (labels["version"], document.version), (made, document.made_on))
    lines = [
        (title or document.title, "title"),
        (document.roadmap, "subtitle"),
        (document.act, "plain"),
        ("   ·   ".join([document.period, *(f"{label}: {value}" for label, value in facts)]), "strong"),
        (note, "plain"),
        ("" if document.is_approved else labels["draft"], "alarm"),
        ("" if document.language == "kk" else labels["unofficial"], "aside"),
    ]
    lines = [(text, tone) for text, tone in lines if text]
    for row, (text, tone) in enumerate(lines, start=1):
        write_merged(sheet, row, text, tone, border=BARE)
    sheet.row_dimensions[len(lines) + 1].height = ROW_HEIGHT / 2
    return len(lines) + 2


def write_heading(sheet, row, words):
    write_values(sheet, row, [[(word, "head")] for word in words], fill=ACCENT, alignment=CENTRE)


def finish(sheet, headings, last, end):
    """Freeze and repeat the heading's rows (first, last); filter down to `last`, print down to `end`."""
    first, header = headings
    column = get_column_letter(len(widths_of(sheet)))
    sheet.freeze_panes = f"C{header + 1}"
    sheet.auto_filter.ref = f"A{header}:{column}{max(last, header)}"
    sheet.print_title_rows = f"{first}:{header}"
    sheet.print_area = f"A1:{column}{end}"


def write_parts(sheet, row, cells, *, marked, kept, continued):
    """Write a cell's paragraphs for each column in as many rows as the longest needs; return the row after them.

    Where they go on, column `marked` says so, and the `kept` ones are repeated, so that a filter keeps the whole.
    """
    widths = widths_of(sheet)
    cells = [split_lines(lines_of(cell, width)) for cell, width in zip(cells, widths, strict=True)]
    parts = max(map(len, cells))
    mark = list(lines_of([(continued, "aside")], widths[marked]))
    cells[marked] += [mark] * (parts - len(cells[marked]))
    for column in kept:
        cells[column] += cells[column][:1] * (parts - len(cells[column]))
    for part, lines in enumerate(zip_longest(*cells, fillvalue=()), start=row):
        write_row(sheet, part, lines, alignment=TOP)
    return row + parts


def number_cell(cell, number):
    """Excel frowns on numbers as text."""
    if number.isascii() and number.isdecimal():
        cell.value = int(number)
