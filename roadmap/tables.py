"""Files -> rows. Whatever an act was saved as, it becomes one list of rows; a line outside any table has one cell.

A cell that was merged over several places stands in each of them, marked as going on from the left or from above.
"""

import datetime
import io
import re
import zipfile
from dataclasses import dataclass
from itertools import groupby, islice

import docx
import openpyxl
from docx.oxml.ns import qn
from lxml import html

from . import packages
from .letters import tidy

ACROSS, DOWN = "across", "down"
DOCX = packages.Budget(
    bytes=25 * 1024 * 1024, parts=1000, light=300_000, heavy=700_000, attributes=900_000, area=250_000
)
XLSX = packages.Budget(
    bytes=25 * 1024 * 1024, parts=1000, light=300_000, heavy=50_000, attributes=600_000, area=250_000
)
SIZE_LIMIT = 10 * 1024 * 1024
COLUMN_LIMIT = 60


class Unreadable(Exception):
    """A file that holds no text that can be read; `why` is one of the codes below."""

    def __init__(self, why):
        super().__init__(why)
        self.why = why


EMPTY, TOO_LARGE, OLD_OFFICE, PDF, BINARY, BROKEN = "empty", "too_large", "old_office", "pdf", "binary", "broken"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell's text, and whether it goes on from the left (ACROSS) or from above (DOWN)."""

    text: str
    spread: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the `table`-th table; 0: a line of text. `line` counts from 1 and serves to name the place."""

    cells: tuple[Cell, ...]
    table: int
    line: int

    @property
    def own(self):
        """The texts that stand in this row itself, without the empty ones."""
        return [cell.text for cell in self.cells if cell.text and not cell.spread]


def read(content: bytes, name: str = "") -> list[Row]:
    """Return the rows of a file by what it holds: text, HTML, Markdown, .docx or .xlsx. Unreadable says why not."""
    if len(content) > SIZE_LIMIT:
        raise Unreadable(TOO_LARGE)
    if content.startswith(b"PK\x03\x04"):
        return _read_office(content)
    if content.startswith(b"\xd0\xcf\x11\xe0") or content.startswith(b"{\\rtf"):
        raise Unreadable(OLD_OFFICE)
    if content.startswith(b"%PDF"):
        raise Unreadable(PDF)
    return read_text(decode(content))


def read_text(text: str) -> list[Row]:
    """Return the rows of plain text, HTML, or Markdown with either kind of table."""
    if not text.strip():
        raise Unreadable(EMPTY)
    rows = _Rows()
    if re.search(r"<(html|body|!doctype)\b", text[:5000], re.IGNORECASE):
        _add_html(rows, text)
    else:
        for part in re.split(r"(<table\b.*?</table\s*>)", text, flags=re.IGNORECASE | re.DOTALL):
            (_add_html if part[:6].lower() == "<table" else _add_lines)(rows, part)
    return rows.rows


def decode(content):
    """Return the text of a file in UTF-8, UTF-16, or the Kazakh or Russian code page of old Windows."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = content.decode("utf-16", errors="replace")
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("kz1048", errors="replace")
    if "\0" in text or sum(letter < " " and letter not in "\n\r\t\f\v" for letter in text[:4000]) > 20:
        raise Unreadable(BINARY)
    return text


class _Rows:
    """Rows as they come; tables are counted."""

    def __init__(self):
        self.rows, self.tables = [], 0

    def add_line(self, text):
        for line in tidy(text).split("\n"):
            if line:
                self._append((Cell(line),), 0)

    def add_table(self, grid):
        """`grid`: lists of cells; a row that says nothing is left out."""
        self.tables += 1
        for cells in grid:
            if any(cell.text for cell in cells):
                self._append(tuple(cells), self.tables)

    def _append(self, cells, table):
        self.rows.append(Row(cells, table, len(self.rows) + 1))


# Plain text and Markdown

_BAR = re.compile(r"\t ?\|[ \t]*|[ \t]*\| ?\t|\t\|$|^\|\t")
_RULE = re.compile(r"\s*\|?[\s:|+-]*-{2,}[\s:|+-]*")
_HEADING = re.compile(r"^\s{0,3}(?:#{1,6}\s+|>\s?|[-*]\s+(?=\S))")
_MARKS = re.compile(r"\*\*|__|\\(?=[\\`*_{}\[\]()#+.!|-])|<br\s*/?>", re.IGNORECASE)


