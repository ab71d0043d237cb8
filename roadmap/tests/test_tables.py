"""Files into rows: text with bars, tabs, HTML, Markdown, Word and Excel; and what is no text at all."""

import io
import zipfile

import docx
import openpyxl
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from roadmap import tables
from roadmap.tables import ACROSS, DOWN, Unreadable, read, read_text


def texts(rows):
    return [[cell.text for cell in row.cells] for row in rows]


def spreads(rows):
    return [[cell.spread for cell in row.cells] for row in rows]


@pytest.mark.parametrize(
    "text",
    [
        "№\t|\tІс-шара\t|\tМерзімі\n1.\t|\tБір\t|\t2014 жыл\n",
        "№ \t|\t Іс-шара\t|\tМерзімі\r\n1.\t|\tБір\t|\t2014 жыл",
        "№\tІс-шара\tМерзімі\n1.\tБір\t2014 жыл\n\t\t\n",
        "| № | Іс-шара | Мерзімі |\n|---|:---|---|\n| 1. | **Бір** | 2014 жыл |",
        "<p>Мәтін</p><table><tr><th>№<th>Іс-шара<th>Мерзімі<tr><td>1.<td>Бір<td>2014&nbsp;жыл</table>",
        "# Мәтін\n\n<table>\n<tr><td>№</td><td>Іс-шара</td><td>Мерзімі</td></tr>"
        "<tr><td>1.</td><td>Бір</td><td>2014 жыл</td></tr></table>",
    ],
)
def test_it_reads_the_same_table_in_each_shape(text):
    rows = [row for row in read_text(text) if row.table]
    assert texts(rows) == [["№", "Іс-шара", "Мерзімі"], ["1.", "Бір", "2014 жыл"]]


def test_it_puts_a_row_together_that_a_line_feed_cut():
    rows = read_text("№\t|\tІс-шара\t|\tМерзімі\n1.\t|\tБір\nжалғасы\t|\t2014 жыл\nтүсіндірме")
    assert texts(rows) == [["№", "Іс-шара", "Мерзімі"], ["1.", "Бір\nжалғасы", "2014 жыл"], ["түсіндірме"]]


def test_it_lays_out_merged_cells_of_a_web_page():
    rows = read_text(
        "<table><tr><td rowspan=2>a<td colspan=2>b<tr><td>c<td>d<tr><td colspan=3>e</table>",
    )
    assert texts(rows) == [["a", "b", "b"], ["a", "c", "d"], ["e", "e", "e"]]
    assert spreads(rows) == [["", "", ACROSS], [DOWN, "", ""], ["", ACROSS, ACROSS]]


def test_it_leaves_out_scripts_and_frames_of_a_web_page():
    rows = read_text(
        "<html><body><script>|table|</script><table><tr><td><p>Бір</p><table><tr><td>a<td>b</table></table></body></html>"
    )
    assert texts(rows) == [["Бір"], ["a", "b"]]


def word(build):
    document, kept = docx.Document(), io.BytesIO()
    build(document)
    document.save(kept)
    return kept.getvalue()


