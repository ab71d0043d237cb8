"""What an act says of itself around its table: number, date, title, years, and by when its progress is reported."""

import datetime
import re
from dataclasses import dataclass

from . import deadlines
from .bodies import normal_name

# «2013 жылғы 19 маусымдағы № 631 қаулысы», «от «19» июня 2013 года № 631»
_NUMBER = r"(?:№№?|N[o°º]?\.?|#)\s*(?P<number>\d[\w/.–-]*)"
_DAY_KK = r"(?P<year>\d{4})\s*ж(?:ылғы|ылы|\.)?\s*[«\"“]?(?P<day>\d{1,2})[»\"”]?\s*(?P<month>[а-яәғқңөұүһіё]+)"
_DAY_RU = (
    r"(?:от\s+)?[«\"“]?(?P<day>\d{1,2})[»\"”]?\s+(?P<month>[а-яё]+)\s+(?P<year>\d{4})\s*(?:года|г\.?)?"
    r"|(?:от\s+)?(?P<numeric>\d{1,2}\.\d{1,2}\.\d{4})\s*(?:года|г\.?)?"
)
_KIND_KK = r"қаулы|бұйры[ғқ]|өкім|жарлы[ғқ]|шешім|хаттама"
_KIND_RU = r"(?:совместн\w+\s+)?(?:постановлени|приказ|распоряжени|указ|решени|протокол)\w*"
_ACT_KK = re.compile(
    rf"(?P<act>(?:[^.;:!?\n«»\"]|(?<=[А-ЯӘҒҚҢӨҰҮҺІ])\.){{0,250}}?{_DAY_KK}\s*{_NUMBER}\s*(?:бірлескен\s+)?"
    rf"(?P<kind>(?:{_KIND_KK})\w*))(?P<after>.{{0,40}})",
    re.IGNORECASE,
)
_ACT_RU = re.compile(
    rf"(?P<before>.{{0,40}}?)(?P<act>\b(?P<kind>{_KIND_RU})\b(?:(?!{_KIND_RU})[^;:!?]){{0,250}}?(?:{_DAY_RU})\s*{_NUMBER})",
    re.IGNORECASE,
)
# «Утвержден Заместителем Премьер-Министра … 30 января 2025 года № 12-07/05-218»
_APPROVED_BY = re.compile(
    rf"утвержд\w*\s+(?P<act>(?:(?!утвержд)[^;:!?]){{0,200}}?(?:{_DAY_RU})\s*{_NUMBER})", re.IGNORECASE
)
_APPROVED = re.compile(r"бекітілген|бекітілді|утвержд[её]н|одобрен|приложение к|қосымша", re.IGNORECASE)
_ISSUER_KK = re.compile(r"Қазақстан Республикасы(?!ның)|Қазақстан Республикасының(?= \w+ министр)|ҚР ")
# «постановлением» -> «постановление»; «қаулысымен» -> «қаулысы»
_BARE = (
    (re.compile(r"\b(постановлен|распоряжен|решен)(?:ием|ию|ия|ии)\b", re.IGNORECASE), r"\1ие"),
    (re.compile(r"\b(приказ|указ|протокол)(?:ом|у|а|е)\b", re.IGNORECASE), r"\1"),
    (re.compile(r"\bсовместным\b", re.IGNORECASE), "совместный"),
    (re.compile(rf"\b((?:{_KIND_KK})\w*?(?:сы|сі|ы|і))(?:мен|на|не|ның|нің|нда|нде)\b", re.IGNORECASE), r"\1"),
)
_PLAN = re.compile(
    r"план\w*\s+(?:\w+\s+)?(?:мероприяти|действи|мер\b|реализаци|работ)|дорожн\w+ карт|комплексн\w+ план"
    r"|сетев\w+ график|комплекс\w* мер|\bплан\b|программ|жол картасы|жоспар|бағдарлама|іс-қимыл|кестесі"
    r"|перечень мероприят|іс-шаралар",
    re.IGNORECASE,
)
# A title ends with what it is in Kazakh, and begins with it in Russian.
_CALLED = {
    "kk": re.compile(r"(?:жоспар|карта|бағдарлама|шара|кесте|кешен)\w*\W*$", re.IGNORECASE),
    "ru": re.compile(r"^\W*(?:\w+\s+)?(?:план|дорожн|комплекс|перечень|программ|сетев|мероприят)", re.IGNORECASE),
}
_ABOUT = re.compile(r"^(?:об? утверждении|об? )|(?:бекіту|бекітілуі)\s+туралы|туралы[»\"]?$", re.IGNORECASE)
_UNIT = re.compile(r"^\(?\s*(?:в\s+)?(?:млн|тыс|мың|млрд)\.?\s*(?:тенге|теңге)\)?\s*$", re.IGNORECASE)
_YEARS = re.compile(
    r"(?P<first>(?:19|20)\d\d)\s*(?:(?:г\w*|ж\w*)\.?\s*)?(?:[-‐‑‒–—―−]|по|и|және|,)\s*(?P<last>(?:19|20)\d\d)"
    r"|(?P<only>(?:19|20)\d\d)(?=\s*(?:г\b|г\.|гг|год|ж\b|ж\.|жж|жыл))"
)


