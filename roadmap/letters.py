"""Letters and spaces of an act's text, as copied from a database or a scan. Pure: no Django.

A word that mixes two alphabets («Үкiметiне» with Latin i, «KAZNEX» with Cyrillic А) is put into the one that its
unmistakable letters belong to; words of one alphabet, and those that cannot be told, stay as they are.
"""

import re
import unicodedata

_LATIN, _CYRILLIC = "AaBCcEeHIiKMOoPpTXxYyhƏəӨө", "АаВСсЕеНІіКМОоРрТХхУуһӘәӨө"
TO_CYRILLIC = str.maketrans(dict(zip(_LATIN, _CYRILLIC, strict=True)))
TO_LATIN = str.maketrans({c: a for a, c in zip(_LATIN, _CYRILLIC, strict=True) if a.isascii()})
_MISTAKABLE = {chr(code) for code in (*TO_CYRILLIC, *TO_LATIN)}
_WORD = re.compile(r"[^\W\d_]+")
_ROMAN = re.compile("[IVXІХ]+")
_KAZAKH = re.compile("[әғқңөұүһіӘҒҚҢӨҰҮҺІ]")
_SPACES = re.compile(r"[^\S\n]+")
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
DASHES = "-‐‑‒–—―−"


def is_cyrillic(letter):
    return "\u0400" <= letter <= "\u052f"


def mend(text):
    """Put each word that mixes Latin and Cyrillic letters into one alphabet."""
    return _WORD.sub(lambda word: _mend_word(word[0]), text)


def _mend_word(word):
    cyrillic = sum(map(is_cyrillic, word))
    if not 0 < cyrillic < len(word) or _ROMAN.fullmatch(word):
        return word
    sure = [letter for letter in word if letter not in _MISTAKABLE]
    sure_cyrillic = sum(map(is_cyrillic, sure))
    if sure_cyrillic and sure_cyrillic < len(sure):
        return word  # two alphabets on purpose
    if not (sure_cyrillic if sure else cyrillic * 2 >= len(word)):
        return word.translate(TO_LATIN)
    mended = word.translate(TO_CYRILLIC)
    # Latin Y is drawn like the Kazakh Ү, and like the Russian У.
    return mended.replace("У", "Ү") if "Y" in word and _KAZAKH.search(mended) else mended


def tidy(text):
    """One space for each run of spaces, no invisible letters, words in one alphabet; line feeds stay."""
    text = unicodedata.normalize("NFC", text).translate(_INVISIBLE).replace("\r\n", "\n").replace("\r", "\n")
    lines = (_SPACES.sub(" ", line).strip() for line in text.split("\n"))
    return mend("\n".join(lines)).strip("\n")


def squash(text):
    """The same as one line."""
    return " ".join(tidy(text).split())
