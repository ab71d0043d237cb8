"""Write the library of good and bad returns, and their copies as LibreOffice saves them.

    DEBUG=true python -m reporting.tests.workbooks.make

The workbooks hold stand-ins where a database's own keys and a signature would stand; `adapted` puts those in.
"""

import datetime
import os
import re
import shutil
import subprocess
import tempfile
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import django
from openpyxl import load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.utils.datetime import CALENDAR_MAC_1904

FOLDER = Path(__file__).parent
OFFICE = FOLDER / "libreoffice"
KEYS_ROW = 5
SEAL = "SEAL-OF-THE-RETURN"
SEALS = {name: f"{SEAL}-{name}" for name in ("executor", "period", "roadmap", "version", "nobody")}
LONG = "Кластерді дамыту жұмысы жалғасуда. " * 700  # more than 20,000 characters
DONE = {
    "status": "done",
    "percent": 100,
    "is_whole_measure": "yes",
    "narrative": "Толық орындалды.",
    "document_name": "Хат",
    "document_number": "12-3/45",
    "document_date": datetime.date(2013, 6, 28),
}


class Return:
    """A return that is open to be filled in by measure and field."""

    def __init__(self, content):
        self.book = load_workbook(BytesIO(content))
        self.sheet = self.book.worksheets[0]
        self.columns = {cell.value[1:]: cell.column for cell in self.sheet[KEYS_ROW] if cell.value}

    def row(self, position):
        keys = [self.sheet.cell(row, self.columns["row"]).value for row in range(1, self.sheet.max_row + 1)]
        return keys.index(f"entry-KEY{position:02}") + 1

    def at(self, position, name):
        return self.sheet.cell(self.row(position), self.columns[name])

    def put(self, position, **values):
        for name, value in values.items():
            cell = self.at(position, name)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"

    def bytes(self):
        content = BytesIO()
        self.book.save(content)
        return content.getvalue()


def patched(content, change):
    """The same zip with each part's bytes as `change(name, bytes)` gives them; None leaves a part out."""
    packed = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = change(name, old.read(name))
            if part is not None:
                new.writestr(name, part)
    return packed.getvalue()


def with_parts(content, **parts):
    """The same zip with parts added."""
    packed = BytesIO(content)
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return packed.getvalue()


def adapted(content, submission, seals):
    """The same file for the submission of a database: its rows' keys, and seals {stand-in: seal}."""
    if not zipfile.is_zipfile(BytesIO(content)):
        return content
    keys = {f"entry-KEY{e.measure.position:02}": f"entry-{e.pk}" for e in submission.entries.select_related("measure")}
    words = keys | dict(sorted(seals.items(), reverse=True))

    def change(_name, part):
        for stand_in, word in words.items():
            part = part.replace(stand_in.encode(), word.encode())
        return part

    return patched(content, change)


# What a person or a program does to the workbook. Each takes the template's bytes and gives a file.


def typed(*changes):
    """Fill in cells: (position, {field: value})."""

    def make(template):
        filled = Return(template)
        for position, values in changes:
            filled.put(position, **values)
        return filled.bytes()

    return make


def done_to(action):
    """Let `action` work on the open return."""

    def make(template):
        opened = Return(template)
        action(opened)
        return opened.bytes()

    return make


def whole(status="in progress", done="done", yes="yes"):
    """Every measure filled in so that it can be sent."""

    def make(template):
        filled = Return(template)
        for position in (*range(1, 11), *range(12, 16), *range(17, 21)):
            filled.put(position, status=status, percent=30, narrative=f"{position}-іс-шара: жұмыс жүргізілуде.")
        filled.put(1, **DONE | {"status": done, "is_whole_measure": yes})
        filled.put(14, planned_republican=1_850_000_000, spent_republican=920_000_000)
        return filled.bytes()

    return make


def _put_unlike_types(opened):
    opened.put(1, status=" DONE ", percent="30 %", document_date="28.06.2013", document_number=45)
    opened.put(2, status="Орындалуда", percent=0.4, narrative=2013)
    opened.at(2, "percent").number_format = "0%"
    opened.put(3, status="не начато", percent="0")
    opened.put(14, planned_republican="1\xa0850 000 000", spent_republican="920000000,00 тг")