def _add_lines(rows, text):
    """Lines with bars or tabs are rows of a table; a row that was cut by a line feed is put together again."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").split("\n")
    split = _splitter(lines)
    for is_table, group in groupby(_joined(lines, split), key=lambda cells: len(cells) > 1):
        if is_table:
            rows.add_table([[Cell(tidy(cell).strip()) for cell in cells] for cells in group])
        else:
            for cells in group:
                rows.add_line(cells[0])


def _splitter(lines):
    """How the cells of this text are parted: by tab-bar-tab, by Markdown's bars, or by tabs."""
    if any(_BAR.search(line) for line in lines):
        return _BAR.split
    if any("|" in line and _RULE.fullmatch(line) for line in lines):
        return _split_markdown
    if sum(line.count("\t") >= 2 for line in lines) >= 3:
        return lambda line: line.split("\t") if line.count("\t") >= 2 else [line]
    return lambda line: [_MARKS.sub("", _HEADING.sub("", line))]


def _split_markdown(line):
    if _RULE.fullmatch(line) and "-" in line:
        return [""]
    if line.count("|") < 2:
        return [_MARKS.sub("", _HEADING.sub("", line))]
    bare = line.strip().removeprefix("|").removesuffix("|")
    return [_MARKS.sub(" ", cell) for cell in re.split(r"(?<!\\)\|", bare)]


def _joined(lines, split):
    """Yield rows; a row that line feeds cut goes on in its last cell until it is as wide as the table."""
    rows, width, place = [split(line) for line in lines], 0, 0
    while place < len(rows):
        whole, end = _whole_row(rows, place, width) if 1 < len(rows[place]) < width else (rows[place], place + 1)
        yield whole
        width = max(width, len(whole)) if len(whole) > 1 else width
        place = end


def _whole_row(rows, place, width):
    """(the row with the lines that complete it, the place behind it); as it stands where none do."""
    row = rows[place]
    is_numbered = row[0].strip()[:1].isdigit()
    for end in range(place + 1, min(place + 40, len(rows))):
        more = rows[end]
        if len(more) == len(rows[place]) and not is_numbered:
            break  # rows of a narrower table
        row = [*row[:-1], f"{row[-1]}\n{more[0]}", *more[1:]]
        if len(row) == width:
            return row, end + 1
        if len(row) > width:
            break
    return rows[place], place + 1


# HTML

_BLOCKS = {
    "p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ul", "ol", "tr", "td", "th", "br", "hr", "section", "header",
    "footer", "article", "pre", "blockquote", "center", "dt", "dd", "body", "title", "caption", "form", "main",
}  # fmt: skip
_SILENT = {"script", "style", "noscript", "head", "template", "svg", "button", "select", "nav"}


def _add_html(rows, text):
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=False)
    root = html.document_fromstring(f"<html>{text}</html>".encode(errors="replace"), parser=parser)
    line = []
    _walk(root, rows, line)
    rows.add_line("".join(line))


def _walk(node, rows, line):
    """Gather words into lines, and tables into rows; a table that holds tables is only their frame."""
    if node.tag in _SILENT:
        return
    if node.tag == "table" and node.find(".//table") is None:
        _end(rows, line)
        rows.add_table(_html_grid(node))
        return
    is_block = node.tag in _BLOCKS
    if is_block:
        _end(rows, line)
    line.append(_flat(node.text))
    for child in node:
        _walk(child, rows, line)
        line.append(_flat(child.tail))
    if is_block:
        _end(rows, line)


def _end(rows, line):
    rows.add_line("".join(line))
    line.clear()


def _flat(text):
    return re.sub(r"\s+", " ", text or "")


def _html_grid(table):
    spans = [
        [(_html_text(cell), _span(cell, "colspan"), _span(cell, "rowspan")) for cell in tr.iterchildren("td", "th")]
        for tr in table.iter("tr")
    ]
    return _grid(spans)


def _span(cell, name):
    value = (cell.get(name) or "1").strip()
    return min(int(value), 2000 if name == "rowspan" else COLUMN_LIMIT) if value.isdecimal() and int(value) else 1


def _html_text(cell):
    parts = []

    def gather(node):
        if node.tag in _SILENT:
            return
        parts.append("\n" if node.tag in _BLOCKS and node is not cell else "")
        parts.append(_flat(node.text))
        for child in node:
            gather(child)
            parts.append(_flat(child.tail))
        parts.append("\n" if node.tag in _BLOCKS and node is not cell and node.tag != "br" else "")

    gather(cell)
    return re.sub(r"\n{2,}", "\n", tidy("".join(parts))).strip()


