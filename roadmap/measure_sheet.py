"""The sheet of measures, with their sections, assignments and funding."""

import datetime
import functools
import re

from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import audit
from .columns import PARTS, Cell, Column, NumberCell, NumberedTextCell, TextCell, folded
from .directory import Directory, SeveralBodies
from .models import (
    Assignment,
    Executor,
    FundingSource,
    Measure,
    MeasureChange,
    Roadmap,
    Section,
    Succession,
    User,
    read_days,
)
from .resources import AS_IN_THE_ACT, IN_THE_ACT, TRANSLATION, ended_words, roadmap_column
from .sheet_resource import SheetResource, replace_rows, upsert

# What stands in brackets after a body; any language's words are understood, the reader's are written.
BY_AGREEMENT = {"kk": "келісім бойынша", "ru": "по согласованию", "en": "by agreement"}
LEAD = {"kk": "жинақтау", "ru": "свод", "en": "lead"}
MARKS = dict.fromkeys((*BY_AGREEMENT.values(), "келісу бойынша"), "by_agreement") | dict.fromkeys(
    (*LEAD.values(), "созыв"), "lead"
)
NOT_REQUIRED = {"талап етілмейді", "не требуется", "not required", "-", "–", "—"}
_BRACKETS = re.compile(r"\s*\(([^()]*)\)\s*$")
DEADLINE = (  # what the Government set
    "starts_on", "ends_on", "deadline_periods", "recurrence", "deadline_text_kk", "deadline_text_ru",
    "deadline_needs_review",
)  # fmt: skip
SECTION_TEXTS = ("section_number", "section_title_kk", "section_title_ru", "section_title_en")


class AssignedCell(Cell):
    """The bodies in order, with their marks: «mint; natr (by agreement); mgmt (lead)».

    A cell is read into (text, marks); who is meant hangs on the row's roadmap.
    """

    width = 34

    def rule(self):
        language = translation.get_language()
        return _(
            "Codes or names in the act's order, parted by semicolons: mint; natr (%(by_agreement)s); mgmt (%(lead)s)."
            " The lead gathers the others' information."
        ) % {"by_agreement": BY_AGREEMENT[language], "lead": LEAD[language]}

    def render(self, value, obj=None, **kwargs):
        return "; ".join(
            " ".join([executor.code, *([f"({words})"] if (words := ", ".join(_words(marks))) else [])])
            for executor, marks in value
        )

    def read_nothing(self):
        return ()

    def read(self, value):
        return tuple(_marked(part) for part in PARTS.split(TextCell().read(value)) if part.strip())


def _words(marks):
    language = translation.get_language()
    yield from (words[language] for mark, words in (("by_agreement", BY_AGREEMENT), ("lead", LEAD)) if mark in marks)


@functools.lru_cache(10_000)
def _marked(text):
    """Part a body's name from what is said of it in brackets; other brackets belong to the name."""
    marks = set()
    while found := _BRACKETS.search(text):
        words = [MARKS.get(folded(word)) for word in found[1].split(",")]
        if None in words:
            break
        marks.update(words)
        text = text[: found.start()]
    return text.strip(), frozenset(marks)


class SourcesCell(Cell):
    """Funding sources by their codes or names; none where the act says «not required»."""

    width = 20

    def __init__(self):
        super().__init__()
        self.known = {}

    def rule(self):
        return _("Codes or names of funding sources, parted by semicolons; empty: not required.")

    def render(self, value, obj=None, **kwargs):
        return "; ".join(source.code for source in value)

    def read_nothing(self):
        return ()

    def read(self, value):
        words = [word.strip() for word in PARTS.split(TextCell().read(value)) if word.strip()]
        found = {}
        for word in words:
            source = self.known.get(folded(word))
            if source:
                found[source.code] = source
            elif folded(word) not in NOT_REQUIRED:
                raise ValidationError(
                    _("There is no funding source «%(value)s»: mend it, or add the source first."),
                    params={"value": word},
                )
        return tuple(found[code] for code in sorted(found))


