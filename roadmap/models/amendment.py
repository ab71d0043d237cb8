"""What later acts change: an amending decree the measures, a reorganisation the bodies."""

import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from roadmap import clock
from roadmap.language import Localised

from .executor import Executor
from .measure import Measure
from .people import User
from .roadmap import AS_DECREED, OfRoadmapQuerySet, Roadmap

DEADLINE_TEXTS = ("deadline_text_kk", "deadline_text_ru", "deadline_text_en")
DEADLINE_DAYS = ("starts_on", "ends_on", "extended_to")
# Everything that an act sets with a deadline; the Government's later day ends with the term that it put off.
DEADLINE_FIELDS = (*DEADLINE_TEXTS, "deadline_periods", "recurrence", "deadline_needs_review", *DEADLINE_DAYS)


def deadline_values(measure) -> dict:
    """Return the measure's deadline as JSON can keep it; days are ISO or None."""
    values = {name: getattr(measure, name) for name in DEADLINE_FIELDS}
    return values | {name: values[name] and values[name].isoformat() for name in DEADLINE_DAYS}


def read_days(values) -> dict:
    """Bring kept values back: their days are dates again."""
    days = {name: values.get(name) for name in DEADLINE_DAYS if name in values}
    return values | {name: day and datetime.date.fromisoformat(day) for name, day in days.items()}


class AmendmentQuerySet(OfRoadmapQuerySet):
    def due_on(self, day):
        """Confirmed, not applied, and in force by that day; in the order in which they come into force."""
        waiting = self.filter(applied_at=None, in_force_on__lte=day).exclude(confirmed_at=None)
        return waiting.order_by("in_force_on", "date", "pk")

    def applied(self):
        return self.exclude(applied_at=None)


