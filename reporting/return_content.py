"""What the Excel return shows of a submission: the decree's columns, the draft, the half-year before."""

from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from .models import ProgressEntry
from .return_form import Form, Row, columns_of, row_key, seal, yes_no
from .terms import deadline_words, due_words

Status = ProgressEntry.Status
PREFILLED = ("document_name", "document_number", "document_date", "is_whole_measure")


def entries_of(submission):
    """The submission's entries with all that the return shows, in the decree's order."""
    entries = list(submission.entries.in_order().with_details().select_related("measure__section", "edited_by"))
    for entry in entries:
        entry.submission = submission
    return entries


def form_of(submission, language):
    """What the workbook shows, in the language that is active."""
    entries = entries_of(submission)
    period, roadmap = submission.period, submission.period.roadmap
    previous = {entry.measure_id: entry for entry in ProgressEntry.objects.of_previous_period(submission)}
    accepted = {entry.measure_id: entry for entry in ProgressEntry.objects.accepted_before(submission)}
    return Form(
        language=language,
        title=_("Report on the %(period)s") % {"period": period},
        frequency=roadmap.frequency,
        roadmap=roadmap.title,
        period=str(period),
        executor=submission.executor.full_name,
        short_name=submission.executor.short_name,
        due_on=due_words(submission),
        first_day=roadmap.date,
        columns=columns_of(roadmap, sources_of(entries)),
        rows=tuple(
            _row(entry, previous.get(entry.measure_id), accepted.get(entry.measure_id), period) for entry in entries
        ),
        seal=seal(_passport(submission, entries, language)),
    )


def _passport(submission, entries, language):
    """Whose return of what it is, and which revisions its values were read at."""
    return {
        "serial": get_random_string(16),
        "roadmap": submission.period.roadmap.slug,
        "period": submission.period.code,
        "executor": submission.executor_id,
        "submission": submission.pk,
        "language": language,
        "revisions": {str(entry.pk): entry.revision for entry in entries},
    }


def sources_of(entries):
    """The sources that fund any of the measures, each once."""
    return list({money.source_id: money.source for entry in entries for money in entry.expenditures.all()}.values())


def _row(entry, previous, accepted, period):
    measure = entry.measure
    return Row(
        key=row_key(entry),
        section=str(measure.section or ""),
        decreed=_decreed(entry, previous),
        values=_values(entry, accepted),
        open=frozenset(open_fields(entry, period)),
    )


def _decreed(entry, previous):
    measure = entry.measure
    original = measure.title_kk if measure.title_kk != measure.title else ""
    others = [
        f"{other.executor.short_name} {_('(by agreement)')}" if other.by_agreement else other.executor.short_name
        for other in measure.assignments.all()
        if other.executor_id != entry.submission.executor_id
    ]
    sources = [source.name for source in measure.funding_sources.all()]
    cells = {
        "number": measure.number,
        "completion_form": measure.completion_form,
        "deadline": deadline_words(measure),
        "others": "\n".join(others) or _("none"),
        "funding": ", ".join(sources) or _("not required"),
    }
    return {name: [(text, "plain")] for name, text in cells.items() if text} | {
        "title": [(measure.title, "strong"), *([(original, "aside")] if original else [])],
        "before": list(_before(previous)) if previous else [],
    }


def _before(previous):
    percent = "" if previous.percent is None else f", {previous.percent}\xa0%"
    yield f"{previous.get_status_display()}{percent}", "strong"
    for text in (previous.narrative, previous.reason):
        if text:
            yield text, "plain"


def open_fields(entry, period):
    """The fields of its form that the measure asks for."""
    yield from ("status", "percent", "narrative", "obstacles", "reason")
    yield from ("document_name", "document_number", "document_date")
    if not entry.measure.is_due_by(period.covers_to):
        yield from ("is_whole_measure", "is_impossible")
    for money in entry.expenditures.all():
        yield from money_fields(money)


def money_fields(money):
    code = money.source.code
    return f"planned_{code}", f"spent_{code}", f"money_reason_{code}"


def _values(entry, accepted):
    """What stands in the cells: the draft; where nothing was typed yet, the state accepted last."""
    is_untouched = entry.percent is None and not any(getattr(entry, name) for name in ProgressEntry.DRAFT_FIELDS)
    values = _shown(entry, ProgressEntry.DRAFT_FIELDS)
    if is_untouched and accepted:
        names = ("status", "percent", *(PREFILLED if accepted.status == Status.DONE else ()))
        values |= _shown(accepted, names)
    for money in entry.expenditures.all():
        values |= dict(zip(money_fields(money), (money.planned, money.spent, money.reason), strict=True))
    return values


def _shown(entry, names):
    """The values as a reader sees them: a status by its name, yes, a number, a date, a text."""
    yes, _no = map(str, yes_no())
    shown = {name: getattr(entry, name) for name in names}
    for name, value in shown.items():
        if name == "status":
            shown[name] = str(entry.get_status_display()) if value else ""
        elif isinstance(value, bool):
            shown[name] = yes if value else ""
    return shown
