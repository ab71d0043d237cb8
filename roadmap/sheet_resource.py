"""A resource that reads a whole sheet, compares each row with what is known, and writes what changed in bulk.

Everything that the rows are compared with is loaded once; the constraints are checked in memory; nothing is asked of
the database for a row. All faults of a sheet are found at once, each with its place and what to do.
"""

import gc
import logging
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export import resources
from import_export.results import RowResult
from openpyxl.utils import get_column_letter

from . import audit, clock
from .columns import Column, cell_for, folded
from .sheet_result import Fault, Line, PlainError, SheetResult

logger = logging.getLogger(__name__)
BATCH = 1000
GENERAL_RULES = (
    gettext_lazy(
        "Columns may stand in any order, and headings in Kazakh, Russian or English, or as under «Also accepted»."
    ),
    gettext_lazy("A column that is left out changes nothing; an empty cell empties what is kept."),
    gettext_lazy("A row that is taken out of the sheet is not deleted in the system."),
    gettext_lazy("An apostrophe before = + - or @ keeps Excel from counting; it is no part of the text."),
)


class SheetResource(resources.ModelResource):
    """A documented sheet. The columns `keys` tell what a row speaks of; those in `necessary` have to be there."""

    DEFAULT_RESOURCE_FIELD = Column
    keys = ()
    necessary = ()
    derived = ()  # the model's fields that follow from the columns
    about = {}  # column -> what goes into it, where the model's own words are not for a sheet
    rules = ()  # sentences on the whole sheet, for its help

    class Meta:
        use_bulk = True
        skip_diff = True
        report_skipped = True
        chunk_size = 2000

    def __init__(self, user=None, **kwargs):
        super().__init__(**kwargs)
        self.user = user
        defaults = {field.name for field in self._meta.model._meta.concrete_fields if field.has_default()}
        for name, column in self.fields.items():
            column.is_key, column.has_default = name in self.necessary, name in defaults

    @classmethod
    def get_result_class(cls):
        return SheetResult

    @classmethod
    def get_error_result_class(cls):
        return PlainError

    @classmethod
    def field_from_django_field(cls, field_name, django_field, readonly):
        about = cls.about.get(field_name, django_field.help_text)
        return Column(field_name, cell_for(django_field), django_field.verbose_name, about, column_name=field_name)

    @property
    def title(self):
        return capfirst(str(self._meta.model._meta.verbose_name_plural))

    @property
    def singular(self):
        return capfirst(str(self._meta.model._meta.verbose_name))

    @cached_property
    def columns(self):
        return self.get_export_fields()

    @property
    def all_rules(self):
        return [*self.rules, *GENERAL_RULES]

    # What there is

    def get_queryset(self):
        """What the person may see, with all that a row shows."""
        return super().get_queryset().for_user(self.user)

    def prepare(self, instance):
        """Give an instance the attributes that its columns show."""

    def key_of(self, instance):
        """The instance's natural key; the same as `key_in` of its row."""
        return tuple(getattr(instance, name) for name in self.keys)

    def key_in(self, values):
        return tuple(values.get(name) for name in self.keys)

    # Export

    def filter_export(self, queryset, **kwargs):
        return self.get_queryset().filter(pk__in=queryset.order_by().values("pk"))

    def get_export_headers(self, selected_fields=None):
        return [column.title for column in self.columns]

    def export_resource(self, instance, selected_fields=None, **kwargs):
        self.prepare(instance)
        return [column.widget.render(getattr(instance, column.attribute)) for column in self.columns]

    def after_export(self, queryset, dataset, **kwargs):
        dataset.title, dataset.columns, dataset.necessary = self.title[:31], self.columns, self.necessary
        dataset.rules = self.all_rules

    # Import: the headings

    def import_data(self, dataset, dry_run=False, **kwargs):
        self.is_final = not dry_run
        with no_collecting():
            return super().import_data(dataset, dry_run=dry_run, **kwargs)

    def before_import(self, dataset, **kwargs):
        self.lines, self.first_row = [], {}
        self.sheet, self.row_numbers = dataset.title, dataset.row_numbers
        try:
            dataset.headers = self._names_of(dataset.headers, dataset.heading_at)
        except ValidationError:
            dataset.wipe()
            raise
        self.letters = {name: get_column_letter(place) for place, name in enumerate(dataset.headers, start=1)}
        self.lacking = [
            column for column in self.columns if column.is_needed and column.column_name not in self.letters
        ]
        self.known = {}
        self.load(dataset)

    def _names_of(self, headings, at):
        """Return the columns' names for the headings; raise ValidationError with every heading that is wrong."""
        meanings = {name: column.column_name for column in self.columns for name in column.names()}
        names, faults = [], []
        for place, heading in enumerate(headings, start=1):
            name = meanings.get(folded(heading))
            where = {"cell": f"{get_column_letter(place)}{at}", "heading": heading}
            if name is None and folded(heading):
                faults.append(
                    _("%(cell)s: there is no column «%(heading)s»; take it out, or mend the heading.") % where
                )
            elif name in names:
                faults.append(_("%(cell)s: the column «%(heading)s» is there twice; take one out.") % where)
            names.append(name or f"#{place}")
        for name in self.necessary:
            if name not in names:
                missing = {"heading": self.fields[name].title}
                faults.append(_("The column «%(heading)s» is missing: without it the rows mean nothing.") % missing)
        if faults:
            raise ValidationError(faults)
        return names

    def load(self, dataset):
        """Load all that the rows are compared with."""
        self.remember(self.get_queryset())

    def remember(self, queryset):
        """Keep the instances that rows may speak of; nobody else changes them before they are written."""
        for instance in queryset.select_for_update(of=("self",)) if self.is_final else queryset:
            self.prepare(instance)
            self.known[self.key_of(instance)] = instance

    def notes(self, result):
        """Sentences on what else the confirmation does."""
        return []

    # Import: a row

    def import_row(self, row, instance_loader, **kwargs):
        """Read a row, compare it with what is known and keep what it changes for `write`."""
        line = Line(self.row_numbers[kwargs["row_number"] - 1])
        line.import_type = RowResult.IMPORT_TYPE_INVALID
        self.lines.append(line)
        values = self._read(row, line)
        is_told = all(name in values or name not in self.letters for name in self.keys)
        if is_told and self._is_first(self.key_in(values), line):
            self._compare(values, line)
        return line

    def _read(self, row, line):
        values = {}
        for name, value in row.items():
            if name.startswith("#"):
                if value != "":
                    self.refuse(line, name, _("Something is written under no heading: take it out."))
                continue
            try:
                values[name] = self.fields[name].widget.clean(value)
            except ValidationError as error:
                for sentence in error.messages:
                    self.refuse(line, name, sentence)
        return values

    def refuse(self, line, name, sentence):
        """Note a fault in a row, at a column where there is one."""
        letter = self.letters.get(name)
        heading = self.fields[name].title if name in self.fields else ""
        line.faults.append(
            Fault(self.sheet, line.number, f"{letter}{line.number}" if letter else "", heading, sentence)
        )

    def _is_first(self, key, line):
        first = self.first_row.setdefault(key, line.number)
        if first != line.number:
            sentence = _("Row %(row)s speaks of the same already: leave one of them.") % {"row": first}
            self.refuse(line, self.necessary[-1], sentence)
        return first == line.number

    def _compare(self, values, line):
        known = self.known.get(self.key_in(values))
        line.instance = known or self.make(values)
        line.import_type = RowResult.IMPORT_TYPE_UPDATE if known else RowResult.IMPORT_TYPE_NEW
        for column in self.columns:
            if column.column_name in values:
                self.put(line, column, values[column.column_name])
        self.check(line.instance, values, line)
        if known and not line.changes:
            line.import_type = RowResult.IMPORT_TYPE_SKIP

    def make(self, values):
        """Return a new instance with the attributes that its columns show."""
        instance = self._meta.model(**{name: values.get(name) for name in self.keys})
        self.prepare(instance)
        return instance

    def put(self, line, column, new):
        """Set a value on the row's instance, and note it where it is another."""
        old = getattr(line.instance, column.attribute)
        if old == new or (line.is_update() and self._reads_the_same(column.widget, old, new)):
            return
        setattr(line.instance, column.attribute, new)
        line.note(column, old, new)

    def _reads_the_same(self, cell, old, new):
        """A sheet holds less than the database: ends of lines and spaces at the ends of a text are not changes."""
        try:
            return cell.clean(cell.render(old)) == new
        except ValidationError:
            return False

    def check(self, instance, values, line):
        """Refuse what the row alone shows to be wrong."""
        for column in self.lacking if line.is_new() else ():
            sentence = _("The column «%(heading)s» is needed for a new row.") % {"heading": column.title}
            self.refuse(line, column.column_name, sentence)

    def check_words(self, instance, line, *names):
        """Refuse an instance that has a text neither in Kazakh nor in Russian."""
        for name in names:
            if not getattr(instance, f"{name}_kk") and not getattr(instance, f"{name}_ru"):
                self.refuse(line, f"{name}_kk", _("Give the words as decreed, in Kazakh or in Russian."))

    # Import: the whole

    def after_import(self, dataset, result, *, dry_run=True, fingerprint=None, source="", **kwargs):
        if result.has_errors():
            return
        self.check_together([line for line in self.lines if line.instance is not None])
        if dry_run or result.has_validation_errors():
            return
        if fingerprint and fingerprint != result.fingerprint:
            raise ValidationError(
                _("What is kept here has changed since you looked at the preview: look at it again, then confirm.")
            )
        if audit.is_audited(self._meta.model):
            self._write_with_history(result.new, result.changed, source)
        else:
            self.write(result.new, result.changed)

    def _write_with_history(self, new, changed, source):
        """Write the rows, and keep what each was and became; the ground is the sheet's name."""
        said = {"by": self.user, "at": clock.now(), "reason": source}
        audit.first_states(self._meta.model, [line.instance.pk for line in changed], at=said["at"])
        self.said = said
        self.write(new, changed)
        audit.record([line.instance for line in new], audit.ADDED, **said)
        audit.record([line.instance for line in changed], audit.CHANGED, **said)

    def check_together(self, lines):
        """Refuse what only the rows together show to be wrong."""

    def write(self, new, changed):
        """Write the rows in batches, of the changed ones only the columns that changed in any."""
        model = self._meta.model
        model._default_manager.bulk_create([line.instance for line in new], batch_size=BATCH)
        columns = set().union(*(line.changed for line in changed), self.derived)
        upsert([line.instance for line in changed], columns)

    def handle_import_error(self, result, error, raise_errors=False):
        if isinstance(error, DatabaseError):
            logger.warning("The database refused an import: %s", error)
            error = ValidationError(_("Somebody changed the same rows at the same moment. Upload the file again."))
        if not isinstance(error, ValidationError):
            raise error
        super().handle_import_error(result, error, raise_errors)


