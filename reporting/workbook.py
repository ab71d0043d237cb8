"""A document as an Excel workbook: an overview with a chart, the measures in the decree's table, the attendance.

One pure function over the frozen dataclasses; the same document always gives the same bytes.
"""

import datetime
from io import BytesIO
from zipfile import ZipFile

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference, Series
from openpyxl.chart.label import DataLabel, DataLabelList
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.fill import ColorChoice, PatternFillProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.drawing.text import CharacterProperties, ParagraphProperties
from openpyxl.packaging.custom import StringProperty
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.writer.excel import ExcelWriter

from .cells import (
    ACCENT_SOFT,
    FILLS,
    FONT,
    FONTS,
    INK,
    LOOKS,
    PAPER,
    ROW_HEIGHT,
    SYMBOLS,
    WHITE,
    clean,
    write_merged,
    write_values,
)
from .document_content import Document
from .repack import CREATOR, repack
from .workbook_annex import add_annex, add_changes, add_corrections
from .workbook_frame import finish, letterhead, new_sheet, number_cell, write_heading, write_parts

CODE_PROPERTY = "Verification code"  # of the document: survives saving anew
MEASURE_WIDTHS = (5, 21, 15, 14, 10.5, 15.5, 14, 13.5, 26, 34.5, 19, 14.5)
STATUS = 6  # the status's column, from 0
OVERVIEW_WIDTHS = (52, 13, 10, 12)  # the section, each status, the total, overdue
ATTENDANCE_WIDTHS = (5, 52, 12, 30, 17, 12, 12, 12, 12, 12, 20)
MARKS = {"expected": "●", "received": "●", "on_time": "●", "late": "▲", "missing": "✕"}


def build(document: Document, code="") -> bytes:
    """Return the .xlsx of a document, in the document's language; `code` is the printed one of what was frozen."""
    book = Workbook()
    book.remove(book.active)
    book._named_styles["Normal"].font = Font(name=FONT, sz=10)  # the columns' unit is the width of its digits
    for add in (_overview, _measures, add_annex, add_changes, add_corrections, _attendance):
        add(book, document)
    for sheet in book.worksheets if code else ():
        sheet.oddFooter.left.text += f" · {code}"
    return _saved(book, document, code)


# The first sheet: counts by section and status


def _overview(book, document):
    labels, (section, status, *rest) = document.labels, OVERVIEW_WIDTHS
    sheet = new_sheet(book, document, labels["overview"], (section, *[status] * len(document.statuses), *rest))
    heading = letterhead(sheet, document)
    _overview_heading(sheet, heading, document)
    counts = zip(document.sections, document.counts, document.overdue, strict=True)
    for row, (title, numbers, overdue) in enumerate(counts, start=heading + 1):
        write_values(sheet, row, [[(title, "strong")], *numbers, sum(numbers), overdue], tone="figure", least=28)
    totals = [sum(row.status == status for row in document.rows) for status in document.statuses]
    numbers = [*totals, len(document.rows), sum(row.is_overdue for row in document.rows)]
    total = heading + 1 + len(document.sections)
    write_values(sheet, total, [[(labels["total"], "sum")], *numbers], tone="sum", fill=PAPER, least=28)
    chart = _chart(sheet, document, heading, totals)
    last = total + 1 + min(12 + 5 * len(document.sections), 30)
    chart.anchor = TwoCellAnchor(_from=AnchorMarker(row=total + 1), to=AnchorMarker(col=sheet.max_column, row=last))
    sheet.add_chart(chart)
    sheet.print_area = f"A1:{get_column_letter(sheet.max_column)}{last}"
    sheet.page_setup.fitToHeight = 1 if len(document.sections) <= 12 else 0  # a page's end does not cut the chart


