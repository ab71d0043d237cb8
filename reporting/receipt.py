"""What was sent, or will be, as the ministry reads it: the kept JSON of a round in the words of that day."""

import datetime
from dataclasses import dataclass

from django.utils.translation import get_language

from roadmap import clock
from roadmap.models import FundingSource, Measure

from .models import ProgressEntry
from .terms import counting_words


@dataclass(frozen=True)
class Heading:
    """What stands above the measures of a receipt."""

    executor: str
    act: str
    sent_by: str
    due: str
    is_late: bool


def read_heading(sent) -> Heading:
    """Return the names and the due day as they were when it was sent; today's, of older rounds, which kept none."""
    kept = sent.heading or sent.submission.as_heading(sent.sent_by)
    due_on = datetime.date.fromisoformat(kept["due_on"])
    # Headings kept before terms counted until working days were judged by the day itself.
    effective_on = datetime.date.fromisoformat(kept.get("effective_due_on", kept["due_on"]))
    return Heading(
        executor=kept["executor"][get_language()],
        act=kept["act"][get_language()],
        sent_by=kept["sent_by"],
        due=counting_words(due_on, effective_on),
        is_late=clock.day_of(sent.sent_at) > effective_on,
    )


@dataclass(frozen=True)
class SentMeasure:
    """One measure of a payload; `sent` holds its values as they were kept."""

    measure: Measure
    sent: dict
    status: str
    label: str
    document_date: datetime.date | None
    money: list
    title: str
    title_kk: str


def read_payload(payload):
    """Return a SentMeasure for each measure, in the decree's order."""
    measures = Measure.objects.in_bulk([sent["measure"] for sent in payload])
    funded = any(sent["money"] for sent in payload)
    sources = {source.code: source for source in FundingSource.objects.all()} if funded else {}
    return [_sent_measure(sent, measures[sent["measure"]], sources) for sent in payload if sent["measure"] in measures]


def _sent_measure(sent, measure, sources):
    day = sent["document_date"]
    return SentMeasure(
        measure=measure,
        sent=sent,
        status=sent["status"],
        label=ProgressEntry.Status(sent["status"]).label if sent["status"] else "",
        document_date=datetime.date.fromisoformat(day) if day else None,
        money=[money | {"source": _source_name(money, sources)} for money in sent["money"]],
        **_titles(sent, measure),
    )


def _source_name(money, sources):
    return money["names"][get_language()] if "names" in money else sources.get(money["source"], money["source"])


def _titles(sent, measure):
    """As they were; rounds that were sent before titles were kept have the measure's."""
    titles = sent.get("titles")
    if titles:
        return {"title": titles[get_language()], "title_kk": titles["kk"]}
    return {"title": measure.title, "title_kk": measure.title_kk}
