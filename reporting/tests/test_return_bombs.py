"""What is small as a file and huge once opened is refused before it costs memory or time.

Each is measured in a process of its own, a child of one that has the application loaded; and so is the largest workbook
that is let in.
"""

import re
import struct
import subprocess
import sys
import zipfile
from io import BytesIO
from random import Random

import pytest

from .workbooks import make

pytestmark = pytest.mark.only_beside("sqlite")
MEGABYTE = 1024 * 1024
SECONDS, GROWTH = 5, 200 * MEGABYTE  # of the processor: others may be busy on the machine
MEASURE = """
import os, signal, sys, time, django
django.setup()
from pathlib import Path
from reporting.errors import Refused
from reporting.return_form import columns_of
from reporting.return_marks import marked
from reporting.return_reader import open_return, read_sheet
from reporting.returns import CellFault
from reporting import return_reader
return_reader.unseal = lambda chunks: {"schema": 1}

class Roadmap:
    frequency = "half_year"

class Source:
    code, name = "republican", "Republican budget"

def peak():
    # getrusage's peak is inherited from the process that started this one.
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024

def measure(path):
    content = Path(path).read_bytes()
    before, began = peak(), time.process_time()
    try:
        passport, book = open_return(content)
        sheet = read_sheet(book, content, columns_of(Roadmap, [Source]))
        checked = time.process_time()
        row = next(iter(sheet.rows))
        marked(sheet, [CellFault(row, sheet.coordinate(row, "percent"), "x")])
        answer = "taken"
    except Refused as error:
        checked, answer = time.process_time(), str(error)
    print(f"{peak() - before}|{checked - began}|{time.process_time() - checked}|{answer}", flush=True)

for line in sys.stdin:
    if not os.fork():
        signal.alarm(120)
        measure(line.strip())
        os._exit(0)
    _child, status = os.wait()
    print(status, flush=True)
"""


