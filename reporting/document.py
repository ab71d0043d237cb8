"""A summary as a document in one language: what the page shows, the workbook prints and the approval freezes.

All values are strings, whole numbers or None, so that `asdict` is JSON and `read` brings it back.
"""

import datetime
from dataclasses import asdict, dataclass

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from . import rollup
from .models import OffControl, ProgressEntry, SummaryLine

SCHEMA = 1
Status = SummaryLine.Status


@dataclass(frozen=True)
class Progress:
    """One executor's word under a measure."""

    executor: str
    state: str  # reported, on_rework, missing
    label: str  # the status with its percent, or the state in words
    status: str
    text: str
    obstacles: str
    reason: str
    document: str


@dataclass(frozen=True)
class Row:
    """One measure: the decree's six columns, then what is known of it."""

    section: int | None  # index into Document.sections
    position: int
    number: str
    title: str
    title_kk: str
    completion_form: str
    executors: str
    deadline: str
    funding: str
    status: str
    status_label: str
    notes: tuple[str, ...]  # overdue, done late, overruled, off control
    is_overdue: bool
    percent: int | None
    expected: int
    reported: int
    reported_label: str  # «n of m reported»
    text: str  # the ministry's
    progress: tuple[Progress, ...]
    documents: str
    money: tuple[dict, ...]  # {"source", "planned", "spent"}

    @property
    def remarks(self):
        """The notes without «overdue», which the page shows beside the status."""
        return self.notes[1:] if self.is_overdue else self.notes


@dataclass(frozen=True)
class Attendance:
    """One executor in the sheet «expected, received, on time, late, missing»."""

    executor: str
    full_name: str
    measures: int
    due_on: str
    received_on: str
    state: str  # on_time, late, missing
    state_label: str
    review_label: str


@dataclass(frozen=True)
class Document:
    language: str
    title: str  # of the document: consolidated information on …
    roadmap: str
    act: str
    period: str
    reference: str
    version: int
    made_on: str  # approved on, or consolidated on, in words
    made_at: str  # ISO
    is_approved: bool
    headings: tuple[str, ...]  # COLUMNS' headings
    labels: dict[str, str]
    sections: tuple[str, ...]
    rows: tuple[Row, ...]
    statuses: tuple[str, ...]  # codes, in the order of the counts
    status_labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]  # for each section (a last one for measures without), by status
    overdue: tuple[int, ...]  # for each section
    attendance: tuple[Attendance, ...]

    @classmethod
    def read(cls, values):
        """Bring back what `asdict` and JSON made."""
        return cls(
            **values
            | {
                "headings": tuple(values["headings"]),
                "sections": tuple(values["sections"]),
                "statuses": tuple(values["statuses"]),
                "status_labels": tuple(values["status_labels"]),
                "counts": tuple(tuple(row) for row in values["counts"]),
                "overdue": tuple(values["overdue"]),
                "rows": tuple(
                    Row(
                        **row
                        | {
                            "notes": tuple(row["notes"]),
                            "money": tuple(row["money"]),
                            "progress": tuple(Progress(**progress) for progress in row["progress"]),
                        }
                    )
                    for row in values["rows"]
                ),
                "attendance": tuple(Attendance(**line) for line in values["attendance"]),
            }
        )

    @property
    def grouped(self):
        """(section's title, its rows), in order."""
        titles = self.sections or ("",)
        return [
            (title, [row for row in self.rows if (row.section or 0) == place]) for place, title in enumerate(titles)
        ]

    @property
    def by_section(self):
        """(title, [(status, label, count)], overdue) of each section."""
        return [
            (title, list(zip(self.statuses, self.status_labels, counts, strict=True)), overdue)
            for title, counts, overdue in zip(self.sections, self.counts, self.overdue, strict=True)
        ]


def document(summary, language, *, made_at, leaving=frozenset()) -> Document:
    """Build the document of a summary from its lines, in that language; `leaving` measures (pks) say so."""
    with translation.override(language):
        return _document(summary, language, made_at, leaving)


def frozen_documents(summary, at, leaving) -> dict:
    """Return the frozen JSON of an approval: {"schema": 1, "documents": {language: document}}."""
    documents = {
        code: asdict(document(summary, code, made_at=at, leaving=leaving)) for code, _name in settings.LANGUAGES
    }
    for values in documents.values():
        values["is_approved"] = True
    return {"schema": SCHEMA, "documents": documents}


def read_frozen(summary, language) -> Document:
    return Document.read(summary.frozen["documents"][language])


