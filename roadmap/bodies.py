"""The bodies that answer for measures: their names in an act's cell, and when two spellings are the same body. Pure."""

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from itertools import accumulate, zip_longest

from .letters import TO_CYRILLIC, mend

# What a name may carry or lack and still mean the same body.
_LEGAL_FORMS = {
    "ақ", "жшс", "рмк", "мкк", "ммк", "кеақ", "шжқ", "рмқк", "мм", "ққ", "зтб",
    "ао", "тоо", "ргп", "гкп", "кгп", "нао", "пхв", "ргкп", "гу", "рго", "оюл", "оф", "нк", "ұк", "нпп", "нпо",
}  # fmt: skip
_IN_FULL = {"г": "города", "гг": "городов", "обл": "области", "қ": "қаласының"}
_JOINTS = {"и", "және", "лар", "лер", "дар", "дер", "тар", "тер"}  # «ЖАО-лар» is «ЖАО»
_WORD = re.compile(r"[^\W\d_]+")


def _in_cyrillic(word):
    """A word whose letters all look Cyrillic may have been typed in Latin ones («MO»)."""
    return word[0].translate(TO_CYRILLIC) if all(ord(letter) in TO_CYRILLIC for letter in word[0]) else word[0]


_COUNTRY = re.compile(r"\b(республики казахстан|қазақстан республикасы(?:ның)?|рк|қр)\b")
_TOKEN = re.compile(r"[^\W_]+")


def normal_name(name):
    """Return the form in which two spellings of one body are equal; «» where nothing is named.

    Case, quotes, dashes, spaces, mixed alphabets, the country's name and the place of «АҚ» or «АО» do not matter.
    """
    text = _WORD.sub(_in_cyrillic, mend(name)).casefold().replace("ё", "е")
    tokens = [_IN_FULL.get(token, token) for token in _TOKEN.findall(_COUNTRY.sub(" ", text) or text)]
    tokens = [token for token in tokens if token not in _JOINTS]
    tokens = tokens or _TOKEN.findall(text)
    named = [token for token in tokens if token not in _LEGAL_FORMS]
    return " ".join([*named, *sorted(token for token in tokens if token in _LEGAL_FORMS)])


@dataclass(frozen=True)
class Named:
    """A body as a cell names it."""

    name: str
    by_agreement: bool = False
    lead: bool = False


def merged(bodies):
    """Name each body once, in order; what any mention says of agreement and gathering holds."""
    once = {}
    for named in bodies:
        before = once.get(named.name, named)
        marks = {mark: getattr(before, mark) or getattr(named, mark) for mark in ("by_agreement", "lead")}
        once[named.name] = replace(before, **marks)
    return tuple(once.values())