def _overview_heading(sheet, row, document):
    labels, codes = document.labels, (None, *document.statuses, None, "overdue")
    words = (labels["section"], *document.status_labels, labels["total"], labels["overdue"])
    write_heading(sheet, row, [f"{SYMBOLS[c]} {word}" if c else word for c, word in zip(codes, words, strict=True)])
    for cell, code in zip(sheet[row], codes, strict=True):
        if code:
            cell.fill, cell.font = FILLS[code], FONTS[code]


def _chart(sheet, document, heading, totals):
    """A stacked bar for each section, or for the total where there are none; statuses of no measure are left out."""
    bars = max(1, len(document.sections))
    chart = BarChart(barDir="bar", grouping="stacked", overlap=100, gapWidth=50)
    chart.title = document.labels["status_by_section"]
    chart.title.overlay = False
    chart.title.tx.rich.p[0].pPr = ParagraphProperties(defRPr=CharacterProperties(sz=1200, b=True))
    chart.legend.position = "b"
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.x_axis.scaling.orientation, chart.y_axis.crosses = "maxMin", "max"  # first section on top, numbers below
    chart.y_axis.number_format, chart.y_axis.majorUnit = "0", max(1, len(document.rows) // 10)
    counts = zip(*(document.counts or [totals]), strict=True)
    for column, (status, numbers) in enumerate(zip(document.statuses, counts, strict=True), start=2):
        if any(numbers):
            values = Reference(sheet, min_col=column, min_row=heading, max_row=heading + bars)
            chart.series.append(_series(values, numbers, *LOOKS[status][3:]))
    chart.set_categories(Reference(sheet, min_col=1, min_row=heading + 1, max_row=heading + bars))
    return chart


def _series(values, numbers, colour, pattern):
    """A status's part of the bars; its number stands on white, so that it can be read on any pattern."""
    series = Series(values, title_from_data=True)
    fills = {"fgClr": ColorChoice(srgbClr=colour), "bgClr": ColorChoice(srgbClr=WHITE)}
    fill = {"pattFill": PatternFillProperties(prst=pattern, **fills)} if pattern else {"solidFill": colour}
    series.graphicalProperties = GraphicalProperties(**fill)
    series.graphicalProperties.line.solidFill = INK
    shown = {"showVal": True, "showSerName": False, "showCatName": False, "showLegendKey": False}
    plate = GraphicalProperties(solidFill=WHITE)
    series.dLbls = DataLabelList(
        dLbl=[DataLabel(idx=place, spPr=plate, **shown) for place, number in enumerate(numbers) if number],
        **shown | {"showVal": False},
    )
    return series


# The second sheet: the decree's table and what is known of each measure


def _measures(book, document):
    sheet = new_sheet(book, document, document.labels["measures_sheet"], MEASURE_WIDTHS)
    heading = letterhead(sheet, document)
    write_heading(sheet, heading, document.headings)
    write_values(sheet, heading + 1, range(1, len(MEASURE_WIDTHS) + 1), tone="aside", fill=PAPER, least=ROW_HEIGHT)
    row, section = heading + 2, None
    for measure in document.rows:
        if measure.section not in (None, section):
            section = measure.section
            write_merged(sheet, row, document.sections[section], "band", fill=ACCENT_SOFT)
            row += 1
        row = _measure(sheet, row, measure, document)
    # The filter's buttons stand in the row of the columns' numbers, where they hide no words.
    finish(sheet, (heading, heading + 1), row - 1, row - 1)


def _measure(sheet, row, measure, document):
    """Write a measure in as many rows as its texts need; return the row after it."""
    cells, continued = _measure_cells(measure, document), document.labels["continued"]
    end = write_parts(sheet, row, cells, marked=1, kept=(0, STATUS), continued=continued)
    for part in range(row, end):
        sheet.cell(part, STATUS + 1).fill = FILLS["overdue" if measure.is_overdue else measure.status]
        number_cell(sheet.cell(part, 1), measure.number)
    return end


def _measure_cells(measure, document):
    """The paragraphs of each of the twelve columns."""
    has_original = document.language != "kk" and measure.title_kk != measure.title
    percent = "" if measure.percent is None else f"{measure.percent}\xa0%"
    return [
        [(measure.number, "strong")],
        [(measure.title, "strong"), *([(measure.title_kk, "aside")] if has_original else [])],
        *(
            [(text, "plain")]
            for text in (measure.completion_form, measure.executors, measure.deadline, measure.funding)
        ),
        list(_status(measure, document.labels["overdue"])),
        [(measure.reported_label, "plain"), (percent, "strong")],
        [(measure.text, "plain")],
        list(_progress(measure.progress, document.labels)),
        [(measure.documents, "plain")],
        list(_money(measure.money, document.labels)),
    ]


def _status(measure, overdue):
    yield f"{SYMBOLS[measure.status]} {measure.status_label}", measure.status
    if measure.is_overdue:
        yield f"{SYMBOLS['overdue']} {overdue}", "overdue"
    for note in measure.remarks:
        yield note, "aside"


def _progress(reports, labels):
    for place, report in enumerate(reports):
        status = report.status or "not_started"
        gap = "\n" if place else ""
        yield f"{gap}{SYMBOLS[status]} {report.executor}: {report.label}".replace(" %", "\xa0%"), status
        if report.text:
            yield report.text, "plain"
        for label, text in (("obstacles", report.obstacles), ("reason", report.reason)):
            if text:
                yield f"{labels[label]}: {text}", "aside"


def _money(sources, labels):
    for source in sources:
        yield source["source"], "strong"
        for label in ("planned", "spent"):
            yield f"{labels[label]}: {source[label]:,}".replace(",", "\xa0"), "plain"


# The third sheet: who has reported


def _attendance(book, document):
    labels, lines = document.labels, document.attendance
    sheet = new_sheet(book, document, labels["attendance_sheet"], ATTENDANCE_WIDTHS)
    heading = letterhead(sheet, document)
    columns = ("executor", "measures", "due_on", "received_on", *MARKS, "review")
    write_heading(sheet, heading, [document.headings[0], *(labels[column] for column in columns)])
    for place, line in enumerate(lines, start=1):
        _attendance_row(sheet, heading + place, place, line)
    last = heading + len(lines)
    sums = [sum(_marks(line)[column] for line in lines) for column in range(len(MARKS))]
    values = [[], [(labels["total"], "sum")], sum(line.measures for line in lines), [], [], *sums, []]
    write_values(sheet, last + 1, values, tone="sum", fill=PAPER)
    finish(sheet, (heading, heading), last, last + 1)


def _attendance_row(sheet, row, place, line):
    name = [(line.executor, "strong"), (line.full_name, "aside")]
    days = [[(line.due_on, "plain")], [(line.received_on, "plain")]]
    write_values(
        sheet, row, [place, name, line.measures, *days, *_marks(line), [(line.review_label, "plain")]], tone="figure"
    )
    for column, symbol in enumerate(MARKS.values(), start=6):
        sheet.cell(row, column).number_format = f'"{symbol}";;"–"'


def _marks(line):
    """Ones and zeros for expected, received, on time, late, missing."""
    return [1, *map(int, (line.state != "missing", *(line.state == state for state in ("on_time", "late", "missing"))))]


# The file


def _saved(book, document, code):
    """The workbook's bytes, every time in it being the document's own."""
    properties = book.properties
    properties.title, properties.subject = clean(document.title), clean(f"{document.roadmap}. {document.period}")
    properties.creator, properties.language = CREATOR, document.language
    if code:
        book.custom_doc_props.append(StringProperty(name=CODE_PROPERTY, value=code))
    loose = BytesIO()
    ExcelWriter(book, ZipFile(loose, "w")).save()  # `book.save` would set `modified` to this moment
    return repack(loose.getvalue(), datetime.datetime.fromisoformat(document.made_at), canonical=True)
