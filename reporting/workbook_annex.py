"""Two forms of their own in a document's workbook: Annex 14-1, and what changed against an earlier document."""

from .cells import ACCENT_SOFT, FILLS, PAPER, ROW_HEIGHT, SYMBOLS, write_merged, write_values
from .document_content import Document
from .workbook_frame import finish, letterhead, new_sheet, number_cell, write_heading, write_parts

ANNEX_WIDTHS = (5, 26, 44, 17, 56, 56)
CHANGES_WIDTHS = (5, 52, 22, 62, 62)
CONTROL = 3  # the status's column in the annex, from 0


def add_annex(book, document: Document):
    """№ · requisites of the instruction · content · status · final result · interim result.

    Documents of the first two schemas know no instruction; their workbooks stay as they were.
    """
    if not any(row.instruction for row in document.rows):
        return
    labels = document.labels
    sheet = new_sheet(book, document, labels["annex_sheet"], ANNEX_WIDTHS)
    first = letterhead(sheet, document, labels["annex_title"])
    columns = ("instruction", "content", "status", "final", "interim")
    write_heading(sheet, first, [document.headings[0], *(labels[f"annex_{column}"] for column in columns)])
    write_values(sheet, first + 1, range(1, len(ANNEX_WIDTHS) + 1), tone="aside", fill=PAPER, least=ROW_HEIGHT)
    row, section = first + 2, None
    for measure in document.rows:
        if measure.section not in (None, section):
            section = measure.section
            write_merged(sheet, row, document.sections[section], "band", fill=ACCENT_SOFT)
            row += 1
        row = _instruction(sheet, row, measure, labels)
    finish(sheet, (first, first + 1), row - 1, row - 1)


def _instruction(sheet, row, measure, labels):
    status = [(f"{SYMBOLS[measure.control]} {measure.control_label}", measure.control)]
    if measure.is_overdue:
        status.append((f"{SYMBOLS['overdue']} {labels['overdue']}", "overdue"))
    cells = [
        [(measure.number, "strong")],
        [(measure.instruction, "plain"), (measure.deadline, "aside")],
        [(measure.title, "strong")],
        status,
        [(measure.final_result, "plain")],
        [(measure.interim_result, "plain")],
    ]
    end = write_parts(sheet, row, cells, marked=2, kept=(0, CONTROL), continued=labels["continued"])
    for part in range(row, end):
        sheet.cell(part, CONTROL + 1).fill = FILLS["overdue" if measure.is_overdue else measure.control]
        number_cell(sheet.cell(part, 1), measure.number)
    return end


def add_changes(book, document: Document):
    """What changed against the half-year before, where its summary is approved."""
    _add_comparison(book, document, document.changes, "changes")


def add_corrections(book, document: Document):
    """What changed against the version that this one corrects."""
    _add_comparison(book, document, document.corrections, "corrections")


def _add_comparison(book, document, comparison, name):
    if comparison is None:
        return
    labels = document.labels
    sheet = new_sheet(book, document, labels[f"{name}_sheet"], CHANGES_WIDTHS)
    earlier = f"{comparison.period}, № {comparison.reference}, {labels['version']} {comparison.version}"
    said = f"{labels['compared_to']}: {earlier} ({labels['approved_on']}: {comparison.made_on})"
    said += f"\n{labels['reason']}: {comparison.reason}" if comparison.reason else ""
    first = letterhead(sheet, document, labels[f"{name}_title"], said)
    words = (labels["changed_what"], labels["before"], labels["after"])
    write_heading(sheet, first, [document.headings[0], document.headings[1], *words])
    row = first + 1
    for number, title, changes in comparison.by_measure:
        for place, change in enumerate(changes):
            row = _change(sheet, row, number, "" if place else title, change, labels)
    if row == first + 1:
        write_merged(sheet, row, labels["nothing_changed"], "plain")
        row += 1
    finish(sheet, (first, first), row - 1, row - 1)


def _change(sheet, row, number, title, change, labels):
    cells = [
        [(number, "strong")],
        [(title, "strong")] if title else [],
        [(change.label, "plain")],
        [(change.before, "plain")],
        [(change.after, "strong" if len(change.after) < 200 else "plain")],
    ]
    end = write_parts(sheet, row, cells, marked=1, kept=(0, 2), continued=labels["continued"])
    for part in range(row, end):
        number_cell(sheet.cell(part, 1), number)
    return end
