"""The rows behind a plan's headings -> sections and raw measures; what stands around them is kept for the notes."""

import re
from dataclasses import dataclass, field

from . import deadlines
from .headings import DEADLINE, EXECUTORS, FORM, FUNDING, NEEDED, NUMBER, TITLE, is_numbering, read_headings, role_of
from .letters import DASHES, squash
from .plan import Doubt, PlanSection
from .tables import ACROSS, DOWN

TEXTS = (TITLE, FORM, EXECUTORS, DEADLINE, FUNDING)
ROW_LIMIT = 20_000


@dataclass
class RawMeasure:
    """A measure's cells as they stand in the table; `section` counts from 1."""

    section: int | None
    number: str
    texts: dict[str, str]
    volume: str
    line: int
    doubts: list[str] = field(default_factory=list)


def lines_of(row):
    """A row as lines: two cells are a name and what it means, as in a note of abbreviations."""
    own = [text for text in row.own if text.strip(DASHES)]
    return [" – ".join(own)] if len(own) == 2 else own


_SECTION_WORD = (
    r"(?:раздел|глава|направлени[ея]|блок|этап|бөлім|бағыт|тарау|кезең|часть|приоритет|басымды[қғ]"
    r"|задача|міндет|цель|мақсат)"
)
_NAMED_SECTION = re.compile(rf"{_SECTION_WORD}(?:і|ы)?\b", re.IGNORECASE)
_SECTION = re.compile(
    rf"(?:(?P<before>[\dIVXІХ]+(?:\.\d+)*)\s*[-–.]?\s*{_SECTION_WORD}(?:і|ы)?\s*[.:–—-]?\s*"
    rf"|{_SECTION_WORD}\s*№?\s*(?P<after>[\dIVXІХ]+(?:\.\d+)*)\s*[.:)–—-]*\s*"
    r"|(?P<plain>\d+(?:\.\d+)*|[IVXІХ]+|[А-ЯӘҒҚҢӨҰҮҺІ])\s*[.)]+\s*(?=\D)|(?P<roman>[IVXІХ]+)\s+[–—-]?\s*)(?P<title>.*)",
    re.IGNORECASE | re.DOTALL,
)
_ORDINAL_SECTION = re.compile(
    rf"(?P<ordinal>\w+(?:нші|ншы|ыншы|інші|ый|ая|ое|ье|ий|ой))\s+{_SECTION_WORD}(?:і|ы)?\s*[.:–—-]\s*(?P<title>\S.*)",
    re.IGNORECASE,
)
_BARE_SECTION = re.compile(
    rf"{_SECTION_WORD}\s*№?\s*[\dIVXІХ.]+|[\dIVXІХ.]+\s*[-–]?\s*{_SECTION_WORD}(?:і|ы)?[.:]?", re.IGNORECASE
)
_TOTAL = re.compile(
    r"\s*(?:итого|всего|барлығы|жиыны|жиынтығы|в том числе|оның ішінде)\b.*|.*\b(?:итого|всего|барлығы|жиыны)\s*:?\s*",
    re.IGNORECASE | re.DOTALL,
)
_NUMBER = re.compile(r"\s*(?P<number>[\dIVXІХ]+(?:[.\-–/]\d+)*(?:[-–]?[а-яa-z])?)\s*[.)]*\s*", re.IGNORECASE)
_NUMBERED_TITLE = re.compile(r"\s*(?P<number>\d+(?:[.\-–]\d+)*)\s*[.)]\s*(?P<title>\D.*)", re.DOTALL)
_ABBREVIATION = re.compile("[А-ЯӘҒҚҢӨҰҮҺІЁA-Z]{2}[^\\W\\d_]*")
# «Сноска. Строка 2 в редакции …» stands anywhere in a consolidated text, also between rows.
_FOOTNOTE = re.compile(r"\s*(?:сноска|ескерту\b|\*)", re.IGNORECASE)
_NOTE_BEGINS = re.compile(
    r"\s*(?:примечани|ескерт|аббревиатур|расшифровк|сокращени|қысқарт|список сокр|перечень сокр"
    r"|используемые|принятые)",
    re.IGNORECASE,
)


