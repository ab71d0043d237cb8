"""The text of an act -> a plan: `parse(tables.read(content))`. What cannot be told is kept and doubted, never guessed.

1 find the table by its headings (a table of another shape is refused); 2 sort its rows: section, measure, what goes on
from the row above; 3 read the act around the table: number, date, title, years, reporting clause, abbreviations;
4 read each measure's deadline and bodies with what is known by then.
"""

import re
from collections import Counter
from dataclasses import dataclass, field, replace

from . import deadlines
from .bodies import normal_name, read_note, split_bodies
from .headings import (
    DEADLINE,
    EXECUTORS,
    FORM,
    FUNDING,
    NEEDED,
    NUMBER,
    TITLE,
    Columns,
    is_numbering,
    read_headings,
    role_of,
)
from .letters import DASHES, squash
from .plan import Doubt, Plan, PlanExecutor, PlanMeasure, PlanSection
from .preamble import read_act, read_reporting, years_of
from .tables import ACROSS, DOWN, Row

TEXTS = (TITLE, FORM, EXECUTORS, DEADLINE, FUNDING)
ROW_LIMIT = 20_000


class NotAPlan(Exception):
    """No table with the columns of a plan; `found` lists its headings, `missing` the roles that lack."""

    def __init__(self, found, missing):
        super().__init__(found, missing)
        self.found, self.missing = found, missing


@dataclass
class RawMeasure:
    """A measure's cells as they stand in the table; `section` counts from 1."""

    section: int | None
    number: str
    texts: dict[str, str]
    volume: str
    line: int
    doubts: list[str] = field(default_factory=list)


def parse(rows: list[Row], language: str | None = None) -> Plan:
    """Return the plan of an act's rows in its language; NotAPlan where they hold none."""
    start, columns = _find_headings(rows)
    before = [cell for row in rows[:start] for cell in row.own]
    language = language or ("kk" if _is_in_kazakh(rows) else "ru")
    body = _Body(columns)
    body.read(rows[start + columns.depth :])
    if not body.measures:
        raise NotAPlan(columns.found, ["measures"])
    return _Understanding(language, before, body).plan()


def _is_in_kazakh(rows):
    words = " ".join(cell.text for row in rows[:200] for cell in row.cells[:8])
    return len(re.findall("[әғқңөұүһі]", words.casefold())) * 40 > len(re.findall("[а-яё]", words.casefold()))


def _find_headings(rows):
    """(the place of the plan's headings, the columns); the fullest other table serves the refusal."""
    nearest = Columns()
    for place, row in enumerate(rows):
        if len(row.cells) < len(NEEDED) or len({role_of(cell.text) for cell in row.cells} - {""}) < 2:
            continue
        columns = read_headings(rows, place)
        if columns.is_a_plan:
            return place, columns
        if len(columns.places) > len(nearest.places):
            nearest = columns
    found = nearest.found or next(([cell.text for cell in row.cells] for row in rows if len(row.cells) > 1), [])
    raise NotAPlan(found[:12], [role for role in NEEDED if role not in nearest.places])


# The table's rows

_SECTION_WORD = (
    r"(?:раздел|глава|направлени[ея]|блок|этап|бөлім|бағыт|тарау|кезең|часть|приоритет|басымды[қғ]|задача|міндет)"
)
_SECTION = re.compile(
    rf"(?:(?P<before>[\dIVXІХ]+(?:\.\d+)*)\s*[-–]?\s*{_SECTION_WORD}(?:і|ы)?\s*[.:–—-]?\s*"
    rf"|{_SECTION_WORD}\s*№?\s*(?P<after>[\dIVXІХ]+(?:\.\d+)*)\s*[.:)–—-]*\s*"
    r"|(?P<plain>\d+(?:\.\d+)*|[IVXІХ]+)\s*[.)]+\s*(?=\D)|(?P<roman>[IVXІХ]+)\s+[–—-]?\s*)(?P<title>.*)",
    re.IGNORECASE | re.DOTALL,
)
_TOTAL = re.compile(r"^\s*(?:итого|всего|барлығы|жиыны|жиынтығы)\b", re.IGNORECASE)
_NUMBER = re.compile(r"\s*(?P<number>[\dIVXІХ]+(?:[.\-–/]\d+)*(?:[-–]?[а-яa-z])?)\s*[.)]*\s*", re.IGNORECASE)
_NUMBERED_TITLE = re.compile(r"\s*(?P<number>\d+(?:[.\-–]\d+)*)\s*[.)]\s*(?P<title>\D.*)", re.DOTALL)
_NOTE_BEGINS = re.compile(
    r"\s*(?:примечани|ескерт|аббревиатур|расшифровк|сокращени|қысқарт|\*|сноска|список сокр|перечень сокр"
    r"|используемые|принятые)",
    re.IGNORECASE,
)


