"""Make `summary.docx`, the letter's template that comes with the application: `python -m reporting.letters.make`.

It is an ordinary Word file with docxtpl's tags: {{ kk.title }} stands for a word; {%p … %} and {%tr … %}, alone in
their paragraph or row, repeat or leave out what lies between them. `letter.context` tells every name.
"""

import datetime
from io import BytesIO
from pathlib import Path

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Emu, Pt, RGBColor

from reporting.repack import repack

PATH = Path(__file__).with_name("summary.docx")
MADE = datetime.datetime(2014, 1, 1, tzinfo=datetime.UTC)
FONT, SIZE, SMALL = "Times New Roman", Pt(12), Pt(10)
INK, SHADE = "DDE7EA", "F1F4F5"
COLUMNS = (Cm(1.1), Cm(5.8), Cm(3.0), Cm(3.2), Cm(6.8), Cm(6.8))
CENTRE, RIGHT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT

WORDS = {
    "kk": {
        "to": "Қазақстан Республикасының Үкіметіне",
        "body": "Жол картасының іске асырылу барысы туралы жиынтық ақпарат ұсынылады.",
        "total": "Барлық іс-шара: {{ total }}, оның ішінде:",
        "annex": "Қосымша: іс-шаралардың орындалуы туралы кесте.",
        "document": "Құжат: ",
        "head": "Іс-шаралардың орындалуы",
    },
    "ru": {
        "to": "Правительству Республики Казахстан",
        "body": "Представляется сводная информация о ходе реализации дорожной карты.",
        "total": "Всего мероприятий: {{ total }}, в том числе:",
        "annex": "Приложение: таблица исполнения мероприятий.",
        "document": "Документ: ",
        "head": "Исполнение мероприятий",
    },
}
HEADS = (
    ("№",),
    ("Іс-шара", "Мероприятие"),
    ("Орындау мерзімі", "Срок исполнения"),
    ("Жай-күйі", "Статус"),
    ("Министрліктің ақпараты",),
    ("Информация министерства",),
)


def make() -> bytes:
    """Return the template; always the same bytes."""
    document = Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, SIZE
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    style.element.rPr.rFonts.set(qn("w:cs"), FONT)
    style.paragraph_format.space_after = Pt(4)
    _page(document.sections[0], Cm(21), Cm(29.7), left=Cm(2.5), right=Cm(1.5))
    _footer(document.sections[0])
    _letter(document)
    landscape = document.add_section(WD_SECTION.NEW_PAGE)
    _say(document.paragraphs[-1], "", size=Pt(1))
    landscape.orientation = WD_ORIENT.LANDSCAPE
    _page(landscape, Cm(29.7), Cm(21), left=Cm(1.5), right=Cm(1.5))
    _annex(document)
    saved = BytesIO()
    document.save(saved)
    return repack(saved.getvalue(), MADE)


def _page(section, width, height, *, left, right):
    section.page_width, section.page_height = width, height
    section.left_margin, section.right_margin = left, right
    section.top_margin = section.bottom_margin = Cm(1.8)
    section.footer_distance = Cm(0.8)


def _footer(section):
    paragraph = section.footer.paragraphs[0]
    paragraph.alignment = CENTRE
    _say(paragraph, "№ {{ reference }} · {{ code }} · ", size=Pt(9))
    _field(paragraph, "PAGE")
    _say(paragraph, " / ", size=Pt(9))
    _field(paragraph, "NUMPAGES")


def _field(paragraph, name):
    """A number that Word counts: of the page, or of all pages."""
    for kind, text in (("begin", None), (None, name), ("separate", None), ("shown", "1"), ("end", None)):
        run = paragraph.add_run()
        run.font.size = Pt(9)
        if kind == "shown":
            run.text = text
        elif kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)
        else:
            order = OxmlElement("w:instrText")
            order.set(qn("xml:space"), "preserve")
            order.text = f" {text} "
            run._r.append(order)


def _say(paragraph, text, *, bold=False, size=None):
    run = paragraph.add_run(text)
    run.bold = bold or None
    if size:
        run.font.size = size
    return run


def _lines(cell, *lines):
    """Paragraphs (text, bold, alignment) into a cell; the first takes the place of the empty one."""
    for place, (text, bold, alignment) in enumerate(lines):
        paragraph = cell.paragraphs[0] if place == 0 else cell.add_paragraph()
        paragraph.alignment = alignment
        _say(paragraph, text, bold=bold)


# The letter: Kazakh left, Russian right


def _letter(document):
    table = document.add_table(rows=0, cols=2)
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    parts = (_ministry, _number, _addressee, _subject, _text, _signature)
    for part in parts:
        row = table.add_row()
        for cell, language in zip(row.cells, ("kk", "ru"), strict=True):
            cell.width = Cm(8.5)
            _lines(cell, *part(language, WORDS[language]))
            cell.paragraphs[-1].paragraph_format.space_after = Pt(10)
    # What is signed stays together.
    for cell in table.rows[-1].cells:
        for paragraph in cell.paragraphs:
            paragraph.paragraph_format.keep_together = True
    closing = document.add_paragraph()
    closing.paragraph_format.tab_stops.add_tab_stop(Cm(17), alignment=2)
    _say(closing, "____________________\t{{ signed_by }}", bold=True)
    _say(document.add_paragraph(), "Құжаттың коды / Код документа: {{ code }}", size=SMALL)