class MeasureResource(SheetResource):
    keys = necessary = ("roadmap", "position")
    derived = ("section",)
    about = {
        "title_kk": AS_IN_THE_ACT,
        "title_ru": AS_IN_THE_ACT,
        "title_en": TRANSLATION,
        "completion_form_kk": IN_THE_ACT,
        "completion_form_ru": IN_THE_ACT,
        "completion_form_en": TRANSLATION,
        "deadline_text_kk": IN_THE_ACT,
        "deadline_text_ru": IN_THE_ACT,
        "deadline_text_en": TRANSLATION,
        "starts_on": gettext_lazy("The first beginning; empty: from the act's day."),
        "ends_on": gettext_lazy("The last end; empty: permanent. Only an administrator moves a decreed deadline."),
        "deadline_periods": gettext_lazy("The periods that the deadline names; they follow the two dates."),
        "recurrence": gettext_lazy("How often the measure comes back within its years; empty: once."),
    }
    rules = (
        gettext_lazy("One row is one measure of an act. First the roadmap and its executors, then this sheet."),
        gettext_lazy(
            "A section is known by its position. Its number and titles need to stand in one of its rows alone."
        ),
    )

    roadmap = roadmap_column(
        Measure._meta.get_field("roadmap").verbose_name, gettext_lazy("The roadmap's address."), is_required=True
    )
    position = Column(
        "position",
        NumberCell(1, 32_767, True),
        Measure._meta.get_field("position").verbose_name,
        Measure._meta.get_field("position").help_text,
    )
    section = Column(
        "section_position",
        NumberCell(1, 999),
        Measure._meta.get_field("section").verbose_name,
        gettext_lazy("The section's position: 1, 2, 3 … through the roadmap; empty: in none."),
    )
    section_number = Column("section_number", NumberedTextCell(), gettext_lazy("section's number as printed"))
    section_title_kk = Column("section_title_kk", TextCell(), gettext_lazy("section's title (Kazakh)"), AS_IN_THE_ACT)
    section_title_ru = Column("section_title_ru", TextCell(), gettext_lazy("section's title (Russian)"), AS_IN_THE_ACT)
    section_title_en = Column("section_title_en", TextCell(), gettext_lazy("section's title (English)"), TRANSLATION)
    number = Column("number", NumberedTextCell(), Measure._meta.get_field("number").verbose_name)
    executors = Column("assigned", AssignedCell(), gettext_lazy("executors"))
    funding_sources = Column("sources", SourcesCell(), Measure._meta.get_field("funding_sources").verbose_name)

    class Meta:
        model = Measure
        import_id_fields = ("roadmap", "position")
        fields = export_order = (
            "roadmap", "position", "section", *SECTION_TEXTS, "number", "title_kk", "title_ru", "title_en",
            "completion_form_kk", "completion_form_ru", "completion_form_en", "executors",
            "deadline_text_kk", "deadline_text_ru", "deadline_text_en", "starts_on", "ends_on", "deadline_periods",
            "recurrence", "deadline_needs_review", "funding_sources", "funding_volume",
        )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._shown_sections = set()

    def get_queryset(self):
        measures = super().get_queryset().select_related("roadmap", "section")
        assignments = Prefetch(
            "assignments", Assignment.objects.prefetch_related("executor"), to_attr="assignment_rows"
        )
        sources = Prefetch("funding_sources", FundingSource.objects.order_by("code"), to_attr="source_rows")
        return measures.prefetch_related(assignments, sources).order_by("roadmap", "position")

    def prepare(self, instance):
        """Show a section's texts in the first row of its measures alone."""
        section = instance.section
        is_first = section and section.pk not in self._shown_sections
        self._shown_sections.add(section and section.pk)
        instance.section_position = section.position if section else None
        for name in SECTION_TEXTS:
            setattr(instance, name, getattr(section, name.removeprefix("section_")) if is_first else "")
        instance.assigned = tuple((each.executor, _marks(each)) for each in getattr(instance, "assignment_rows", ()))
        instance.sources = tuple(getattr(instance, "source_rows", ()))

    # Import

    def load(self, dataset):
        roadmaps = {roadmap.slug: roadmap for roadmap in Roadmap.objects.for_user(self.user)}
        self.fields["roadmap"].widget.known = roadmaps
        at = dataset.headers.index("roadmap")
        self.named = [roadmaps[slug] for slug in {str(row[at]) for row in dataset} if slug in roadmaps]
        self.remember(self.get_queryset().filter(roadmap__in=self.named))
        self.sections = {
            (section.roadmap_id, section.position): section
            for section in Section.objects.filter(roadmap__in=self.named)
        }
        self.directory = Directory(Executor.objects.prefetch_related("aliases"))
        self.ended = Succession.objects.ended()
        self.amended = {}
        changes = MeasureChange.objects.filter(kind=MeasureChange.Kind.DEADLINE, measure__roadmap__in=self.named)
        for change in changes.exclude(amendment__applied_at=None).select_related("amendment").order_by("pk"):
            self.amended.setdefault(change.measure_id, []).append(change)
        self.fields["funding_sources"].widget.known = {
            folded(word): source
            for source in FundingSource.objects.all()
            for word in (source.code, source.name_kk, source.name_ru, source.name_en)
            if word
        }
        self.said, self.new_sections, self.changed_sections = {}, {}, {}

    def put(self, line, column, new):
        if column.column_name in SECTION_TEXTS:
            return
        if column.column_name == "executors":
            new = self._bodies(line, new)
            if new is None:
                return
        super().put(line, column, new)

    def _bodies(self, line, said):
        """Return who is meant: whom the row has already, or whom its roadmap may name; None where that is unclear."""
        old = {executor.code: executor for executor, _marks in line.instance.assigned}
        found, faults = [], len(line.faults)
        for text, marks in said:
            executor = old.get(text) or self._body(line, text)
            if executor and executor.pk in self.ended and text not in old:
                self.refuse(line, "executors", ended_words(self.ended[executor.pk]))
            if executor and any(executor == other for other, _marks in found):
                self.refuse(line, "executors", _("«%(name)s» is named twice: leave it once.") % {"name": text})
            found.append((executor, marks))
        return tuple(found) if len(line.faults) == faults else None

    def _body(self, line, text):
        try:
            executor = self.directory.find(text, line.instance.roadmap_id)
        except SeveralBodies:
            sentence = _("«%(name)s» is the name of several bodies: give the code.")
        else:
            sentence = _("This roadmap knows no body «%(name)s»: mend it, or add the body to the executors first.")
            if executor:
                return executor
        self.refuse(line, "executors", sentence % {"name": text})
        return None

    def check(self, instance, values, line):
        super().check(instance, values, line)
        self.check_words(instance, line, "title")
        self._settle_section(instance, values, line)
        self._settle_deadline(instance, line)
        moved = line.changed.intersection(DEADLINE)
        if line.is_update() and moved and self.user.role != User.Role.ADMINISTRATOR:
            sentence = _("A deadline that was decreed is changed by an administrator alone.")
            self.refuse(line, next(name for name in DEADLINE if name in moved), sentence)
        if moved:
            self._refuse_undoing(instance, line)

    def _refuse_undoing(self, measure, line):
        """A sheet that was exported before an act amended the deadline does not take the act back unseen."""
        for change in self.amended.get(measure.pk, ()):
            before = read_days(change.before)
            undone = [name for name in DEADLINE if name in line.changed and getattr(measure, name) == before[name]]
            if undone:
                sentence = _("This is the deadline before it was amended by %(act)s: export the sheet anew.")
                return self.refuse(line, undone[0], sentence % {"act": change.amendment.citation})

    def _settle_section(self, measure, values, line):
        if measure.section_position is None:
            measure.section = None
            if any(values.get(name) for name in SECTION_TEXTS):
                self.refuse(line, "section", _("Give the position of the section that is titled here."))
            return
        key = measure.roadmap_id, measure.section_position
        section = self.sections.get(key)
        if section is None:
            section = Section(roadmap=measure.roadmap, position=measure.section_position)
            self.sections[key] = self.new_sections[line.number] = section
        measure.section = section
        for name in SECTION_TEXTS:
            if values.get(name):
                self._say(section, key, name, values[name], line)

    def _say(self, section, key, name, text, line):
        """Take a section's text from a row; what the section has already, or another row said, is no news."""
        field = name.removeprefix("section_")
        old = getattr(section, field)
        if self._reads_the_same(self.fields[name].widget, old, text):
            return
        first = self.said.setdefault((key, name), line.number)
        if first != line.number:
            sentence = _("Row %(row)s gives the section other words: leave one of them.") % {"row": first}
            return self.refuse(line, name, sentence)
        setattr(section, field, text)
        line.note(self.fields[name], old, text)
        if section.pk:
            self.changed_sections[section.pk] = section

    def _settle_deadline(self, measure, line):
        """Let the periods follow the dates, or the dates the periods, where only one of them was changed."""
        periods = measure.deadline_periods
        dates = line.changed & {"starts_on", "ends_on"}
        span = (_day(periods[0]["starts_on"]), _day(periods[-1]["ends_on"])) if periods else (None, None)
        is_at_odds = span != (measure.starts_on, measure.ends_on)
        if dates and "deadline_periods" not in line.changed:
            old = list(periods)
            measure.keep_one_period()
            self._follow(line, "deadline_periods", old, measure.deadline_periods)
        elif "deadline_periods" in line.changed and not dates:
            for name, day in zip(("starts_on", "ends_on"), span, strict=True):
                old = getattr(measure, name)
                setattr(measure, name, day)
                self._follow(line, name, old, day)
        elif dates and is_at_odds:
            sentence = _("The periods and the two dates say different things: change the one or the other.")
            self.refuse(line, "deadline_periods", sentence)
        if measure.starts_on and measure.ends_on and measure.starts_on > measure.ends_on:
            self.refuse(line, "ends_on", _("The deadline lies before the beginning."))

    def _follow(self, line, name, old, new):
        if old != new:
            line.note(self.fields[name], old, new)

    def check_together(self, lines):
        by_number = {line.number: line for line in lines}
        for number, section in self.new_sections.items():
            if not section.title_kk and not section.title_ru:
                sentence = _("The roadmap has no section %(position)s: give its title in this row, or mend the number.")
                self.refuse(by_number[number], "section", sentence % {"position": section.position})

    def write(self, new, changed):
        changed_sections = list(self.changed_sections.values())
        audit.first_states(Section, [section.pk for section in changed_sections], at=self.said["at"])
        audit.record(Section.objects.bulk_create(self.new_sections.values()), audit.ADDED, **self.said)
        upsert(changed_sections, [name.removeprefix("section_") for name in SECTION_TEXTS])
        audit.record(changed_sections, audit.CHANGED, **self.said)
        super().write(new, changed)
        replace_rows(Assignment, "measure", new, changed, "executors", _assignments, self.said)
        replace_rows(Measure.funding_sources.through, "measure", new, changed, "funding_sources", _sources)


def _marks(assignment):
    return frozenset(mark for mark in ("by_agreement", "lead") if getattr(assignment, mark))


def _day(text):
    return datetime.date.fromisoformat(text) if text else None


def _assignments(measure):
    for position, (executor, marks) in enumerate(measure.assigned, start=1):
        yield Assignment(
            measure_id=measure.pk, position=position, executor_id=executor.pk, **dict.fromkeys(marks, True)
        )


def _sources(measure):
    through = Measure.funding_sources.through
    return [through(measure_id=measure.pk, fundingsource_id=source.pk) for source in measure.sources]