@dataclass(frozen=True)
class Act:
    """An act by its own words; `text` is how it is cited («… 2013 жылғы 19 маусымдағы № 631 қаулысы»)."""

    text: str = ""
    number: str = ""
    date: datetime.date | None = None
    title: str = ""
    first_year: int | None = None
    last_year: int | None = None


@dataclass(frozen=True)
class Reporting:
    """The reporting clause: how often, by which day of the month after, and to whom; None where it is silent.

    `doubts` are codes of what the clause says and the application cannot hold.
    """

    frequency: str | None = None  # month, quarter, half_year, year
    executors_due_day: int | None = None
    ministry_due_day: int | None = None
    recipient: str = ""
    doubts: tuple[str, ...] = ()


def read_act(before: list[str], after: list[str], language: str) -> Act:
    """Read number, date and title from the lines before the table, else behind it."""
    place, found = _find_act(before, language)
    if not found:
        _place, found = _find_act(after, language)
    title = _title(before, place, found, language)
    first, last = years_of(title)
    if not found:
        return Act(title=title, first_year=first, last_year=last)
    return Act(_cited(found["act"]), found["number"].rstrip("."), _day(found), title, first, last)


def _find_act(lines, language):
    """(the line's place, the match): what approves the plan comes before what the preamble refers to."""
    candidates = []
    lines = [_unglued(line) for line in lines]
    text = "\n".join(lines)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    flat = text.replace("\n", " ")
    pattern = _ACT_KK if language == "kk" else _ACT_RU
    matches = list(pattern.finditer(flat)) or list(_APPROVED_BY.finditer(flat))
    for match in matches:
        if _day(match) is None:
            continue
        around = flat[max(0, match.start() - 60) : match.end() + (30 if pattern is _ACT_KK else 0)]
        place = max(i for i, start in enumerate(starts[:-1]) if start <= match.end("act") - 1)
        is_approval = bool(_APPROVED.search(around)) and not re.search(
            r"во исполнени|в соответстви|сәйкес", around, re.I
        )
        candidates.append((not is_approval, place, match))
    if not candidates:
        return -1, None
    approvals = [candidate for candidate in candidates if not candidate[0]]
    _is_other, place, match = approvals[-1] if approvals else candidates[0]
    return place, match


_GLUE = (
    (re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=[^\W\d_»\"”])(?=№)|(?<=\d{4})(?=[а-яәғқңөұүһіё])", re.IGNORECASE), " "),
    (re.compile("(?<=[а-яәғқңөұүһі])(?=[А-ЯӘҒҚҢӨҰҮҺІ][а-яәғқңөұүһі])"), " "),
    (re.compile(rf"((?:{_KIND_KK})\w*?мен)(?=бекітіл)", re.IGNORECASE), r"\1 "),
    (re.compile(r"(?<=Казахстан)(?=от\b)|(?<=[ое]м)(?=Правительства)|(?<=Республикасының)(?=Премьер)"), " "),
    (re.compile(r"(утвержд[её]н[оаы]?)(?=постановл|приказ|распоряж|решен|указ)", re.IGNORECASE), r"\1 "),
)


def _unglued(line):
    for glued, parted in _GLUE:
        line = glued.sub(parted, line)
    return line


def _day(match):
    parts = match.groupdict()
    if parts.get("numeric"):
        read = deadlines.parse(parts["numeric"])
    elif parts["day"]:
        read = deadlines.parse(f"{parts['year']} жылғы {parts['day']} {_bare_month(parts['month'])}")
        read = read if read.periods else deadlines.parse(f"{parts['day']} {parts['month']} {parts['year']} года")
    else:
        return None
    return read.ends_on if len(read.periods) == 1 and not read.doubt else None


def _bare_month(word):
    return re.sub(r"(?:дағы|дегі|тағы|тегі)$", "", word.casefold())


