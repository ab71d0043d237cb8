"""The shape of a summary as a document in one language.

All values are strings, whole numbers or None, so that `asdict` is JSON and `read` brings it back.
"""

from dataclasses import dataclass

from . import pictures
from .changes import Comparison


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
    # Schemas 1 and 2 had none of these.
    measure: int = 0  # its primary key, which tells it in another document
    instruction: str = ""  # Annex 14-1: the act and the measure's number
    control: str = ""  # done, off_control, in_progress
    control_label: str = ""
    extended: str = ""  # the Government's later days, each with its decision
    final_result: str = ""
    interim_result: str = ""
    # The same columns in Kazakh; what was frozen before has none of these.
    completion_form_kk: str = ""
    executors_kk: str = ""
    deadline_kk: str = ""
    funding_kk: str = ""

    @classmethod
    def read(cls, values):
        return cls(
            **values
            | {
                "notes": tuple(values["notes"]),
                "money": tuple(values["money"]),
                "progress": tuple(Progress(**progress) for progress in values["progress"]),
            }
        )

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
    sections_kk: tuple[str, ...] = ()  # schema 1 had none
    # Schemas 1 and 2 had none of these.
    roadmap_kk: str = ""
    coordinator: str = ""  # the ministry, in full
    changes: Comparison | None = None  # against the half-year before, where its summary is approved
    corrections: Comparison | None = None  # against the version that this one corrects

    @classmethod
    def read(cls, values):
        """Bring back what `asdict` and JSON made."""
        return cls(
            **values
            | {
                "headings": tuple(values["headings"]),
                "sections": tuple(values["sections"]),
                "sections_kk": tuple(values.get("sections_kk", ())),
                "statuses": tuple(values["statuses"]),
                "status_labels": tuple(values["status_labels"]),
                "counts": tuple(tuple(row) for row in values["counts"]),
                "overdue": tuple(values["overdue"]),
                "rows": tuple(Row.read(row) for row in values["rows"]),
                "attendance": tuple(Attendance(**line) for line in values["attendance"]),
                **{
                    name: Comparison.read(values[name])
                    for name in ("changes", "corrections")
                    if values.get(name) is not None
                },
            }
        )

    @property
    def headings_of_sections(self):
        """(in Kazakh, in the document's language) of each section."""
        return list(zip(self.sections_kk or self.sections, self.sections, strict=True))

    @property
    def grouped(self):
        """(section's headings, its rows), in order."""
        headings = self.headings_of_sections or [("", "")]
        return [
            (heading, [row for row in self.rows if (row.section or 0) == place])
            for place, heading in enumerate(headings)
        ]

    @property
    def by_section(self):
        """(headings, picture, [(status, label, count)], overdue) of each section, what is done first."""
        return [
            (heading, self._bar(place, heading[1]), pictures.ordered(self._counts(place)), self.overdue[place])
            for place, heading in enumerate(self.headings_of_sections)
        ]

    def _counts(self, place):
        return list(zip(self.statuses, self.status_labels, self.counts[place], strict=True))

    def _bar(self, place, title):
        late = [row.status for row in self.rows if row.section == place and row.is_overdue]
        counts = pictures.ordered(self._counts(place))
        said = [f"{label} {count}" for _status, label, count in counts if count]
        said += [f"{self.labels['overdue']} {len(late)}"] if late else []
        parts = [pictures.Part(status, count, late.count(status)) for status, _label, count in counts]
        return pictures.stacked(parts, f"{title}: {', '.join(said)}")


def read_frozen(summary, language) -> Document:
    return Document.read(summary.frozen["documents"][language])
