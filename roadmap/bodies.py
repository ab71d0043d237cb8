"""The bodies that answer for measures: their names in an act's cell, and when two spellings are the same body. Pure."""

import re

from .letters import mend

# What a name may carry or lack and still mean the same body.
_LEGAL_FORMS = {
    "ақ", "жшс", "рмк", "мкк", "ммк", "кеақ", "шжқ", "рмқк", "мм", "ққ", "зтб",
    "ао", "тоо", "ргп", "гкп", "кгп", "нао", "пхв", "ргкп", "гу", "рго", "оюл", "оф", "нк", "ұк", "нпп", "нпо",
}  # fmt: skip
_IN_FULL = {"г": "города", "гг": "городов", "обл": "области", "қ": "қаласының"}
_COUNTRY = re.compile(r"\b(республики казахстан|қазақстан республикасы(?:ның)?|рк|қр)\b")
_TOKEN = re.compile(r"[^\W_]+")


def normal_name(name):
    """Return the form in which two spellings of one body are equal; «» where nothing is named.

    Case, quotes, dashes, spaces, mixed alphabets, the country's name and the place of «АҚ» or «АО» do not matter.
    """
    text = mend(name).casefold().replace("ё", "е")
    tokens = [_IN_FULL.get(token, token) for token in _TOKEN.findall(_COUNTRY.sub(" ", text) or text)]
    tokens = tokens or _TOKEN.findall(text)
    named = [token for token in tokens if token not in _LEGAL_FORMS]
    return " ".join([*named, *sorted(token for token in tokens if token in _LEGAL_FORMS)])