_OPEN, _CLOSE = "«“„([", "»”)]"
_AGREED = re.compile(
    r"келісім\w* бойынша|келісу бойынша|келісімі? негізінде|по согл\w*\.?|согласованно?|келісім\w* б(?:ойын|-)?ша",
    re.I,
)
_LEAD = re.compile(
    r"\bсвод\w*|\bсозыв\w*|жинақта\w*|шақыр\w*|жинау|\bголовн\w+|\bжетекші|бас орындаушы|отв\w*\.?$", re.I
)
_BRACKETS = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]")
_TWO = re.compile(r"\s+(?:и|және)\s+")
_TWO_NAMES = re.compile(
    r"[^\W\d_a-zа-яё]{2,}\w*(?:\s*\([^)]*\))?\s+(?:и|және)\s+[^\W\d_a-zа-яё]{2,}\w*(?:\s*\([^)]*\))?"
)
_JOINED = re.compile(r"\s+(?:совместно с|бірлесіп)\s+", re.I)
# How a body's name begins in Russian where it begins small, and how it ends in Kazakh.
_RUSSIAN_HEADS = re.compile(
    r"(?:акимат|аким[ыа]?\b|министерств|комитет|агентств|управлени|департамент|заинтересован|рабоч\w+ групп|управляющ"
    r"|центральн|местн|государств|госорган|национальн|холдинг|обществен|неправительств|нпп|нко|нпо|вуз|субъект|организац"
    r"|компани|фонд|институт|университет|банк|палат|ассоциаци|союз|маслихат|иные|други|прочие|ао\b|тоо\b|ргп|кгп|гкп"
    r"|акционерн|товариществ|республиканск|исполнительн|научн|высши|предприяти|уполномоченн|аппарат|канцеляри|оператор"
    r"|проектн|межведомств|правительственн|участник|инвестор|недропользовател|квазигос|пенсионн|коммерческ|объединени"
    r"|оюл|юридическ|бизнес|отраслев|частн|крупн|спецпредставител|представител|совет|комисси|центр|филиал|администраци"
    r"|природопользовател|работодател|профсоюз|специальн\w+ экономическ)"
)
_PLACES = re.compile(
    r"(?:г\.|гг\.|город\w*|област\w*|района?\b|[а-яё-]+(?:ской|инской)\b|астан|алмат|шымкент|нур-султан|байконур"
    r"|регион|республиканского значения|столицы)"
)
_OF_PLACES = re.compile(r"аким|управлени|департамент|област|город|исполнительн\w+ орган")
_GENITIVE = re.compile(r"(?:ның|нің|дың|дің|тың|тің)$")
_KAZAKH_HEADS = re.compile(
    r"\b(?:министрлі|комитет|агентті|әкімді|әкім(?:дер)?(?:і|дері)?$|тобы|топтар|компания|орган|ұйым|қор[ыл]?\b|институт"
    r"|университет|банк|палата|қауымдасты|одағ|мәслихат|басқарма|департамент|холдинг|орталы|кәсіпорын|серіктесті|қоғам"
    r"|бірлесті|кеңес|комиссия|бюро|инвестор|субъект|кеңсе|аппарат|оператор|мекеме|жоо\b|ұжым|өкіл|академия|мектеп"
    r"|басқалар|филиал|жер пайдаланушы)|мині?$|банкі?$"
)
_SIGNS = " \t\n,;.·•"


def split_bodies(cell: str, language: str) -> list[Named]:
    """Part a cell of executors into bodies, in its order; no word of a name is lost.

    1 cut at commas, semicolons and line feeds outside quotes and brackets; 2 put together again what a comma or a
    line feed cut within one name («Комитет по делам строительства, жилищно-коммунального хозяйства»); 3 take
    «(по согласованию)» and «(свод)» for what they say.
    """
    pieces = _whole_names(_cut(cell), language)
    return [named for named in map(_named, pieces) if named.name]


def _cut(cell):
    """[(text, the sign behind it)]."""
    pieces, depth, start = [], 0, 0
    unclosed, last_straight = _unclosed(cell), cell.rfind('"')
    straight = False  # within "…"
    for place, sign in enumerate(cell):
        if sign == '"':
            straight = not straight and place < last_straight
        elif sign in _OPEN:
            depth += 1
        elif sign in _CLOSE:
            depth = max(0, depth - 1)
        elif sign == "\n" or (_is_cut(cell, place) and not straight and depth <= unclosed[place]):
            pieces.append((cell[start:place], sign))
            start = place + 1
            depth, straight = (0, False) if sign != "\n" else (depth, straight)
    pieces.append((cell[start:], ""))
    return pieces


def _is_cut(cell, place):
    """A comma or semicolon; a slash between two names («ІІМ/ОАМ», «Управление … / Управление …»)."""
    if cell[place] != "/":
        return cell[place] in ",;"
    before, after = cell[place - 1 : place], cell[place + 1 : place + 2]
    return (before.isspace() and after.isspace()) or (before.isupper() or before in "»)") and after.isupper()


def _unclosed(cell):
    """At each place, how many quotes or brackets before it are never closed: a slip must not glue all names."""
    depths = list(accumulate(((sign in _OPEN) - (sign in _CLOSE) for sign in cell), initial=0))
    lowest = list(accumulate(reversed(depths), min))[::-1]
    return [max(0, depth) for depth in lowest]


