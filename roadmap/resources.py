"""django-import-export: measures and executors by their natural keys, within what the person may see."""

import io
import zipfile

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from import_export import fields, resources, widgets
from import_export.formats.base_formats import CSV, XLSX
from import_export.results import Error
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from .models import Executor, FundingSource, Measure, Roadmap, Section, User

UNPACKED_LIMIT = 50 * 1024 * 1024
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


class Unarmed:
    """A format in which typed text never becomes a formula, and comes back as it was typed.

    (The library's own escaping takes the sign away, and knows only «=».)
    """

    def export_data(self, dataset, **kwargs):
        return super().export_data(_each_cell(dataset, _escape), **kwargs)

    def create_dataset(self, in_stream, **kwargs):
        if self.is_binary():
            refuse_bomb(in_stream)
        return _each_cell(super().create_dataset(in_stream, **kwargs), _unescape)


def refuse_bomb(content):
    """Refuse a workbook that unpacks to more than anybody's plan, before it is unpacked."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if sum(part.file_size for part in packed.infolist()) > UNPACKED_LIMIT:
            raise ValueError(_("The workbook is too large."))


def _each_cell(dataset, change):
    for _row in range(len(dataset)):
        dataset.append([change(cell) for cell in dataset.lpop()])
    return dataset


def _escape(cell):
    """Text that a workbook can hold, and that is no formula."""
    text = ILLEGAL_CHARACTERS_RE.sub("", cell) if isinstance(cell, str) else cell
    return f"'{text}" if isinstance(text, str) and text.startswith(FORMULA_SIGNS) else text


def _unescape(cell):
    """What was typed: an empty cell is empty text."""
    if isinstance(cell, str) and cell.startswith("'") and cell[1:].startswith(FORMULA_SIGNS):
        return cell[1:]
    return "" if cell is None else cell


class UnarmedXLSX(Unarmed, XLSX):
    pass


class UnarmedCSV(Unarmed, CSV):
    pass


class PlainError(Error):
    """A refusal for the reader: the sentence, and nothing of the server."""

    @property
    def traceback(self):
        return ""


class PositionWidget(widgets.Widget):
    """A whole number, and nothing that could be taken for another."""

    def clean(self, value, row=None, **kwargs):
        text = str(value).removesuffix(".0").strip()
        if not (text.isdecimal() and 0 < len(text) < 5 and int(text)):
            raise ValidationError(_("A position is a whole number from 1: «%(value)s»."), params={"value": value})
        return int(text)


class ScopedResource(resources.ModelResource):
    """A resource that knows whose it is."""

    def __init__(self, user=None, **kwargs):
        super().__init__(**kwargs)
        self.user = user
        self.fields["roadmap"].widget.user = user

    @classmethod
    def get_error_result_class(cls):
        return PlainError

    def get_queryset(self):
        return super().get_queryset().for_user(self.user)


class RoadmapWidget(widgets.ForeignKeyWidget):
    """A roadmap by its address, among those that the resource's user may see."""

    user = None

    def __init__(self):
        super().__init__(Roadmap, field="slug")

    def get_queryset(self, value, row, *args, **kwargs):
        return Roadmap.objects.for_user(self.user)

    def clean(self, value, row=None, **kwargs):
        try:
            return super().clean(value, row, **kwargs)
        except Roadmap.DoesNotExist as error:
            raise ValidationError(_("There is no roadmap «%(slug)s» of yours."), params={"slug": value}) from error


class SectionWidget(widgets.ForeignKeyWidget):
    """A section by its position in the row's roadmap."""

    def __init__(self):
        super().__init__(Section, field="position")

    def get_queryset(self, value, row, *args, **kwargs):
        return Section.objects.filter(roadmap__slug=row.get("roadmap"))

    def clean(self, value, row=None, **kwargs):
        try:
            return super().clean(value, row, **kwargs)
        except (Section.DoesNotExist, ValueError) as error:
            raise ValidationError(
                _("The roadmap has no section at position %(position)s."), params={"position": value}
            ) from error


class MeasureResource(ScopedResource):
    roadmap = fields.Field(attribute="roadmap", column_name="roadmap", widget=RoadmapWidget())
    position = fields.Field(attribute="position", column_name="position", widget=PositionWidget())
    section = fields.Field(attribute="section", column_name="section", widget=SectionWidget())
    funding_sources = fields.Field(
        attribute="funding_sources",
        column_name="funding_sources",
        widget=widgets.ManyToManyWidget(FundingSource, field="code"),
    )
    executors = fields.Field(column_name="executors", readonly=True)

    class Meta:
        model = Measure
        import_id_fields = ("roadmap", "position")
        fields = export_order = (
            "roadmap", "position", "section", "number", "title_kk", "title_ru", "title_en",
            "completion_form_kk", "completion_form_ru", "completion_form_en",
            "deadline_text_kk", "deadline_text_ru", "deadline_text_en", "starts_on", "ends_on",
            "funding_sources", "executors",
        )  # fmt: skip
        skip_unchanged = True
        report_skipped = True
        clean_model_instances = True

    def get_queryset(self):
        return (
            super()
            .get_queryset()
            .select_related("roadmap", "section")
            .prefetch_related("assignments__executor", "funding_sources")
        )

    def get_user_visible_fields(self):
        """What can be imported; `executors` is there to be read."""
        return [field for field in super().get_user_visible_fields() if not field.readonly]

    def before_import_row(self, row, **kwargs):
        measure = (
            self.get_queryset().filter(roadmap__slug=row.get("roadmap"), position=row.get("position") or 0).first()
        )
        wanted = row.get("executors")
        if wanted and wanted != (self.dehydrate_executors(measure) if measure else ""):
            raise ValidationError(_("Executors are assigned on the measure's own page; this column is for reading."))

    def before_save_instance(self, instance, row, **kwargs):
        """A ministry cannot move a deadline that the Government set."""
        before = Measure.objects.filter(pk=instance.pk).first()
        is_moved = before and (before.starts_on, before.ends_on) != (instance.starts_on, instance.ends_on)
        if is_moved and self.user.role != User.Role.ADMINISTRATOR:
            raise ValidationError(_("A deadline that was decreed is changed by an administrator alone."))
        instance.keep_one_period()

    def dehydrate_executors(self, measure):
        return ", ".join(assignment.executor.code for assignment in measure.assignments.all())


class ExecutorResource(ScopedResource):
    roadmap = fields.Field(attribute="roadmap", column_name="roadmap", widget=RoadmapWidget())

    class Meta:
        model = Executor
        import_id_fields = ("code", "roadmap")
        fields = export_order = (
            "code", "roadmap", "short_name_kk", "short_name_ru", "short_name_en",
            "full_name_kk", "full_name_ru", "full_name_en",
        )  # fmt: skip
        skip_unchanged = True
        report_skipped = True
        clean_model_instances = True

    def get_queryset(self):
        return super().get_queryset().select_related("roadmap")

    def before_save_instance(self, instance, row, **kwargs):
        """Bodies that are known everywhere belong to nobody's ministry."""
        if instance.roadmap is None and self.user.role != User.Role.ADMINISTRATOR:
            raise ValidationError(_("Only an administrator changes bodies that are known in every roadmap."))
