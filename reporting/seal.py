"""The seal of an approved document: its printed code, and the same as a square that leads to its verification."""

from dataclasses import dataclass
from urllib.parse import urlencode

import segno
from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from .chain import code_of


@dataclass(frozen=True)
class Seal:
    code: str
    address: str  # of the page that verifies, with the code
    page: str  # the same without the code and the scheme, to be typed
    square: SafeString  # the QR as SVG; black on white, in the dark too, or no telephone reads it


def seal_of(sha256: str) -> Seal:
    """Return the seal of what was frozen, by its hash."""
    code, path = code_of(sha256), reverse("verify")
    address = f"{settings.SITE_URL}{path}?{urlencode({'code': code})}"
    drawn = segno.make(address, error="m", micro=False).svg_inline(
        scale=1, omitsize=True, dark="#000", light="#fff", border=3, svgclass="qr", lineclass=None
    )
    # segno's own markup of an address that is ours
    return Seal(code, address, f"{settings.SITE_URL.partition('://')[2]}{path}", mark_safe(drawn))  # noqa: S308
