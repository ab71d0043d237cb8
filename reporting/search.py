"""Search over measures and what was said of them, as far as the reader may see it.

1 find where all the words stand together: in a measure's own words, in what was said of a measure in one half-year
(the ministry and every executor, in the valid approved summary), or in an entry that the reader may see before that;
2 where they stand nowhere, look for near words in the newest of these places; 3 load the places of one page alone.
"""

import json
from dataclasses import dataclass, field

from django.db.models import F, Func, Q, TextField, Value
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from roadmap.models import Measure, User

from . import words
from .models import ProgressEntry, Submission, Summary, SummaryLine

MOST_PLACES = 2000  # of each kind in one answer
MOST_NEAR = 1000  # of each kind, looked through word by word
PLACES_OF_A_MEASURE = 5
VOICES_OF_A_PLACE = 3
MEASURE, LINE, ENTRY = "measure", "line", "entry"


def _said(source):
    return "\n".join(
        report[name] for report in json.loads(source)["reports"] for name in ("narrative", "obstacles", "reason")
    )


class Folded(Func):
    """The folded words of some columns; PostgreSQL's function is made by a migration, and has its index."""

    function = "reporting_folded"
    output_field = TextField()

    def as_sqlite(self, compiler, connection, **context):
        connection.ensure_connection()
        taught = connection.connection
        taught.create_function("reporting_folded", -1, _folded, deterministic=True)
        taught.create_function("reporting_said", 1, _said, deterministic=True)
        return super().as_sql(compiler, connection, **context)


def _folded(*parts):
    return words.fold(words.composed("\n".join(part for part in parts if part)))


@dataclass(frozen=True)
class Place:
    """Where words were found: a measure's own row, a line of an approved summary, or an entry."""

    kind: str
    pk: int
    period: tuple[int, int] = (0, 0)


@dataclass
class Found:
    """A measure with the places where the words stand, the newest first."""

    measure: int
    places: list[Place] = field(default_factory=list)

    @property
    def is_named(self):
        return any(place.kind == MEASURE for place in self.places)


@dataclass(frozen=True)
class Answer:
    """The measures that were found, and the folded words to mark; near ones where the typed stand nowhere."""

    found: list[Found]
    marked: tuple[str, ...]
    is_near: bool = False


def _sources(user, roadmap):
    """(kind, rows with `words` and the half-year) of everything that the reader may see."""
    titles = [f"{name}_{code}" for name in ("title", "completion_form") for code in ("kk", "ru", "en")]
    measures = Measure.objects.filter(roadmap=roadmap).annotate(
        words=Folded("number", *titles), at_measure=F("pk"), at_year=Value(0), at_number=Value(0)
    )
    lines = SummaryLine.objects.filter(
        summary__in=Summary.objects.valid().filter(period__roadmap=roadmap).order_by()
    ).annotate(
        words=Folded("text_kk", "text_ru", Func("source", function="reporting_said", output_field=TextField())),
        at_measure=F("measure"),
        at_year=F("summary__period__year"),
        at_number=F("summary__period__number"),
    )
    entries = _entries(user, roadmap).annotate(
        words=Folded("narrative", "obstacles", "reason"),
        at_measure=F("measure"),
        at_year=F("submission__period__year"),
        at_number=F("submission__period__number"),
    )
    return [(MEASURE, measures), (LINE, lines), (ENTRY, entries)]


def _entries(user, roadmap):
    """An executor's own, drafts too; of the ministry's roadmaps what is sent. What a summary holds is found there."""
    seen = Submission.objects.for_user(user).filter(period__roadmap=roadmap)
    if user.role != User.Role.EXECUTOR:
        seen = seen.reported()
    entries = ProgressEntry.objects.filter(submission__in=seen.values("pk"))
    return entries.exclude(submission__period__locked_at__isnull=False, submission__status__in=Submission.REPORTED)


def search(user, roadmap, typed):
    """Find the folded words `typed`; measures of that number first, then those so named, in the roadmap's order."""
    if not typed:
        return Answer([], ())
    sources = _sources(user, roadmap)
    found = _group(_all_together(sources, typed))
    if found:
        return Answer(_ordered(found, roadmap, typed), tuple(typed))
    places, near = _near(sources, typed)
    return Answer(_ordered(_group(places), roadmap, typed), tuple(near | set(typed)), is_near=bool(near))


def _newest(rows, *columns, limit):
    return rows.order_by("-at_year", "-at_number", "pk").values_list(
        "at_measure", "pk", "at_year", "at_number", *columns
    )[:limit]


def _all_together(sources, typed):
    condition = Q(*(Q(words__contains=word) for word in typed))
    for kind, rows in sources:
        for measure, pk, year, number in _newest(rows.filter(condition), limit=MOST_PLACES):
            yield measure, Place(kind, pk, (year, number))


def _near(sources, typed):
    """Return the places where each word has a near one, and those near words."""
    neighbours = {word: set() for word in typed}
    known = set()
    places, near = [], set()
    for kind, rows in sources:
        for measure, pk, year, number, folded in _newest(rows, "words", limit=MOST_NEAR):
            there = words.folded_words(folded)
            for word, found in neighbours.items():
                found.update(other for other in there - known if words.is_near(word, other))
            known |= there
            # What stands for a word in a text: itself, or its near words.
            met = [{word} if word in folded else found & there for word, found in neighbours.items()]
            if all(met):
                places.append((measure, Place(kind, pk, (year, number))))
                near.update(*met)
    return places, near - set(typed)