@pytest.fixture(scope="module")
def loaded():
    """A process that has the application loaded, and measures in its children."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", MEASURE], text=True, **pipes) as process:
        yield process
        process.stdin.close()


@pytest.fixture
def measure(loaded, tmp_path):
    """measure(content) -> (bytes of growth, seconds of the check, seconds of the marks, answer) of a process alone."""

    def run(content):
        path = tmp_path / "return.xlsx"
        path.write_bytes(content)
        print(path, file=loaded.stdin, flush=True)
        said = loaded.stdout.readline()
        assert "|" in said, f"the process ended with {said}"
        assert loaded.stdout.readline() == "0\n"
        grown, checked, marked, answer = said.strip().split("|", 3)
        return int(grown), float(checked), float(marked), answer

    return run


def template():
    return (make.FOLDER / "filled.xlsx").read_bytes()


def in_sheet(before, text):
    """The template with something put into its sheet of measures, before a tag."""

    def change(name, part):
        return part.replace(before, text + before, 1) if name == "xl/worksheets/sheet1.xml" else part

    return make.patched(template(), change)


def part(name, content):
    return make.with_parts(template(), **{name: content})


def lying():
    """A part of half a gigabyte, whose sizes in the directory and beside it say 1,000."""
    name = b"xl/worksheets/sheet9.xml"
    content = bytearray(part(name.decode(), b"<a>" + b" " * (512 * MEGABYTE) + b"</a>"))
    size = struct.pack("<I", 512 * MEGABYTE + 7)
    return bytes(content).replace(size, struct.pack("<I", 1000))


def many_parts(count):
    packed = BytesIO(template())
    with zipfile.ZipFile(packed, "a") as archive:
        for number in range(count):
            archive.writestr(f"x{number}", b"")
    return packed.getvalue()


def styles(count):
    font = b'<font><b/><sz val="9"/><name val="Arial"/></font>'
    return make.patched(
        template(),
        lambda name, content: re.sub(rb"(</fonts>)", font * count + rb"\1", content) if "styles" in name else content,
    )


SHEET_END, DATA_END = b"</worksheet>", b"</sheetData>"
BOMBS = {
    "a part of half a gigabyte": lambda: part("xl/worksheets/sheet9.xml", b"<a>" + b" " * (512 * MEGABYTE) + b"</a>"),
    "sizes that lie": lying,
    "many parts of a megabyte": lambda: make.with_parts(
        template(), **{f"xl/media/{number}.bin": b"\0" * MEGABYTE for number in range(150)}
    ),
    "fifty thousand parts": lambda: many_parts(50_000),
    "a million cells": lambda: in_sheet(DATA_END, b'<row r="900">' + b"<c/>" * 1_000_000 + b"</row>"),
    "a million cells with a prefix": lambda: in_sheet(DATA_END, b"<x:row>" + b"<x:c/>" * 1_000_000 + b"</x:row>"),
    "a million rows": lambda: in_sheet(DATA_END, b'<row ht="9"/>' * 1_000_000),
    "a million strings": lambda: part("xl/sharedStrings.xml", b"<sst>" + b"<si><t>x</t></si>" * 1_000_000 + b"</sst>"),
    "a million tags": lambda: in_sheet(SHEET_END, b"<a/>" * 1_000_000),
    "deep nesting": lambda: in_sheet(SHEET_END, b"<a>" * 500_000 + b"</a>" * 500_000),
    "rich text without end": lambda: part(
        "xl/sharedStrings.xml", b"<sst><si>" + b"<r><rPr><b/></rPr><t>x</t></r>" * 100_000 + b"</si></sst>"
    ),
    "a hundred thousand fonts": lambda: styles(100_000),
    "a merged sheet": lambda: in_sheet(b"<mergeCells", b'<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
    "a merged sheet behind another name": lambda: in_sheet(
        b"<mergeCells", b'<mergeCells><mergeCell x:ref="A1" y=">" ref="A1:XFD1048576"/></mergeCells>'
    ),
    "merged columns": lambda: in_sheet(b"<mergeCells", b'<mergeCells><mergeCell ref="A:XFD"/></mergeCells>'),
    "a link over the sheet": lambda: in_sheet(
        b"<printOptions", b'<hyperlinks><hyperlink ref="A1:XFD1048576" location="A1"/></hyperlinks>'
    ),
    "a link hidden in escapes": lambda: in_sheet(
        b"<printOptions", b'<hyperlinks><hyperlink ref="A1&#58;XFD1048576" location="A1"/></hyperlinks>'
    ),
    "shared formulas": lambda: in_sheet(
        DATA_END,
        b'<row r="900"><c r="A900"><f t="shared" si="0" ref="A900:A990">' + b"A1+" * 2500 + b"1</f></c>"
        + b'<c><f t="shared" si="0"/></c>' * 15_000 + b"</row>",
    ),
    "a footer without end": lambda: in_sheet(SHEET_END, b"<oddFooter>" + b"&amp;C" * 100_000 + b"</oddFooter>"),
    "entities": lambda: (make.FOLDER / "entity.xlsx").read_bytes(),
    "six megabytes": lambda: part("xl/media/1.bin", Random(1).randbytes(6 * MEGABYTE)),  # noqa: S311
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_bomb_is_refused_before_it_costs_anything(measure, name):
    content = BOMBS[name]()
    grown, checked, _marked, answer = measure(content)
    assert answer != "taken"
    assert grown < GROWTH, f"{grown / MEGABYTE:.0f} MB"
    assert checked < SECONDS, f"{checked:.1f} s"


def largest():
    """As much of everything as is let in: cells, formulas that make it be opened twice, styles, and text."""
    text = "".join(Random(1).choices("әіңғ", k=9_000_000))  # noqa: S311
    words = [text[start : start + 19_000] for start in range(0, len(text), 19_000)]
    cells = "".join(f'<c r="AZ{900 + n}" t="inlineStr"><is><t>{word}</t></is></c>' for n, word in enumerate(words))
    rows = "".join(
        f'<row r="{2000 + n}">'
        + "".join(f'<c r="{c}{2000 + n}"><f>A1+1</f><v>2</v></c>' for c in "ABCDEFGHIJ")
        + "</row>"
        for n in range(2_300)
    )
    content = in_sheet(DATA_END, f'<row r="900">{cells}</row>{rows}'.encode())
    fonts = b'<font><b/><sz val="9"/><name val="Arial"/></font>'
    return make.patched(
        content, lambda name, data: data.replace(b"</fonts>", fonts * 2_600 + b"</fonts>") if "styles" in name else data
    )


def test_largest_workbook_that_is_let_in_stays_within_bounds(measure):
    content = largest()
    assert len(content) < 5 * MEGABYTE
    grown, checked, marked, answer = measure(content)
    assert answer == "taken"
    assert grown < GROWTH, f"{grown / MEGABYTE:.0f} MB"
    assert checked < SECONDS and marked < SECONDS, (checked, marked)
