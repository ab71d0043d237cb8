"""Text into the cells of a workbook: paragraphs [(text, tone)] -> lines [(line, tone)] -> a cell, and the row's height.

A tone is a font by name. Widths are in Excel's column units, heights in points, a line's room in ems.
"""

import re
from itertools import groupby
from operator import itemgetter

from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

FONT = "Arial"
INK, MUTED, RULE, WHITE = "1C2430", "5D6878", "C9C5BA", "FFFFFF"
ACCENT, ACCENT_SOFT, PAPER = "00708C", "E0F1F5", "F4F2EC"

LOOKS = {  # a status's symbol, colour and tint; its colour and pattern in the chart, told apart in grey print
    "done": ("●", "1E7A46", "E2F2E8", "1E7A46", None),
    "in_progress": ("◐", "0B6AA8", "E2EEF8", "0B6AA8", "wdUpDiag"),
    "not_started": ("○", MUTED, "EEEEF0", "C9CDD3", None),
    "not_done": ("✕", "B3261E", "FAE4E2", "B3261E", "lgGrid"),
    "no_information": ("○", "8A4600", "FDEEDA", "8A4600", "narVert"),
    "not_begun": ("○", MUTED, "EEEEF0", WHITE, None),
    "off_control": ("■", "3B4350", "EEEEF0", "3B4350", "wdDnDiag"),
    "overdue": ("▲", "8A4600", "FDEEDA", None, None),
}
SYMBOLS = {status: look[0] for status, look in LOOKS.items()}
TONES = {status: (9, look[1], True, False) for status, look in LOOKS.items()} | {  # size, colour, bold, italic
    "plain": (9, INK, False, False),
    "strong": (9, INK, True, False),
    "aside": (8, MUTED, False, True),
    "head": (9, WHITE, True, False),
    "band": (10, "00485A", True, False),
    "title": (15, INK, True, False),
    "subtitle": (11, INK, True, False),
    "figure": (12, INK, False, False),
    "sum": (12, INK, True, False),
    "alarm": (12, "B3261E", True, False),
}
FONTS = {
    tone: Font(name=FONT, sz=size, color=ink, b=bold, i=italic) for tone, (size, ink, bold, italic) in TONES.items()
}
INLINE = {
    tone: InlineFont(rFont=FONT, sz=size, color=ink, b=bold or None, i=italic or None)
    for tone, (size, ink, bold, italic) in TONES.items()
}
COLOURS = {status: look[2] for status, look in LOOKS.items()} | {c: c for c in (ACCENT, ACCENT_SOFT, PAPER)}
FILLS = {name: PatternFill("solid", fgColor=colour) for name, colour in COLOURS.items()}
SIDE = Side(style="thin", color=RULE)
BOX, BARE = Border(left=SIDE, right=SIDE, top=SIDE, bottom=SIDE), Border()
TOP = Alignment(horizontal="left", vertical="top", wrap_text=True)
MIDDLE, CENTRE = (Alignment(horizontal=side, vertical="center", wrap_text=True) for side in ("left", "center"))
COUNT = '0;-0;"–"'  # a number format


GLYPHS = {  # ems of Arial's letters; 0.56 for the others
    0.28: " !',./:;I[\\]fijlt|іІ’\xa0",
    0.37: '()-`r{}"*гғ“”„•',
    0.50: "J^cksvxyzзкқстуұүхчэ",
    0.67: "&ABEKPSVXYжмъыәАБВЕЁЗКҚРСТУҰҮХҺЧЬ",
    0.74: "CDHNRUwГҒДИЙЛНҢПЭЯюGOQОӨӘ",
    0.85: "%MmМЖЦфшщЫЪФ",
    1.02: "@WЮШЩ—№…",
}
EMS = {glyph: ems for ems, glyphs in GLYPHS.items() for glyph in glyphs}
SLACK, BOLD = 1.05, 1.06  # printers' letters and those that stand in for Arial's are wider, and so is bold
LINE = 1.34  # a line's height by its letters' size
UNIT, PADDING = 5.25, 4  # points in a column unit; points that stay free in a cell
MAX_LINES, PART_LINES = 32, 24  # Excel's rows are at most 409 points high; two parts fill a page
ROW_HEIGHT = 15
WORD = re.compile(r"[^ \n]+ *| +|\n")
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # XML has no such characters
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\n")


def clean(text):
    return UNWRITABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _ems(text):
    return sum(EMS.get(glyph) or (0.56 if glyph < "\u2000" else 1) for glyph in text)