class Amendment(models.Model):
    """An act that amends the roadmap from a day on.

    It is written down change by change, and counts once it was confirmed. `applied_at` is empty until its day has come.
    """

    roadmap = models.ForeignKey(Roadmap, models.PROTECT, verbose_name=_("roadmap"), related_name="amendments")
    act_kk = models.CharField(_("act (Kazakh)"), blank=True)
    act_ru = models.CharField(_("act (Russian)"), blank=True)
    number = models.CharField(_("number of the act"))
    date = models.DateField(_("date of the act"))
    in_force_on = models.DateField(_("in force from"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("recorded by"), related_name="+", editable=False
    )
    recorded_at = models.DateTimeField(_("recorded at"), editable=False)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True, editable=False)
    applied_at = models.DateTimeField(_("applied at"), null=True, blank=True, editable=False)

    act = Localised()

    objects = AmendmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("amending act")
        verbose_name_plural = _("amending acts")
        ordering = ["roadmap", "in_force_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["roadmap", "number", "date"], name="amendment_is_recorded_once"),
            models.CheckConstraint(
                name="amendment_names_its_act_in_kazakh_or_russian",
                condition=~Q(act_kk="") | ~Q(act_ru=""),
                violation_error_message=AS_DECREED,
            ),
            models.CheckConstraint(
                name="amendment_is_applied_only_once_confirmed",
                condition=Q(applied_at=None) | Q(confirmed_at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.act} № {self.number}"

    def clean(self):
        refuse_act_days(self.date, self.in_force_on, "in_force_on")
        if self.date and self.roadmap_id and self.date < self.roadmap.date:
            raise ValidationError({"date": _("The amending act is older than the act that it amends.")})

    @property
    def citation(self):
        """«… № 82, 28 January 2014», in the reader's language."""
        return f"{self.act} № {self.number}, {date_format(self.date)}"

    @property
    def decided(self):
        """The same in the decree's own language, for what is kept once for all readers."""
        return f"{self.act_kk or self.act_ru} № {self.number}, {self.date:%d.%m.%Y}"


def refuse_act_days(date, from_day, field):
    """Refuse an act of a day that has not come, and one that is in force before it was signed."""
    if date and date > clock.today():
        raise ValidationError({"date": _("The act's date lies in the future.")})
    if date and from_day and from_day < date:
        raise ValidationError({field: _("It cannot be in force before the act's own date.")})


class MeasureChange(models.Model):
    """What an amendment does to one measure: its values before and after, as {field: value}.

    `before` is written when the amendment is applied. DEADLINE changes the deadline's words and days, DROP takes the
    measure out of the plan, ADD puts one in («20-1»); an added one has no `measure` before the amendment is applied.
    """

    class Kind(models.TextChoices):
        DEADLINE = "deadline", _("another deadline")
        DROP = "drop", _("dropped")
        ADD = "add", _("added")

    amendment = models.ForeignKey(Amendment, models.CASCADE, related_name="changes")
    kind = models.CharField(_("change"), max_length=10, choices=Kind)
    measure = models.ForeignKey(
        Measure, models.PROTECT, null=True, blank=True, verbose_name=_("measure"), related_name="changes"
    )
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("change of a measure")
        verbose_name_plural = _("changes of measures")
        ordering = ["amendment", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["amendment", "measure"], name="amendment_changes_a_measure_once"),
            models.CheckConstraint(name="change_is_known", condition=Q(kind__in=["deadline", "drop", "add"])),
            models.CheckConstraint(
                name="change_names_its_measure_unless_it_adds_one", condition=Q(kind="add") | Q(measure__isnull=False)
            ),
        ]

    def __str__(self):
        return f"{self.measure or self.after.get('number', '')}: {self.get_kind_display()}"


class SuccessionQuerySet(models.QuerySet):
    def for_user(self, user):
        """All for administrators; for the others those of bodies that they have to do with."""
        if user.is_authenticated and user.role == User.Role.ADMINISTRATOR:
            return self.all()
        return self.filter(successor__in=Executor.objects.for_user(user).values("pk"))

    def due_on(self, day):
        return self.filter(applied_at=None, from_day__lte=day).order_by("from_day", "pk")

    def applied(self):
        return self.exclude(applied_at=None)

    def heirs(self) -> dict[int, int]:
        """{former body's pk: the pk of the body that answers for it now}, through every reorganisation."""
        nexts = dict(self.applied().order_by().values_list("predecessor", "successor"))
        return {former: last_of(former, nexts) for former in nexts}

    def ended(self) -> dict[int, "Succession"]:
        """{former body's pk: its succession that has taken place}."""
        return {each.predecessor_id: each for each in self.applied().select_related("predecessor", "successor")}


def last_of(body, nexts):
    """Follow {body: successor} to its end; a circle, which is refused when it is recorded, ends where it closes."""
    seen = {body}
    while body in nexts and nexts[body] not in seen:
        body = nexts[body]
        seen.add(body)
    return body


class Succession(models.Model):
    """A body's successor from a day on, by an act. `applied_at` is empty until that day has come."""

    predecessor = models.OneToOneField(
        Executor, models.PROTECT, verbose_name=_("former body"), related_name="succession"
    )
    successor = models.ForeignKey(Executor, models.PROTECT, verbose_name=_("successor"), related_name="successions")
    from_day = models.DateField(_("from"))
    act = models.CharField(_("act"), max_length=500, help_text=_("The act of the reorganisation, as it is cited."))
    number = models.CharField(_("number of the act"))
    date = models.DateField(_("date of the act"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("recorded by"), related_name="+", editable=False
    )
    recorded_at = models.DateTimeField(_("recorded at"), editable=False)
    applied_at = models.DateTimeField(_("applied at"), null=True, blank=True, editable=False)
    # What was replaced: {"assignments": [{"measure", "position", "by_agreement", "lead", "merged"}],
    # "roadmaps": [pks that it coordinated], "users": [pks], "submissions": [pks]}.
    details = models.JSONField(default=dict, blank=True, editable=False)

    objects = SuccessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("succession")
        verbose_name_plural = _("successions")
        ordering = ["from_day", "pk"]
        constraints = [
            models.CheckConstraint(
                name="body_does_not_succeed_itself",
                condition=~Q(predecessor=F("successor")),
                violation_error_message=_("A body cannot be its own successor."),
            ),
        ]

    def __str__(self):
        return f"{self.predecessor} → {self.successor}"

    @property
    def citation(self):
        return f"{self.act} № {self.number}, {date_format(self.date)}"

    def sentence(self):
        """«МИНТ: until 6 August 2014; since then its successor is МИР (act)»."""
        return gettext("%(former)s existed until %(day)s; its successor is %(successor)s (%(act)s)") % {
            "former": self.predecessor.short_name,
            "day": date_format(self.from_day),
            "successor": self.successor.short_name,
            "act": self.citation,
        }

    def clean(self):
        if not (self.predecessor_id and self.successor_id) or self.predecessor_id == self.successor_id:
            return  # the field's own rule, and the constraint's, say so
        refuse_act_days(self.date, self.from_day, "from_day")
        self._refuse_another_act()
        nexts = dict(Succession.objects.exclude(pk=self.pk).values_list("predecessor", "successor"))
        if self.predecessor_id in nexts:
            raise ValidationError({"predecessor": _("This body has a successor already.")})
        if last_of(self.successor_id, nexts) == self.predecessor_id:
            raise ValidationError({"successor": _("This body is itself succeeded by the former one.")})
        self._refuse_ended()

    def _refuse_another_act(self):
        home = self.successor.roadmap_id
        if home and home != self.predecessor.roadmap_id:
            raise ValidationError(
                {"successor": _("This body is known in one act alone, and the former one is not of that act.")}
            )

    def _refuse_ended(self):
        if not self.from_day:
            return
        ended = Succession.objects.filter(predecessor=self.successor).exclude(pk=self.pk).first()
        if ended and (ended.applied_at or ended.from_day <= self.from_day):
            raise ValidationError({"successor": ended.sentence()})
        born = Succession.objects.filter(successor=self.predecessor, from_day__gt=self.from_day).first()
        if born:
            raise ValidationError({"from_day": _("The former body itself came into being later than that.")})