def _whole_names(pieces, language):
    """Put together what a sign cut within a name."""
    pieces = _with_their_places(pieces) if language == "kk" else pieces
    names = []
    glue = ""
    for text, sign in pieces:
        text = " ".join(text.split())
        if re.search(r"\w", text):
            if names and glue and _goes_on(names[-1], text, glue, language):
                joint = "" if names[-1].endswith("-") else " "
                names[-1] += ("," if glue == "," else "") + joint + text
            else:
                names.append(text)
        glue = sign if re.search(r"\w", text) or not names else glue
    return [part for name in names for part in re.split(_TWO if _TWO_NAMES.fullmatch(name) else _JOINED, name)]


_PLURAL = re.compile(r"(?:лар|лер|дар|дер|тар|тер)(?:ы|і)?(?:ның|нің)\s+\S*(?:әкім|басқарма|мәслихат|орган|ұйым)")


def _with_their_places(pieces):
    """«облыстардың, Астана, Алматы қалаларының әкімдіктері»: bare names before such an end belong to it."""
    whole = []
    for text, sign in reversed([piece for piece in pieces if piece[0].strip()]):
        is_bare = not re.search(r"[А-ЯӘҒҚҢӨҰҮҺІЁA-Z]{2}|[«»\"“”()]", text) and not _KAZAKH_HEADS.search(text.casefold())
        if whole and sign in ",\n" and is_bare and _PLURAL.search(whole[-1][0]):
            whole[-1] = (f"{text},{whole[-1][0]}", whole[-1][1])
        else:
            whole.append((text, sign))
    return whole[::-1]


def _goes_on(name, text, glue, language):
    """Is `text` not a body of its own but the rest of `name`?"""
    before, after = _BRACKETS.sub("", name).strip(), _BRACKETS.sub("", text).strip()
    if glue == ";":
        return False
    if not after:  # «(по согласованию)» on a line of its own
        return glue == "\n" and text.lstrip().startswith("(")
    if before.endswith(("-", "–", " и", " және", " мен", " по", " для", " бойынша", "жөніндегі")) or not before:
        return True
    if _BRACKETS.search(name) and name.rstrip().endswith(")"):
        return False
    if glue == "\n" and name.count("«") > name.count("»"):
        return True
    folded, last = after.casefold(), before.casefold().split()[-1]
    if language == "kk":
        return _kazakh_goes_on(before, after, last)
    if _OF_PLACES.search(before.casefold()) and _PLACES.match(folded):
        return True
    return after[0].islower() and not _RUSSIAN_HEADS.match(folded)


def _kazakh_goes_on(before, after, last):
    """A Kazakh name ends with its head: what ends in a genitive or in a mere word is not whole yet."""
    if _GENITIVE.search(last):
        return True
    is_whole = (
        _KAZAKH_HEADS.search(last) or re.search("[А-ЯӘҒҚҢӨҰҮҺІЁA-Z]{2}", before) or before.endswith(("»", '"', "”"))
    )
    words = re.split(r"\s+(?:және|мен)\s+|\s+", after.casefold())
    return not is_whole and any(_KAZAKH_HEADS.search(word) for word in words)


def _named(piece):
    """Take the marks in brackets for what they say; other brackets belong to the name."""
    agreed = lead = False

    def take(bracket):
        nonlocal agreed, lead
        is_agreed, is_lead = bool(_AGREED.search(bracket[1])), bool(_LEAD.search(bracket[1].strip()))
        agreed, lead = agreed or is_agreed, lead or is_lead
        return " " if is_agreed or is_lead else bracket[0]

    name = _BRACKETS.sub(take, piece)
    bare = re.sub(rf"\s*[–—-]?\s*\b(?:{_AGREED.pattern})\s*$", "", name, flags=re.I)
    agreed, name = agreed or bare != name, bare
    return Named(" ".join(name.split()).strip(_SIGNS.replace(".", "")).removesuffix("."), agreed, lead)


# The note of abbreviations

