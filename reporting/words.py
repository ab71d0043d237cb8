"""What a reader types and what stands in a text, compared letter by letter. Pure: no Django, no database.

PostgreSQL and SQLite know no Kazakh: no stemmer, and a locale that may leave its capitals alone. So words are compared
folded: small letters, the Kazakh ones as their nearest Russian ones, since many keyboards have no others. A typed word
is found at the beginning or within a word («кластер» in «кластерлерін»); a misspelt one by its trigrams.
"""

import functools
import re
import unicodedata

LONGEST_QUERY = 200
MOST_WORDS = 8
NEAR_ENOUGH = 0.5
SHORTEST_MISSPELT = 4

KAZAKH, NEAREST = "әғқңөұүһіё", "агкноуухие"
_NEAREST = str.maketrans(KAZAKH, NEAREST)
_WORD = re.compile(r"[^\W_]+")
_BEFORE, _AFTER = 70, 170


def fold(text):
    """Return the text in small letters, Kazakh ones as their Russian neighbours, of the same length."""
    small = text.lower()
    if len(small) != len(text):
        small = "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in text)
    return small.translate(_NEAREST)


def composed(text):
    """Return the text with each letter as one sign: «й» may come as «и» and a breve."""
    return unicodedata.normalize("NFC", text)


def typed(query):
    """Return the words of a query that are searched for, folded, each once."""
    return [fold(word) for word in _words_of(query)[:MOST_WORDS]]


def left_out(query):
    """Return the words, as they were typed, for which a search has no room."""
    return _words_of(query)[MOST_WORDS:]


def _words_of(query):
    """The words without signs and single letters (numbers may be), each once."""
    words = (word for word in _WORD.findall(composed(query[:LONGEST_QUERY])) if len(word) > 1 or word.isdecimal())
    return list({fold(word): word for word in words}.values())


def folded_words(folded):
    """Return the set of words of a text that is folded already."""
    return set(_WORD.findall(folded))


@functools.lru_cache(maxsize=50_000)
def _trigrams(word):
    padded = f"  {word} "
    return frozenset(padded[place : place + 3] for place in range(len(padded) - 2))


def _similarity(one, other):
    return len(one & other) / len(one | other)


def is_near(word, other):
    """Is `other`, or its beginning, the word with a slip? Both folded; a number has no neighbours."""
    if len(word) < SHORTEST_MISSPELT or word.isdecimal():
        return False
    trigrams, length = _trigrams(word), len(word)
    # A beginning has the trigrams of the whole, and one of its own at its end: most words are too far off already.
    if len(trigrams & _trigrams(other)) + 1 < NEAR_ENOUGH * len(trigrams):
        return False
    beginnings = {other[:end] for end in (length - 1, length, length + 1, len(other))}
    return any(_similarity(trigrams, _trigrams(beginning)) >= NEAR_ENOUGH for beginning in beginnings)


def occurrences(text, words):
    """Return the spans of these folded words in a composed text, parted and in order."""
    if not words:
        return []
    longest_first = sorted(words, key=len, reverse=True)
    return [found.span() for found in re.finditer("|".join(map(re.escape, longest_first)), fold(text))]


def passage(text, words):
    """Return the part of a text around the first of the words, as (piece, is it one of the words)."""
    text = composed(text)
    spans = occurrences(text, words)
    start, end = _window(text, spans[0][0] if spans else 0)
    pieces, place = [], start
    for first, last in spans:
        if first >= place and last <= end:
            pieces += [(text[place:first], False), (text[first:last], True)]
            place = last
    pieces.append((text[place:end], False))
    pieces = [("…", False)] * (start > 0) + pieces + [("…", False)] * (end < len(text))
    return [(piece, is_found) for piece, is_found in pieces if piece]


def _window(text, found):
    """Return the bounds around a place, moved to the ends of words where these are not far."""
    start, end = max(found - _BEFORE, 0), min(found + _AFTER, len(text))
    if start:
        start = next((place + 1 for place in range(start, found) if text[place].isspace()), start)
    if end < len(text):
        end = next((place for place in range(end, max(found, end - 40), -1) if text[place].isspace()), end)
    return start, end
