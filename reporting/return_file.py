"""What keeps an uploaded workbook out before it costs memory: its parts, really read, within bounds.

Sizes that a zip states may lie; and what is small as a file may be spread out without end when it is opened. openpyxl
sees only what passed here.
"""

import re
import zlib
from io import BytesIO
from itertools import islice
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl.utils.cell import range_boundaries

from .errors import Refused
from .return_kinds import DAMAGED, LINKED, MACROS, STRICT, refuse_other_containers, refuse_other_kinds

MAX_BYTES = 5 * 1024 * 1024
MAX_UNPACKED = 25 * 1024 * 1024
MAX_PARTS = 200
MAX_RATIO = 200  # of parts that unpack to more than a megabyte
MAX_CELLS = 25_000  # a thousand measures
MAX_LIGHT_TAGS = 110_000  # cells, rows and their texts
MAX_HEAVY_TAGS = 15_000  # all else: each becomes an object
MAX_AREA = 20_000  # cells under merged areas, links and tables, which are spread out one by one
MAX_FORMULA_WORK = 500_000  # shared formulas are written out anew for each of their cells
MAX_FOOTER = 1000  # characters; a footer is taken apart by trying
TOO_LARGE = gettext_lazy(
    "The workbook is far larger than a return can be. Keep only what you downloaded and filled in."
)

_NAME = rb"<(?:[\w.-]+:)?"
_TAG = re.compile(rb"<[^/?!]")
_LIGHT = re.compile(_NAME + rb"(?:c|v|f|row|si|is|t)[\s/>]")
_CELL = re.compile(_NAME + rb"c[\s/>]")
_SPREAD = re.compile(_NAME + rb"(?:mergeCell|hyperlink|table)\s([^<]*)")
_REFERENCE = re.compile(rb"\bref\s*=\s*[\"']([^\"']*)")
_FORMULA = re.compile(_NAME + rb"f[\s>]([^<]*)")
_FOOTER = re.compile(_NAME + rb"(?:odd|even|first)(?:Header|Footer)[\s>]([^<]*)")
_RELATION = re.compile(_NAME + rb"Relationship\s([^<]*)")
_ENCODING = re.compile(rb"<\?xml[^<]*?encoding\s*=\s*[\"']([\w.-]+)")


def refuse_file(content):
    """Let a workbook pass that can be opened safely; Refused says what keeps another out, and what to do."""
    if len(content) > MAX_BYTES:
        raise Refused(_("The file is larger than 5 MB; a filled-in return is far smaller."))
    refuse_other_kinds(content)
    try:
        with ZipFile(BytesIO(content)) as archive:
            _refuse_parts(archive)
    except (
        BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        OSError,
        RuntimeError,
        TypeError,
        ValueError,
    ) as error:
        raise Refused(str(DAMAGED)) from error


def _refuse_parts(archive):
    """By the directory first, then by each part's content."""
    parts = archive.infolist()
    refuse_other_containers({f"/{part.filename}".replace("\\", "/").lower() for part in parts})
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise Refused(str(TOO_LARGE))
    if any(part.flag_bits & 1 or part.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for part in parts):
        raise Refused(str(DAMAGED))
    budget = _Budget()
    for part in parts:
        with archive.open(part) as opened:
            content = opened.read(budget.bytes + 1)
        budget.take(content, part.compress_size)


class _Budget:
    """What all parts together may still cost."""

    def __init__(self):
        self.bytes, self.cells = MAX_UNPACKED, MAX_CELLS
        self.light, self.heavy, self.area = MAX_LIGHT_TAGS, MAX_HEAVY_TAGS, MAX_AREA

    def take(self, content, packed):
        self.bytes -= len(content)
        is_dense = len(content) > 1024 * 1024 and len(content) > MAX_RATIO * packed
        if self.bytes < 0 or is_dense:
            raise Refused(str(TOO_LARGE))
        if _is_xml(content):
            _refuse_xml(content)
            self._count(content)

    def _count(self, content):
        light = _count(_LIGHT, content, self.light)
        self.light -= light
        self.heavy -= _count(_TAG, content, light + self.heavy) - light
        self.cells -= _count(_CELL, content, self.cells)
        if min(self.light, self.heavy, self.cells) < 0:
            raise Refused(str(TOO_LARGE))
        self.area -= sum(_area(ref) for body in _SPREAD.findall(content) for ref in _REFERENCE.findall(body))
        formulas = _FORMULA.findall(content)
        work = len(formulas) * max(map(len, formulas), default=0)
        if self.area < 0 or work > MAX_FORMULA_WORK or any(len(text) > MAX_FOOTER for text in _FOOTER.findall(content)):
            raise Refused(str(TOO_LARGE))


def _count(pattern, content, most):
    """How often it occurs; one more than `most` where it is more."""
    return sum(1 for _match in islice(pattern.finditer(content), most + 1))


def _area(reference):
    """The cells under «A1:C3»; whole columns and what hides behind escapes are an error."""
    first_column, first_row, last_column, last_row = range_boundaries(reference.decode("ascii"))
    return (last_column - first_column + 1) * (last_row - first_row + 1)


def _is_xml(content):
    """Whatever the part's name."""
    return b"<" in content.lstrip()[:4] or content.startswith((b"\xff\xfe", b"\xfe\xff"))


def _refuse_xml(content):
    """Only plain UTF-8, so that nothing hides from what looks for it; no entities; nothing fetched from elsewhere."""
    encoding = _ENCODING.match(content.removeprefix(b"\xef\xbb\xbf"))
    if b"\0" in content or (encoding and encoding[1].lower() not in (b"utf-8", b"us-ascii")):
        raise Refused(str(DAMAGED))
    if b"<!" in content or content.count(b"<?") > 1:
        raise Refused(_("The file holds XML declarations (DOCTYPE, ENTITY) that no workbook needs; it is not opened."))
    if b"purl.oclc.org/ooxml/spreadsheetml" in content:
        raise Refused(str(STRICT))
    if b"macroEnabled" in content and b"<Override" in content:
        raise Refused(str(MACROS))
    if any(b"External" in relation and b"/hyperlink" not in relation for relation in _RELATION.findall(content)):
        raise Refused(str(LINKED))
    if any(b"|" in formula and b"!" in formula for formula in _FORMULA.findall(content)):
        raise Refused(str(LINKED))  # «=program|topic!item», which starts programmes
