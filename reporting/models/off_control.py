"""Measures taken off control, and taken under it again."""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting.errors import Conflict, Refused
from roadmap import clock
from roadmap.models import Amendment, Measure, Roadmap

from .petition_days import faults_of_requisites


class OffControlQuerySet(models.QuerySet):
    def for_user(self, user):
        return self.filter(measure__roadmap__in=Roadmap.objects.for_user(user))

    def in_force_on(self, day):
        return self.filter(decided_on__lte=day).filter(Q(revoked_on=None) | Q(revoked_on__gt=day))


class OffControl(models.Model):
    """A measure taken off control, with one of the five grounds (Rules of 2023, p. 195)."""

    class Ground(models.IntegerChoices):
        DONE = 1, gettext_lazy("done fully")
        REPLACED = 2, gettext_lazy("a newer instruction covers it")
        INFORMED = 3, gettext_lazy("the information was handed in")
        IMPOSSIBLE = 4, gettext_lazy("impossible for objective reasons")
        PASSED_ON = 5, gettext_lazy("control passed to the responsible body")

    measure = models.ForeignKey(
        Measure, models.PROTECT, verbose_name=gettext_lazy("measure"), related_name="off_controls"
    )
    ground = models.PositiveSmallIntegerField(gettext_lazy("ground"), choices=Ground, validators=[MaxValueValidator(5)])
    decided_on = models.DateField(gettext_lazy("decided on"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=gettext_lazy("recorded by"), related_name="+"
    )
    document = models.CharField(gettext_lazy("document"), max_length=500, blank=True)
    decision_body = models.CharField(gettext_lazy("who decided"), max_length=300, blank=True)
    decision_number = models.CharField(gettext_lazy("number of the decision"), max_length=100, blank=True)
    petition = models.OneToOneField(
        "reporting.Petition", models.PROTECT, null=True, blank=True, related_name="off_control", editable=False
    )
    amendment = models.ForeignKey(
        Amendment, models.PROTECT, null=True, blank=True, related_name="off_controls", editable=False
    )
    summary = models.ForeignKey(
        "reporting.Summary",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=gettext_lazy("summary"),
        related_name="off_controls",
    )
    revoked_on = models.DateField(gettext_lazy("revoked on"), null=True, blank=True)

    objects = OffControlQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("taking off control")
        verbose_name_plural = gettext_lazy("measures off control")
        ordering = ["-decided_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["measure"], condition=Q(revoked_on=None), name="measure_is_off_control_once_at_a_time"
            ),
            models.CheckConstraint(name="off_control_ground_is_known", condition=Q(ground__in=[1, 2, 3, 4, 5])),
            models.CheckConstraint(
                name="off_control_names_the_decision_unless_it_is_done",
                condition=Q(ground=1) | (~Q(decision_body="") & ~Q(decision_number="")),
            ),
            models.CheckConstraint(
                name="off_control_is_revoked_after_it_was_decided",
                condition=Q(revoked_on=None) | Q(revoked_on__gte=F("decided_on")),
            ),
        ]

    def __str__(self):
        return f"{self.measure}: {self.get_ground_display()}"

    def faults_in_revoking(self, decision, *, on):
        """Return {field: sentence} for what cannot have been decided so; empty where it can."""
        faults = faults_of_requisites(decision)
        day = decision["decision_date"]
        if not day or not self.decided_on <= day <= on:
            faults["decision_date"] = _(
                "The decision's date lies between the one that took the measure off control, %(first)s, and today."
            ) % {"first": date_format(self.decided_on)}
        return faults

    def revoke(self, *, by, at, decision):
        """Take the measure under control again, from the decision's day; windows already open are not changed.

        `decision`: decision_body, decision_name, decision_number, decision_date.
        """
        faults = self.faults_in_revoking(decision, on=clock.day_of(at))
        if faults:
            raise Refused(" ".join(dict.fromkeys(faults.values())))
        day = decision["decision_date"]
        with transaction.atomic():
            if not OffControl.objects.filter(pk=self.pk, revoked_on=None).update(revoked_on=day):
                raise Conflict(_("The measure is under control again already."))
            self.refresh_from_db()
            # Through the relation: the journal stands above, among the models that it tells of.
            self.measure.roadmap.journal.create(
                kind="off_control_revoked",
                at=at,
                by=by,
                measure=self.measure,
                words=decision["decision_name"],
                details={
                    "off_control": self.pk,
                    "body": decision["decision_body"],
                    "number": decision["decision_number"],
                    "date": day.isoformat(),
                },
            )
