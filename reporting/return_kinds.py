"""Which kind of file an upload is, by its content alone; each that is no plain workbook has its own sentence."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .errors import Refused

ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WIDE = (b"\xff\xfe", b"\xfe\xff")  # how text in UTF-16 begins

DAMAGED = gettext_lazy("The file is damaged and cannot be opened. Download the workbook again and fill that in.")
LINKED = gettext_lazy(
    "The workbook is linked to other files or programmes. Break the links (Data → Edit Links), save, upload it again."
)
STRICT = gettext_lazy("This is a «Strict Open XML» workbook. Save it as a plain Excel workbook (.xlsx).")
_SAVE_AS = gettext_lazy("Open it in Excel or LibreOffice and save it as an Excel workbook (.xlsx).")
_ITSELF = gettext_lazy("Upload the Excel workbook that you downloaded here and filled in.")
MACROS = gettext_lazy(
    "The workbook has macros, which are not taken. Save it as an Excel workbook (.xlsx) without macros."
)
_EMBEDDED = gettext_lazy("Something is embedded in the workbook: an object or a control. Delete it, save, try again.")
_PROTECTED = gettext_lazy("The file is protected with a password. Take the password off, save and upload it again.")
_WORD = gettext_lazy("This is a Word document, not a workbook.")
_ARCHIVE = gettext_lazy("This is an archive, not a workbook. Take the workbook out of it.")
_PICTURE = gettext_lazy("This is a picture, not a workbook.")

_BEGINNINGS = (  # of a file, and what it is then
    ((b"%PDF",), gettext_lazy("This is a PDF, not a workbook.")),
    ((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*"), _PICTURE),
    ((b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"PK"), _ARCHIVE),
    ((b"{\\rtf",), _WORD),
)
_PAGES = (b"<!doctype html", b"<html", b"<table", b"<?xml", b"mime-version")
_OLD_FORMATS = (  # what an old container's directory names, in UTF-16; encrypted workbooks lie in such a one too
    ("EncryptedPackage", _PROTECTED, ""),
    ("WordDocument", _WORD, _ITSELF),
    ("Workbook", gettext_lazy("This is a workbook of the old format (.xls)."), _SAVE_AS),
    ("Book", gettext_lazy("This is a workbook of the old format (.xls)."), _SAVE_AS),
)
_OTHERS = (  # part of a part's name in the zip, and what it is then
    ("/word/", _WORD, _ITSELF),
    ("/ppt/", gettext_lazy("This is a presentation, not a workbook."), _ITSELF),
    ("/xl/workbook.bin", gettext_lazy("This is a binary workbook (.xlsb)."), _SAVE_AS),
    ("vbaproject", MACROS, ""),
    ("/macrosheets/", MACROS, ""),
    ("/externallinks/", LINKED, ""),
    ("/connections.xml", LINKED, ""),
    ("/querytables/", LINKED, ""),
    ("/embeddings/", _EMBEDDED, ""),
    ("/activex/", _EMBEDDED, ""),
)  # fmt: skip


def refuse_other_kinds(content):
    """Let only zip containers pass; Refused says what the file is instead, and what to do."""
    if not content:
        raise Refused(_("The file is empty."))
    if content.startswith(_OLE):
        raise _refused(*_old_format(content))
    if not content.startswith(ZIP):
        raise _refused(*_by_beginning(content))


def _refused(sentence, advice):
    return Refused(f"{sentence} {advice}".strip())


def _old_format(content):
    for name, sentence, advice in _OLD_FORMATS:
        if name.encode("utf-16-le") in content:
            return sentence, advice
    return _("This is a document of an old format."), _SAVE_AS


def _by_beginning(content):
    for beginnings, sentence in _BEGINNINGS:
        if content.startswith(beginnings):
            return sentence, _ITSELF
    head = content[:2000]
    if head.lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith(_PAGES):
        return _("This is a web page or XML, not a workbook."), _SAVE_AS
    if b"\0" in head and not head.startswith(_WIDE):
        return _("This is no workbook."), _ITSELF
    return _("This is a text file (CSV); it cannot hold a return."), _ITSELF


def refuse_other_containers(names):
    """Let only a plain .xlsx pass, by the names of its parts: small letters, from «/»."""
    if "/mimetype" in names and "/content.xml" in names:
        raise _refused(_("This is an OpenDocument file (.ods)."), _SAVE_AS)
    if "/[content_types].xml" not in names:
        raise _refused(_ARCHIVE, "")
    for mark, sentence, advice in _OTHERS:
        if any(mark in name for name in names):
            raise _refused(sentence, advice)
    if "/xl/workbook.xml" not in names:
        raise _refused(DAMAGED, "")