def _wrap(text, room):
    """Cut a text into lines as a cell does; joined, the lines are the text."""
    lines, used = [""], 0
    for word in WORD.findall(text):
        is_wide = _ems(word.rstrip(" ")) > room
        for piece in re.findall(f".{{1,{int(room)}}}", word) if is_wide else (word,):
            if lines[-1].endswith("\n") or used and used + _ems(piece.rstrip(" \n")) > room:
                lines.append("")
                used = 0
            lines[-1] += piece
            used += _ems(piece)
    return lines


def lines_of(paragraphs, width):
    """The lines of a cell so wide; every paragraph ends with a line feed."""
    for text, tone in paragraphs:
        size, _ink, bold, _italic = TONES[tone]
        room = (width * UNIT - PADDING) / (size * SLACK * (BOLD if bold else 1))
        for line in _wrap(f"{clean(text)}\n", room):
            yield line, tone


def split_lines(lines):
    """Cut lines into what rows can hold; an executor's name does not end a row, and no row holds a few lines alone."""
    lines, parts = list(lines), []
    while len(lines) > MAX_LINES:
        end = PART_LINES - (lines[PART_LINES - 1][1] in LOOKS)
        parts.append(lines[:end])
        lines = lines[end:]
    return [*parts, lines]


def _height(lines):
    return sum(TONES[tone][0] * LINE for _line, tone in lines) + PADDING


def _write(cell, lines):
    """Write lines as text, never as a formula; several tones make a rich text."""
    runs = [("".join(map(itemgetter(0), run)), tone) for tone, run in groupby(lines, key=itemgetter(1))]
    text = "".join(run for run, _tone in runs).removesuffix("\n")
    if not text:
        return
    if len(runs) == 1:
        cell.value = text
    else:
        runs[-1] = (runs[-1][0].removesuffix("\n"), runs[-1][1])
        cell.value = CellRichText(*(TextBlock(INLINE[tone], run) for run, tone in runs if run))
    cell.font = FONTS[runs[0][1]]
    cell.data_type = "s"  # openpyxl takes «=…» for a formula and «#N/A» for an error
    cell.quotePrefix = text.startswith(FORMULA_SIGNS)


def write_row(sheet, row, values, *, tone="plain", fill=None, border=BOX, alignment=MIDDLE):
    """Write numbers and lines, one for each column; the row is as high as its highest cell."""
    for column, value in enumerate(values, start=1):
        cell = sheet.cell(row, column)
        if isinstance(value, int):
            cell.value, cell.number_format, cell.font = value, COUNT, FONTS[tone]
        else:
            _write(cell, value)
        cell.border, cell.alignment = border, CENTRE if isinstance(value, int) else alignment
        if fill:
            cell.fill = FILLS[fill]
    sheet.row_dimensions[row].height = max(_height(()) if isinstance(v, int) else _height(v) for v in values)


def write_values(sheet, row, values, *, least=0, **look):
    """The same from numbers and paragraphs, with some air."""
    values = [v if isinstance(v, int) else list(lines_of(v, w)) for v, w in zip(values, widths_of(sheet), strict=True)]
    write_row(sheet, row, values, **look)
    sheet.row_dimensions[row].height = max(least, sheet.row_dimensions[row].height + PADDING)


def write_merged(sheet, row, text, tone, **look):
    """Write one paragraph over all columns."""
    widths = widths_of(sheet)
    lines = list(lines_of([(text, tone)], sum(widths)))
    write_row(sheet, row, [lines, *[()] * (len(widths) - 1)], **look)
    sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=len(widths))


def widths_of(sheet):
    return [column.width for column in sheet.column_dimensions.values()]


def add_sheet(book, title, widths, *, footer, paper=Worksheet.PAPERSIZE_A4):
    """Add a landscape sheet, one page wide, with its columns; its footer: left, middle, «page», «of»."""
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\']", " ", clean(title))[:31].strip() or None)
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    page, margins = sheet.page_setup, sheet.page_margins
    page.orientation, page.paperSize, page.fitToWidth, page.fitToHeight = "landscape", paper, 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    margins.left = margins.right = 0.35
    margins.top, margins.bottom, margins.header, margins.footer = 0.4, 0.6, 0.2, 0.3
    sheet.print_options.horizontalCentered = True
    sheet.sheet_view.showGridLines = False
    sheet.sheet_format.defaultRowHeight, sheet.sheet_format.customHeight = ROW_HEIGHT, True
    left, middle, right = sheet.oddFooter.left, sheet.oddFooter.center, sheet.oddFooter.right
    left.text, middle.text, page_word, of_word = map(_footer, footer)
    right.text = f"{page_word} &P {of_word} &N"
    left.size = middle.size = right.size = 8
    return sheet


def _footer(text):
    """A footer holds 255 characters and gives orders with «&»."""
    return clean(text).replace("\n", " ")[:60].replace("&", "&&")
