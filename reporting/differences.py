"""What changed between two texts, word by word; pure.

>>> differences("Құрылыс 40 пайыз", "Құрылыс 60 пайыз")
(('same', 'Құрылыс'), ('removed', ' 40'), ('added', ' 60'), ('same', ' пайыз'))
"""

import difflib
import re

SAME, ADDED, REMOVED = "same", "added", "removed"
# A word or a mark with the space before it: spaces alone would match everywhere, and make the comparison slow.
_WORDS = re.compile(r"\s*\w+|\s*[^\w\s]|\s+\Z")
_SENTENCES = re.compile(r".*?(?:[.!?…;]\s|\n|\Z)", re.DOTALL)
# The comparison looks at every pair of equal parts. Longer texts are compared sentence by sentence, and still longer
# ones as a whole: a 200-page narrative must not hold a page up.
MOST = 2000


def differences(before: str, after: str) -> tuple[tuple[str, str], ...]:
    """The pieces of both texts in reading order, as (kind, text); what was removed stands before what took its place.

    kind is «same», «added» or «removed». The pieces but the removed ones, put together, are `after`; the pieces but
    the added ones are `before`. Empty texts give no pieces.
    """
    before, after = before.replace("\r\n", "\n"), after.replace("\r\n", "\n")
    if before == after:
        return ((SAME, after),) if after else ()
    return tuple((kind, text) for kind, text in _pieces(*_parts(before, after)) if text)


def has_changed(pieces) -> bool:
    return any(kind != SAME for kind, _text in pieces)


def _parts(before, after):
    for pattern in (_WORDS, _SENTENCES):
        parts = pattern.findall(before), pattern.findall(after)
        if max(map(len, parts)) <= MOST:
            return parts
    return [before], [after]


def _pieces(before, after):
    # autojunk would take frequent words for noise, and in a long text every second word is frequent.
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for operation, start, end, new_start, new_end in matcher.get_opcodes():
        if operation == "equal":
            yield SAME, "".join(after[new_start:new_end])
        else:
            yield REMOVED, "".join(before[start:end])
            yield ADDED, "".join(after[new_start:new_end])