def _cited(words):
    """The act as a name: «қаулысымен» -> «қаулысы», «постановлением» -> «постановление»."""
    # What goes before in the line: a sentence, somebody's name, another body.
    words = re.split(r"(?<=[а-яәғқңөұүһі])\.\s+|[А-ЯӘҒҚҢӨҰҮҺІ]\.\s*[А-ЯӘҒҚҢӨҰҮҺІ]\w+\s+", words)[-1]
    issuer = [match.start() for match in _ISSUER_KK.finditer(words)]
    words = words[issuer[-1] :] if issuer else words
    for pattern, bare in _BARE:
        words = pattern.sub(bare, words)
    return " ".join(words.split()).strip(" ,;")


def _title(lines, place, found, language):
    """The lines above the table that call it a plan; in Kazakh the name comes last, in Russian first."""
    start = place + 1 if found else 0
    glued = _behind_the_act(lines[place], found) if found and place < len(lines) else ""
    behind = ([glued] if glued else []) + lines[start:]
    named = [i for i, line in enumerate(behind) if _is_of_title(line) and _PLAN.search(line)]
    if not named and start:
        return _title(lines, -1, None, language)
    if not named:
        return ""
    proper = [i for i in named if not _ABOUT.search(behind[i])] or named
    called = [i for i in proper if _CALLED[language].search(behind[i])]
    last = called[0] if called and found else (called or proper)[-1]
    first = last
    while first and _is_of_title(behind[first - 1]) and _begins_above(behind, first, found, language):
        first -= 1
    below = behind[last + 1 :] if behind[last : last + 1] != [glued] else []
    rest = []
    for line in below[:6]:
        if not _is_of_title(line) or language == "kk" or _PLAN.search(line):
            break
        rest.append(line)
    return " ".join(behind[first : last + 1] + rest)


def _begins_above(lines, first, found, language):
    """Does the title begin in the line above?"""
    if _ABOUT.search(lines[first - 1]) or _APPROVED.search(lines[first - 1]):
        return False
    begins_small = lines[first][:1].islower() or lines[first][:1].isdigit()
    is_name_alone = language == "ru" and first > 0 and bool(_PLAN.search(lines[first - 1]))
    return begins_small or is_name_alone or bool(found and language == "kk")


def _is_of_title(line):
    """Words, and no prose: no point of the act, no sentence, no unit, no clause on reporting."""
    is_prose = re.match(r"\s*\d+[.)]\s", line) or line.endswith((".", ":", ";")) or len(line) > 600
    is_clause = _INFORMATION.search(line) and _GIVE.search(line)
    is_note = _UNIT.match(line) or re.match(r"\[?\(?сноска|ескерту|премьер|\[", line, re.IGNORECASE)
    return bool(re.search(r"[^\W\d_]{2}", line)) and not (is_prose or is_clause or is_note)


def _behind_the_act(line, found):
    """What stands in the approving line after the act itself, where the title was glued to it."""
    tail = line.split(found["number"], 1)[-1] if found["number"] in line else ""
    tail = re.sub(rf"^\s*(?:{_KIND_KK})\w*\s*(?:\d+[-\s]*қосымша|бекітілген)?", "", tail, flags=re.I).strip(" .,;:")
    return tail if _PLAN.search(tail) and len(tail) < 600 else ""


def years_of(title: str) -> tuple[int | None, int | None]:
    """The first and the last year that a title names."""
    spans = [
        (int(match["first"]), int(match["last"])) if match["first"] else (int(match["only"]), int(match["only"]))
        for match in _YEARS.finditer(title)
    ]
    ranges = [span for span in spans if span[0] < span[1]]
    return (ranges or spans or [(None, None)])[-1]


# The reporting clause

_INFORMATION = re.compile(r"информаци|отч[её]т|сведени|ақпарат|есеп", re.IGNORECASE)
_GIVE = re.compile(r"представ|предостав|направля|информир|берсін|бер(?:у|іп|еді)|ұсын|жібер|тапсыр", re.IGNORECASE)
_TO_GOVERNMENT = re.compile(
    r"в\s+(?:аппарат\w*\s+)?правительств|правительству\b|в\s+канцеляри|премьер-министр[ау]?\b.{0,40}информац"
    r"|администраци\w+ президента"
    r"|үкіметіне|кеңсесіне|әкімшілігіне|аппаратына|сводн|жиынтық",
    re.IGNORECASE,
)
_OFTEN = (
    ("month", r"ежемесячн|ай\s*сайын|әр\s+ай|раз\s+в\s+месяц"),
    ("quarter", r"ежеквартал|тоқсан\s*сайын|раз\s+в\s+квартал|по\s+итогам\s+квартал"),
    (
        "half_year",
        r"(?:два|2)\s+раза?\s+в\s+год|дважды\s+в\s+год|(?:екі|2)\s+рет|полугод|жарты\s*жыл|раз\s+в\s+полугод",
    ),
    ("year", r"ежегодн|жыл\s*сайын|раз\s+в\s+год|жылына\s+(?:бір|1)\s+рет|по\s+итогам\s+года"),
)
_DATED = re.compile(r"(?<!\d)(?P<day>[0-3]?\d)(?:-?(?:го|нен|нан|не|на|ші|шы))?\s+(?P<month>[а-яәғқңөұүһіё]{3,})")
_OF_MONTH = re.compile(
    r"(?<!\d)(?P<day>[0-3]?\d)(?:-?го)?\s*(?:-?\s*)?(?:числ|күн|жұлдыз)"
    r"|айдың\s+(?P<kk>[0-3]?\d)|(?P<word>\d{1,2})(?:-го)?\s+числа",
    re.IGNORECASE,
)
_AFTER = {"month": set(range(1, 13)), "quarter": {1, 4, 7, 10}, "half_year": {1, 7}, "year": {1}}
OTHER_MONTH, OTHER_ORDER = "reporting_month", "reporting_order"


