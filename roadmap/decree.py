"""The text of an act -> a plan: `parse(tables.read(content))`. What cannot be told is kept and doubted, never guessed.

1 find the table by its headings (a table of another shape is refused); 2 sort its rows: section, measure, what goes on
from the row above; 3 read the act around the table: number, date, title, years, reporting clause, abbreviations;
4 read each measure's deadline and bodies with what is known by then.
"""

import re
from collections import Counter
from dataclasses import replace

from . import deadlines
from .bodies import merged, normal_name, read_note, split_bodies
from .headings import (
    DEADLINE,
    EXECUTORS,
    FORM,
    FUNDING,
    NEEDED,
    TITLE,
    Columns,
    read_headings,
    role_of,
)
from .letters import squash
from .plan import Doubt, Plan, PlanExecutor, PlanMeasure
from .plan_table import Body, lines_of
from .preamble import read_act, read_reporting, years_of
from .tables import Row

PREAMBLE = 30_000  # letters


class NotAPlan(Exception):
    """No table with the columns of a plan; `found` lists its headings, `missing` the roles that lack."""

    def __init__(self, found, missing):
        super().__init__(found, missing)
        self.found, self.missing = found, missing


def parse(rows: list[Row], language: str | None = None) -> Plan:
    """Return the plan of an act's rows in its language; NotAPlan where they hold none."""
    start, columns = _find_headings(rows)
    before = _nearest([line for row in rows[:start] for line in lines_of(row)])
    language = language or ("kk" if _is_in_kazakh(rows) else "ru")
    body = Body(columns)
    body.read(rows[start + columns.depth :])
    if not body.measures:
        raise NotAPlan(columns.found, ["measures"])
    return _Understanding(language, before, body).plan()


def _nearest(lines):
    """The act's first lines and those right above its table; a whole programme may stand between them."""
    lines = [line[:PREAMBLE] for line in lines]
    head, tail = [], []
    for kept, source in ((tail, lines[::-1]), (head, lines)):
        room = PREAMBLE
        for line in source[: len(lines) - len(tail)]:
            if len(line) > room:
                break
            kept.append(line)
            room -= len(line)
    return head + tail[::-1]


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


# What is understood

# «Министерство здравоохранения (далее – МЗ)», «… министрлігі (ЦДИАӨМ)»
_HENCEFORTH = re.compile(
    r"(?P<full>\S+\s.+?)\s*\((?:(?i:далее|бұдан әрі)\s*[-–—:]?\s*|(?=[А-ЯӘҒҚҢӨҰҮҺІ]{2,}\)))(?P<short>[^(),]+)\)"
)


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
        note = self._named_in_passing(spelt) | next(filter(None, notes), {})
        by_short = {normal_name(short): (short, full) for short, full in note.items()}
        by_full = {normal_name(full): key for key, (_short, full) in by_short.items()}
        by_full |= self._begun(spellings, by_full)
        bodies, short_names = {}, {}
        for normal, names in spellings.items():
            key = by_full.get(_in_full(normal, names), normal) if normal not in by_short else normal
            most = max(names.values())
            spelt = next(name for name, count in names.items() if count == most)
            short, full = by_short.get(key, (spelt, ""))
            short = short if normal in by_short or key != normal else spelt
            short_names[normal] = bodies.setdefault(key, PlanExecutor(short, full)).short_name
        for body in bodies.values():
            if not body.full_name:
                self._doubt("no_full_name", name=body.short_name)
        return list(bodies.values()), short_names

    def _begun(self, spellings, by_full):
        """A cell has only the beginning of a name in full («управление сельского хозяйства … [акимата области]»)."""
        begun = {}
        for normal, names in spellings.items():
            fits = [full for full in by_full if full.startswith(f"{normal} ")] if normal.count(" ") > 2 else []
            if len(fits) == 1 and normal not in by_full:
                begun[normal] = by_full[fits[0]]
                self._doubt("taken_for", name=next(iter(names)), full_name=fits[0])
        return begun

    def _named_in_passing(self, names):
        """«Министерство здравоохранения (далее – МЗ)» in a cell is a note too."""
        found = (_HENCEFORTH.fullmatch(name) for name in names)
        return {match["short"].strip(): match["full"].strip() for match in found if match}

    def _measure(self, place, raw, bodies, act):
        years = (act.first_year, act.last_year) if act.first_year else None
        deadline = deadlines.parse(raw.texts[DEADLINE], years)
        for code in dict.fromkeys(raw.doubts):
            self._doubt(code, place)
        if deadline.doubt:
            self._doubt(f"deadline_{deadline.doubt}", place, text=deadline.text)
        if not squash(raw.texts[TITLE]):
            self._doubt("no_measure_title", place)
        bodies = merged(bodies)
        if not bodies:
            self._doubt("no_executors", place)
        funding, volume = read_funding(raw.texts[FUNDING], raw.volume)
        return PlanMeasure(
            raw.section, raw.number, squash(raw.texts[TITLE]), squash(raw.texts[FORM]), bodies, deadline,
            funding, volume, raw.line,
        )  # fmt: skip


_NOTHING = re.compile(
    r"(?:финансировани\w*\s+)?не\s+требу\w+(?:\s+финансировани\w*)?|(?:қаржыландыру\s+)?(?:талап\s+етілмейді|қажет\s+емес"
    r"|талап\s+етпейді|қажет\s+етілмейді)|без\s+финансировани\w*|нет|жоқ|[-–—―\s.x×х]*",
    re.IGNORECASE,
)
_SUM = re.compile(r"\d[\d\s.,]*\s*(?:млн|млрд|тыс|мың|тг|тенге|теңге)|(?<![№\d-])\d{3,}(?:[.,]\d+)?", re.IGNORECASE)


def _in_full(normal, names):
    """The normal form without «(далее – …)»."""
    match = _HENCEFORTH.fullmatch(next(iter(names)))
    return normal_name(match["full"]) if match else normal


def read_funding(text: str, volume: str) -> tuple[tuple[str, ...], str | None]:
    """(the sources, the volume as written or None); «не требуется» and «талап етілмейді» are no source."""
    volume = squash(volume)
    sources = [squash(part).strip(" .;") for part in re.split(r"[;\n]|,(?!\d)(?![^()«»]*[)»])", text)]
    sources = [source for source in sources if not _NOTHING.fullmatch(source)]
    if any(_SUM.search(source) for source in sources) and not volume:
        volume = squash(text)
    sources = [re.sub(r"\s+", " ", _SUM.sub("", source)).strip(" –—-:()") or source for source in sources]
    return tuple(dict.fromkeys(sources)), None if _NOTHING.fullmatch(volume) else volume