def _put_armed(opened):
    opened.put(1, narrative="=1+1", obstacles="+7 727 123", reason="-5", document_name="@SUM(A1)")
    opened.put(2, narrative='=HYPERLINK("http://x","y")', document_number="0045")


def _put_rich(opened):
    bold = InlineFont(b=True)
    opened.at(1, "narrative").value = CellRichText("Екі ", TextBlock(bold, "қаріппен"), " жазылған.")
    opened.put(2, narrative="Бірінші жол\nекінші жол_x000D_\nүшінші_x0007_")


def _reorder(opened):
    sheet, first, second = opened.sheet, opened.row(1), opened.row(4)
    opened.put(1, narrative="бірінші")
    opened.put(4, narrative="төртінші")
    for column in range(2, sheet.max_column + 1):
        one, other = sheet.cell(first, column), sheet.cell(second, column)
        one.value, other.value = other.value, one.value


def _add_blanks(opened):
    opened.put(1, narrative="Жұмыс басталды.")
    opened.sheet.cell(3, 40).value = "өз белгім"
    for row in range(60, 400):
        opened.sheet.cell(row, 10).number_format = "@"
        opened.sheet.cell(row, 60).value = ""


def _rename(opened):
    opened.sheet.title = "Есеп 2013 (соңғы)"
    opened.book.move_sheet(opened.sheet, 2)
    opened.put(1, narrative="Жұмыс басталды.")


def _take_rows_away(opened):
    opened.put(1, narrative="Жұмыс басталды.")
    opened.sheet.delete_rows(opened.row(12), 40)


def _in_1904(opened):
    opened.book.epoch = CALENDAR_MAC_1904
    opened.put(1, **DONE)


def _put_formulas(opened):
    for position in (1, 2):
        opened.at(position, "percent").value = "=15*2"


def _merge(opened):
    row = opened.row(2)
    opened.put(2, narrative="Екі ұяшыққа бір мәтін")
    opened.sheet.merge_cells(
        start_row=row, end_row=row, start_column=opened.columns["narrative"], end_column=opened.columns["obstacles"]
    )


def _put_errors(opened):
    for position, error in ((1, "#REF!"), (2, "#N/A")):
        cell = opened.at(position, "percent")
        cell.value, cell.data_type = error, "e"


def _add_row(opened):
    row = opened.sheet.max_row + 2
    opened.sheet.cell(row, opened.columns["title"]).value = "Жаңа іс-шара"
    opened.sheet.cell(row, opened.columns["narrative"]).value = "Жұмыс басталды."


def _double_row(opened):
    row = opened.sheet.max_row + 1
    for column in range(1, opened.sheet.max_column + 1):
        opened.sheet.cell(row, column).value = opened.sheet.cell(opened.row(3), column).value


def _with_value(template):
    """A formula with the value that Excel keeps beside it."""
    content = typed((1, {"narrative": "Жұмыс басталды."}))(template)
    opened = Return(content)
    cell = opened.at(1, "percent")
    cell.value = "=15*2"
    return patched(
        opened.bytes(), lambda _name, part: part.replace(b"<f>15*2</f><v></v>", b"<f>15*2</f><v>30</v>")
        .replace(b"<f>15*2</f><v />", b"<f>15*2</f><v>30</v>")
    )  # fmt: skip


def _sealed(stand_in):
    return lambda template: patched(template, lambda _name, part: part.replace(SEAL.encode(), stand_in.encode()))


def _without_passport(opened):
    opened.book.remove(opened.book["_return"])


def _entity(template):
    doctype = b'<!DOCTYPE worksheet [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    return patched(
        template,
        lambda name, part: re.sub(rb"(<worksheet)", doctype + rb"\1", part, count=1) if "sheet1" in name else part,
    )


def _strict(template):
    plain, strict = b"schemas.openxmlformats.org/spreadsheetml/2006/main", b"purl.oclc.org/ooxml/spreadsheetml/main"
    return patched(template, lambda _name, part: part.replace(plain, strict))


def _in_utf16(template):
    return patched(
        template,
        lambda name, part: part.decode().replace("UTF-8", "UTF-16").encode("utf-16") if "sheet1" in name else part,
    )


def _ole(*names):
    entries = b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in ("Root Entry", *names))
    return lambda _template: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + entries


def _zip(*names):
    def make(_template):
        packed = BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for name in names:
                archive.writestr(name, "<a/>")
        return packed.getvalue()

    return make


