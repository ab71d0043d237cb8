"""What an import would do, or did: a line for each row, its changes and faults with their places."""

import hashlib
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from import_export.results import Error, Result, RowResult

from .columns import Column

SHOWN = 300  # rows of each kind on a page


@dataclass(frozen=True)
class Fault:
    """What is wrong at a place of a sheet, and what to do."""

    sheet: str
    row: int | None
    cell: str
    heading: str
    sentence: str

    def __str__(self):
        if not self.row:
            return self.sentence
        place = {"sheet": self.sheet, "row": self.row, "cell": self.cell, "sentence": self.sentence}
        if not self.cell:
            return _("%(sheet)s, row %(row)s: %(sentence)s") % place
        return _("%(sheet)s, row %(row)s, cell %(cell)s: %(sentence)s") % place


class Change(NamedTuple):
    """A cell that is another than before; it is put into words where it is shown."""

    column: Column
    was: object
    will_be: object

    @property
    def heading(self):
        return self.column.title

    @property
    def old(self):
        return _shown(self.column.widget.render(self.was))

    @property
    def new(self):
        return _shown(self.column.widget.render(self.will_be))


class Line(RowResult):
    """What one row of the sheet means."""

    def __init__(self, number):
        super().__init__()
        self.number, self.faults, self.changes, self.changed = number, [], [], set()

    def note(self, column, old, new):
        self.changed.add(column.column_name)
        self.changes.append(Change(column, old, new))


def _shown(value):
    return value.strftime("%d.%m.%Y") if hasattr(value, "strftime") else str(value)


class PlainError(Error):
    """A refusal for the reader: the sentence, and nothing of the server."""

    @property
    def traceback(self):
        return ""

    @property
    def sentences(self):
        return self.error.messages


class SheetResult(Result):
    @cached_property
    def faults(self):
        return [fault for line in self.rows for fault in line.faults]

    def has_validation_errors(self):
        return bool(self.faulty)

    @cached_property
    def new(self):
        return [line for line in self.rows if line.is_new() and not line.faults]

    @cached_property
    def changed(self):
        return [line for line in self.rows if line.is_update() and not line.faults]

    @cached_property
    def unchanged(self):
        return [line for line in self.rows if line.is_skip() and not line.faults]

    @cached_property
    def faulty(self):
        return [line for line in self.rows if line.faults]

    @property
    def shown_new(self):
        return self.new[:SHOWN]

    @property
    def shown_changed(self):
        return self.changed[:SHOWN]

    @property
    def shown_faults(self):
        return self.faults[:SHOWN]

    @property
    def fingerprint(self):
        """Tell whether two imports of a file would replace the same."""
        seen = hashlib.sha256()
        for line in self.rows:
            replaced = [(change.column.column_name, change.old) for change in line.changes] if line.is_update() else []
            seen.update(repr((line.number, line.import_type, replaced)).encode())
        return seen.hexdigest()
