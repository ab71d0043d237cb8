"""What was decreed: the roadmap, its sections and measures, who answers for them; and the people who sign in.

Text in three languages is three plain columns: as decreed in Kazakh or Russian, one of which is never empty, and the
others beside it.
"""

import datetime

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from . import deadlines
from .bodies import normal_name
from .directory import Directory
from .language import Localised

AS_DECREED = _("Give the words as decreed, in Kazakh or in Russian.")
YEARS = [MinValueValidator(1991), MaxValueValidator(2100)]


class UserAccountManager(UserManager):
    def create_user(self, username, email=None, password=None, **extra):
        return self._create_user(username, email, password, **extra)

    def create_superuser(self, username, email=None, password=None, **extra):
        """Make an administrator: `manage.py createsuperuser` is how the first one comes in."""
        return self.create_user(username, email, password, role=User.Role.ADMINISTRATOR, **extra)


class User(AbstractUser):
    class Role(models.TextChoices):
        EXECUTOR = "executor", _("executor officer")
        MINISTRY_OFFICER = "ministry_officer", _("ministry officer")
        MINISTRY_HEAD = "ministry_head", _("ministry head")
        GOVERNMENT = "government", _("government official")
        ADMINISTRATOR = "administrator", _("administrator")

    WITH_BODY = (Role.EXECUTOR, Role.MINISTRY_OFFICER, Role.MINISTRY_HEAD)
    OF_MINISTRY = (Role.MINISTRY_OFFICER, Role.MINISTRY_HEAD)
    STAFF = (*OF_MINISTRY, Role.ADMINISTRATOR)

    # The role alone gives permissions (`access.py`); Django's own ways around it do not exist.
    is_superuser = None
    groups = None
    user_permissions = None

    role = models.CharField(_("role"), max_length=20, choices=Role)
    executor = models.ForeignKey(
        "Executor",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("body"),
        related_name="users",
        help_text=_("The executor that the officer reports for, or the coordinating ministry; empty for the others."),
    )
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="kk")

    objects = UserAccountManager()

    class Meta(AbstractUser.Meta):
        constraints = [
            models.CheckConstraint(
                name="user_role_is_known",
                condition=Q(role__in=["executor", "ministry_officer", "ministry_head", "government", "administrator"]),
            ),
            models.CheckConstraint(
                name="user_has_a_body_exactly_where_the_role_needs_one",
                condition=Q(role__in=["executor", "ministry_officer", "ministry_head"], executor__isnull=False)
                | Q(role__in=["government", "administrator"], executor__isnull=True),
                violation_error_message=_(
                    "Executors' officers and the ministry's staff belong to a body; other roles to none."
                ),
            ),
            models.CheckConstraint(
                name="user_enters_the_admin_as_the_role_says",
                condition=Q(role__in=["ministry_officer", "ministry_head", "administrator"], is_staff=True)
                | Q(role__in=["executor", "government"], is_staff=False),
            ),
            models.CheckConstraint(name="user_language_is_known", condition=Q(language__in=["kk", "ru", "en"])),
            # One address, one person: reminders and receipts go by it.
            models.UniqueConstraint(
                Lower("email"), name="user_email_is_unique_ignoring_case", condition=~Q(email=""),
                violation_error_message=_("Another user has this e-mail address."),
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.get_full_name() or self.username

    def clean(self):
        super().clean()
        self.is_staff = self.role in self.STAFF

    def save(self, *args, update_fields=None, **kwargs):
        self.is_staff = self.role in self.STAFF
        if update_fields is not None and "role" in update_fields:
            update_fields = {*update_fields, "is_staff"}
        super().save(*args, update_fields=update_fields, **kwargs)


class RoadmapQuerySet(models.QuerySet):
    def get_by_natural_key(self, slug):
        return self.get(slug=slug)

    def for_user(self, user):
        """The roadmaps that the person has to do with: executors where they are named, ministries their own."""
        if not user.is_authenticated:
            return self.none()
        if user.role == User.Role.EXECUTOR:
            return self.filter(pk__in=Assignment.objects.filter(executor=user.executor_id).values("measure__roadmap"))
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

    act = Localised()
    title = Localised()

    objects = RoadmapQuerySet.as_manager()

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


class ExecutorQuerySet(models.QuerySet):
    def get_by_natural_key(self, code, roadmap=None):
        return self.get(code=code, roadmap__slug=roadmap) if roadmap else self.get(code=code, roadmap=None)

    def for_user(self, user):
        roadmaps = Roadmap.objects.for_user(user)
        if user.is_authenticated and user.role == User.Role.ADMINISTRATOR:
            return self.all()
        named = Assignment.objects.filter(measure__roadmap__in=roadmaps).values("executor")
        return self.filter(Q(pk__in=named) | Q(roadmap__in=roadmaps) | Q(pk__in=roadmaps.values("coordinator")))


class Executor(models.Model):
    """A body that answers for measures: known everywhere, or in one act only («жұмыс тобы»)."""

    roadmap = models.ForeignKey(
        Roadmap,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("known in one roadmap only"),
        related_name="own_executors",
        help_text=_("Empty: the body is known everywhere. Set: «working group» and the like of this one act."),
    )
    code = models.SlugField(_("code"), max_length=40)
    short_name_kk = models.CharField(_("short name (Kazakh)"), blank=True)
    short_name_ru = models.CharField(_("short name (Russian)"), blank=True)
    short_name_en = models.CharField(_("short name (English)"), blank=True)
    full_name_kk = models.CharField(_("full name (Kazakh)"), blank=True)
    full_name_ru = models.CharField(_("full name (Russian)"), blank=True)
    full_name_en = models.CharField(_("full name (English)"), blank=True)

    short_name = Localised()
    full_name = Localised()

    objects = ExecutorQuerySet.as_manager()

    class Meta:
        verbose_name = _("executor")
        verbose_name_plural = _("executors")
        ordering = ["short_name_kk"]
        constraints = [
            models.UniqueConstraint(fields=["roadmap", "code"], name="executor_code_is_unique_in_its_roadmap"),
            models.UniqueConstraint(
                fields=["code"], condition=Q(roadmap=None), name="executor_code_is_unique_among_those_known_everywhere"
            ),
            models.CheckConstraint(
                name="executor_has_names_in_kazakh_or_russian",
                condition=Q(~Q(short_name_kk=""), ~Q(full_name_kk="")) | Q(~Q(short_name_ru=""), ~Q(full_name_ru="")),
                violation_error_message=AS_DECREED,
            ),
        ]

    def __str__(self):
        return self.short_name

    def natural_key(self):
        return (self.code, self.roadmap.slug if self.roadmap else None)


class ExecutorAlias(models.Model):
    """Another spelling of a body's name, as acts write it; who is meant is found by the normal form (`bodies.py`)."""

    executor = models.ForeignKey(Executor, models.CASCADE, verbose_name=_("executor"), related_name="aliases")
    name = models.CharField(_("name as written"))
    normal = models.CharField(editable=False)

    class Meta:
        verbose_name = _("other spelling")
        verbose_name_plural = _("other spellings")
        ordering = ["executor", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["executor", "normal"], name="alias_is_listed_once_for_its_executor"),
            models.CheckConstraint(name="alias_names_something", condition=~Q(name="") & ~Q(normal="")),
        ]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.normal = normal_name(self.name)
        super().save(*args, **kwargs)

    def clean(self):
        self.normal = normal_name(self.name)
        if not self.normal:
            raise ValidationError({"name": _("This names nobody.")})
        others = Executor.objects.filter(roadmap=self.executor.roadmap_id).exclude(pk=self.executor.pk)
        named = Directory(others.prefetch_related("aliases")).named(self.name, self.executor.roadmap_id)
        if named:
            sentence = _("«%(name)s» means «%(code)s» already: take it out here or there.")
            raise ValidationError({"name": sentence % {"name": self.name, "code": named[0].code}})


class FundingSourceQuerySet(models.QuerySet):
    def get_by_natural_key(self, code):
        return self.get(code=code)


class FundingSource(models.Model):
    code = models.SlugField(_("code"), unique=True)
    name_kk = models.CharField(_("name (Kazakh)"), max_length=250, blank=True)
    name_ru = models.CharField(_("name (Russian)"), max_length=250, blank=True)
    name_en = models.CharField(_("name (English)"), max_length=250, blank=True)

    name = Localised()

    objects = FundingSourceQuerySet.as_manager()

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


class MeasureQuerySet(OfRoadmapQuerySet):
    def get_by_natural_key(self, roadmap, position):
        return self.get(roadmap__slug=roadmap, position=position)


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

    def has_begun_by(self, day):
        return self.starts_on is None or self.starts_on <= day

    def is_due_by(self, day):
        """Is the deadline on or before that day?"""
        return self.ends_on is not None and self.ends_on <= day

    def is_overdue_on(self, day):
        """Has the deadline passed on that day?"""
        return self.ends_on is not None and self.ends_on < day


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

    def natural_key(self):
        return (self.measure.roadmap.slug, self.measure.position, self.position)

    natural_key.dependencies = ["roadmap.measure", "roadmap.executor"]


class ActDraft(models.Model):
    """An act that was read and waits for a person's corrections; `plan` is kept by `plan.keep`.

    `revision` counts the corrections, so that two tabs do not write over each other.
    """

    source_name = models.CharField(_("file"), blank=True)
    plan = models.JSONField()
    slug = models.SlugField(_("address"), blank=True, help_text=_("The part of the pages' addresses: decree-631."))
    coordinator = models.ForeignKey(
        Executor, models.SET_NULL, null=True, blank=True, verbose_name=_("coordinating ministry"), related_name="+"
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("read by"), related_name="act_drafts"
    )
    made_at = models.DateTimeField(_("read at"))
    roadmap = models.ForeignKey(
        Roadmap, models.SET_NULL, null=True, blank=True, verbose_name=_("roadmap"), related_name="+"
    )
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("act being entered")
        verbose_name_plural = _("acts being entered")
        ordering = ["-pk"]

    def __str__(self):
        return self.plan["act"]["title"] or self.source_name

    def save_plan(self, plan, **values):
        """Keep a corrected plan if nobody corrected it since; says whether it was kept."""
        own = ActDraft.objects.filter(pk=self.pk, revision=self.revision, roadmap=None)
        return bool(own.update(plan=plan, revision=self.revision + 1, **values))
