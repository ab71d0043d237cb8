"""The half-years, their two windows, and who has the duty to report what."""

import datetime
from itertools import groupby

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting.calendar import Interval
from reporting.errors import Conflict, Refused
from roadmap import clock
from roadmap.models import Assignment, Measure, Roadmap

ROMAN = {1: "I", 2: "II", 3: "III", 4: "IV"}


class ReportingPeriodQuerySet(models.QuerySet):
    def for_user(self, user):
        return self.filter(roadmap__in=Roadmap.objects.for_user(user))

    def make_missing(self, roadmap):
        """Make the roadmap's periods that are not there yet, from the act's day on, with the act's dates."""
        intervals = Interval.between(roadmap.frequency, roadmap.first_year, roadmap.last_year)
        self.bulk_create(
            [
                ReportingPeriod.from_interval(roadmap, interval)
                for interval in intervals
                if interval.ends >= roadmap.date
            ],
            ignore_conflicts=True,
        )

    def opened(self):
        return self.exclude(executors_opened_at=None)

    def unlocked(self):
        """Not approved."""
        return self.filter(locked_at=None)

    def executors_window_due_on(self, day):
        """Never opened, and the day lies between the opening and the ministry's due date: late is made up."""
        return self.filter(executors_opened_at=None, opens_on__lte=day, ministry_due_on__gte=day)

    def ministry_window_due_on(self, day):
        """The executors' window was opened and their due date has passed, however long ago."""
        return self.opened().filter(ministry_opened_at=None, executors_due_on__lt=day)

    def missed_on(self, day):
        return self.filter(executors_opened_at=None, ministry_due_on__lt=day)

    def at(self, interval):
        return self.filter(year=interval.year, number=interval.number)


