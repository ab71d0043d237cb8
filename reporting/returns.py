"""The Excel return: the workbook that an executor fills in offline; checked as the web form is, then into the draft."""

import hashlib
from dataclasses import dataclass
from itertools import groupby

from django.db import transaction
from django.utils.datastructures import MultiValueDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from .errors import Conflict, Refused
from .forms import EntryForm
from .models import ProgressEntry, ReturnUpload
from .period_words import of_period
from .return_cells import read_cell
from .return_content import entries_of, form_of, money_fields, open_fields, sources_of
from .return_form import LOCKED, SCHEMA, YES_NO, columns_of, row_key, yes_no
from .return_reader import open_return, read_sheet
from .return_template import build

BOXES = ("is_whole_measure", "is_impossible")  # what a browser does not send where they are not ticked


@dataclass(frozen=True)
class CellFault:
    """One cell that cannot be taken, and what to do."""

    row: int
    cell: str
    sentence: str


@dataclass(frozen=True)
class Change:
    """A field's value in the draft, and in the workbook."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Line:
    """A measure as the workbook has it."""

    entry: ProgressEntry
    form: EntryForm
    changes: list
    computed: list  # labels of what formulas gave
    missing: list  # sentences: what would still keep the measure from being sent
    is_conflict: bool  # somebody saved the measure since the workbook was downloaded


@dataclass(frozen=True)
class Check:
    """All that the preview shows. `sheet` is the open one, for the marks."""

    sheet: object
    language: str
    serial: str
    lines: list
    faults: list
    absent: list  # entries without a row: they stay as they are
    gone: list  # rows of measures that are not reported any more
    fingerprint: str

    @property
    def changed(self):
        return [line for line in self.lines if line.changes]

    @property
    def unchanged(self):
        return [line for line in self.lines if not line.changes]

    @property
    def grouped_faults(self):
        """(rows, cells, what to do), each sentence once."""
        by_sentence = {}
        for fault in self.faults:
            by_sentence.setdefault(fault.sentence, []).append(fault)
        return [
            (_ranges(sorted({fault.row for fault in faults})), ", ".join(fault.cell for fault in faults), sentence)
            for sentence, faults in by_sentence.items()
        ]


def _ranges(rows):
    """«7, 9–11»."""
    runs = [list(run) for _gap, run in groupby(enumerate(rows), key=lambda pair: pair[1] - pair[0])]
    ends = [(run[0][1], run[-1][1]) for run in runs]
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in ends)


def template(submission, language):
    """Return the workbook to fill in, in that language."""
    with override(language):
        return build(form_of(submission, language), statuses=ProgressEntry.Status.labels)


# Checking


def check(submission, content, *, by, on):
    """Read a workbook against the draft as it is now; Refused where it is none that can be taken.

    1 the file; 2 whose it is; 3 its sheet and columns; 4 every cell, by the rules of the web form.
    """
    passport, book = open_return(content)
    _refuse_strange(passport, submission)
    entries = entries_of(submission)
    columns = columns_of(submission.period.roadmap, sources_of(entries))
    sheet = read_sheet(book, content, columns)
    seen = {int(pk): revision for pk, revision in passport["revisions"].items()}
    seen |= ReturnUpload.objects.revisions_of(submission, passport["serial"], by)
    reading = _Reading(submission, sheet, [column for column in columns if column.kind != LOCKED], seen, on)
    reading.read_rows({row_key(entry): entry for entry in entries})
    return Check(
        sheet=sheet,
        language=passport["language"],
        serial=passport["serial"],
        lines=reading.lines,
        faults=sorted(reading.faults, key=lambda fault: fault.row),
        absent=[entry for entry in entries if row_key(entry) not in sheet.rows.values()],
        gone=reading.gone,
        fingerprint=_fingerprint(content, entries),
    )


def _fingerprint(content, entries):
    """What was shown: these bytes against these revisions."""
    revisions = " ".join(f"{entry.pk}:{entry.revision}" for entry in entries)
    return hashlib.sha256(hashlib.sha256(content).digest() + revisions.encode()).hexdigest()


def _refuse_strange(passport, submission):
    """Only this form's present version, of this executor, this act and this half-year."""
    words = {"theirs": passport.get("period"), "ours": submission.period}
    sentence = ""
    if passport.get("schema") != SCHEMA:
        sentence = _("This workbook is of an older version of the form.")
    elif passport["executor"] != submission.executor_id:
        sentence = _("This is another executor’s return.")
    elif passport["roadmap"] != submission.period.roadmap.slug:
        sentence = _("This is the return of another roadmap.")
    elif passport["period"] != submission.period.code:
        sentence = (
            of_period(
                submission.period.roadmap,
                "This is another half-year’s return, %(theirs)s; this page is of the %(ours)s.",
            )
            % words
        )
    if sentence:
        raise Refused(sentence + " " + _("Download the workbook on this page."))