def _grid(spans):
    """Lay out rows of (text, columns, rows) as HTML does."""
    grid, hanging = [], {}  # hanging: column -> (text, rows left, is it the first of its columns)
    for row in spans:
        cells, column, waiting = [], 0, list(row)
        while (waiting or column in hanging) and column < COLUMN_LIMIT:
            if column in hanging:
                text, left = hanging.pop(column)
                cells.append(Cell(text, DOWN))
                if left > 1:
                    hanging[column] = (text, left - 1)
                column += 1
                continue
            text, across, down = waiting.pop(0)
            for place in range(min(across, COLUMN_LIMIT)):
                cells.append(Cell(text, ACROSS if place else ""))
                if down > 1:
                    hanging[column + place] = (text, down - 1)
            column += across
        grid.append(cells)
    return grid


# Office


def _read_office(content):
    rows = _Rows()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = set(packed.namelist())
            _refuse_heavy(packed, DOCX if "word/document.xml" in names else XLSX)
        if "word/document.xml" in names:
            _add_docx(rows, docx.Document(io.BytesIO(content)))
        elif "xl/workbook.xml" in names:
            _add_xlsx(rows, openpyxl.load_workbook(io.BytesIO(content), data_only=True, keep_links=False))
        else:
            raise Unreadable(BINARY)
    except Unreadable:
        raise
    except Exception as error:  # the libraries' own, of every kind, on broken files
        raise Unreadable(BROKEN) from error
    return rows.rows


def _refuse_heavy(packed, budget):
    """Refuse a package before a library opens it."""
    fault = packages.fault_of(packed, budget)
    if fault:
        raise Unreadable(TOO_LARGE if fault == packages.TOO_HEAVY else BROKEN)


def _add_docx(rows, document):
    counters = {}
    for child in _children(document.element.body, "w:p", "w:tbl"):
        if child.tag == qn("w:tbl"):
            rows.add_table(_docx_grid(child, counters))
        else:
            rows.add_line(_docx_text(child, counters))


def _children(element, *tags):
    """The children of these kinds, also those that stand in a content control."""
    for child in element.iterchildren(*map(qn, tags), qn("w:sdt"), qn("w:sdtContent")):
        if child.tag in (qn("w:sdt"), qn("w:sdtContent")):
            yield from _children(child, *tags)
        else:
            yield child


def _docx_grid(table, counters):
    grid = []
    for tr in _children(table, "w:tr"):
        cells = []
        for tc in _children(tr, "w:tc"):
            above = grid[-1][len(cells)].text if grid and len(cells) < len(grid[-1]) else ""
            is_down = tc.vMerge == "continue"
            text = above if is_down else _docx_text(tc, counters)
            cells += [
                Cell(text, DOWN if is_down else ACROSS if place else "")
                for place in range(min(tc.grid_span, COLUMN_LIMIT))
            ]
        grid.append(cells)
    return grid


def _docx_text(element, counters):
    """The words of a paragraph or cell; a list's own number stands where Word shows one."""
    parts = []
    words = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
    for node in element.iter():
        if node.tag == qn("w:p") and parts:
            parts.append("\n")
        elif node.tag == qn("w:numId") and node.val:  # 0: the paragraph is taken out of its list
            counters[node.val] = counters.get(node.val, 0) + 1
            parts.append(f"{counters[node.val]}. ")
        elif node.tag == qn("w:t"):
            parts.append(node.text or "")
        elif node.getparent() is not None and node.getparent().tag == qn("w:r"):
            parts.append(words.get(node.tag, ""))
    return tidy("".join(parts)).strip()


def _add_xlsx(rows, book):
    for sheet in book.worksheets:
        grid = {}
        for area in sheet.merged_cells.ranges:
            text = _xlsx_text(sheet.cell(area.min_row, area.min_col).value)
            for row, column in islice(area.cells, 1, None):
                grid.setdefault(row, {})[column] = Cell(text, ACROSS if row == area.min_row else DOWN)
        # Only cells that are there: a lone one in the last row must not make a million empty ones.
        for (row, column), cell in sheet._cells.items():
            if cell.value is not None and column <= COLUMN_LIMIT:
                grid.setdefault(row, {}).setdefault(column, Cell(_xlsx_text(cell.value)))
        width = max((max(cells) for cells in grid.values()), default=0)
        blank = Cell("")
        rows.add_table([[grid[row].get(column, blank) for column in range(1, width + 1)] for row in sorted(grid)])


def _xlsx_text(value):
    if value is None:
        return ""
    if isinstance(value, datetime.datetime | datetime.date):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return tidy(str(value)).strip()
