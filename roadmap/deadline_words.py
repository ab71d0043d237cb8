"""The words of a deadline, in Kazakh and Russian: a phrase -> tokens. Pure: no Django.

A token's kind is one character, so that a phrase becomes a string of kinds and its grammar patterns over that string:

    Y 2014   N 1, II, бірінші   M май   A жылғы, года   Q тоқсан, полугодие   K декада   m ай, месяц   D 01.04.2014
    d 10-ына (a day of some month)   R ежегодно   T раз, рет   E каждый, әр   S сайын   L не реже   s по итогам
    q қорытындысы бойынша   I в   H harmless   < с   > до   f бастап   t дейін   l кешіктірмей   B аралығында   u по
    W в течение   w ішінде   e конец, соңы   b начала   & и, және   - dash   , comma or bracket   r отчетный   ? unknown
"""

import re
import unicodedata
from typing import NamedTuple

from .letters import DASHES, TO_CYRILLIC, mend

YEARLY, HALF, QUARTER = 12, 6, 3  # months
RECURRENCE = {"yearly": 12, "half-yearly": 6, "quarterly": 3, "monthly": 1, "permanent": 0}


class Token(NamedTuple):
    kind: str
    start: int
    end: int
    value: object = None
    form: str = ""  # of a word: its case where it matters; of a number: whether it counts


class Word(NamedTuple):
    kind: str
    value: object = None
    form: str = ""


class Year(NamedTuple):
    """What a word for «year» tells."""

    is_kazakh: bool
    is_plural: bool
    is_name: bool = False  # «2014 год» names a year of its own; «2014 г.», «2014 года» may be a month's


# Words are compared without the letters that Russian keyboards lack: «желтоксан», «қаңтар» and «кантар» are the same.
_WITHOUT_KAZAKH = str.maketrans("әғқңөұүһіё", "агкноуухие")
_VOCABULARY = {}

RUSSIAN_MONTHS = (
    "январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь",
)  # fmt: skip
KAZAKH_MONTHS = (
    "қаңтар", "ақпан", "наурыз", "сәуір", "мамыр", "маусым", "шілде", "тамыз", "қыркүйек", "қазан", "қараша",
    "желтоқсан",
)  # fmt: skip
_SHORT_MONTHS = ("янв", "фев февр", "мар", "апр", "", "июн", "июл", "авг", "сен сент", "окт", "ноя нояб", "дек")
_RUSSIAN_CASES = {"ь": ("ь е ем", "я ю"), "й": ("й е ем", "я ю"), "т": ("т те том", "та ту")}
_KAZAKH_CASES = {
    "": " ы і сы сі да де та те ында інде сында сінде",
    "to": "ға ге қа ке на не ына іне сына сіне",
    "from": "дан ден тан тен нан нен ынан інен сынан сінен",
    "of": "ның нің дың дің тың тің ының інің сының сінің",
}


def _key(text):
    return text.translate(TO_CYRILLIC).lower().translate(_WITHOUT_KAZAKH)


def _add(kind, words, value=None, form=""):
    for word in words if isinstance(words, list) else words.split():
        _VOCABULARY[_key(word)] = Word(kind, value, form)


def _add_kazakh(kind, stems, value=None):
    """Add each stem with the endings of its cases; a stem that ends in қ or к is voiced before a vowel."""
    for stem in stems:
        for form, endings in _KAZAKH_CASES.items():
            for ending in endings.split(" "):
                voiced = stem[:-1] + {"қ": "ғ", "к": "г"}.get(stem[-1], stem[-1])
                _add(kind, [(voiced if ending[:1] in ("ы", "і") else stem) + ending], value, form)


def _add_months():
    for number, (russian, kazakh) in enumerate(zip(RUSSIAN_MONTHS, KAZAKH_MONTHS, strict=True), start=1):
        for form, endings in zip(("", "to"), _RUSSIAN_CASES[russian[-1]], strict=True):
            _add("M", [russian[:-1] + ending for ending in endings.split()], number, form)
        _add("M", _SHORT_MONTHS[number - 1], number)
        _add_kazakh("M", [kazakh], number)