def test_it_reads_word_with_merged_cells():
    def build(document):
        document.add_paragraph("Бекітілген")
        table = document.add_table(3, 3)
        for place, text in enumerate("abcdefghi"):
            table.cell(place // 3, place % 3).text = text
        table.cell(1, 0).merge(table.cell(1, 2)).text = "бөлім"
        table.cell(0, 0).merge(table.cell(0, 1)).text = "қос"

    rows = read(word(build))
    assert texts(rows) == [["Бекітілген"], ["қос", "қос", "c"], ["бөлім", "бөлім", "бөлім"], ["g", "h", "i"]]
    assert spreads(rows)[1] == ["", ACROSS, ""]


def test_it_reads_word_within_content_controls_and_no_number_that_was_taken_away():
    def build(document):
        table = document.add_table(2, 2)
        for place, text in enumerate("abcd"):
            table.cell(place // 2, place % 2).text = text
        row = table.rows[1]._tr
        control = parse_xml(f"<w:sdt {nsdecls('w')}><w:sdtContent/></w:sdt>")
        row.addprevious(control)
        control[0].append(row)
        style = parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="0"/><w:numId w:val="0"/></w:numPr>')
        table.cell(0, 0).paragraphs[0]._p.get_or_add_pPr().append(style)

    assert texts(read(word(build))) == [["a", "b"], ["c", "d"]]


def test_it_reads_excel_with_dates_numbers_and_merged_cells():
    book, kept = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    sheet["B2"], sheet["C2"], sheet["D2"] = "№", "Іс-шара", "Мерзімі"
    sheet["B3"], sheet["C3"] = 1.0, "=1+1"
    sheet["D3"] = __import__("datetime").date(2021, 12, 25)
    sheet["B4"] = "бөлім"
    sheet.merge_cells("B4:D4")
    book.save(kept)
    rows = read(kept.getvalue())
    assert texts(rows) == [
        ["", "№", "Іс-шара", "Мерзімі"],
        ["", "1", "", "25.12.2021"],
        ["", "бөлім", "бөлім", "бөлім"],
    ]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "kz1048"])
def test_it_reads_old_code_pages(codec):
    assert texts(read("Іс-шаралар жоспары\n".encode(codec))) == [["Іс-шаралар жоспары"]]


def bomb():
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("word/document.xml", b"0" * (tables.DOCX.bytes + 1))
    return kept.getvalue()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", tables.EMPTY), (b" \n\t", tables.EMPTY), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", tables.OLD_OFFICE),
        (b"{\\rtf1", tables.OLD_OFFICE), (b"%PDF-1.4", tables.PDF), (b"\x00\x01\x02", tables.BINARY),
        (b"\xff\xfe" + "а\0б".encode("utf-16-le"), tables.BINARY),
        (b"PK\x03\x04 cut off", tables.BROKEN), (b"a" * (tables.SIZE_LIMIT + 1), tables.TOO_LARGE),
    ],
    ids=["empty", "blank", "old word", "rtf", "pdf", "binary", "null letter", "cut off", "too large"],
)  # fmt: skip
def test_it_says_why_a_file_cannot_be_read(content, why):
    with pytest.raises(Unreadable) as refused:
        read(content)
    assert refused.value.why == why


def workbook(sheet_xml):
    """A workbook with a sheet of that XML."""
    book, kept = openpyxl.Workbook(), io.BytesIO()
    book.save(kept)
    out = io.BytesIO()
    with zipfile.ZipFile(kept) as made, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for part in made.infolist():
            is_sheet = part.filename == "xl/worksheets/sheet1.xml"
            packed.writestr(part.filename, sheet_xml if is_sheet else made.read(part))
    return out.getvalue()


SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{}</worksheet>'
FAR = SHEET.format(
    '<sheetData><row r="1048576"><c r="A1048576" t="inlineStr"><is><t>шет</t></is></c></row></sheetData>'
)
WIDE = SHEET.format('<sheetData/><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>')
ENTITIES = '<!DOCTYPE a [<!ENTITY b "бб">]>' + SHEET.format("<sheetData/>")
MANY = SHEET.format("<sheetData><row>" + "<c/>" * (tables.XLSX.light + 1) + "</row></sheetData>")


@pytest.mark.parametrize(
    ("content", "why"),
    [(bomb(), tables.TOO_LARGE), (workbook(WIDE), tables.TOO_LARGE), (workbook(MANY), tables.TOO_LARGE),
     (workbook(ENTITIES), tables.BROKEN)],
    ids=["bomb", "merged without end", "too many cells", "entities"],
)  # fmt: skip
def test_it_refuses_what_costs_too_much_before_it_is_opened(content, why):
    with pytest.raises(Unreadable) as refused:
        read(content)
    assert refused.value.why == why


def test_a_lone_cell_at_the_end_costs_nothing():
    assert texts(read(workbook(FAR))) == [["шет"]]