class ReportingPeriod(models.Model):
    """A half-year covered (`interval`), and the dates on which it is reported; the two are different things.

    `locked_at` is set by the approval of the summary. `revision` counts every transition in the period: each one
    updates this row first, so that an approval and a submission can never pass each other unseen.
    """

    roadmap = models.ForeignKey(Roadmap, models.PROTECT, verbose_name=gettext_lazy("roadmap"), related_name="periods")
    year = models.PositiveSmallIntegerField(gettext_lazy("year"))
    number = models.PositiveSmallIntegerField(gettext_lazy("number in the year"))
    opens_on = models.DateField(gettext_lazy("executors' window opens on"))
    executors_due_on = models.DateField(gettext_lazy("executors report by"))
    ministry_due_on = models.DateField(gettext_lazy("the ministry reports by"))
    executors_opened_at = models.DateTimeField(gettext_lazy("executors' window opened at"), null=True, blank=True)
    ministry_opened_at = models.DateTimeField(gettext_lazy("ministry's window opened at"), null=True, blank=True)
    locked_at = models.DateTimeField(gettext_lazy("locked by approval at"), null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)

    objects = ReportingPeriodQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("reporting period")
        verbose_name_plural = gettext_lazy("reporting periods")
        ordering = ["roadmap", "-year", "-number"]
        permissions = [("open_reportingperiod", "Can open a missed reporting period by hand")]
        constraints = [
            models.UniqueConstraint(fields=["roadmap", "year", "number"], name="period_is_unique_in_its_roadmap"),
            # Decree 631, points 2.2 and 3: executors first, then the ministry.
            models.CheckConstraint(
                name="period_dates_are_in_order",
                condition=Q(executors_due_on__gte=F("opens_on"), ministry_due_on__gt=F("executors_due_on")),
                violation_error_message=gettext_lazy(
                    "The dates are out of order: opening, executors' due date, ministry's due date."
                ),
            ),
            models.CheckConstraint(
                name="period_ministry_window_opens_after_the_executors",
                condition=Q(ministry_opened_at=None) | Q(executors_opened_at__isnull=False),
            ),
            models.CheckConstraint(
                name="period_is_locked_only_after_it_was_opened",
                condition=Q(locked_at=None) | Q(ministry_opened_at__isnull=False),
            ),
        ]

    def __str__(self):
        return self.label

    @classmethod
    def from_interval(cls, roadmap, interval):
        due_on = interval.due(roadmap.executors_due_day)
        return cls(
            roadmap=roadmap,
            year=interval.year,
            number=interval.number,
            opens_on=due_on - datetime.timedelta(days=roadmap.window_days),
            executors_due_on=due_on,
            ministry_due_on=interval.due(roadmap.ministry_due_day),
        )

    @property
    def interval(self):
        return Interval(self.roadmap.frequency, self.year, self.number)

    @property
    def code(self):
        return self.interval.code

    @property
    def label(self):
        """«2013 жылғы II жартыжылдық»."""
        words = {"year": self.year, "number": self.number, "roman": ROMAN.get(self.number, "")}
        return {
            Roadmap.Frequency.MONTH: _("month %(number)s of %(year)s"),
            Roadmap.Frequency.QUARTER: _("quarter %(roman)s of %(year)s"),
            Roadmap.Frequency.HALF_YEAR: _("half-year %(roman)s of %(year)s"),
            Roadmap.Frequency.YEAR: _("year %(year)s"),
        }[self.roadmap.frequency] % words

    @property
    def covers_to(self):
        """The last day of the half-year that is reported."""
        return self.interval.ends

    @property
    def ministry_opens_on(self):
        return self.executors_due_on + datetime.timedelta(days=1)

    @property
    def is_locked(self):
        return self.locked_at is not None

    def is_missed_on(self, day):
        return self.executors_opened_at is None and self.ministry_due_on < day

    def touch(self):
        """Count a transition. The row stays locked to the end of the transaction; refused once it is approved."""
        if not ReportingPeriod.objects.filter(pk=self.pk).unlocked().opened().update(revision=F("revision") + 1):
            raise Refused(_("The summary of this half-year has been approved; nothing in it can be changed any more."))

    # Opening

    def duty(self, on):
        """The assignments to be reported: begun by the period's last day, and not off control on that day."""
        return (
            Assignment.objects.filter(measure__roadmap=self.roadmap)
            .filter(Q(measure__starts_on=None) | Q(measure__starts_on__lte=self.covers_to))
            .exclude(measure__in=OffControl.objects.in_force_on(on).values("measure"))
        )

    def open_executors_window(self, *, at):
        """Open once, with a submission for each executor and an entry for each measure of its duty.

        All or nothing: a worker that is killed in the middle leaves a period that was never opened.
        """
        with transaction.atomic():
            if not ReportingPeriod.objects.filter(pk=self.pk, executors_opened_at=None).update(executors_opened_at=at):
                return False
            self.executors_opened_at = at
            self.make_submissions()
        return True

    def open_ministry_window(self, *, at):
        return bool(
            ReportingPeriod.objects.filter(pk=self.pk, ministry_opened_at=None).opened().update(ministry_opened_at=at)
        )

    def make_submissions(self):
        """Make what the duty on the day of opening asks for and is not there; safe to run again.

        A new assignment adds an entry to submissions that are not sent. An entry whose assignment is gone is taken
        away only while it holds nothing; that its measure went off control since takes nothing away.
        """
        assigned = {}
        for executor, measure in Assignment.objects.filter(measure__roadmap=self.roadmap).values_list(
            "executor", "measure"
        ):
            assigned.setdefault(executor, set()).add(measure)
        assignments = list(
            self.duty(clock.day_of(self.executors_opened_at))
            .select_related("measure")
            .prefetch_related("measure__funding_sources")
            .order_by("executor_id", "measure__position")
        )
        self.submissions.make_missing(self, {assignment.executor_id for assignment in assignments})
        submissions = {submission.executor_id: submission for submission in self.submissions.with_entry_measures()}
        duty = {
            executor: [assignment.measure for assignment in own]
            for executor, own in groupby(assignments, key=lambda assignment: assignment.executor_id)
        }
        for executor, submission in submissions.items():
            submission.keep_entries_for(duty.get(executor, []), assigned=assigned.get(executor, set()))

    def open_by_hand(self, *, by, at, executors_due_on, ministry_due_on, reason):
        """Open a missed period with dates of its own, oldest first.

        1 refuse what is not missed, and what has an older missed one; 2 move the dates, each with its reason;
        3 open.
        """
        day = clock.day_of(at)
        if not self.is_missed_on(day):
            raise Refused(_("Only a period that was missed is opened by hand."))
        older = ReportingPeriod.objects.filter(roadmap=self.roadmap).missed_on(day)
        older = older.filter(Q(year__lt=self.year) | Q(year=self.year, number__lt=self.number)).last()
        if older:
            raise Refused(_("Open the older one first: %(period)s.") % {"period": older})
        if not day <= executors_due_on < ministry_due_on:
            raise Refused(_("The dates are out of order: today, executors' due date, ministry's due date."))
        if not reason.strip():
            raise Refused(_("Say why the dates are moved."))
        dates = {"opens_on": day, "executors_due_on": executors_due_on, "ministry_due_on": ministry_due_on}
        with transaction.atomic():
            self._record_moves(dates, by=by, at=at, reason=reason)
            ReportingPeriod.objects.filter(pk=self.pk).update(**dates)
            vars(self).update(dates)
            if not self.open_executors_window(at=at):
                raise Refused(_("Somebody has just opened this period."))

    # Dates

    def faults_in_moving(self, dates, reason, *, on):
        """Return {field: sentence} for dates that may not be moved so on that day; empty where they may."""
        faults = {}
        moved = [name for name, day in dates.items() if day != getattr(self, name)]
        if self.is_missed_on(on):
            return {name: _("This window was missed; the ministry opens it by hand.") for name in moved}
        if "opens_on" in moved and self.executors_opened_at:
            faults["opens_on"] = _("The window has opened already; its opening date stands.")
        for name in {"executors_due_on", "ministry_due_on"} & set(moved):
            if self.is_locked:
                faults[name] = _("The summary has been approved; its dates stand.")
            elif self.executors_opened_at and dates[name] < getattr(self, name):
                faults[name] = _("After the window has opened a due date can only be moved to a later day.")
        if moved and self.executors_opened_at and not reason.strip():
            faults["reason"] = _("Say why the dates are moved.")
        return faults

    def move_dates(self, dates, *, by, at, reason):
        """Move dates that `faults_in_moving` lets pass; submissions follow their period's due date."""
        if self.faults_in_moving(dates, reason, on=clock.day_of(at)):
            raise Refused(_("These dates cannot be moved so."))
        with transaction.atomic():
            self._record_moves(dates, by=by, at=at, reason=reason)
            unchanged = ReportingPeriod.objects.filter(
                pk=self.pk,
                executors_opened_at=self.executors_opened_at,
                **{name: getattr(self, name) for name in dates},
            )
            if not unchanged.unlocked().update(**dates, revision=F("revision") + 1):
                raise Conflict(_("The period has just been opened, approved or moved by somebody else; look again."))
            if "executors_due_on" in dates:
                self.submissions.filter(due_on=self.executors_due_on).update(due_on=dates["executors_due_on"])
            vars(self).update(dates)

    def _record_moves(self, dates, *, by, at, reason):
        PeriodChange.objects.bulk_create(
            PeriodChange(period=self, field=name, before=getattr(self, name), after=day, reason=reason, by=by, at=at)
            for name, day in dates.items()
            if day != getattr(self, name)
        )


class PeriodChange(models.Model):
    """A date that was moved: append-only."""

    period = models.ForeignKey(ReportingPeriod, models.PROTECT, related_name="changes")
    field = models.CharField(max_length=20)
    before = models.DateField()
    after = models.DateField()
    reason = models.TextField(gettext_lazy("reason"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.field}: {self.before} → {self.after}"

    @property
    def field_label(self):
        return ReportingPeriod._meta.get_field(self.field).verbose_name


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
                name="off_control_is_revoked_after_it_was_decided",
                condition=Q(revoked_on=None) | Q(revoked_on__gte=F("decided_on")),
            ),
        ]

    def __str__(self):
        return f"{self.measure}: {self.get_ground_display()}"
