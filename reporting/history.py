"""One measure's history: what the approved summaries said of it, half-year by half-year."""

from dataclasses import dataclass

from django.utils import translation

from . import document_words
from .document import decreed
from .document_content import Row
from .facts import Fact
from .glance import (
    HalfYear,
    Known,
    MeasureState,
    after,
    as_amended,
    decreed_state,
    extensions_on,
    noted,
    read_facts,
    told_state,
)
from .models import Summary

ROWS = "frozen__documents__{language}__rows__{place}"


@dataclass(frozen=True)
class Chapter:
    """What a half-year's summary said of the measure, and what was known of it then."""

    half_year: HalfYear
    row: Row
    fact: Fact
    known: Known

    @property
    def period(self):
        return self.half_year.period

    @property
    def summary(self):
        return self.half_year.summary


def history(summaries, position, language) -> list[Chapter]:
    """Read the measure's rows alone out of the frozen documents, oldest first; half-years that lack it have none."""
    half_years = read_facts(summaries, language)
    rows = _rows(half_years, position, language)
    chapters, known = [], Known()
    for half_year in half_years:
        row = rows.get(half_year.summary.pk)
        if row is None:
            continue
        fact = half_year.facts.measures[_place(half_year.facts, position)]
        known = after(fact, known)
        chapters.append(Chapter(half_year, row, fact, known))
    return chapters


def state(roadmap, measure, chapters, day, acts) -> MeasureState:
    """How the measure stands on that day, by its last chapter, or as decreed."""
    extensions = extensions_on(roadmap, day)
    if not chapters:
        return noted(acts, measure, day, decreed_state(roadmap, acts.as_of(measure, day), 0, day, extensions))
    last = chapters[-1]
    fact, row = as_amended(last.fact, last.row, measure, acts, last.half_year.approved_on, day)
    return noted(acts, measure, day, told_state(roadmap, row, fact, last.known, day, extensions))


def decreed_columns(measure, acts, day) -> list[tuple[str, str, str]]:
    """(heading, in Kazakh, in the reader's language) of the decree's columns after the title, in force on that day."""
    measure = acts.as_of(measure, day)
    with translation.override("kk"):
        in_kazakh = decreed(measure)
    own = decreed(measure)
    del own["title"]
    headings = document_words.headings()[2:]
    return [(heading, in_kazakh[name], own[name]) for heading, name in zip(headings, own, strict=False)]


def _place(facts, position):
    """Facts stand in the order of the document's rows."""
    return next((place for place, fact in enumerate(facts.measures) if fact.position == position), None)


def _rows(half_years, position, language):
    """{summary's pk: the measure's row}; one query for all documents that hold it at the same place."""
    at_place = {}
    for half_year in half_years:
        at_place.setdefault(_place(half_year.facts, position), []).append(half_year.summary.pk)
    at_place.pop(None, None)
    rows = {}
    for place, summaries in at_place.items():
        found = Summary.objects.filter(pk__in=summaries)
        rows |= found.values_list("pk", ROWS.format(language=language, place=place))
    return {pk: Row.read(values) for pk, values in rows.items()}
