"""Which column of a plan's table is which, by its heading in Kazakh or Russian and in any order. Pure.

`NUMBER … VOLUME` are the columns that a roadmap has; the first words that fit decide, so «Ответственные за исполнение»
are executors and «Срок исполнения» is a deadline.
"""

import re
from dataclasses import dataclass, field

from .tables import ACROSS, DOWN, Cell, Row

NUMBER, TITLE, FORM, EXECUTORS, DEADLINE = "number", "title", "form", "executors", "deadline"
FUNDING, VOLUME = "funding", "volume"
NEEDED = (TITLE, EXECUTORS, DEADLINE)

_WORDS = {
    DEADLINE: r"\bсрок|мерзім|\bдата (?:исполнен|завершен|реализац)|период (?:исполнен|реализац)|іске асыру кезең"
    r"|\bуақыты",
    EXECUTORS: r"ответств|исполнител|орындаушы|жауапты|соисполн",
    FUNDING: r"источник|қаржыландыру көз|қаржы көз|^финансирование$|^қаржыландыру$|^қаржыландырылуы$",
    VOLUME: r"объ[её]м|расход|стоимост|сумма|затрат|көлем|шығын|шығыс|\bсома|\bқұны|млн|млрд|тыс\W*(?:тенге|теңге)"
    r"|мың теңге|финансиров|қаржыланд",
    FORM: r"форм[аы]|нысан|вид документа|(?:ожидаем|конечн|предполагаем)\w* результат|күтілетін нәтиже|^результат"
    r"|^нәтиже|завершен|аяқтал",
    TITLE: r"мероприят|іс ?шара|\bшаралар|наименован|содержан|\bмер[аы]\b|мазмұн|атауы|поручен|тапсырма"
    r"|іс ?қимыл|действи|\bзадач|міндет",
    NUMBER: r"^(?:№|n|no|р/?с|р/?н|қ/?с|р/?б|п/?п|реттік|рет|[\W\d]*)+(?:нөмірі|саны|п/?п|№|номер)?$",
}
_PATTERNS = {role: re.compile(words) for role, words in _WORDS.items()}
# Where several columns could be one thing: what is written there rather than a mere name or number of it.
_BETTER = {
    TITLE: re.compile(r"мероприят|іс ?шара|\bшаралар"),
    FORM: re.compile(r"форм[аы]|нысан|вид документа"),
    FUNDING: re.compile(r"источник|көз"),
}
_OTHER = re.compile(r"показател|индикатор|көрсеткіш|ед\.? ?изм|өлшем|примечан|ескерт|целев|код|обоснован")
_YEAR = re.compile(r"(?:19|20)\d\d")
_OF_VOLUME = re.compile(
    r"(?:19|20)\d\d(?: ?(?:г(?:од)?|ж(?:ыл)?|год[ыа]?|жылы?)\.?)?|всего|итого|барлығы|жиыны|в том числе|оның ішінде"
    r"|рб|мб|республик\w+ бюджет|местн\w+ бюджет|республикалық бюджет|жергілікті бюджет|внебюджет\w*|прочи\w+|басқа\w*"
    r"|иные|собственн\w+ средства"
)


@dataclass
class Columns:
    """Where each column of a table stands. `volumes` is [(place, words of its sub-heading)]."""

    places: dict[str, list[int]] = field(default_factory=dict)
    volumes: list[tuple[int, str]] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)
    found: list[str] = field(default_factory=list)
    width: int = 0
    depth: int = 1

    @property
    def is_a_plan(self):
        return all(role in self.places for role in NEEDED)

    def text(self, row: Row, role: str) -> str:
        """The text of a row's column; several columns of one kind are parted by line feeds."""
        cells = row.cells
        places = [place for place in self.places.get(role, ()) if place < len(cells)]
        texts = [cells[place].text for place in places if cells[place].spread != ACROSS]
        return "\n".join(dict.fromkeys(filter(None, texts)))

    def volume(self, row: Row) -> str:
        """What the columns of volume say: the one cell, or «2014: 120; 2015: 300»."""
        cells = [
            (words, row.cells[place].text)
            for place, words in self.volumes
            if place < len(row.cells) and row.cells[place].spread != ACROSS
        ]
        filled = [(words, text) for words, text in cells if text.strip("-–—― ")]
        if len(filled) == 1 and len(self.volumes) == 1:
            return filled[0][1]
        return "; ".join(f"{words}: {text}" if words else text for words, text in filled)


def plain(heading):
    """A heading in small letters, one space, without hyphens at a line's end and without its unit in brackets."""
    text = re.sub(r"(?<=\w)[-‐\u00ad]\s+(?=[а-яәғқңөұүһіё])", "", heading.casefold())
    return re.sub(r"\s+", " ", text.replace("-", " ")).strip(" .*:")