class Body:
    """Sorts the rows behind the headings into sections and measures; what stands behind the last one is `after`."""

    def __init__(self, columns):
        self.columns = columns
        self.sections, self.measures, self.after, self.doubts = [], [], [], []
        self._bands = []  # lines that are sections if a measure follows
        self._table = None
        self._is_over = False
        self._behind = 0  # rows of other tables behind ours

    def read(self, rows):
        skip = 0
        self._behind += max(0, len(rows) - ROW_LIMIT)
        for place, row in enumerate(rows[:ROW_LIMIT]):
            if skip:
                skip -= 1
            elif self._is_heading(rows, place):
                skip = self.columns.depth - 1
                self._is_over = False
            else:
                self._sort(row, rows[place + 1] if place + 1 < len(rows) else None)
        self.after += [text for text, _line in self._bands]
        if self._behind:
            self.doubts.append(Doubt("rows_behind", {"count": self._behind}))

    def _is_heading(self, rows, place):
        row = rows[place]
        if len(row.cells) < len(NEEDED) or len(set(map(role_of, (cell.text for cell in row.cells))) - {""}) < 3:
            return False
        if any(len(cell.text) > 120 for cell in row.cells):
            return False
        columns = read_headings(rows, place)
        if columns.is_a_plan:
            self.columns, self._table = columns, row.table
        return columns.is_a_plan

    def _sort(self, row, following):
        if is_numbering(row):
            return
        if self._is_foreign(row):
            self._is_over = True
            self.after += [text for text, _line in self._bands]
            self._bands = []
        if self._is_over or self._is_of_note(row):
            self.after += lines_of(row)
            self._behind += len(row.own) > 2
            return
        own = [(place, cell.text) for place, cell in enumerate(row.cells) if _is_own(cell)]
        is_repeated = len(own) == len(row.cells) and len({text for _place, text in own}) == 1
        if is_repeated or (len(own) == 1 and not self._goes_on(row, *own[0])):
            self._band(own[0][1], row)
        elif own:
            self._sort_full(row, following)

    def _is_of_note(self, row):
        """Behind «Сокращения:» stand pairs of names, be it in the columns of the plan."""
        is_note = bool(self._bands) and bool(_NOTE_BEGINS.match(self._bands[0][0]))
        return is_note and len(row.own) == 2 and not self._has_number(row)

    def _has_number(self, row):
        return bool(_NUMBER.fullmatch(self.columns.text(row, NUMBER)))

    def _is_foreign(self, row):
        """Another table, of another shape and without the headings of a plan, ends ours."""
        if row.table in (0, self._table):
            return False
        is_band = len(set(row.own)) == 1
        is_filled = all(self.columns.text(row, role) for role in NEEDED)
        is_ours = self._table is None or is_band or is_filled or len(row.cells) == self.columns.width
        if is_ours and not is_band:
            self._table = row.table
        return not is_ours

    def _goes_on(self, row, place, text):
        """A lone text in the row: does the measure above go on in it?"""
        if len(row.cells) == 1 or not self.measures or self._bands:
            return False
        if place + 1 < len(row.cells) and row.cells[place + 1].spread == ACROSS:
            return False
        is_beside = any(cell.spread == DOWN for cell in row.cells)
        columns = self.columns.places
        in_title = place in columns[TITLE]
        in_first = place in columns.get(NUMBER, ()) or place == 0
        if is_beside or not (in_title or in_first):
            return True
        return in_title and text[:1].islower()

    def _band(self, text, row):
        lines = text.split("\n")
        if not re.search(r"[^\W\d_]", text):
            return  # a page's number
        if _FOOTNOTE.match(text):
            self.after.append(text)
        elif _TOTAL.fullmatch(text):
            self.doubts.append(Doubt("total_row", {"text": squash(text)}))
        elif _NOTE_BEGINS.match(text) or (self._bands and _NOTE_BEGINS.match(self._bands[0][0])):
            self._bands.append((text, row.line))
        elif len(row.cells) == 1 and self._is_cut_off(text):
            self._append(DEADLINE if FUNDING not in self.columns.places else FUNDING, text)
        else:
            self._bands.append((" ".join(lines), row.line))

    def _is_cut_off(self, text):
        """A line that begins small, right behind a measure: the end of its last cell."""
        return bool(self.measures) and not self._bands and text[:1].islower() and not _SECTION.fullmatch(text)

    def _append(self, role, text):
        raw = self.measures[-1]
        raw.texts[role] = f"{raw.texts.get(role, '')}\n{text}".strip()
        raw.doubts.append("cut_off")

    def _sort_full(self, row, following):
        columns = self.columns
        number, title = columns.text(row, NUMBER), columns.text(row, TITLE)
        places = [*columns.places.get(NUMBER, ()), *columns.places[TITLE]]
        is_new = any(place < len(row.cells) and _is_own(row.cells[place]) for place in places)
        rest = [columns.text(row, role) for role in (FORM, EXECUTORS, DEADLINE, FUNDING)]
        if not is_new and self.measures:
            self._go_on(row)
        elif not number and not rest[1] and len(row.own) == 2 and _ABBREVIATION.fullmatch(title):
            self.after += lines_of(row)  # the note of abbreviations in the plan's own columns
        elif not rest[1] and (_TOTAL.fullmatch(title or number) or self._is_sum(row, number, rest)):
            self.doubts.append(Doubt("total_row", {"text": " | ".join(row.own)}))
        elif title and not any(rest) and not columns.volume(row) and self._is_section(number, title, following):
            self._band(f"{number.strip(' .)')}. {title}" if number else title, row)
        else:
            self._measure(row, number, title)

    def _is_sum(self, row, number, rest):
        """A row of money alone: of all columns only the sources or the volume say something."""
        form, _executors, deadline, funding = rest
        return not number and not form and not deadline and bool(funding or self.columns.volume(row))

    def _is_section(self, number, title, following):
        """Number and title alone: a section, unless the number just goes on."""
        if not number or re.search("[IVXІХ]", number) or _SECTION.match(title) or _NAMED_SECTION.match(title):
            return True
        mine = number.strip(" .)")
        next_number = self.columns.text(following, NUMBER).strip(" .)") if following else ""
        if next_number.startswith(f"{mine}.") or next_number == "1":
            return True
        last = self.measures[-1].number if self.measures else "0"
        is_counted = all(number.isdecimal() and len(number) < 6 for number in (mine, last))
        return not (is_counted and int(mine) == int(last) + 1)

    def _go_on(self, row):
        """A row without number and title of its own adds to the measure above."""
        raw = self.measures[-1]
        for role, places in self.columns.places.items():
            own = [row.cells[place].text for place in places if place < len(row.cells) and _is_own(row.cells[place])]
            if role in TEXTS and own:
                raw.texts[role] = "\n".join(filter(None, [raw.texts.get(role, ""), *own]))

    def _measure(self, row, number, title):
        section = self._open_sections()
        if NUMBER not in self.columns.places:
            numbered = _NUMBERED_TITLE.fullmatch(title)
            number, title = (numbered["number"], numbered["title"]) if numbered else ("", title)
        read = _NUMBER.fullmatch(number)
        texts = {role: self.columns.text(row, role) for role in TEXTS} | {TITLE: title}
        doubts = [] if read or not number else ["odd_number"]
        if len(row.cells) < self.columns.width:
            doubts.append("short_row")
        above = self.measures[-1].texts if self.measures else {}
        for role, text in texts.items():
            if deadlines.is_ditto(text) and role != TITLE:
                texts[role] = above.get(role, "")
                doubts += [] if role in above else ["ditto_above_nothing"]
        if deadlines.is_ditto(title):
            doubts.append("no_measure_title")
        printed = read["number"] if read else squash(number)
        self.measures.append(RawMeasure(section, printed, texts, self.columns.volume(row), row.line, doubts))

    def _open_sections(self):
        titles = [text for text, _line in self._bands]
        if titles and _NOTE_BEGINS.match(titles[0]):
            self.after += titles
            titles = []
        for place, text in enumerate(titles):
            if place and _BARE_SECTION.fullmatch(titles[place - 1]):
                continue  # «РАЗДЕЛ I» on a line of its own took this one for its title
            is_bare = _BARE_SECTION.fullmatch(text) and place + 1 < len(titles)
            self.sections.append(_section(f"{text}. {titles[place + 1]}" if is_bare else text))
        self._bands = []
        return len(self.sections) or None


def _is_own(cell):
    return bool(cell.text) and not cell.spread


def _section(text):
    """«1. …», «I. …», «Раздел 1. …», «1-бағыт. …», «Бірінші бағыт: …»: the number as printed, and the title."""
    text = squash(text)
    ordinal = _ORDINAL_SECTION.fullmatch(text)
    if ordinal:
        return PlanSection(ordinal["ordinal"], ordinal["title"])
    match = _SECTION.fullmatch(text)
    if not match or not (match["title"].strip() or match["before"] or match["after"]):
        return PlanSection("", text)
    number = match["before"] or match["after"] or match["plain"] or match["roman"]
    return PlanSection(number, match["title"].strip() or text)