class _Body:
    """Sorts the rows behind the headings into sections and measures; what stands behind the last one is `after`."""

    def __init__(self, columns):
        self.columns = columns
        self.sections, self.measures, self.after, self.doubts = [], [], [], []
        self._bands = []  # lines that are sections if a measure follows
        self._table = None
        self._is_over = False

    def read(self, rows):
        skip = 0
        for place, row in enumerate(rows[:ROW_LIMIT]):
            if skip:
                skip -= 1
            elif self._is_heading(rows, place):
                skip = self.columns.depth - 1
                self._is_over = False
            else:
                self._sort(row, rows[place + 1] if place + 1 < len(rows) else None)
        self.after += [text for text, _line in self._bands]

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
        if self._is_over:
            self.after.append((" " if set(row.own) & set(DASHES) else " – ").join(row.own))  # a note in two columns
            return
        own = [(place, cell.text) for place, cell in enumerate(row.cells) if _is_own(cell)]
        is_repeated = len(own) == len(row.cells) and len({text for _place, text in own}) == 1
        if is_repeated or (len(own) == 1 and not self._goes_on(row, *own[0])):
            self._band(own[0][1], row)
        elif own:
            self._sort_full(row, following)

    def _is_foreign(self, row):
        """Another table, of another shape and without the headings of a plan, ends ours."""
        if row.table in (0, self._table):
            return False
        is_ours = self._table is None or len(row.cells) == self.columns.width or len(row.own) == 1
        if is_ours:
            self._table = row.table
        return not is_ours and len(row.cells) < max(map(max, (self.columns.places[role] for role in NEEDED))) + 1

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
        if _TOTAL.match(text):
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
        elif _TOTAL.match(title or number) and not columns.text(row, EXECUTORS):
            self.doubts.append(Doubt("total_row", {"text": " | ".join(row.own)}))
        elif title and not any(rest) and not columns.volume(row) and self._is_section(number, title, following):
            self._band(f"{number.strip()} {title}" if number else title, row)
        else:
            self._measure(row, number, title)

    def _is_section(self, number, title, following):
        """Number and title alone: a section, unless the number just goes on."""
        if not number or re.search("[IVXІХ]", number) or _SECTION.match(title):
            return True
        mine = number.strip(" .)")
        next_number = self.columns.text(following, NUMBER).strip(" .)") if following else ""
        if next_number.startswith(f"{mine}.") or next_number == "1":
            return True
        last = self.measures[-1].number if self.measures else "0"
        return not (mine.isdecimal() and last.isdecimal() and int(mine) == int(last) + 1)

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
        printed = read["number"] if read else squash(number)
        self.measures.append(RawMeasure(section, printed, texts, self.columns.volume(row), row.line, doubts))

    def _open_sections(self):
        for text, _line in self._bands:
            self.sections.append(_section(text))
        self._bands = []
        return len(self.sections) or None


def _is_own(cell):
    return bool(cell.text) and not cell.spread


def _section(text):
    """«1. …», «I. …», «Раздел 1. …», «1-бағыт. …»: the number as printed, and the title."""
    text = squash(text)
    match = _SECTION.fullmatch(text)
    if not match or not (match["title"].strip() or match["before"] or match["after"]):
        return PlanSection("", text)
    number = match["before"] or match["after"] or match["plain"] or match["roman"]
    return PlanSection(number, match["title"].strip() or text)


# What is understood


