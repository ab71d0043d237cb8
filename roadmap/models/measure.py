"""The numbered measures with their deadlines, and who is assigned to each."""

import datetime

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from roadmap import deadlines
from roadmap.language import Localised

from .executor import Executor
from .records import Records
from .roadmap import AS_DECREED, FundingSource, OfRoadmapQuerySet, Roadmap, Section


class MeasureQuerySet(OfRoadmapQuerySet):
    def get_by_natural_key(self, roadmap, position):
        return self.get(roadmap__slug=roadmap, position=position)

    def in_force_by(self, day):
        """Without those that an amending act added later than that day."""
        return self.filter(Q(in_force_from=None) | Q(in_force_from__lte=day))


class Measure(models.Model):
    """A numbered measure. Its deadline stands as decreed (`deadline_text_kk`), its meaning beside it.

    `deadline_periods` is a list of {"starts_on": "YYYY-MM-DD" or null, "ends_on": "YYYY-MM-DD"}; `starts_on` is the
    first start and `ends_on` the last end. No start: the measure is live from the act's day. No end: permanent.
    """

    class Recurrence(models.TextChoices):
        YEARLY = "yearly", _("yearly")
        HALF_YEARLY = "half-yearly", _("half-yearly")
        QUARTERLY = "quarterly", _("quarterly")
        MONTHLY = "monthly", _("monthly")
        PERMANENT = "permanent", _("permanently")

    roadmap = models.ForeignKey(Roadmap, models.PROTECT, verbose_name=_("roadmap"), related_name="measures")
    section = models.ForeignKey(
        Section, models.PROTECT, null=True, blank=True, verbose_name=_("section"), related_name="measures"
    )
    position = models.PositiveSmallIntegerField(_("position"), help_text=_("1, 2, 3 … through the whole roadmap."))
    number = models.CharField(_("number as printed"), blank=True)
    title_kk = models.TextField(_("title (Kazakh)"), blank=True)
    title_ru = models.TextField(_("title (Russian)"), blank=True)
    title_en = models.TextField(_("title (English)"), blank=True)
    completion_form_kk = models.CharField(_("form of completion (Kazakh)"), blank=True)
    completion_form_ru = models.CharField(_("form of completion (Russian)"), blank=True)
    completion_form_en = models.CharField(_("form of completion (English)"), blank=True)
    deadline_text_kk = models.CharField(_("deadline as decreed (Kazakh)"), blank=True)
    deadline_text_ru = models.CharField(_("deadline (Russian)"), blank=True)
    deadline_text_en = models.CharField(_("deadline (English)"), blank=True)
    deadline_periods = models.JSONField(_("periods of the deadline"), default=list, blank=True)
    recurrence = models.CharField(_("recurrence"), max_length=12, choices=Recurrence, blank=True)
    deadline_needs_review = models.BooleanField(_("the deadline needs review"), default=False)
    starts_on = models.DateField(_("begins on"), null=True, blank=True)
    ends_on = models.DateField(_("deadline"), null=True, blank=True)
    # Written by what the Government decided (`reporting.Petition`), or by an amending act; never typed.
    extended_to = models.DateField(_("deadline extended to"), null=True, blank=True, editable=False)
    in_force_from = models.DateField(_("in the plan from"), null=True, blank=True, editable=False)
    funding_sources = models.ManyToManyField(
        FundingSource,
        blank=True,
        verbose_name=_("funding sources"),
        related_name="measures",
        help_text=_("None chosen: the decree says «not required»."),
    )
    funding_volume = models.TextField(
        _("funding volume as decreed"),
        blank=True,
        help_text=_("The column's own words, also by year; not counted with."),
    )
    executors = models.ManyToManyField(Executor, through="Assignment", related_name="measures")

    title = Localised()
    completion_form = Localised()
    deadline_text = Localised()

    objects = MeasureQuerySet.as_manager()
    history = Records(m2m_fields=[funding_sources])

    class Meta:
        verbose_name = _("measure")
        verbose_name_plural = _("measures")
        ordering = ["roadmap", "position"]
        constraints = [
            # Numbers restart or lack in other acts; the position is the key.
            models.UniqueConstraint(fields=["roadmap", "position"], name="measure_position_is_unique_in_its_roadmap"),
            models.CheckConstraint(
                name="measure_has_a_title_in_kazakh_or_russian",
                condition=~Q(title_kk="") | ~Q(title_ru=""),
                violation_error_message=AS_DECREED,
            ),
            models.CheckConstraint(
                name="measure_ends_after_it_begins",
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")),
                violation_error_message=_("The deadline lies before the beginning."),
            ),
            models.CheckConstraint(
                name="measure_recurrence_is_known",
                condition=Q(recurrence__in=["", "yearly", "half-yearly", "quarterly", "monthly", "permanent"]),
            ),
        ]

    def __str__(self):
        return f"{self.number}. {self.title}" if self.number else self.title

    def natural_key(self):
        return (self.roadmap.slug, self.position)

    natural_key.dependencies = ["roadmap.roadmap", "roadmap.section", "roadmap.fundingsource"]

    def clean(self):
        if self.section and self.roadmap_id and self.section.roadmap_id != self.roadmap_id:
            raise ValidationError({"section": _("The section belongs to another roadmap.")})

    def keep_one_period(self):
        """Let the periods of the deadline follow its start and end, where a person changed those."""
        ends = [period["ends_on"] for period in self.deadline_periods]
        starts = [period["starts_on"] for period in self.deadline_periods]
        first = self.starts_on.isoformat() if self.starts_on else None
        last = self.ends_on.isoformat() if self.ends_on else None
        if not ends or (starts[0], ends[-1]) != (first, last):
            self.deadline_periods = [{"starts_on": first, "ends_on": last}] if last else []

    def due_days(self, first, last):
        """The days from `first` to `last` on which it falls due; a recurring deadline has several."""
        return deadlines.occurrences(self._periods(), self.recurrence or None, first, last)

    def _periods(self):
        def day(text):
            return datetime.date.fromisoformat(text) if text else None

        return [deadlines.Period(day(span["starts_on"]), day(span["ends_on"])) for span in self.deadline_periods]

    @property
    def due_on(self):
        """The deadline in force: the Government's later day where it decided one, else the decree's."""
        return self.extended_to or self.ends_on

    def has_begun_by(self, day):
        return self.starts_on is None or self.starts_on <= day

    def is_due_by(self, day):
        """Is the deadline in force on or before that day?"""
        return self.due_on is not None and self.due_on <= day

    def is_overdue_on(self, day):
        """Has the deadline in force passed on that day?"""
        return self.due_on is not None and self.due_on < day


