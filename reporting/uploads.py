"""Which files are taken as evidence: by size, by the name's ending, and by how the content begins."""

from pathlib import PurePath

from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

_ZIP = (b"PK\x03\x04",)
_OLE = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",)
_OFFICE = "application/vnd.openxmlformats-officedocument"

# ending: (content type that it is served with, how the content begins)
KINDS = {
    ".pdf": ("application/pdf", (b"%PDF-",)),
    ".docx": (f"{_OFFICE}.wordprocessingml.document", _ZIP),
    ".xlsx": (f"{_OFFICE}.spreadsheetml.sheet", _ZIP),
    ".odt": ("application/vnd.oasis.opendocument.text", _ZIP),
    ".ods": ("application/vnd.oasis.opendocument.spreadsheet", _ZIP),
    ".doc": ("application/msword", _OLE),
    ".xls": ("application/vnd.ms-excel", _OLE),
    ".jpg": ("image/jpeg", (b"\xff\xd8\xff",)),
    ".jpeg": ("image/jpeg", (b"\xff\xd8\xff",)),
    ".png": ("image/png", (b"\x89PNG\r\n\x1a\n",)),
}


def content_type_of(upload):
    """Return the content type of an upload that may be kept; ValidationError says why another may not."""
    if upload.size > settings.EVIDENCE_MAX_BYTES:
        raise ValidationError(
            _("«%(name)s» is %(size)s; a file may have at most %(limit)s."),
            params={
                "name": upload.name,
                "size": filesizeformat(upload.size),
                "limit": filesizeformat(settings.EVIDENCE_MAX_BYTES),
            },
        )
    if not upload.size:
        raise ValidationError(_("«%(name)s» is empty."), params={"name": upload.name})
    content_type, beginnings = KINDS.get(PurePath(upload.name).suffix.lower(), (None, ()))
    upload.seek(0)
    head = upload.read(16)
    upload.seek(0)
    if content_type and not head.startswith(beginnings):
        raise ValidationError(_("«%(name)s» is not what its ending says."), params={"name": upload.name})
    if not content_type:
        raise ValidationError(
            _("«%(name)s» is none of the kinds that are taken: %(kinds)s."),
            params={"name": upload.name, "kinds": ", ".join(ending[1:] for ending in KINDS)},
        )
    return content_type
