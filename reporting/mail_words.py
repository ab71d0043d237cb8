"""What a mail says: the ministry's own words for the occasion, else those supplied, with the values put in."""

import re
from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from .mail_supplied import SUPPLIED
from .models import MailText

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}(\.?)")
# A header is one line; what turns the direction of writing, or is seen by nobody, has no business in it.
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_BRACED = re.compile(r"\{([^{}\n]*)\}")
_LOOSE = re.compile(r"[^\n]{0,15}[{}][^\n]{0,15}")
GAP = "…"


@dataclass(frozen=True)
class Words:
    subject: str
    body: str
    action: str = ""

    @property
    def paragraphs(self):
        """The body without its empty lines; a line's end within a paragraph is kept."""
        return [part.strip() for part in re.split(r"\n\s*\n", self.body) if part.strip()]


def compose(occasion, roadmap, language, values):
    """Return the words of a mail. Without a roadmap (`personal_digest`) the supplied ones stand.

    A line whose value is not known is left out; where that left nothing, the gap is shown instead.
    """
    text = roadmap and MailText.objects.latest_of(roadmap, occasion, language)
    supplied = SUPPLIED[occasion]
    with translation.override(language):
        subject, body = (text.subject, text.body) if text and text.is_own else (supplied.subject, supplied.body)
        return fill(str(subject), str(body), values, str(supplied.action))


def faults(text, known):
    """Return what is wrong with the braces of a text, as sentences; nothing where it can be filled."""
    unknown = dict.fromkeys(name for name in _BRACED.findall(text) if name not in known)
    found = [_("{%(name)s} is not known here; choose one of the list.") % {"name": name} for name in unknown]
    loose = _LOOSE.search(_BRACED.sub(" ", text))
    if loose:
        found.append(
            _("A brace stands alone at «%(place)s»: names stand between two of them.") % {"place": loose[0].strip()}
        )
    return found


def fill(subject, body, values, action=""):
    """Put the values in, once: braces within a value are the value's own."""
    values = {name: whole(clean(value)) if name == "link" else clean(value) for name, value in values.items()}
    lines = [filled for line in body.splitlines() if (filled := _filled(line, values)) is not None]
    filled = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    if not filled:
        filled = "\n".join(_filled(line, values, gap=GAP) for line in body.splitlines()).strip()
    return Words(one_line(_filled(subject, values, gap=GAP)), filled, action)


def _filled(line, values, gap=None):
    """The line with its values; None where one is not known and no gap may show. «г..» ends with one full stop."""
    if gap is None and any(not values.get(name) for name, _stop in PLACEHOLDER.findall(line)):
        return None

    def value(match):
        found = values.get(match[1]) or gap
        return found if found.endswith(match[2]) else found + match[2]

    return PLACEHOLDER.sub(value, line)


def clean(value):
    """A value as text, without what is seen by nobody; its lines stay lines."""
    text = "" if value is None else str(value)
    return _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def one_line(text):
    return " ".join(clean(text).split())


def whole(link):
    """A path of this site as an address."""
    return f"{settings.SITE_URL}{link}" if link.startswith("/") else link


def day_words(day, language):
    """«2013 жылғы 5 шілде», «5 июля 2013 года», «5 July 2013»."""
    with translation.override(language):
        return re.sub(r"г\.$", "года", date_format(day))
