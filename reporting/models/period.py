"""The half-years, their two windows, and who has the duty to report what."""

import datetime
from collections import defaultdict
from itertools import groupby

from django.db import models, transaction
from django.db.models import F, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting.calendar import Interval
from reporting.errors import Conflict, Refused
from reporting.period_words import of_period
from roadmap import clock
from roadmap.models import Assignment, CalendarDay, Roadmap, Succession

from .off_control import OffControl
from .period_change import PeriodChange

APPROVED = "approved"  # Summary.Status, which stands above
MOVABLE = ("opens_on", "executors_due_on", "ministry_due_on")
# What is due by decree, and the working day that it counts until.
TERMS = (("executors_due_on", "executors_effective_on"), ("ministry_due_on", "ministry_effective_on"))
ROMAN = {1: "I", 2: "II", 3: "III", 4: "IV"}


class ReportingPeriodQuerySet(models.QuerySet):
    def for_user(self, user):
        return self.filter(roadmap__in=Roadmap.objects.for_user(user))

    def make_missing(self, roadmap):
        """Make the roadmap's periods that are not there yet, from the act's day on, with the act's dates."""
        there = set(self.filter(roadmap=roadmap).values_list("year", "number"))
        lacking = [
            interval
            for interval in Interval.between(roadmap.frequency, roadmap.first_year, roadmap.last_year)
            if interval.ends >= roadmap.date and (interval.year, interval.number) not in there
        ]
        if lacking:  # on most days nothing is to be written, and nobody has to wait for us
            days = CalendarDay.objects.working_days()
            made = [ReportingPeriod.from_interval(roadmap, interval, days) for interval in lacking]
            self.bulk_create(made, ignore_conflicts=True)

    def catch_up(self, roadmap, *, at):
        """Make the roadmap's periods that lack, and open the windows that should be open: what the daily tasks do."""
        self.make_missing(roadmap)
        own, day = self.filter(roadmap=roadmap), clock.day_of(at)
        for period in own.executors_window_due_on(day):
            period.open_executors_window(at=at)
        for period in own.ministry_window_due_on(day):
            period.open_ministry_window(at=at)

    def count_working_days(self):
        """Count anew until when the terms of half-years count that no approval has judged; returns how many changed.

        After every change of the calendar and of a roadmap's setting, and daily. The dates as decreed stand; what the
        ministry judged late or timely by an approval stays, also while it is corrected.
        """
        days, changed, terms = CalendarDay.objects.working_days(), 0, defaultdict(set)
        with transaction.atomic():
            open_ones = self.unlocked().exclude(summaries__status=APPROVED)
            kept = open_ones.order_by().values_list("pk", "submissions__due_on", "submissions__effective_due_on")
            for pk, day, until in kept.exclude(submissions=None).distinct():
                terms[pk].add((day, until))
            for period in open_ones.select_related("roadmap"):
                changed += period._count_working_days(days, terms[period.pk])
        return changed

    def opened(self):
        return self.exclude(executors_opened_at=None)

    def unlocked(self):
        """Not approved, or reopened by a correction."""
        return self.filter(locked_at=None)

    def in_correction(self):
        """Approved once, and reopened for the version that corrects it."""
        return self.unlocked().filter(summaries__status=APPROVED)

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
    # The working days that the dates above count until (Rules of the Government, 2023, p. 177).
    executors_effective_on = models.DateField(editable=False)
    ministry_effective_on = models.DateField(editable=False)
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
    def from_interval(cls, roadmap, interval, days=None):
        """A period with the act's dates; `days` as in Roadmap.effective."""
        days = days or CalendarDay.objects.working_days()
        due_on = interval.due(roadmap.executors_due_day)
        return cls(
            roadmap=roadmap,
            year=interval.year,
            number=interval.number,
            opens_on=due_on - datetime.timedelta(days=roadmap.window_days),
            executors_due_on=due_on,
            ministry_due_on=interval.due(roadmap.ministry_due_day),
            executors_effective_on=roadmap.effective(due_on, days),
            ministry_effective_on=roadmap.effective(interval.due(roadmap.ministry_due_day), days),
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

    @cached_property
    def is_in_correction(self):
        """The valid summary stands, and its correction is in work."""
        can_be = self.ministry_opened_at and not self.is_locked
        return bool(can_be) and self.summaries.filter(status=APPROVED).exists()

    @property
    def correction_reason(self):
        """Why the correction in work was begun; empty where there is none."""
        in_work = self.summaries.exclude(status=APPROVED)
        return in_work.values_list("correction_reason", flat=True).first() or ""

    def is_missed_on(self, day):
        return self.executors_opened_at is None and self.ministry_due_on < day

    def touch(self):
        """Count a transition. The row stays locked to the end of the transaction; refused once it is approved."""
        if not ReportingPeriod.objects.filter(pk=self.pk).unlocked().opened().update(revision=F("revision") + 1):
            words = "The summary of this half-year has been approved; nothing in it can be changed any more."
            raise Refused(of_period(self.roadmap, words))

    # Opening

    def duty(self, on):
        """The assignments to be reported: begun by the period's last day, and not off control on that day.

        A measure that an amending act added later is none of the period's.
        """
        return (
            Assignment.objects.filter(measure__roadmap=self.roadmap, measure__in=self.measures())
            .filter(Q(measure__starts_on=None) | Q(measure__starts_on__lte=self.covers_to))
            .exclude(measure__in=OffControl.objects.in_force_on(on).values("measure"))
        )

    def measures(self):
        """The roadmap's measures without those that an amending act added after the period's last day."""
        return self.roadmap.measures.in_force_by(self.covers_to)

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
        away only while it holds nothing; that its measure went off control since takes nothing away. What a body that
        was succeeded reports in this period already is not asked of its successor again. A correction reopens just
        what the head chose: nothing is made for it.
        """
        if self.is_in_correction:
            return
        heirs = Succession.objects.heirs()
        assigned = {}
        for executor, measure in Assignment.objects.filter(measure__roadmap=self.roadmap).values_list(
            "executor", "measure"
        ):
            assigned.setdefault(executor, set()).add(measure)
        for former, heir in heirs.items():
            assigned[former] = assigned.get(former, set()) | assigned.get(heir, set())
        assignments = list(
            self.duty(clock.day_of(self.executors_opened_at))
            .select_related("measure")
            .prefetch_related("measure__funding_sources")
            .order_by("executor_id", "measure__position")
        )
        taken = self._reported_by_predecessors(heirs)
        assignments = [each for each in assignments if (each.executor_id, each.measure_id) not in taken]
        self.submissions.make_missing(self, {assignment.executor_id for assignment in assignments})
        submissions = {submission.executor_id: submission for submission in self.submissions.with_entry_measures()}
        duty = {
            executor: [assignment.measure for assignment in own]
            for executor, own in groupby(assignments, key=lambda assignment: assignment.executor_id)
        }
        for executor, submission in submissions.items():
            submission.keep_entries_for(duty.get(executor, []), assigned=assigned.get(executor, set()))

    def _reported_by_predecessors(self, heirs):
        """{(successor's pk, measure's pk)} of what stands in the submissions of bodies that were succeeded."""
        if not heirs:
            return set()
        of_former = self.submissions.filter(executor__in=heirs, entries__isnull=False)
        return {(heirs[former], measure) for former, measure in of_former.values_list("executor", "entries__measure")}

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
        dates |= self._effective(dates)
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
            if self.is_locked or self.is_in_correction:
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
            dates |= self._effective(dates)
            if not unchanged.unlocked().update(**dates, revision=F("revision") + 1):
                raise Conflict(_("The period has just been opened, approved or moved by somebody else; look again."))
            if "executors_due_on" in dates:
                # A later day that was granted to one executor stands, unless all get a later one still.
                day = dates["executors_due_on"]
                self.submissions.filter(due_on__lt=day).update(
                    due_on=day, effective_due_on=dates["executors_effective_on"]
                )
            vars(self).update(dates)

    def _effective(self, dates):
        """The working days that moved dates count until."""
        days = CalendarDay.objects.working_days()
        return {effective: self.roadmap.effective(dates[due], days) for due, effective in TERMS if due in dates}

    def _count_working_days(self, days, terms):
        """Let its terms, and those of its submissions, count by these working days; true where any changed."""
        own = [(due, effective, self.roadmap.effective(getattr(self, due), days)) for due, effective in TERMS]
        own = [(due, effective, until) for due, effective, until in own if until != getattr(self, effective)]
        of_reports = [(day, until) for day, counted in terms if (until := self.roadmap.effective(day, days)) != counted]
        if not own and not of_reports:
            return False
        changed = 0
        with transaction.atomic():
            seen = ReportingPeriod.objects.unlocked().filter(pk=self.pk)
            # First, and for the approval too: whoever approves just now saw other terms.
            if not seen.update(revision=F("revision") + 1):
                return False
            for due, effective, until in own:
                # Moved meanwhile, it was counted then.
                changed += seen.filter(**{due: getattr(self, due)}).update(**{effective: until})
                setattr(self, effective, until)
            for day, until in of_reports:
                changed += self.submissions.filter(due_on=day).update(effective_due_on=until)
        return bool(changed)

    def _record_moves(self, dates, *, by, at, reason):
        PeriodChange.objects.bulk_create(
            PeriodChange(period=self, field=name, before=getattr(self, name), after=day, reason=reason, by=by, at=at)
            for name, day in dates.items()
            if name in MOVABLE and day != getattr(self, name)
        )