# name: (language of the template, how it is made). What each comes to stands in the tests.
GOOD = {
    "unchanged": ("en", lambda template: template),
    "filled": ("en", whole()),
    "filled-kk": ("kk", whole("орындалуда", "орындалды", "иә")),
    "filled-ru": ("ru", whole("на исполнении", "исполнено", "да")),
    "unlike-types": ("en", done_to(_put_unlike_types)),
    "formula-with-value": ("en", _with_value),
    "armed-text": ("en", done_to(_put_armed)),
    "rich-text": ("en", done_to(_put_rich)),
    "reordered-rows": ("en", done_to(_reorder)),
    "blank-rows-and-columns": ("en", done_to(_add_blanks)),
    "renamed-sheet": ("en", done_to(_rename)),
    "rows-taken-away": ("en", done_to(_take_rows_away)),
    "dates-from-1904": ("en", done_to(_in_1904)),
}
FAULTY = {
    "formula-without-value": ("en", done_to(_put_formulas)),
    "error-values": ("en", done_to(_put_errors)),
    "merged": ("en", done_to(_merge)),
    "fractions": ("en", typed((1, {"percent": "1,5"}), (2, {"percent": 0.3}), (14, {"planned_republican": 10.5}))),
    "out-of-bounds": (
        "en",
        typed((1, {"percent": 150}), (2, {"percent": -5}), (14, {"planned_republican": -1, "spent_republican": "көп"})),
    ),
    "bad-dates": (
        "en",
        typed(
            (1, {"document_date": "31.02.2013"}),
            (2, {"document_date": datetime.date(2013, 6, 18)}),
            (3, {"document_date": datetime.date(2030, 1, 1)}),
            (4, {"document_date": "05/07/2013"}),
        ),
    ),
    "unknown-words": ("en", typed((1, {"status": "almost"}), (10, {"is_impossible": "perhaps"}))),
    "too-long": ("en", typed((1, {"narrative": LONG}), (2, {"document_number": "9" * 101}))),
    "date-in-text": ("en", typed((1, {"document_number": datetime.date(2013, 3, 12)}))),
    "added-row": ("en", done_to(_add_row)),
    "doubled-row": ("en", done_to(_double_row)),
    "money-where-none": ("en", typed((1, {"planned_republican": 5}))),
    "faults-kk": ("kk", typed((1, {"status": "бітті", "percent": "1,5"}))),
    "faults-ru": ("ru", typed((1, {"status": "готово", "percent": "1,5"}))),
}  # fmt: skip
REFUSED = {
    "other-executor.xlsx": _sealed(SEALS["executor"]),
    "other-half-year.xlsx": _sealed(SEALS["period"]),
    "other-roadmap.xlsx": _sealed(SEALS["roadmap"]),
    "older-version.xlsx": _sealed(SEALS["version"]),
    "changed-passport.xlsx": _sealed("tampered"),
    "no-passport.xlsx": done_to(_without_passport),
    "no-sheet.xlsx": done_to(lambda opened: opened.sheet.delete_rows(KEYS_ROW)),
    "two-sheets.xlsx": done_to(lambda opened: opened.book.copy_worksheet(opened.sheet)),
    "no-column.xlsx": done_to(lambda opened: opened.sheet.delete_cols(opened.columns["narrative"])),
    "far-cell.xlsx": done_to(lambda opened: opened.sheet.cell(1_048_576, 16_384, "x")),
    "macros.xlsm": lambda template: with_parts(template, **{"xl/vbaProject.bin": b"\xd0\xcf"}),
    "link.xlsx": lambda template: with_parts(template, **{"xl/externalLinks/externalLink1.xml": "<externalLink/>"}),
    "object.xlsx": lambda template: with_parts(template, **{"xl/embeddings/oleObject1.bin": b"\xd0\xcf"}),
    "control.xlsx": lambda template: with_parts(template, **{"xl/activeX/activeX1.xml": "<ocx/>"}),
    "connection.xlsx": lambda template: with_parts(template, **{"xl/connections.xml": "<connections/>"}),
    "dde.xlsx": done_to(lambda opened: setattr(opened.at(1, "percent"), "value", "=cmd|'/c calc'!A1")),
    "entity.xlsx": _entity,
    "utf16.xlsx": _in_utf16,
    "strict.xlsx": _strict,
    "no-formats.xlsx": lambda template: patched(
        template, lambda _name, part: re.sub(rb"<numFmts.*?</numFmts>", b"", part, flags=re.DOTALL)
    ),
    "cut-off.xlsx": lambda template: template[: len(template) // 2],
    "broken-sheet.xlsx": lambda template: patched(template, lambda n, part: part[:900] if "sheet1" in n else part),
    "password.xlsx": _ole("EncryptionInfo", "EncryptedPackage"),
    "word-old.xlsx": _ole("WordDocument"),
    "empty.xlsx": lambda _template: b"",
    "archive.xlsx": _zip("return.xlsx"),
    "word.xlsx": _zip("[Content_Types].xml", "word/document.xml"),
    "slides.xlsx": _zip("[Content_Types].xml", "ppt/presentation.xml"),
    "binary.xlsx": _zip("[Content_Types].xml", "xl/workbook.bin"),
    "picture.xlsx": lambda _template: b"\x89PNG\r\n\x1a\n" + b"\0" * 64,
    "paper.xlsx": lambda _template: b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n",
    "page.xlsx": lambda _template: b"<html><table><tr><td>1</td></tr></table></html>",
    "nothing.xlsx": lambda _template: bytes(range(256)),
}
CONVERTED = {"old-format.xls": "xls", "table.csv": "csv", "open-document.ods": "ods"}  # by LibreOffice, from «filled»
NOT_THROUGH_OFFICE = {"formula-without-value"}  # LibreOffice reckons
THROUGH_ODS = ("filled", "unlike-types", "armed-text")


def office(content, *formats, name="return.xlsx"):
    """Let LibreOffice save a file in these formats, one from the other; None where there is no LibreOffice."""
    program = shutil.which("soffice")
    if not program:
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        for number, ending in enumerate(formats):
            out = Path(folder) / str(number)
            profile = f"-env:UserInstallation=file://{folder}/profile"
            command = [program, "--headless", profile, "--convert-to", ending, "--outdir", str(out), str(path)]
            subprocess.run(command, check=True, capture_output=True, timeout=120)
            path = out / f"{path.stem}.{ending}"
        return path.read_bytes()


def templates():
    """{language: the template's bytes} of the agency's first half-year, with stand-ins for keys and seal."""
    from django.utils.translation import override

    from reporting import return_content, return_template
    from reporting.models import ProgressEntry, Submission

    found = {}
    submission = Submission.objects.get(executor__code="natr", period__year=2013, period__number=1)
    positions = {f"entry-{e.pk}": e.measure.position for e in submission.entries.select_related("measure")}
    for language in ("kk", "ru", "en"):
        with override(language):
            form = return_content.form_of(submission, language)
            rows = tuple(replace(row, key=f"entry-KEY{positions[row.key]:02}") for row in form.rows)
            form = replace(form, rows=rows, seal=(SEAL,))
            found[language] = return_template.build(form, statuses=ProgressEntry.Status.labels)
    return found


def write(made):
    """Write the library from templates {language: bytes}."""
    shutil.rmtree(OFFICE, ignore_errors=True)
    OFFICE.mkdir()
    for name, (language, make) in (GOOD | FAULTY).items():
        content = make(made[language])
        (FOLDER / f"{name}.xlsx").write_bytes(content)
        if name not in NOT_THROUGH_OFFICE:
            (OFFICE / f"{name}.xlsx").write_bytes(office(content, "xlsx"))
        if name in THROUGH_ODS:
            (OFFICE / f"{name}-ods.xlsx").write_bytes(office(content, "ods", "xlsx"))
    for name, make in REFUSED.items():
        (FOLDER / name).write_bytes(make(made["en"]))
    for name, ending in CONVERTED.items():
        (FOLDER / name).write_bytes(office((FOLDER / "filled.xlsx").read_bytes(), ending))


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roadmap.settings")
    django.setup()
    from django.core.management import call_command
    from django.test.utils import setup_databases, setup_test_environment, teardown_databases

    from reporting.tasks import open_executor_windows

    setup_test_environment()
    databases = setup_databases(0, interactive=False)
    call_command("loaddata", "fixtures/roadmap.json", verbosity=0)
    open_executor_windows("2013-06-20")
    write(templates())
    teardown_databases(databases, 0)


if __name__ == "__main__":
    main()