def read_reporting(lines: list[str]) -> Reporting:
    """Read by when the executors report and by when the ministry does, from the points of the act."""
    executors = ministry = None
    for clause in _clauses(" ".join(lines)):
        if not (_INFORMATION.search(clause) and _GIVE.search(clause)):
            continue
        read = (_frequency(clause), *_due_day(clause))
        if read[0] is None and read[1] is None:
            continue
        if _TO_GOVERNMENT.search(clause):
            ministry = ministry or (read, clause)
        else:
            executors = executors or (read, clause)
    return _together(executors, ministry)


def _clauses(text):
    """Points and sub-points: «2. …», «1) …», «; …»."""
    return re.split(r"(?:(?<=[.;:])\s+(?=\d+[.)]\s)|;\s|(?<=[а-яәғқңөұүһіё»)])\.\s+)", text)


def _frequency(clause):
    for frequency, words in _OFTEN:
        if re.search(words, clause, re.IGNORECASE):
            return frequency
    months = len({month for _day, month in _dates(clause)})
    return {1: "year", 2: "half_year", 4: "quarter"}.get(months)


def _dates(clause):
    """[(day, month)] that a clause names."""
    found = []
    for match in _DATED.finditer(clause):
        month = re.sub(r"(?:[дт][ае]н|н[ае]н)$", "", match["month"])
        read = deadlines.parse(f"{match['day']} {month}", years=(2001, 2001))
        if len(read.periods) == 1 and read.ends_on and read.ends_on.day == int(match["day"]) and not read.starts_on:
            found.append((read.ends_on.day, read.ends_on.month))
    return found


def _due_day(clause):
    """(the day of the month, the months that are named)."""
    dates = _dates(clause)
    if dates:
        return dates[0][0], {month for _day, month in dates}
    match = _OF_MONTH.search(clause)
    if match:
        day = int(next(filter(None, match.groups())))
        return (day, set()) if 1 <= day <= 31 else (None, set())
    return None, set()


def _together(executors, ministry):
    doubts = []
    frequency = next((part[0][0] for part in (executors, ministry) if part and part[0][0]), None)
    days = []
    for part in (executors, ministry):
        day, months = (part[0][1], part[0][2]) if part else (None, set())
        if months and not months <= _AFTER.get(frequency, set()):
            doubts.append(OTHER_MONTH)
            day = None
        if part and part[0][0] not in (None, frequency):
            doubts.append(OTHER_MONTH)  # the executors quarterly, say, and the ministry twice a year
        days.append(day if day and day <= 28 else None)
    if None not in days and days[0] >= days[1]:
        doubts.append(OTHER_ORDER)
        days[1] = None
    return Reporting(frequency, *days, _recipient(executors), tuple(dict.fromkeys(doubts)))


def _recipient(executors):
    """To whom the executors report: the coordinating body, in the clause's words."""
    return executors[1] if executors else ""


def body_named_in(clause: str, names: dict[str, str]) -> str | None:
    """Which of {code or name: name in full} a clause speaks of; endings do not matter («министрлігіне»)."""
    words = normal_name(clause).split()
    found = None
    for key, name in names.items():
        wanted = normal_name(name).split()
        fits = any(
            all(_same_word(word, wish) for word, wish in zip(words[start : start + len(wanted)], wanted, strict=True))
            for start in range(len(words) - len(wanted) + 1)
        )
        if wanted and fits and (found is None or len(wanted) > len(normal_name(names[found]).split())):
            found = key
    return found


def _same_word(word, wish):
    if len(wish) < 5:
        return word == wish
    return word[: len(wish) - 2] == wish[: len(wish) - 2] and abs(len(word) - len(wish)) <= 4