def role_of(heading):
    """Return which column a heading names; «» where it is none of a roadmap's."""
    words = plain(heading)
    if not words or len(words) > 200:
        return ""
    if _OTHER.search(words) and not _PATTERNS[EXECUTORS].search(words):
        return TITLE if _BETTER[TITLE].search(words) else ""
    for role, pattern in _PATTERNS.items():
        if pattern.search(words):
            return role
    return ""


def read_headings(rows: list[Row], start: int) -> Columns:
    """Read the headings that begin at rows[start], one row or two (a heading over its parts)."""
    first = rows[start]
    second = rows[start + 1] if start + 1 < len(rows) else None
    parts = second.cells if second and _is_second(first, second) else ()
    if not parts and second:
        first, parts = _unfolded(first, second)
    columns = Columns(width=len(first.cells), depth=2 if parts else 1)
    roles = [role_of(cell.text) for cell in first.cells]
    for place, (cell, role) in enumerate(zip(first.cells, roles, strict=True)):
        below = parts[place].text if place < len(parts) and parts[place].spread != DOWN else ""
        _place(columns, place, cell, _inner(role, below), below)
    for role in _BETTER:
        _keep_the_best(columns, role, first)
    columns.found = list(dict.fromkeys(cell.text for cell in first.cells if cell.text))
    return columns


def _inner(role, below):
    """The role of a part: «Финансирование» over «Источник» and «Сумма» is two things."""
    own = role_of(below) if below else ""
    return own if own and role in ("", FUNDING, VOLUME) and not _OF_VOLUME.fullmatch(plain(below)) else role


def _place(columns, place, cell, role, below):
    if role == VOLUME or (role == FUNDING and below and _OF_VOLUME.fullmatch(plain(below))):
        columns.volumes.append((place, _year_or(below, cell.text if not below else "")))
    elif not role and _goes_on_by_year(columns, place, cell):
        columns.volumes.append((place, _year_or(cell.text)))
    elif not role:
        if cell.text and cell.spread != ACROSS:
            columns.unused.append(cell.text)
    elif role != NUMBER or NUMBER not in columns.places:
        columns.places.setdefault(role, []).append(place)


def _year_or(words, heading=""):
    """The year that a column of volume is of, else its own words."""
    year = _YEAR.search(words or heading)
    return year[0] if year else words


def _goes_on_by_year(columns, place, cell):
    """«Объем, млн. тенге, 2014 год | 2015 год | …»: the years behind the first have no words of their own."""
    is_beside = bool(columns.volumes) and columns.volumes[-1][0] == place - 1
    return is_beside and bool(_OF_VOLUME.fullmatch(plain(cell.text)))


def _is_second(first, second):
    """Does the second row only divide headings of the first?"""
    if any(cell.spread == DOWN for cell in second.cells):
        return any(cell.text and not cell.spread for cell in second.cells)
    if len(second.cells) != len(first.cells):
        return False
    filled = [cell.text for cell in second.cells if cell.text]
    return bool(filled) and all(_OF_VOLUME.fullmatch(plain(text)) for text in filled)


def _unfolded(first, second):
    """In plain text the years of «Объем» stand alone in a shorter row: put them below their heading."""
    volumes = [place for place, cell in enumerate(first.cells) if role_of(cell.text) == VOLUME]
    words = [cell.text for cell in second.cells if cell.text]
    is_below = len(volumes) == 1 and 1 < len(words) < len(first.cells)
    if not is_below or not all(_OF_VOLUME.fullmatch(plain(word)) for word in words):
        return first, ()
    place, blank = volumes[0], Cell("")
    heading = [Cell(first.cells[place].text, ACROSS if at else "") for at in range(len(words))]
    cells = (*first.cells[:place], *heading, *first.cells[place + 1 :])
    below = (*[blank] * place, *map(Cell, words), *[blank] * (len(first.cells) - place - 1))
    return Row(cells, first.table, first.line), below


def _keep_the_best(columns, role, first):
    """Of several columns that could be the measure's words take one; executors may have several (co-executors)."""
    places = columns.places.get(role, [])
    if len(places) < 2:
        return
    best = [place for place in places if _BETTER[role].search(plain(first.cells[place].text))] or places
    kept = [place for place in places if first.cells[place].text == first.cells[best[0]].text]
    columns.unused += dict.fromkeys(first.cells[place].text for place in places if place not in kept)
    columns.places[role] = kept


def is_numbering(row: Row) -> bool:
    """Is this the row «1 | 2 | 3 | …» under the headings?"""
    marks = [cell.text.strip(" .") for cell in row.cells if cell.text and not cell.spread]
    numbers = [int(mark) for mark in marks if mark.isdecimal()]
    is_short = all(len(mark) <= 2 for mark in marks)
    return (
        len(marks) > 2 and is_short and bool(numbers) and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    )