class AssignmentQuerySet(models.QuerySet):
    def get_by_natural_key(self, roadmap, measure, position):
        return self.get(measure__roadmap__slug=roadmap, measure__position=measure, position=position)

    def for_user(self, user):
        return self.filter(measure__roadmap__in=Roadmap.objects.for_user(user))


class Assignment(models.Model):
    """An executor of a measure, in the decree's order; «келісім бойынша» is `by_agreement`."""

    measure = models.ForeignKey(Measure, models.CASCADE, verbose_name=_("measure"), related_name="assignments")
    position = models.PositiveSmallIntegerField(_("position"))
    executor = models.ForeignKey(Executor, models.PROTECT, verbose_name=_("executor"), related_name="assignments")
    by_agreement = models.BooleanField(_("by agreement"), default=False)
    lead = models.BooleanField(_("gathers the others' information"), default=False)

    objects = AssignmentQuerySet.as_manager()
    history = Records()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["measure", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "position"], name="assignment_position_is_unique_in_its_measure"
            ),
            models.UniqueConstraint(fields=["measure", "executor"], name="executor_is_named_once_in_a_measure"),
        ]

    def __str__(self):
        return f"{self.measure.number} — {self.executor}"

    def clean(self):
        if self.executor_id and self.executor.ended_by:
            raise ValidationError({"executor": self.executor.ended_by.sentence()})

    def natural_key(self):
        return (self.measure.roadmap.slug, self.measure.position, self.position)

    natural_key.dependencies = ["roadmap.measure", "roadmap.executor"]