class _Reading:
    """The rows of a sheet, one after the other; gathers lines and faults."""

    def __init__(self, submission, sheet, columns, seen, on):
        self.period, self.sheet, self.columns, self.seen, self.on = submission.period, sheet, columns, seen, on
        self.lines, self.faults, self.gone = [], [], []

    def read_rows(self, entries):
        rows_of = {}
        for row, key in self.sheet.rows.items():
            rows_of.setdefault(key, []).append(row)
        for key, rows in rows_of.items():
            if key not in entries:
                self._strange(key, rows)
            elif len(rows) > 1:
                places = ", ".join(map(str, rows))
                sentence = _("The same measure stands in the rows %(rows)s. Keep one of them.") % {"rows": places}
                self.faults += [self._fault(row, "row", sentence) for row in rows]
            else:
                self._row(rows[0], entries[key])

    def _strange(self, key, rows):
        """Measures that left since the download are passed over; other rows are faults where they hold anything."""
        if key.removeprefix("entry-") in map(str, self.seen):
            self.gone += rows
            return
        sentence = _("This row is none of your measures: it was added, or its hidden key is lost. Delete the row.")
        for row in rows:
            if any(self.sheet.cells.cell(row, self.sheet.columns[c.name]).value is not None for c in self.columns):
                self.faults.append(self._fault(row, "row", sentence))

    def _fault(self, row, name, sentence):
        """At the field's cell; at the row's number where the whole row is meant."""
        at = "number" if name == "row" and "number" in self.sheet.columns else name
        return CellFault(row, self.sheet.coordinate(row, at), sentence)

    def _row(self, row, entry):
        data, computed, faults = self._typed(row, entry)
        form = EntryForm(data, MultiValueDict(), entry=entry)
        form.is_valid()
        faulty = {name for name, _sentence in faults}
        for name, sentences in form.errors.items():
            if name not in faulty:
                at = name if name in self.sheet.columns else "row"
                faults += [(at, str(sentence)) for sentence in sentences]
        if faults:
            self.faults += [self._fault(row, name, sentence) for name, sentence in faults]
            return
        changes = list(_changes(entry, form, self.columns))
        is_conflict = bool(changes) and self.seen.get(entry.pk) != entry.revision
        _fill(entry, form)
        missing = [fault.message for fault in entry.faults(self.period, on=self.on)]
        self.lines.append(Line(entry, form, changes, computed, missing, is_conflict))

    def _typed(self, row, entry):
        """What the row holds, as the web form would send it; where it is not asked, what the draft has."""
        asked = set(open_fields(entry, self.period))
        data, computed, faults = {"revision": entry.revision}, [], []
        for column in self.columns:
            is_money = column.name not in EntryForm.base_fields
            if column.name not in asked and not is_money:
                data[column.name] = "on" if getattr(entry, column.name) else ""
                continue
            typed, sentence = self._cell(row, column)
            if sentence:
                faults.append((column.name, sentence))
            data[column.name] = typed.text if typed else ""
            if typed and typed.is_computed:
                computed.append(column.label)
        return {name: text for name, text in data.items() if text != "" or name not in BOXES}, computed, faults

    def _cell(self, row, column):
        area = self.sheet.merged.get((row, self.sheet.columns[column.name]))
        if area:
            return None, _("Merged cells (%(area)s). Take the merging back and type into each cell.") % {"area": area}
        typed = read_cell(*self.sheet.at(row, column.name), column.kind, self.sheet.book.epoch)
        return typed, typed.fault


def _changes(entry, form, columns):
    values = form.values()
    for money, sums in zip(entry.expenditures.all(), form.amounts().values(), strict=True):
        values |= dict(zip(money_fields(money), sums.values(), strict=True))
    kept = _kept(entry)
    for column in columns:
        if column.name in values and _plain(kept[column.name]) != _plain(values[column.name]):
            yield Change(column.label, _display(column, kept[column.name]), _display(column, values[column.name]))


def _kept(entry):
    """The draft's values by the names of the form's fields."""
    kept = {name: getattr(entry, name) for name in ProgressEntry.DRAFT_FIELDS}
    for money in entry.expenditures.all():
        kept |= dict(zip(money_fields(money), (money.planned, money.spent, money.reason), strict=True))
    return kept


def _plain(value):
    """Browsers and spreadsheets end their lines otherwise."""
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


def _display(column, value):
    if value is None or value == "":
        return ""
    if column.kind == YES_NO:
        yes, no = yes_no()
        return yes if value else no
    if column.name == "status":
        return str(ProgressEntry.Status(value).label)
    if column.name == "document_date":
        return date_format(value)
    return f"{value:,}".replace(",", "\xa0") if isinstance(value, int) else value


def _fill(entry, form):
    """Let the entry hold in memory what would be saved, to ask it what is missing."""
    for name, value in form.values().items():
        setattr(entry, name, value)
    sums = form.amounts()
    for money in entry.expenditures.all():
        for name, value in sums[money.source.code].items():
            setattr(money, name, value)


# Taking it over


def apply(submission, upload, checked, *, by, at, chosen=()):
    """Save what the preview showed into the draft, all or nothing.

    Measures that somebody saved since the download are taken over only where `chosen` (entry pks) names them.
    """
    if checked.faults:
        raise Refused(_("Some cells cannot be taken; mend them first."))
    taken = [line for line in checked.changed if not line.is_conflict or line.entry.pk in chosen]
    left = {line.entry.pk for line in checked.changed} - {line.entry.pk for line in taken}
    revisions = {
        line.entry.pk: line.entry.revision + (line in taken) for line in checked.lines if line.entry.pk not in left
    }
    with transaction.atomic():
        waiting = ReturnUpload.objects.waiting(submission, by).filter(pk=upload.pk, sha256=upload.sha256)
        if not waiting.update(applied_at=at, content=b"", serial=checked.serial, revisions=revisions):
            raise Conflict(_("This workbook has been taken over already."))
        for line in taken:
            line.entry.save_draft(
                by=by, at=at, revision=line.entry.revision, values=line.form.values(), money=line.form.amounts()
            )
    return len(taken)
