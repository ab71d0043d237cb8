"""A summary as a document in one language: what the page shows, the workbook prints and the approval freezes.

Built here, in the shape of `document_content`, from the lines of a summary.
"""

import datetime
from dataclasses import asdict, replace

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from . import annex, document_words, rollup
from .amended import acts_of
from .changes import compare
from .document_content import Attendance, Document, Progress, Row
from .facts import facts_of
from .models import OffControl, ProgressEntry, ReportingPeriod, Summary, SummaryLine
from .terms import deadline_words, due_words, with_extensions

SCHEMA = 3  # 1 had no facts, 2 no annex and no comparisons
Status = SummaryLine.Status


def document(summary, language, *, made_at, leaving=frozenset()) -> Document:
    """Build the document of a summary from its lines, in that language; `leaving` measures (pks) say so."""
    with translation.override(language):
        return _document(summary, language, made_at, leaving)


def frozen_documents(summary, at, leaving) -> dict:
    """Return the frozen JSON of an approval: {"schema", "roadmap", "period", "documents": {language: …}, "facts"}."""
    documents = {}
    for code, _name in settings.LANGUAGES:
        made = with_comparisons(document(summary, code, made_at=at, leaving=leaving), summary)
        documents[code] = asdict(replace(made, is_approved=True))
    return {
        "schema": SCHEMA,
        "roadmap": summary.period.roadmap.slug,
        "period": summary.period.code,
        "documents": documents,
        "facts": asdict(facts_of(summary, at)),
    }


def with_comparisons(made: Document, summary) -> Document:
    """Say what changed against the half-year before, and, in a correction, against the version that it corrects."""
    period = summary.period
    before = ReportingPeriod.objects.filter(roadmap=period.roadmap_id).at(period.interval.previous)
    valid = Summary.objects.valid().with_shown(made.language)
    earlier = valid.filter(period__in=before).first()
    corrected = valid.filter(period=period, version__lt=summary.version).first()
    return replace(
        made,
        changes=earlier and compare(Document.read(earlier.shown), made),
        corrections=corrected and compare(Document.read(corrected.shown), made, summary.correction_reason),
    )


def _document(summary, language, made_at, leaving):
    period, roadmap = summary.period, summary.period.roadmap
    lines = _lines(summary)
    sections = list(roadmap.sections.order_by("position"))
    index = {section.pk: place for place, section in enumerate(sections)}
    has_others = any(line.measure.section_id is None for line in lines)
    titles = section_titles(sections, has_others)
    with translation.override("kk"):
        titles_kk = section_titles(sections, has_others)
    outside = len(sections) if titles else None
    later_days = annex.later_days(roadmap, made_at)
    acts = acts_of([line.measure_id for line in lines])
    rows = []
    for line in lines:
        row = _row(line, index.get(line.measure.section_id, outside), period, line.measure_id in leaving, acts)
        rows.append(replace(row, **annex.fields(row, line.measure, roadmap, later_days)))
    return Document(
        language=language,
        title=_("Consolidated information on the progress of the roadmap"),
        roadmap=roadmap.title,
        act=roadmap.act,
        period=period.label,
        reference=summary.reference,
        version=summary.version,
        made_on=date_format(made_at.astimezone(rollup.clock.ZONE).date()),
        made_at=made_at.isoformat(),
        is_approved=summary.is_approved,
        headings=tuple(document_words.headings()),
        labels=document_words.labels(roadmap),
        sections=tuple(titles),
        rows=tuple(rows),
        statuses=tuple(Status.values),
        status_labels=tuple(str(label) for label in Status.labels),
        **_counted(rows, range(len(titles))),
        attendance=tuple(_attendance(period, made_at)),
        sections_kk=tuple(titles_kk),
        coordinator=roadmap.coordinator.full_name,
        roadmap_kk=roadmap.title_kk or roadmap.title,
    )


def _lines(summary):
    return list(
        summary.lines.in_order()
        .select_related("measure__section")
        .prefetch_related(
            "measure__assignments__executor", "measure__funding_sources", with_extensions("measure__petitions")
        )
    )


def _counted(rows, sections):
    """How many rows of each section have which status, and how many are overdue."""
    own = [[row for row in rows if row.section == place] for place in sections]
    return {
        "counts": tuple(tuple(sum(row.status == status for row in each) for status in Status.values) for each in own),
        "overdue": tuple(sum(row.is_overdue for row in each) for each in own),
    }


def section_titles(sections, has_others):
    """The sections' headings, and one for measures without a section, in the language that is active."""
    return [*map(str, sections), *([_("Measures outside the sections")] if has_others else [])]


def row_of(line, acts) -> Row:
    """One line as it is shown, in the language that is active; `acts` are those of its measure."""
    return _row(line, None, line.summary.period, False, acts)


