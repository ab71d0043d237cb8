"""The same workbook given back with its faults marked: a red cell, a comment, a sign in the first column."""

from io import BytesIO

from openpyxl.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill

from .cells import FONT, LOOKS
from .return_form import MARK
from .return_template import AUTHOR, GrowingRow

_SYMBOL, INK, RED, *_PATTERN = LOOKS["not_done"]
MARKED = PatternFill("solid", fgColor=RED)
PLAIN = PatternFill()
SIGN = Font(name=FONT, sz=11, b=True, color=INK)
SEPARATOR = "\n———\n"  # between the mark's words and a person's own comment


def marked(sheet, faults) -> bytes:
    """Return the workbook that `sheet` was read from, with these faults marked and earlier marks taken away."""
    cells = sheet.cells
    _unmark(sheet)
    by_cell = {}
    for fault in faults:
        by_cell.setdefault(fault.cell, []).append(fault)
    for coordinate, found in by_cell.items():
        cell = _top_left(cells, coordinate)
        cell.fill = MARKED
        _comment(cell, "\n".join(fault.sentence for fault in found))
        sign = cells.cell(found[0].row, 1)
        if not isinstance(sign, MergedCell):
            sign.value, sign.font = MARK, SIGN
    for row in sheet.rows:
        _let_grow(cells, row)
    sheet.book.active = sheet.book.worksheets.index(cells)
    content = BytesIO()
    sheet.book.save(content)
    return content.getvalue()


def _unmark(sheet):
    """Earlier marks go; what a person wrote into a comment stays."""
    for cell in [cell for cell in sheet.cells._cells.values() if cell.row in sheet.rows]:
        if isinstance(cell, MergedCell):
            continue
        if cell.column == 1 and cell.value == MARK:
            cell.value = None
        if cell.fill.fill_type == "solid" and str(cell.fill.fgColor.rgb).endswith(RED):
            cell.fill = PLAIN
        if cell.comment and cell.comment.text.startswith(MARK):
            _mark, _separator, own = cell.comment.text.partition(SEPARATOR)
            cell.comment = Comment(own, cell.comment.author) if own else None


def _top_left(cells, coordinate):
    """The cell itself; within a merged area the one that shows."""
    if not isinstance(cells[coordinate], MergedCell):
        return cells[coordinate]
    area = next(area for area in cells.merged_cells.ranges if coordinate in area)
    return cells.cell(area.min_row, area.min_col)


def _comment(cell, words):
    own = cell.comment.text if cell.comment else ""
    text = f"{MARK} {words}" + (f"{SEPARATOR}{own}" if own else "")
    cell.comment = Comment(text, AUTHOR, width=300, height=50 + 18 * (len(text) // 38))


def _let_grow(cells, row):
    """openpyxl fixes the heights that it reads."""
    height = cells.row_dimensions[row].height
    if height:
        cells.row_dimensions[row] = GrowingRow(cells, index=row, ht=height)