class _Understanding:
    """Puts the parts together; `plan()` reads what needs the whole: years, then deadlines, and bodies by the note."""

    def __init__(self, language, before, body):
        self.language, self.before, self.body = language, before, body
        self.doubts = list(body.doubts)

    def plan(self):
        act = self._act()
        cells = [split_bodies(raw.texts[EXECUTORS], self.language) for raw in self.body.measures]
        executors, short_names = self._executors(cells)
        measures = [
            self._measure(
                place, raw, [replace(named, name=short_names[normal_name(named.name)]) for named in cell], act
            )
            for place, (raw, cell) in enumerate(zip(self.body.measures, cells, strict=True), start=1)
        ]
        reporting = self._reporting()
        if self.body.columns.unused:
            self._doubt("unused_columns", columns=", ".join(f"«{squash(text)}»" for text in self.body.columns.unused))
        return Plan(self.language, act, reporting, self.body.sections, executors, measures, self.doubts)

    def _doubt(self, code, measure=None, **words):
        self.doubts.append(Doubt(code, words, measure))

    def _act(self):
        act = read_act(self.before, self.body.after, self.language)
        for code, value in (("no_number", act.number), ("no_date", act.date), ("no_title", act.title)):
            if not value:
                self._doubt(code)
        if act.first_year is None:
            act = replace(act, **dict(zip(("first_year", "last_year"), self._years(act), strict=True)))
        return act

    def _years(self, act):
        """The title names no years: what the deadlines name, else the act's own year."""
        named = years_of(" ".join(line for line in self.before if re.search(r"план|жоспар|карт", line, re.I))[-1500:])
        days = [
            day
            for raw in self.body.measures
            for period in deadlines.parse(raw.texts[DEADLINE]).periods
            for day in (period.starts_on, period.ends_on)
            if day
        ]
        if named[0]:
            first, last = named
        elif days:
            first, last = min(days).year, max(days).year
            first = min(first, act.date.year) if act.date and act.date.year <= last else first
        else:
            first = last = act.date.year if act.date else None
        self._doubt("years_not_named", first=first or "—", last=last or "—")
        return first, last

    def _reporting(self):
        reporting = read_reporting(self.before)
        if not (reporting.frequency and reporting.executors_due_day and reporting.ministry_due_day):
            self._doubt("reporting_not_whole")
        for code in reporting.doubts:
            self._doubt(code)
        return reporting

    def _executors(self, cells):
        """(the bodies, each once, {normal form: the name that stands for it})."""
        spellings = {}
        for named in (named for cell in cells for named in cell):
            spellings.setdefault(normal_name(named.name), Counter())[named.name] += 1
        spelt = [name for names in spellings.values() for name in names]
        notes = (read_note("\n".join(lines), spelt, self.language) for lines in (self.body.after, self.before))
        note = next(filter(None, notes), {})
        by_short = {normal_name(short): (short, full) for short, full in note.items()}
        by_full = {normal_name(full): key for key, (_short, full) in by_short.items()}
        bodies, short_names = {}, {}
        for normal, names in spellings.items():
            key = by_full.get(normal, normal) if normal not in by_short else normal
            most = max(names.values())
            spelt = next(name for name, count in names.items() if count == most)
            short, full = by_short.get(key, (spelt, ""))
            short = short if normal in by_short or key != normal else spelt
            short_names[normal] = bodies.setdefault(key, PlanExecutor(short, full)).short_name
        for body in bodies.values():
            if not body.full_name:
                self._doubt("no_full_name", name=body.short_name)
        return list(bodies.values()), short_names

    def _measure(self, place, raw, bodies, act):
        years = (act.first_year, act.last_year) if act.first_year else None
        deadline = deadlines.parse(raw.texts[DEADLINE], years)
        for code in dict.fromkeys(raw.doubts):
            self._doubt(code, place)
        if deadline.doubt:
            self._doubt(f"deadline_{deadline.doubt}", place, text=deadline.text)
        if not squash(raw.texts[TITLE]):
            self._doubt("no_measure_title", place)
        once = {}
        for named in bodies:
            before = once.get(named.name)
            lead = named.lead or bool(before and before.lead)
            agreed = named.by_agreement or bool(before and before.by_agreement)
            once[named.name] = replace(named, by_agreement=agreed, lead=lead)
        if not once:
            self._doubt("no_executors", place)
        funding, volume = read_funding(raw.texts[FUNDING], raw.volume)
        return PlanMeasure(
            raw.section, raw.number, squash(raw.texts[TITLE]), squash(raw.texts[FORM]), tuple(once.values()), deadline,
            funding, volume, raw.line,
        )  # fmt: skip


_NOTHING = re.compile(
    r"(?:финансировани\w*\s+)?не\s+требу\w+(?:\s+финансировани\w*)?|(?:қаржыландыру\s+)?(?:талап\s+етілмейді|қажет\s+емес"
    r"|талап\s+етпейді|қажет\s+етілмейді)|без\s+финансировани\w*|нет|жоқ|[-–—―\s.x×х]*",
    re.IGNORECASE,
)
_SUM = re.compile(r"\d[\d\s.,]*\s*(?:млн|млрд|тыс|мың|тг|тенге|теңге)|(?<![№\d-])\d{3,}(?:[.,]\d+)?", re.IGNORECASE)


def read_funding(text: str, volume: str) -> tuple[tuple[str, ...], str | None]:
    """(the sources, the volume as written or None); «не требуется» and «талап етілмейді» are no source."""
    volume = squash(volume)
    sources = [squash(part).strip(" .;") for part in re.split(r"[;\n]|,(?!\d)(?![^()«»]*[)»])", text)]
    sources = [source for source in sources if not _NOTHING.fullmatch(source)]
    if any(_SUM.search(source) for source in sources) and not volume:
        volume = squash(text)
    sources = [re.sub(r"\s+", " ", _SUM.sub("", source)).strip(" –—-:()") or source for source in sources]
    return tuple(dict.fromkeys(sources)), None if _NOTHING.fullmatch(volume) else volume
