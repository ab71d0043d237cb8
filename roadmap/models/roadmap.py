"""An act's roadmap, its sections, and where the money comes from."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from roadmap.language import Localised

from .calendar_day import CalendarDay
from .people import User
from .records import Records

AS_DECREED = _("Give the words as decreed, in Kazakh or in Russian.")
YEARS = [MinValueValidator(1991), MaxValueValidator(2100)]


class RoadmapQuerySet(models.QuerySet):
    def get_by_natural_key(self, slug):
        return self.get(slug=slug)

    def for_user(self, user):
        """The roadmaps that the person has to do with: executors where they are named, ministries their own."""
        if not user.is_authenticated:
            return self.none()
        if user.role == User.Role.EXECUTOR:
            named = Roadmap.objects.filter(measures__assignments__executor=user.executor_id)
            return self.filter(pk__in=named.values("pk"))
        if user.role in User.OF_MINISTRY:
            return self.filter(coordinator=user.executor_id)
        return self.all()


class Roadmap(models.Model):
    class Frequency(models.TextChoices):
        MONTH = "month", _("monthly")
        QUARTER = "quarter", _("quarterly")
        HALF_YEAR = "half_year", _("half-yearly")
        YEAR = "year", _("yearly")

    slug = models.SlugField(_("address"), unique=True, help_text=_("The part of the pages' addresses: decree-631."))
    act_kk = models.CharField(_("act (Kazakh)"), blank=True)
    act_ru = models.CharField(_("act (Russian)"), blank=True)
    act_en = models.CharField(_("act (English)"), blank=True)
    number = models.CharField(_("number of the act"))
    date = models.DateField(_("date of the act"))
    title_kk = models.TextField(_("title (Kazakh)"), blank=True)
    title_ru = models.TextField(_("title (Russian)"), blank=True)
    title_en = models.TextField(_("title (English)"), blank=True)
    first_year = models.PositiveSmallIntegerField(_("first year"), validators=YEARS)
    last_year = models.PositiveSmallIntegerField(_("last year"), validators=YEARS)
    coordinator = models.ForeignKey(
        "Executor", models.PROTECT, verbose_name=_("coordinating ministry"), related_name="coordinated_roadmaps"
    )
    frequency = models.CharField(_("frequency"), max_length=10, choices=Frequency, default=Frequency.HALF_YEAR)
    executors_due_day = models.PositiveSmallIntegerField(_("executors report by this day of the month"), default=5)
    ministry_due_day = models.PositiveSmallIntegerField(_("the ministry reports by this day"), default=20)
    window_days = models.PositiveSmallIntegerField(_("days that the executors' window is open before"), default=15)
    four_eyes = models.BooleanField(
        _("four eyes"), default=True, help_text=_("Who approves a summary is not who last edited a line of it.")
    )
    # Rules of the Government, 2023, p. 177.
    moves_to_working_day = models.BooleanField(
        _("a term that ends on a day off counts until the next working day"),
        default=True,
        help_text=_("By the working calendar. Windows open by the act's own dates all the same."),
    )

    act = Localised()
    title = Localised()

    objects = RoadmapQuerySet.as_manager()
    history = Records()

    class Meta:
        verbose_name = _("roadmap")
        verbose_name_plural = _("roadmaps")
        ordering = ["-date", "slug"]
        constraints = [
            # An act that was read from its Russian text alone has no Kazakh words yet.
            models.CheckConstraint(
                name="roadmap_has_a_title_and_an_act_in_kazakh_or_russian",
                condition=(~Q(title_kk="") | ~Q(title_ru="")) & (~Q(act_kk="") | ~Q(act_ru="")),
                violation_error_message=AS_DECREED,
            ),
            models.CheckConstraint(
                name="roadmap_ends_after_it_begins",
                condition=Q(last_year__gte=models.F("first_year")),
                violation_error_message=_("The last year lies before the first."),
            ),
            models.CheckConstraint(
                name="roadmap_frequency_is_known", condition=Q(frequency__in=["month", "quarter", "half_year", "year"])
            ),
            models.CheckConstraint(
                name="roadmap_ministry_reports_after_the_executors",
                condition=Q(
                    executors_due_day__gte=1,
                    ministry_due_day__gt=models.F("executors_due_day"),
                    ministry_due_day__lte=28,
                ),
                violation_error_message=_("The ministry reports after the executors, and by the 28th of the month."),
            ),
        ]

    def __str__(self):
        return self.title

    def clean(self):
        if self.coordinator_id and self.coordinator.ended_by:
            raise ValidationError({"coordinator": self.coordinator.ended_by.sentence()})

    def effective(self, day, days=None):
        """Return the working day that a term of this day counts until.

        `days`: the working days, asked of the calendar once by who has many terms to count.
        """
        if not self.moves_to_working_day:
            return day
        return (days or CalendarDay.objects.working_days()).effective(day)

    def natural_key(self):
        return (self.slug,)

    natural_key.dependencies = ["roadmap.executor"]


class OfRoadmapQuerySet(models.QuerySet):
    """Rows with a `roadmap`; scoped by it."""

    def for_user(self, user):
        return self.filter(roadmap__in=Roadmap.objects.for_user(user))


class SectionQuerySet(OfRoadmapQuerySet):
    def get_by_natural_key(self, roadmap, position):
        return self.get(roadmap__slug=roadmap, position=position)


class Section(models.Model):
    roadmap = models.ForeignKey(Roadmap, models.PROTECT, verbose_name=_("roadmap"), related_name="sections")
    position = models.PositiveSmallIntegerField(_("position"))
    number = models.CharField(_("number as printed"), blank=True)
    title_kk = models.TextField(_("title (Kazakh)"), blank=True)
    title_ru = models.TextField(_("title (Russian)"), blank=True)
    title_en = models.TextField(_("title (English)"), blank=True)

    title = Localised()

    objects = SectionQuerySet.as_manager()
    history = Records()

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        ordering = ["roadmap", "position"]
        constraints = [
            models.UniqueConstraint(fields=["roadmap", "position"], name="section_position_is_unique_in_its_roadmap"),
            models.CheckConstraint(
                name="section_has_a_title_in_kazakh_or_russian",
                condition=~Q(title_kk="") | ~Q(title_ru=""),
                violation_error_message=AS_DECREED,
            ),
        ]

    def __str__(self):
        return f"{self.number}. {self.title}" if self.number else self.title

    def natural_key(self):
        return (self.roadmap.slug, self.position)

    natural_key.dependencies = ["roadmap.roadmap"]


class FundingSourceQuerySet(models.QuerySet):
    def get_by_natural_key(self, code):
        return self.get(code=code)


class FundingSource(models.Model):
    code = models.SlugField(_("code"), unique=True)
    name_kk = models.CharField(_("name (Kazakh)"), blank=True)
    name_ru = models.CharField(_("name (Russian)"), blank=True)
    name_en = models.CharField(_("name (English)"), blank=True)

    name = Localised()

    objects = FundingSourceQuerySet.as_manager()
    history = Records()

    class Meta:
        verbose_name = _("funding source")
        verbose_name_plural = _("funding sources")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="funding_source_has_a_name_in_kazakh_or_russian",
                condition=~Q(name_kk="") | ~Q(name_ru=""),
                violation_error_message=AS_DECREED,
            ),
        ]

    def __str__(self):
        return self.name

    def natural_key(self):
        return (self.code,)