@contextmanager
def no_collecting():
    """Let the collector of cycles rest: a sheet's many objects all live to the end, and looking at them costs half."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def upsert(instances, names):
    """Update the named fields of rows that there are, in batches; many times quicker than `bulk_update`."""
    if not instances:
        return
    model = type(instances[0])
    fields = [field.name for field in model._meta.concrete_fields if field.name in names and not field.primary_key]
    if fields:
        model._default_manager.bulk_create(
            instances, batch_size=BATCH, update_conflicts=True, unique_fields=["pk"], update_fields=fields
        )


def replace_rows(model, owner, new, changed, name, rows_of, said=None):
    """Write the rows that the column `name` of the lines stands for, in the place of those there were, in batches.

    `said` (by, at, reason) is kept with the rows that go and come, where the model keeps its history.
    """
    before = [line.instance.pk for line in changed if name in line.changed]
    for start in range(0, len(before), BATCH):
        gone = model._default_manager.filter(**{f"{owner}__in": before[start : start + BATCH]})
        if said:
            audit.first_states(model, gone.values_list("pk", flat=True), at=said["at"])
            audit.record(gone, audit.DELETED, **said)
        # Past the signals: what goes was kept above, in bulk.
        gone._raw_delete(gone.db)
    owners = [line.instance for line in (*new, *changed) if name in line.changed]
    rows = model._default_manager.bulk_create([row for each in owners for row in rows_of(each)], batch_size=BATCH)
    if said:
        audit.record(rows, audit.ADDED, **said)