def _row(line, section, period, is_leaving, acts):
    measure, source = line.measure, line.source
    overdue = line.is_overdue(measure, period)
    return Row(
        section=section,
        position=line.position,
        number=measure.number,
        **decreed(measure),
        **_decreed_in_kazakh(measure),
        status=line.status,
        status_label=str(Status(line.status).label),
        notes=(*_notes(line, overdue, is_leaving), *acts.notes(measure)),
        is_overdue=overdue,
        percent=line.percent,
        expected=source["expected"],
        reported=source["reported"],
        reported_label=_("%(reported)s of %(expected)s reported")
        % {"reported": source["reported"], "expected": source["expected"]},
        text=_ministry_text(line) or "—",
        progress=tuple(_progress(report) for report in source["reports"]),
        documents="\n".join(_unique(_document_words(report) for report in source["reports"])),
        money=tuple(
            {
                "source": money["names"][translation.get_language()],
                "planned": money["planned"],
                "spent": money["spent"],
            }
            for money in source["money"]
        ),
    )


def decreed(measure) -> dict[str, str]:
    """The decree's columns of a measure, in the language that is active."""
    return {
        "title": measure.title,
        "completion_form": measure.completion_form,
        "executors": ", ".join(_executor_words(assignment) for assignment in measure.assignments.all()),
        "deadline": deadline_words(measure),
        "funding": ", ".join(source.name for source in measure.funding_sources.all()) or _("not required"),
    }


def _decreed_in_kazakh(measure):
    with translation.override("kk"):
        return {f"{name}_kk": words for name, words in decreed(measure).items()}


def _executor_words(assignment):
    name = assignment.executor.short_name
    return " ".join([name, _("(by agreement)")]) if assignment.by_agreement else name


def _ministry_text(line):
    """The ministry writes Kazakh and Russian; English readers get the Russian, as the nearer one."""
    if translation.get_language() == "kk":
        return line.text_kk
    return line.text_ru or line.text_kk


def _notes(line, overdue, is_leaving):
    if overdue:
        yield _("overdue")
    late = line.status == Status.DONE and _late_document(line)
    if late:
        yield _("done late: the deadline was %(deadline)s, the document is of %(document)s") % {
            "deadline": date_format(line.measure.due_on),
            "document": date_format(late),
        }
    if is_leaving:
        yield _("taken off control with this approval")
    if line.overruled_status:
        yield _("the ministry's decision; rolled up: «%(status)s». %(reason)s") % {
            "status": Status(line.rolled_status).label,
            "reason": line.overruled_reason,
        }
    note = line.source["off_control"]
    if line.status == Status.OFF_CONTROL and note:
        yield _("%(ground)s, %(date)s, %(document)s") % {
            "ground": OffControl.Ground(note["ground"]).label,
            "date": _day_words(note["decided_on"]),
            "document": _decision_words(note),
        }
        last = note["last_text_ru"] if translation.get_language() != "kk" else ""
        if last or note["last_text_kk"]:
            yield _("Last result: %(text)s") % {"text": last or note["last_text_kk"]}


def _decision_words(note):
    """What took the measure off control: the Government's decision, or the summary's number."""
    if not note.get("decision_number"):  # what was consolidated before there were decisions has none
        return note["document"]
    return _("%(body)s, %(document)s No. %(number)s") % {
        "body": note["decision_body"],
        "document": note["document"],
        "number": note["decision_number"],
    }


def _late_document(line):
    """Return the last document's day where it is after the deadline in force."""
    days = [report["document_date"] for report in line.source["reports"] if report["document_date"]]
    last = datetime.date.fromisoformat(max(days)) if days else None
    return last if last and line.measure.due_on and last > line.measure.due_on else None


def _progress(report):
    return Progress(
        executor=report["names"][translation.get_language()],
        state=report["state"],
        label=_progress_label(report),
        status=report["status"],
        text=report["narrative"],
        obstacles=report["obstacles"],
        reason="\n".join(_unique([report["reason"], *(money["reason"] for money in report["money"])])),
        document=_document_words(report),
    )


def _progress_label(report):
    if report["state"] == rollup.ON_REWORK:
        return _("on rework")
    if report["state"] == rollup.MISSING:
        return _("no information")
    return f"{ProgressEntry.Status(report['status']).label}, {report['percent']}\xa0%"


def _document_words(report):
    """«Хат № 04-12/1187, 2013 жылғы 3 шілде»."""
    if not report["document_number"]:
        return ""
    return _("%(name)s No. %(number)s of %(date)s") % {
        "name": report["document_name"],
        "number": report["document_number"],
        "date": _day_words(report["document_date"]),
    }


def _day_words(iso):
    return date_format(datetime.date.fromisoformat(iso)) if iso else ""


def _unique(texts):
    return list(dict.fromkeys(text for text in texts if text))


def _attendance(period, made_at):
    for standing in rollup.standing(period, rollup.clock.day_of(made_at)).executors:
        submission = standing.submission
        state = standing.attendance
        received = submission.first_submitted_at
        yield Attendance(
            executor=submission.executor.short_name,
            full_name=submission.executor.full_name,
            measures=standing.entries,
            due_on=due_words(submission),
            received_on=date_format(rollup.clock.day_of(received)) if received else "",
            state=state,
            state_label=document_words.words()[state],
            review_label=str(submission.get_status_display()) if standing.is_received else "",
        )