def _ministry(language, words):
    yield f"{{{{ {language}.ministry }}}}", True, CENTRE


def _number(language, words):
    yield f"№ {{{{ reference }}}}, {{{{ {language}.date }}}}", False, None


def _addressee(language, words):
    yield words["to"], True, RIGHT


def _subject(language, words):
    yield f"{{{{ {language}.title }}}}: {{{{ {language}.period }}}}", True, CENTRE


def _text(language, words):
    yield words["body"], False, None
    yield f"{{{{ {language}.roadmap }}}}.", False, None
    yield f"{{{{ {language}.act }}}}.", False, None
    yield words["total"], False, None
    yield f"{{%p for count in {language}.counts %}}", False, None
    yield "– {{ count.label }}: {{ count.number }};", False, None
    yield "{%p endfor %}", False, None
    yield f"– {{{{ {language}.overdue_label }}}}: {{{{ overdue }}}}.", False, None
    yield words["annex"], False, None


def _signature(language, words):
    yield f"{{{{ {language}.signed_post }}}}", True, None


# The table of measures


def _annex(document):
    for language in ("kk", "ru"):
        paragraph = document.add_paragraph()
        paragraph.alignment = CENTRE
        _say(paragraph, f"{WORDS[language]['head']}: {{{{ {language}.period }}}}", bold=True)
    table = document.add_table(rows=1, cols=len(COLUMNS), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    _heading(table.rows[0])
    _control(table, "{%tr for section in sections %}")
    _control(table, "{%tr if section.kk %}")
    _section_row(table)
    _control(table, "{%tr endif %}")
    _control(table, "{%tr for row in section.rows %}")
    _measure(table.add_row())
    _control(table, "{%tr endfor %}")
    _control(table, "{%tr endfor %}")
    for column, width in zip(table.columns, COLUMNS, strict=True):
        column.width = width
    for cell in (cell for row in table.rows for cell in row._tr.tc_lst):
        cell.width = Emu(sum(COLUMNS[cell.grid_offset : cell.grid_offset + cell.grid_span]))


def _control(table, tag):
    table.add_row().cells[0].paragraphs[0].add_run(tag)


def _heading(row):
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(repeated)
    _never_split(row)
    for cell, words in zip(row.cells, HEADS, strict=True):
        _table_lines(cell, *((word, True, CENTRE) for word in words))
        _shade(cell, INK)


def _section_row(table):
    row = table.add_row()
    kazakh, russian = row.cells[0].merge(row.cells[3]), row.cells[4].merge(row.cells[5])
    for cell, language in ((kazakh, "kk"), (russian, "ru")):
        _table_lines(cell, (f"{{{{ section.{language} }}}}", True, None))
        _shade(cell, SHADE)
        cell.paragraphs[0].paragraph_format.keep_with_next = True
    _never_split(row)


def _measure(row):
    number, measure, deadline, status, kazakh, russian = row.cells
    _table_lines(number, ("{{ row.number }}", True, CENTRE))
    _table_lines(measure, ("{{ row.kk.measure }}", True, None), ("{{ row.ru.measure }}", True, None))
    _table_lines(
        deadline,
        ("{{ row.kk.deadline }}", False, None),
        ("{{ row.ru.deadline }}", False, None),
        ("{%p if row.kk.extended %}", False, None),
        ("{{ row.kk.extended }}", False, None),
        ("{{ row.ru.extended }}", False, None),
        ("{%p endif %}", False, None),
    )
    _table_lines(
        status,
        ("{{ row.kk.status }}", True, None),
        ("{{ row.ru.status }}", True, None),
        ("{%p if row.is_overdue %}", False, None),
        ("▲ {{ row.kk.overdue }}", True, None),
        ("▲ {{ row.ru.overdue }}", True, None),
        ("{%p endif %}", False, None),
        ("{%p if row.percent %}", False, None),
        ("{{ row.percent }}", False, None),
        ("{%p endif %}", False, None),
    )
    for cell, language in ((kazakh, "kk"), (russian, "ru")):
        _table_lines(
            cell,
            (f"{{{{ row.{language}.text }}}}", False, None),
            (f"{{%p if row.{language}.documents %}}", False, None),
            (f"{WORDS[language]['document']}{{{{ row.{language}.documents }}}}", False, None),
            ("{%p endif %}", False, None),
        )


def _table_lines(cell, *lines):
    _lines(cell, *lines)
    for paragraph in cell.paragraphs:
        paragraph.paragraph_format.space_after = Pt(2)
        for run in paragraph.runs:
            run.font.size = SMALL
            run.font.color.rgb = RGBColor(0, 0, 0)


def _shade(cell, colour):
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _never_split(row):
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


if __name__ == "__main__":
    PATH.write_bytes(make())