def _add_units():
    for russian, is_plural in (("года году годом годе г", False), ("годам гг", True)):
        _add("A", russian, Year(False, is_plural))
    _add("A", "годов годах", Year(False, True), "of")
    _add("A", ["г г"], Year(False, True))
    _add("A", ["т г", "с г"], Year(False, False))
    _add_kazakh("A", ["жыл"], Year(True, False))
    _add_kazakh("A", ["жылдар"], Year(True, True))
    for words, is_kazakh, is_plural in (("год", 0, 0), ("годы", 0, 1), ("жыл жылы", 1, 0), ("жылдар жылдары", 1, 1)):
        _add("A", words, Year(bool(is_kazakh), bool(is_plural), is_name=True))
    _add("A", "ж", Year(True, False))
    _add("A", ["жж", "ж ж"], Year(True, True))
    _add("A", "жылғы жылдық", Year(True, False), "of")
    _add("A", "жылдарғы жылдардағы", Year(True, True), "of")
    _add("Q", "полугодие полугодия полугодию полугодием полугодии полугодий полугодиях полуг полгода п/г п/годие", HALF)
    _add("Q", "половина половины половине половину половиной", HALF)
    _add("Q", "квартал квартала кварталу кварталом квартале кварталы кварталов кварталах кв кварт", QUARTER)
    _add_kazakh("Q", ["жартыжылдық", "жарты жылдық", "жартыжыл", "жарты жыл", "жартыжылдықтар"], HALF)
    _add("Q", "жартысы жартысына жартысында жартысының", HALF)
    _add("Q", "жартысынан", HALF, "from")
    _add_kazakh("Q", ["тоқсан", "тоқсандар"], QUARTER)
    _add("Q", "тоқ тоқс", QUARTER)
    _add("K", "декада декады декаде декаду декадой")
    _add_kazakh("K", ["онкүндік", "он күндік"])
    _add("m", "месяц месяца месяцу месяцем месяце месяцы месяцев мес")
    _add_kazakh("m", ["ай", "айлар"])


_ORDINAL_CASES = "ый ой ая ое ого ом ую ому ых ые я е ю его ем ему ей их"


def _add_numbers():
    ones = "один одна одно одного одной одному бір"
    for number, words in enumerate((ones, "два две двух екі", "три трех үш", "четыре четырех төрт"), start=1):
        _add("N", words, number, "counts")
    _add("N", "шесть шести алты", 6, "counts")
    _add("N", ["двенадцать", "двенадцати", "он екі"], 12, "counts")
    for number, stem in enumerate(("перв", "втор", "треть", "четверт"), start=1):
        _add("N", [stem + ending for ending in _ORDINAL_CASES.split()], number)
    _add("N", "третий", 3)
    for number, word in enumerate(("бірінші", "екінші", "үшінші", "төртінші"), start=1):
        _add("N", word, number)


def _add_recurrence():
    ru = "но ный ная ное ные ного ной ном"
    for stem, months in (("ежегод", 12), ("ежеполугод", 6), ("ежекварталь", 3), ("ежемесяч", 1), ("постоян", 0)):
        _add("R", [stem + ending for ending in ru.split()], months)
    _add("R", ["по полугодиям", "полугодово"], 6)
    _add("R", ["поквартально", "по кварталам"], 3)
    _add("R", ["помесячно", "по месяцам"], 1)
    _add("R", "непрерывно тұрақты үнемі ұдайы үздіксіз", 0)
    _add("T", "раз рет", 1)
    _add("T", "раза", 0)  # never without a number
    _add("T", "дважды", 2)
    _add("E", "каждый каждого каждое каждом каждую каждой каждая каждые каждых каждому әр әрбір")
    _add("S", "сайын сайынғы")
    _add("L", ["не реже", "не реже чем", "не менее", "не менее чем", "кемінде", "кем дегенде"])
    results = "қорытынды қорытындысы қорытындылары қорытындыларының қорытындысының нәтижесі нәтижелері"
    _add("s", ["по итогам", "по результатам", "на основе итогов"])
    _add("q", [f"{word} бойынша" for word in results.split()])
    reporting = (
        "следующего следующий следующем следующим следующей следующее последующего последнего последнему за отчетным "
        "отчетного отчетный отчетному отчетном отчетной истекшим периодом есепті есептік кейінгі келесі соңғы "
        "кезеңнен кезеңінен кезеңнің"
    )
    _add("r", reporting)
    _add("d", "числа числу число күніне күні күнге күнінен")


