"""The form of the Excel return: its columns, what a row holds, and the passport that says whose it is.

Sheet, columns and rows are found again by keys in a hidden row and a hidden column, whatever was renamed or moved.
"""

import datetime
from dataclasses import dataclass
from functools import cache

from django.core import signing
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import override

from roadmap.language import CODES

from .models import Expenditure, ProgressEntry
from .period_words import of_period

SCHEMA = 1
PASSPORT = "roadmap-return"  # the first cell of the hidden sheet; the seal stands below it
ROW_KEY, HEADING_KEY = "#row", "#heading"  # the hidden column's own key; its word beside the headings
SALT = "reporting.return"
CHUNK = 30_000  # a cell holds 32,767 characters
MARK = "▲"
LOCKED, STATUS, YES_NO, PERCENT, TENGE, TEXT, DATE = (
    "locked", "status", "yes_no", "percent", "tenge", "text", "date",
)  # fmt: skip


@dataclass(frozen=True)
class Column:
    """A column of the sheet; where it is to be filled in, `name` is a field of the entry's web form."""

    name: str
    kind: str
    label: str
    width: float
    hint: str = ""

    @property
    def key(self):
        return f"#{self.name}"


@dataclass(frozen=True)
class Row:
    """A measure: its locked cells as paragraphs, what is to be filled in as values, and where that is open."""

    key: str
    section: str
    decreed: dict  # {column's name: [(text, tone)]}
    values: dict  # {column's name: text, number, date, or None}
    open: frozenset


@dataclass(frozen=True)
class Form:
    """All that the template shows, in one language."""

    language: str
    title: str
    frequency: str  # Roadmap.Frequency
    roadmap: str
    period: str
    executor: str
    short_name: str
    due_on: str
    first_day: datetime.date
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    seal: tuple[str, ...]


def _label(name):
    return str(capfirst(ProgressEntry._meta.get_field(name).verbose_name))


def columns_of(roadmap, sources):
    """The columns in their order, in the reader's language; `sources` of funding, where any measure has one."""
    money = [column for source in sources for column in _money_columns(roadmap, source)]
    return (*_decreed_columns(roadmap), *_progress_columns(roadmap), *_document_columns(), *money)


def _decreed_columns(roadmap):
    return (
        Column("number", LOCKED, _("No."), 6),
        Column("title", LOCKED, _("Measure"), 30),
        Column("completion_form", LOCKED, _("Form of completion"), 14),
        Column("deadline", LOCKED, _("Deadline"), 12),
        Column("others", LOCKED, _("Co-executors"), 14),
        Column("funding", LOCKED, _("Funding"), 14),
        Column("before", LOCKED, of_period(roadmap, "Half-year before"), 24),
    )


def _progress_columns(roadmap):
    whole = "Asked where the deadline is still ahead: is the whole measure done, not only this half-year's part?"
    done = "What was done in the half-year, and with what result. The ministry sees this text."
    return (
        Column("status", STATUS, _label("status"), 15, _("Choose from the list.")),
        Column("percent", PERCENT, _label("percent"), 12, _("1–99; «done» is 100, «not started» is 0")),
        Column(
            "is_whole_measure", YES_NO, _("The whole measure is done?"), 14,
            of_period(roadmap, whole),
        ),
        Column("narrative", TEXT, _label("narrative"), 42, of_period(roadmap, done)),
        Column("obstacles", TEXT, _label("obstacles"), 24, _("What hinders, and what you propose.")),
        Column("reason", TEXT, _label("reason"), 24, _("Where the deadline has passed, or it was not done.")),
        Column(
            "is_impossible", YES_NO, _("Impossible?"), 13,
            _("Impossible for objective reasons. Then «not done» may be chosen before the deadline; give the reason."),
        ),
    )  # fmt: skip


def _document_columns():
    hint = _("Where the status is «done»: the completion document.")
    return (
        Column("document_name", TEXT, _label("document_name"), 20, hint),
        Column("document_number", TEXT, _label("document_number"), 13, hint),
        Column(
            "document_date", DATE, _label("document_date"), 12,
            _("Day, month and year: 28.06.2013. Between the act's day and today."),
        ),
    )  # fmt: skip


def _money_columns(roadmap, source):
    code = source.code
    hint = _("Whole tenge that went through your own account; 0 is an answer too.")
    why = of_period(roadmap, "In the last half-year of the year, where less was spent than planned.")
    labels = [Expenditure._meta.get_field(name).verbose_name for name in ("planned", "spent", "reason")]
    planned, spent, reason = (f"{source.name}: {label}" for label in labels)
    return (
        Column(f"planned_{code}", TENGE, planned, 17, hint),
        Column(f"spent_{code}", TENGE, spent, 17, hint),
        Column(f"money_reason_{code}", TEXT, reason, 20, why),
    )


def yes_no():
    return _("yes"), _("no")


def _in_every_language(labels):
    """{word in small letters: value}; `labels()` gives (word, value) in the reader's language."""
    found = {}
    for language in CODES:
        with override(language):
            found |= {str(word).casefold(): value for word, value in labels()}
    return found


@cache
def status_words():
    """{a status's name in any of the languages: its value}."""
    return _in_every_language(lambda: [(label, value) for value, label in ProgressEntry.Status.choices])


@cache
def yes_no_words():
    """{yes or no in any of the languages, and as spreadsheets say it: true or false}."""
    spoken = _in_every_language(lambda: zip(yes_no(), (True, False), strict=True))
    return spoken | {"true": True, "false": False, "1": True, "0": False, "+": True, "-": False, "–": False, "—": False}


def row_key(entry):
    return f"entry-{entry.pk}"


# The passport


def seal(passport):
    """Return the passport as signed text, cut into what cells hold."""
    text = signing.dumps(passport | {"schema": SCHEMA}, salt=SALT, compress=True)
    return tuple(text[start : start + CHUNK] for start in range(0, len(text), CHUNK))


def unseal(chunks):
    """Return the passport; None where it is none of ours, or was tampered with."""
    try:
        return signing.loads("".join(map(str, chunks)), salt=SALT)
    except signing.BadSignature:
        return None
