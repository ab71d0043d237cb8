"""Pictures of the screens for the help pages: static files that are there or are not."""

from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.templatetags.static import static


@dataclass(frozen=True)
class Picture:
    url: str
    width: int
    height: int


@cache
def picture(name, language):
    """Return the picture of that screen in that language, else in Kazakh; None where there is none."""
    for code in dict.fromkeys((language, "kk")):
        path = f"roadmap/help/{code}/{name}.webp"
        found = finders.find(path)
        size = found and size_of(Path(found).read_bytes()[:30])
        if size:
            with suppress(ValueError):  # not collected yet among the files that are served
                return Picture(static(path), *size)
    return None


def size_of(header):
    """Return (width, height) from the first 30 bytes of a WebP file; None where they are no such file's."""
    if len(header) < 30 or header[:4] + header[8:12] != b"RIFFWEBP":
        return None
    kind = header[12:16]
    if kind == b"VP8X":
        return _number(header[24:27]) + 1, _number(header[27:30]) + 1
    if kind == b"VP8L":
        bits = _number(header[21:25])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return _number(header[26:28]) & 0x3FFF, _number(header[28:30]) & 0x3FFF


def _number(part):
    return int.from_bytes(part, "little")
