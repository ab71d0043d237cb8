"""What a package (.docx, .xlsx) would cost to open, counted before a library opens it.

The sizes that a package states may lie, so its parts are really read; and what is small as a file may be spread out
without end when it is opened, so what becomes objects is counted.
"""

import re
from dataclasses import dataclass, replace
from itertools import islice

from openpyxl.utils.cell import range_boundaries

LOCKED, TOO_HEAVY, STRANGE = "locked", "too_heavy", "strange"
FOOTER_LIMIT = 1000  # letters; a footer is taken apart by trying

_NAME = rb"<(?:[^\s/<>:]+:)?"
_TAG = re.compile(rb"<[^/?!]")
_LIGHT = re.compile(_NAME + rb"(?:c|r|row|si|is|t|v|f|p|tc|tr)[\s/>]")
_SPREAD = re.compile(_NAME + rb"(?:mergeCell|hyperlink)\s[^<]*?\bref\s*=\s*[\"']([^\"']*)")
_WIDE = re.compile(_NAME + rb"gridSpan\s[^<]*?\bval\s*=\s*[\"']([^\"']*)")
_FOOTER = re.compile(_NAME + rb"(?:odd|even|first)(?:Header|Footer)[\s>]([^<]*)")
_ENCODING = re.compile(rb"(?:\xef\xbb\xbf)?<\?xml[^<]*?encoding\s*=\s*[\"']([^\"']*)")
_OTHER_ENCODINGS = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<", b"\0\0\0<", b"\x4c\x6f\xa7\x94")  # their first bytes


@dataclass(frozen=True)
class Budget:
    """The most that a package may hold."""

    bytes: int
    parts: int
    light: int  # tags of cells, rows, paragraphs and their texts
    heavy: int  # all other tags
    attributes: int
    area: int  # cells under merged areas and links, which are spread out one by one


def fault_of(packed, budget):
    """Return why a package, a ZipFile, is not to be opened: one of the codes above; None where it may be.

    What zipfile cannot unpack raises its own errors; an area that is none, ValueError or TypeError.
    """
    parts = packed.infolist()
    if any(part.flag_bits & 1 for part in parts):
        return LOCKED
    if len(parts) > budget.parts:
        return TOO_HEAVY
    for part in parts:
        with packed.open(part) as opened:
            content = opened.read(budget.bytes + 1)
        if _is_strange(content):
            return STRANGE
        budget = _left(budget, content)
        if min(vars(budget).values()) < 0:
            return TOO_HEAVY
    return None


def _is_strange(content):
    """Does it declare entities, or is it XML in an encoding in which tags would not be seen?"""
    encoding = _ENCODING.match(content)
    is_other = encoding and encoding[1].lower() not in (b"utf-8", b"us-ascii")
    return is_other or content.startswith(_OTHER_ENCODINGS) or b"<!DOCTYPE" in content or b"<!ENTITY" in content


def _left(budget, content):
    """What the next parts may cost; below nothing where this one costs too much."""
    left = replace(budget, bytes=budget.bytes - len(content))
    if content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] != b"<":  # no XML
        return left
    if any(len(text) > FOOTER_LIMIT for text in _FOOTER.findall(content)):
        return replace(left, bytes=-1)
    light = _count(_LIGHT, content, left.light)
    return replace(
        left,
        light=left.light - light,
        heavy=left.heavy - _count(_TAG, content, light + left.heavy) + light,
        attributes=left.attributes - content.count(b"="),
        area=left.area - _area(content, left.area),
    )


def _count(pattern, content, most):
    """How often it occurs; one more than `most` where it is more."""
    return sum(1 for _match in islice(pattern.finditer(content), most + 1))


def _area(content, most):
    """The cells that areas and wide cells are spread out to; no more areas are looked at than there may be cells."""
    areas = [match[1] for match in islice(_SPREAD.finditer(content), most + 1)]
    return sum(map(_size, areas)) + sum(int(match[1]) for match in islice(_WIDE.finditer(content), most + 1))


def _size(reference):
    """The cells under «A1:C3»; whole columns are an error."""
    first_column, first_row, last_column, last_row = range_boundaries(reference.decode("ascii"))
    return (last_column - first_column + 1) * (last_row - first_row + 1)