_NOTE = re.compile(
    r"(?:примечани[ея]|ескерт(?:пе|у))?\s*[:.]?\s*(?:расшифровка\s*:|расшифровка\s+(?:используемых\s+)?(?:аббревиатур|сокращени[йя])\w*"
    r"|(?:используемые|принятые)\s+сокращени\w+|список\s+сокращени\w+|перечень\s+сокращени\w+|сокращени[яй]"
    r"|(?:пайдаланылған\s+|қолданылған\s+)?(?:аббревиатуралар(?:дың)?|қысқартулар(?:дың)?|қысқартылған сөздер(?:дің)?)"
    r"(?:\s+(?:толық\s+жазылуы|тізімі|тізбесі|мағынасы|ашып жазылуы|толық жазылымы))?|аббревиатур\w*)\s*[:.\n]?",
    re.I,
)
NOTE_LIMIT = 60_000  # letters
_ANY_NOTE = re.compile(r"^\s*(?:примечание|ескертпе)\s*:", re.IGNORECASE | re.MULTILINE)
_BIG = "[А-ЯӘҒҚҢӨҰҮҺІЁA-Z]"
_QUOTED = r"[«\"“][^»\"”]{1,80}[»\"”]+"
_SHORT = rf"{_BIG}\w{{0,20}}{_BIG}\w{{0,20}}"
_SMALL = r"(?<=[»\"”] )[^\W\d_A-Z]{3,30}"  # «вузы – …» right behind a name in quotes
_ACRONYM = {
    "kk": rf"(?:{_QUOTED}\s*)?{_SHORT}|{_SMALL}",
    "ru": rf"{_SHORT}(?:\s+РК|\s+на\s+{_BIG}{{2,}})?(?:\s*{_QUOTED})?|{_SMALL}",
}
_DASH = rf"\s*(?:[–—―=]|:(?=\s)|(?<=\s)-(?=\s)|(?<={_BIG})-(?=[^\W\d_]|«))\s*"
_BEFORE = r"(?:(?<=^)|(?<=[\s;,:.\d)»•]))"


def read_note(text: str, known: list[str], language: str) -> dict[str, str]:
    """Return {short name: full name} of a note of abbreviations, parted or run together; `known` names help to part it.

    The note begins with «Ескертпе: аббревиатуралардың толық жазылуы» or «Примечание: расшифровка аббревиатур».
    """
    begins = _NOTE.search(text) or _ANY_NOTE.search(text)
    rest = (text[begins.end() :] if begins else text)[:NOTE_LIMIT]
    marks = _marks(rest, known, language)
    begun = [rest[: mark.start("short")].rpartition("\n")[2].strip(" \t•-*–0123456789.)") for mark in marks]
    if not begins:  # a list without a heading: only names of this act, each at the beginning of a line
        names = {normal_name(name) for name in known}
        marks = [
            mark for mark, words in zip(marks, begun, strict=True) if not words and normal_name(mark["short"]) in names
        ]
    is_by_lines = not begins or (len(marks) > 1 and "\n" in rest and not any(begun))
    found = {}
    for mark, following in zip_longest(marks, marks[1:]):
        full = rest[mark.end() : following.start() if following else len(rest)]
        full = " ".join((full.split("\n", 1)[0] if is_by_lines else full).split())
        full = re.sub(r"[;,.\s]+\d+[.)]?$", "", full).strip(" ;,.-–—•*")
        if full:
            found.setdefault(" ".join(mark["short"].split()), full)
    return found


def _marks(note, known, language):
    """Where a short name and its dash stand: known names first, then whatever looks like an abbreviation."""
    named = "|".join(_loosely(name) for name in sorted(set(known), key=len, reverse=True) if len(name) > 1)
    marks = list(re.finditer(rf"{_BEFORE}(?P<short>(?i:{named})){_DASH}", note, re.MULTILINE)) if named else []
    ends, found = [mark.end() for mark in marks], list(marks)
    for mark in re.finditer(rf"{_BEFORE}(?P<short>{_ACRONYM[language]}){_DASH}", note, re.MULTILINE):
        place = bisect_right(ends, mark.start())
        if place == len(ends) or marks[place].start() >= mark.end():
            found.append(mark)
    return sorted(found, key=lambda mark: mark.start())


def _loosely(name):
    """The name as a pattern in which spaces, also at quotes, do not matter."""
    return r"\s*".join(map(re.escape, re.findall(r"[^\s«»\"“”]+|[«»\"“”]", name)))