def _add_connectives():
    _add("&", ["и", "және", "мен", "бен", "пен", "а также"])
    _add("<", ["с", "со", "начиная с", "начиная со"])
    _add(">", ["до", "к", "ко", "не позднее", "не позже"])
    _add("u", "по")
    _add("f", "бастап")
    _add("t", "дейін дейінгі шейін қарай")
    _add("l", ["кешіктірмей", "кешіктірілмей", "кешікпей", "кеш емес"])
    _add("B", "аралығында аралығы")
    _add("W", ["в течение", "в течении", "на протяжении"])
    _add("w", "ішінде бойы бойына барысында")
    _add("e", "конец конца концу конце концом соңы соңына соңында аяғы аяғына аяғында")
    _add("b", "начала")
    _add("I", "в во")
    harmless = (
        "на срок сроки исполнения период периоде периода включительно основе режиме текущего текущий текущем мерзімі "
        "мерзімде мерзім орындау түрде негізде режимде кезең кезеңі кезеңінде ағымдағы осы қоса алғанда"
    )
    _add("H", harmless)


for _fill in (_add_months, _add_units, _add_numbers, _add_recurrence, _add_connectives):
    _fill()

_LONGEST = max(word.count(" ") for word in _VOCABULARY) + 1
_ORDINAL = "ый|ой|й|ого|го|ому|му|ом|ем|м|ая|я|ое|е|ю|х|інші|ыншы|нші|ншы|ші|шы"
_DAY_ENDING = "күніне|күні|інен|ынан|сынан|сінен|нен|нан|іне|ына|сына|сіне|не|на|інде|ында|сы|сі|ы|і"
_DASH = f"[{DASHES}]"
_PIECE = re.compile(
    rf"""
      (?P<iso>(?:19|20)[0-9]{{2}}(?P<bar>[./-])[0-9]{{2}}(?P=bar)[0-9]{{2}})(?:[ ]00:00(?::00)?)?(?![0-9])
    | (?P<date>[0-9]{{1,2}}(?P<sep>[./-])[0-9]{{1,2}}(?P=sep)[0-9]{{4}}|[0-9]{{1,2}}\.[0-9]{{1,2}}\.[0-9]{{2}})(?![0-9])
    | (?P<month>[0-9]{{1,2}}\.(?:19|20)[0-9]{{2}})(?![0-9])
    | (?P<day>[0-9]{{1,2}}\.[0-9]{{2}})(?!\.?[0-9])
    | (?P<number>[0-9]+)(?:{_DASH}?(?:(?P<dayending>{_DAY_ENDING})|(?P<ordinal>{_ORDINAL}))(?![^\W\d_]))?
    | (?P<roman>[Ⅰ-Ⅻ]|[IVXІХ]{{1,4}}|[ivxіх]{{1,4}}|[ПШ](?=[ -]?[кК]в))(?:{_DASH}(?:{_ORDINAL}))?(?![^\W\d_])\.?
    | (?P<word>[пП]/г(?:одие)?\b\.?|[^\W\d_]+\.?)
    | (?P<dash>{_DASH}+)
    | (?P<comma>[,;:()\[\]]+)
    | (?P<and>&)
    | (?P<nothing>[\s."«»“”„']+)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_ROMAN_LETTERS = str.maketrans("ІХіхivx", "IXIXIVX")
_ROMAN_NUMBERS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_MISREAD = {"П": 2, "Ш": 3}  # a scan's II and III
_ROMAN = re.compile("[IVXІХ]+")
_LONGEST_GLUED = 40
_GLUED_KINDS = set("MAQKmRSNftwe")


def tokens(text):
    """Read a phrase from left to right, the longest known phrase first; nothing is left out but quotes and dots."""
    pieces = [piece for piece in _PIECE.finditer(text) if piece.lastgroup != "nothing"]
    read, at = [], 0
    while at < len(pieces):
        count, found = _longest_phrase(pieces, at)
        read += found or _token(pieces[at])
        at += count
    return read


def _longest_phrase(pieces, at):
    wrapped = _wrapped(pieces[at : at + 3])
    if wrapped:
        return 3, [wrapped]
    words = []
    for piece in pieces[at : at + _LONGEST]:
        if not piece["word"]:
            break
        words.append(_key(piece["word"].rstrip(".")))
    for count in range(len(words), 0, -1):
        word = _VOCABULARY.get(" ".join(words[:count]))
        if word:
            return count, [Token(word.kind, pieces[at].start(), pieces[at + count - 1].end(), word.value, word.form)]
    return 1, []


def _wrapped(pieces):
    """A word that a narrow column divided: «декаб-рь», «квар- тал»."""
    if [piece.lastgroup for piece in pieces] != ["word", "dash", "word"] or pieces[0].end() != pieces[1].start():
        return None
    word = _VOCABULARY.get(_key(pieces[0]["word"]) + _key(pieces[2]["word"].rstrip(".")))
    return word and Token(word.kind, pieces[0].start(), pieces[2].end(), word.value, word.form)


def _token(piece):
    start, end = piece.span()
    kind = next(name for name, text in piece.groupdict().items() if text is not None)
    if kind == "word":
        return _parted(piece["word"].rstrip("."), start, end) or [Token("?", start, end)]
    if kind in ("iso", "date", "month", "day"):
        return [Token("D", start, end, _date(kind, piece[kind]))]
    if kind == "number":
        return [_number(piece, start, end)]
    if kind == "roman":
        return [Token("N", start, end, _roman(piece["roman"]), "roman")]
    return [Token({"dash": "-", "comma": ",", "and": "&"}.get(kind, "?"), start, end)]


def _number(piece, start, end):
    digits = piece["number"]
    if len(digits) == 4 and "1990" <= digits < "2100":
        return Token("Y", start, end, int(digits)) if not piece["dayending"] else Token("?", start, end)
    if len(digits) > 2:
        return Token("?", start, end)
    if piece["dayending"]:
        return Token("d", start, end, int(digits))
    return Token("N", start, end, int(digits), "" if piece["ordinal"] else "counts")


def _roman(letters):
    letters = unicodedata.normalize("NFKC", letters).translate(_ROMAN_LETTERS)
    if letters in _MISREAD:
        return _MISREAD[letters]
    return _ROMAN_NUMBERS.index(letters) + 1 if letters in _ROMAN_NUMBERS else 0


def _date(kind, digits):
    """(year or none, month, day or none)."""
    numbers = [int(number) for number in re.split("[./-]", digits)]
    if kind == "iso":
        return tuple(numbers)
    if kind == "month":
        return numbers[1], numbers[0], None
    if kind == "day":
        return None, numbers[1], numbers[0]
    day, month, year = numbers
    return year + 2000 if year < 100 else year, month, day


def _parted(word, start, end):
    """Part a run of glued words, all of them known; none where it is not one."""
    key = _key(word)
    if len(key) != len(word) or len(word) > _LONGEST_GLUED:
        return []
    roman = _ROMAN.match(word)
    if roman:
        number = Token("N", start, start + roman.end(), _roman(roman[0]), "roman")
        return _followed(number, word[roman.end() :], end)
    for cut in range(len(word), 2, -1):
        found = _VOCABULARY.get(key[:cut])
        if found and found.kind in _GLUED_KINDS and mend(word[:cut]) == word[:cut]:
            parted = _followed(Token(found.kind, start, start + cut, found.value, found.form), word[cut:], end)
            if parted:
                return parted
    return []


def _followed(token, rest, end):
    if not rest:
        return [token._replace(end=end)]
    parted = _parted(rest, token.end, end)
    return [token, *parted] if parted else []
