"""The same content, the same bytes: an Office package written anew with nothing in it that hangs on the machine.

Dates, the order of the parts, the properties of the document and the spelling of XML are fixed, so that what was made
from the frozen values can be made again and compared, by any process, with or without lxml.
"""

import datetime
from io import BytesIO
from xml.etree.ElementTree import canonicalize, fromstring
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

CREATOR = "roadmap"
LEVEL = 6  # of compression
FIRST = ("[Content_Types].xml", "_rels/.rels")  # as Office writes them; the other parts follow by name
CORE = "docProps/core.xml"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
NAMES = {
    "cp": "http://schemas.openxmlformats.org/package/2006/metadata/core-properties",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
}
KEPT = ("title", "subject", "language")  # what the document says of itself


def repack(content: bytes, at: datetime.datetime, *, canonical=False) -> bytes:
    """Return an .xlsx or .docx with fixed bytes; `at`, aware, is the time of everything in it.

    `canonical` also fixes how XML is spelled (prefixes, order of attributes, empty tags), on which openpyxl's two
    writers differ. Not for Word: canonical XML drops the prefixes that `mc:Ignorable` names.
    zipfile's BadZipFile and ElementTree's ParseError say that it was no package.
    """
    made = at.astimezone(datetime.UTC).replace(tzinfo=None, microsecond=0)
    packed = BytesIO()
    with ZipFile(BytesIO(content)) as parts, ZipFile(packed, "w") as archive:
        for name in sorted(parts.namelist(), key=_place):
            part = _properties(parts.read(name), made) if name == CORE else parts.read(name)
            archive.writestr(
                _entry(name, made), _canonical(part) if canonical and _is_xml(name) else part, compresslevel=LEVEL
            )
    return packed.getvalue()


def _place(name):
    return (FIRST.index(name) if name in FIRST else len(FIRST), name)


def _entry(name, made):
    entry = ZipInfo(name, made.timetuple()[:6])
    entry.compress_type, entry.create_system, entry.external_attr = ZIP_DEFLATED, 3, 0o644 << 16  # the same on Windows
    return entry


def _is_xml(name):
    return name.endswith((".xml", ".rels"))


def _canonical(part):
    return (DECLARATION + canonicalize(part.decode())).encode()


def _properties(part, made):
    """docProps/core.xml with what the document says of itself, and no more of persons and times than the approval's."""
    found = fromstring(part)  # noqa: S314  our own, or the template's, which was checked when it was put in
    said = {name: found.findtext(f"{{{NAMES['dc']}}}{name}") for name in KEPT}
    spaces = "".join(f' xmlns:{prefix}="{address}"' for prefix, address in NAMES.items())
    time = f"{made.isoformat()}Z"
    return "".join(
        [
            DECLARATION,
            f"<cp:coreProperties{spaces}>",
            *(f"<dc:{name}>{escape(text)}</dc:{name}>" for name, text in said.items() if text),
            f"<dc:creator>{CREATOR}</dc:creator><cp:lastModifiedBy>{CREATOR}</cp:lastModifiedBy>",
            *(f'<dcterms:{name} xsi:type="dcterms:W3CDTF">{time}</dcterms:{name}>' for name in ("created", "modified")),
            "</cp:coreProperties>",
        ]
    ).encode()
