"""The sheet of the working calendar: day, working or off, basis."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import calendar_changes
from .columns import ChoiceCell, Column
from .models import CalendarDay
from .resources import TRANSLATION
from .sheet_resource import SheetResource

WORKING, OFF = "working", "off"
BASIS = gettext_lazy("The act or the holiday; one of Kazakh and Russian has to be there.")


class CalendarDayResource(SheetResource):
    keys = necessary = ("day",)
    derived = ("is_working",)
    about = {**dict.fromkeys(("basis_kk", "basis_ru"), BASIS), "basis_en": TRANSLATION}
    rules = (
        gettext_lazy(
            "One row is one day that is worked or off otherwise than the week has it, or for a basis of its own."
        ),
        gettext_lazy("Terms of periods that are not approved are counted anew as soon as the sheet is imported."),
    )

    kind = Column(
        "kind",
        ChoiceCell([(WORKING, gettext_lazy("working")), (OFF, gettext_lazy("off"))], is_required=True),
        gettext_lazy("working or off"),
    )

    class Meta:
        model = CalendarDay
        import_id_fields = ("day",)
        fields = export_order = ("day", "kind", "basis_kk", "basis_ru", "basis_en")

    def get_queryset(self):
        return super().get_queryset().order_by("day")

    def prepare(self, instance):
        instance.kind = (WORKING if instance.is_working else OFF) if instance.pk else ""

    def check(self, instance, values, line):
        super().check(instance, values, line)
        instance.is_working = instance.kind == WORKING
        if not instance.basis_kk and not instance.basis_ru:
            self.refuse(line, "basis_kk", _("Give the basis, in Kazakh or in Russian: the act or the holiday."))

    def write(self, new, changed):
        super().write(new, changed)
        calendar_changes.tell()