def _group(places):
    """{measure: Found}."""
    grouped = {}
    for measure, place in places:
        grouped.setdefault(measure, Found(measure)).places.append(place)
    return grouped


def _ordered(found, roadmap, typed):
    if not found:
        return []
    rows = dict(Measure.objects.filter(roadmap=roadmap).values_list("pk", "number"))
    order = {pk: place for place, pk in enumerate(rows)}
    for one in found.values():
        one.places.sort(key=lambda place: place.period, reverse=True)
    return sorted(
        found.values(),
        key=lambda one: ([words.fold(rows[one.measure])] != typed, not one.is_named, order[one.measure]),
    )


# What a page shows of it


@dataclass(frozen=True)
class Passage:
    """The words where they stand: in which half-year, whose, and the row that a link leads to."""

    row: object
    kind: str
    period: str
    who: str
    state: str
    pieces: list[tuple[str, bool]]


@dataclass(frozen=True)
class Hit:
    measure: Measure
    title: list[tuple[str, bool]]
    title_kk: list[tuple[str, bool]]  # empty where the reader's is the same
    also: list[list[tuple[str, bool]]]  # the measure's other words, where they were found
    passages: list[Passage]
    more: int


def hits(found, marked, roadmap):
    """Load what one page shows, with its passages."""
    shown = {one.measure: [place for place in one.places if place.kind != MEASURE] for one in found}
    chosen = [place for places in shown.values() for place in places[:PLACES_OF_A_MEASURE]]
    lines = (
        SummaryLine.objects.select_related("summary__period__roadmap")
        .defer("summary__frozen")
        .in_bulk(_keys(chosen, LINE))
    )
    entries = ProgressEntry.objects.select_related("submission__period__roadmap", "submission__executor", "measure")
    rows = {LINE: lines, ENTRY: entries.in_bulk(_keys(chosen, ENTRY)) if _keys(chosen, ENTRY) else {}}
    measures = Measure.objects.select_related("roadmap").in_bulk(list(shown))
    return [_hit(measures[pk], places, rows, marked, roadmap) for pk, places in shown.items()]


def as_written(hits):
    """Return the marked words of these hits as the texts have them, each once."""
    pieces = [text for hit in hits for text in (hit.title_kk, hit.title)] + [text for hit in hits for text in hit.also]
    pieces += [passage.pieces for hit in hits for passage in hit.passages]
    return list(dict.fromkeys(piece.lower() for text in pieces for piece, is_found in text if is_found))


def _keys(places, kind):
    return [place.pk for place in places if place.kind == kind]


def _hit(measure, places, rows, marked, roadmap):
    passages = []
    for place in places[:PLACES_OF_A_MEASURE]:
        row = rows[place.kind][place.pk]
        voices = _line_voices(row, roadmap) if place.kind == LINE else _entry_voices(row)
        period = row.summary.period if place.kind == LINE else row.submission.period
        passages += [
            Passage(row, place.kind, str(period), who, state, words.passage(text, marked))
            for who, state, text in _loudest(voices, marked)
        ]
    title_kk = measure.title_kk if measure.title_kk != measure.title else ""
    others = {measure.title_ru, measure.title_en, measure.completion_form} - {measure.title, ""}
    return Hit(
        measure=measure,
        title=_whole(measure.title, marked),
        title_kk=_whole(title_kk, marked),
        also=[_whole(text, marked) for text in sorted(others) if words.occurrences(words.composed(text), marked)],
        passages=passages,
        more=max(len(places) - PLACES_OF_A_MEASURE, 0),
    )


def _whole(text, marked):
    """The whole text in pieces; titles are short."""
    text = words.composed(text)
    pieces, place = [], 0
    for first, last in words.occurrences(text, marked):
        pieces += [(text[place:first], False), (text[first:last], True)]
        place = last
    return [piece for piece in [*pieces, (text[place:], False)] if piece[0]]


def _line_voices(line, roadmap):
    """(who, state, text) of a line of an approved summary; the executors' words as they were frozen."""
    ministry = roadmap.coordinator.short_name
    yield from ((ministry, "", text) for text in (line.text_kk, line.text_ru) if text)
    for report in line.source["reports"]:
        text = "\n".join(report[name] for name in ("narrative", "obstacles", "reason") if report[name])
        if text:
            yield report["names"][get_language()], "", text


def _entry_voices(entry):
    text = "\n".join(part for part in (entry.narrative, entry.obstacles, entry.reason) if part)
    state = "" if entry.is_sent else _("draft, only your own body sees it")
    yield entry.submission.executor.short_name, state, text


def _loudest(voices, marked):
    """The voices with the most of the words, in their order."""
    counted = [(len(set(_heard(text, marked))), voice) for voice in voices for text in [voice[2]]]
    best = sorted((count for count, _voice in counted if count), reverse=True)[:VOICES_OF_A_PLACE]
    return [voice for count, voice in counted if best and count >= best[-1]][:VOICES_OF_A_PLACE]


def _heard(text, marked):
    folded = words.fold(words.composed(text))
    return (word for word in marked if word in folded)