def _document(summary, language, made_at, leaving):
    period, roadmap = summary.period, summary.period.roadmap
    lines = list(
        summary.lines.in_order()
        .select_related("measure__section")
        .prefetch_related("measure__assignments__executor", "measure__funding_sources")
    )
    sections = list(roadmap.sections.order_by("position"))
    index = {section.pk: place for place, section in enumerate(sections)}
    titles = [str(section) for section in sections]
    if any(line.measure.section_id is None for line in lines):
        titles.append(_("Measures outside the sections"))
    outside = len(sections) if titles else None
    rows = [
        _row(line, index.get(line.measure.section_id, outside), period, line.measure_id in leaving) for line in lines
    ]
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
        headings=tuple(_headings()),
        labels=_labels(is_kazakh_decreed=bool(roadmap.title_kk)),
        sections=tuple(titles),
        rows=tuple(rows),
        statuses=tuple(Status.values),
        status_labels=tuple(str(label) for label in Status.labels),
        counts=tuple(
            tuple(sum(row.section == place and row.status == status for row in rows) for status in Status.values)
            for place in range(len(titles))
        ),
        overdue=tuple(sum(row.section == place and row.is_overdue for row in rows) for place in range(len(titles))),
        attendance=tuple(_attendance(period, made_at)),
    )


def _headings():
    return [
        pgettext("column", "No."),
        _("Measures"),
        _("Form of completion"),
        _("Responsible executors"),
        _("Deadline"),
        _("Funding sources"),
        _("Status"),
        _("Reported"),
        _("The ministry's information"),
        _("Progress by executor"),
        _("Completion document"),
        _("Money, tenge: planned for the year / spent"),
    ]


def _labels(is_kazakh_decreed=True):
    """The words of sheets and pages that are no values."""
    return {
        "overview": _("Overview"),
        "measures_sheet": _("Measures"),
        "attendance_sheet": _("Executors"),
        "section": _("Section"),
        "total": _("Total"),
        "overdue": _("overdue"),
        "status_by_section": _("Measures by status and section"),
        "executor": _("Executor"),
        "measures": _("Measures expected"),
        "due_on": _("Due on"),
        "received_on": _("Received on"),
        "expected": _("Expected"),
        "received": _("Received"),
        "on_time": _("On time"),
        "late": _("Late"),
        "missing": _("Missing"),
        "review": _("Review"),
        "approved_on": _("Approved on"),
        "prepared_on": _("Prepared on"),
        "version": _("Version"),
        "reference": _("Reference"),
        "draft": _("DRAFT, not approved"),
        "obstacles": _("Obstacles and proposals"),
        "reason": _("Reason"),
        "page": _("Page"),
        "of": pgettext("page 1 of 2", "of"),
        "continued": pgettext("row", "continued"),
        "planned": _("planned"),
        "spent": _("spent"),
        "unofficial": _("Russian and English texts of the decree are unofficial translations.")
        if is_kazakh_decreed
        else "",
    }


def _row(line, section, period, is_leaving):
    measure, source = line.measure, line.source
    overdue = line.is_overdue(measure, period)
    return Row(
        section=section,
        position=line.position,
        number=measure.number,
        title=measure.title,
        title_kk=measure.title_kk or measure.title,
        completion_form=measure.completion_form,
        executors=", ".join(_executor_words(assignment) for assignment in measure.assignments.all()),
        deadline=measure.deadline_text,
        funding=", ".join(source.name for source in measure.funding_sources.all()) or _("not required"),
        status=line.status,
        status_label=str(Status(line.status).label),
        notes=tuple(_notes(line, overdue, is_leaving)),
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
            "deadline": date_format(line.measure.ends_on),
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
            "document": note["document"],
        }
        last = note["last_text_ru"] if translation.get_language() != "kk" else ""
        if last or note["last_text_kk"]:
            yield _("Last result: %(text)s") % {"text": last or note["last_text_kk"]}


def _late_document(line):
    """Return the last document's day where it is after the deadline."""
    days = [report["document_date"] for report in line.source["reports"] if report["document_date"]]
    last = datetime.date.fromisoformat(max(days)) if days else None
    return last if last and line.measure.ends_on and last > line.measure.ends_on else None


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
    return f"{ProgressEntry.Status(report['status']).label}, {report['percent']} %"


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
        state = ("late" if standing.is_late else "on_time") if standing.is_received else "missing"
        received = submission.first_submitted_at
        yield Attendance(
            executor=submission.executor.short_name,
            full_name=submission.executor.full_name,
            measures=standing.entries,
            due_on=date_format(submission.due_on),
            received_on=date_format(rollup.clock.day_of(received)) if received else "",
            state=state,
            state_label=_labels()[state],
            review_label=str(submission.get_status_display()) if standing.is_received else "",
        )
