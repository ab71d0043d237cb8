"""What one executor says of one measure, and what keeps it from being sent."""

from dataclasses import dataclass

from django.conf import settings
from django.db import models, transaction
from django.db.models import Case, F, Q, When
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting.errors import Conflict
from reporting.period_words import of_period
from roadmap.language import names_of
from roadmap.models import FundingSource, Measure, lineage

from .period import ReportingPeriod
from .submission import Submission

TEXT_LIMIT = 20_000


@dataclass(frozen=True)
class Fault:
    """One thing to put right: at which entry, in which field of its form, and the sentence."""

    entry: "ProgressEntry"
    field: str
    message: str


class ProgressEntryQuerySet(models.QuerySet):
    def make_for(self, submission, measures, *, funded_since=()):
        """Make the entries of these measures, with a line for each source of funding; for some the lines alone."""
        entries = [ProgressEntry(submission=submission, measure=measure) for measure in measures]
        ProgressEntry.objects.bulk_create(entries, ignore_conflicts=True)
        wanted = {measure.pk for measure in (*measures, *funded_since)}
        funded = self.model.objects.filter(submission=submission, measure__funding_sources__isnull=False)
        Expenditure.objects.bulk_create(
            [
                Expenditure(entry_id=entry, source_id=source)
                for entry, measure, source in funded.values_list("pk", "measure", "measure__funding_sources")
                if measure in wanted
            ],
            ignore_conflicts=True,
        )

    def in_order(self):
        return self.order_by("measure__position")

    def with_details(self):
        return self.select_related("measure__section").prefetch_related(
            "measure__assignments__executor", "measure__funding_sources", "expenditures__source", "evidence"
        )

    def of_previous_period(self, submission):
        """The entries of the half-year before: of the executor, and first those of whom it took over from."""
        return self.filter(
            submission__executor__in=lineage(submission.executor_id),
            submission__period__in=ReportingPeriod.objects.filter(roadmap=submission.period.roadmap).at(
                submission.period.interval.previous
            ),
            submission__status__in=Submission.REPORTED,
        ).order_by(Case(When(submission__executor=submission.executor_id, then=1), default=0), "pk")

    def accepted_before(self, submission):
        """Entries accepted in earlier half-years, also of whom the executor took over from; the latest last."""
        period = submission.period
        return (
            self.filter(
                submission__executor__in=lineage(submission.executor_id),
                submission__period__roadmap=period.roadmap_id,
                submission__status=Submission.Status.ACCEPTED,
            )
            .filter(
                Q(submission__period__year__lt=period.year)
                | Q(submission__period__year=period.year, submission__period__number__lt=period.number)
            )
            .order_by("submission__period__year", "submission__period__number")
        )

    def documents_of_co_executors(self, entry):
        """Completion documents that other executors sent for the measure, up to this half-year."""
        period = entry.submission.period
        return (
            self.filter(measure=entry.measure_id, is_sent=True, submission__period__roadmap=period.roadmap_id)
            .filter(
                Q(submission__period__year__lt=period.year)
                | Q(submission__period__year=period.year, submission__period__number__lte=period.number)
            )
            .exclude(submission__executor=entry.submission.executor_id)
            .exclude(document_number="")
            .exclude(document_date=None)
            .select_related("submission__executor")
            .order_by("submission__executor", "-submission__period__year", "-submission__period__number")
        )


class ProgressEntry(models.Model):
    """What one executor says of one measure. A draft may be incomplete; what is sent obeys the constraints."""

    class Status(models.TextChoices):
        NOT_STARTED = "not_started", gettext_lazy("not started")
        IN_PROGRESS = "in_progress", gettext_lazy("in progress")
        DONE = "done", gettext_lazy("done")
        NOT_DONE = "not_done", gettext_lazy("not done")

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="entries")
    measure = models.ForeignKey(Measure, models.PROTECT, related_name="entries")
    status = models.CharField(gettext_lazy("status"), max_length=15, choices=Status, blank=True)
    percent = models.PositiveSmallIntegerField(gettext_lazy("readiness, %"), null=True, blank=True)
    narrative = models.TextField(gettext_lazy("progress"), max_length=TEXT_LIMIT, blank=True)
    obstacles = models.TextField(gettext_lazy("obstacles and proposals"), max_length=TEXT_LIMIT, blank=True)
    reason = models.TextField(gettext_lazy("reason for not doing it in time"), max_length=TEXT_LIMIT, blank=True)
    document_name = models.CharField(gettext_lazy("name of the document"), max_length=300, blank=True)
    document_number = models.CharField(gettext_lazy("number of the document"), max_length=100, blank=True)
    document_date = models.DateField(gettext_lazy("date of the document"), null=True, blank=True)
    is_whole_measure = models.BooleanField(
        gettext_lazy("the whole measure is done, not only this half-year's part"), default=False
    )
    is_impossible = models.BooleanField(gettext_lazy("impossible for objective reasons"), default=False)
    is_sent = models.BooleanField(default=False, editable=False)
    revision = models.PositiveIntegerField(default=0)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    edited_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ProgressEntryQuerySet.as_manager()

    # What a form saves; the rest is the record's own.
    DRAFT_FIELDS = (
        "status",
        "percent",
        "narrative",
        "obstacles",
        "reason",
        "document_name",
        "document_number",
        "document_date",
        "is_whole_measure",
        "is_impossible",
    )

    class Meta:
        verbose_name = gettext_lazy("progress entry")
        verbose_name_plural = gettext_lazy("progress entries")
        ordering = ["submission", "measure__position"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "measure"], name="entry_is_unique_for_its_measure"),
            models.CheckConstraint(
                name="entry_status_is_known",
                condition=Q(status__in=["", "not_started", "in_progress", "done", "not_done"]),
            ),
            models.CheckConstraint(
                name="entry_percent_is_at_most_100", condition=Q(percent=None) | Q(percent__lte=100)
            ),
            models.CheckConstraint(
                name="sent_entry_has_a_status_and_a_percent",
                condition=Q(is_sent=False) | (~Q(status="") & Q(percent__isnull=False)),
            ),
            models.CheckConstraint(
                name="sent_entry_is_done_exactly_at_100_percent",
                condition=Q(is_sent=False) | Q(status="done", percent=100) | (~Q(status="done") & Q(percent__lt=100)),
            ),
            models.CheckConstraint(
                name="sent_entry_that_is_not_started_has_0_percent",
                condition=Q(is_sent=False) | ~Q(status="not_started") | Q(percent=0),
            ),
            models.CheckConstraint(
                name="sent_entry_in_progress_has_1_to_99_percent",
                condition=Q(is_sent=False) | ~Q(status="in_progress") | Q(percent__gte=1),
            ),
            models.CheckConstraint(
                name="sent_entry_that_is_done_names_its_document",
                condition=Q(is_sent=False)
                | ~Q(status="done")
                | (~Q(document_name="") & ~Q(document_number="") & Q(document_date__isnull=False)),
            ),
            models.CheckConstraint(
                name="sent_entry_that_is_not_done_has_a_reason",
                condition=Q(is_sent=False) | ~Q(status="not_done") | ~Q(reason=""),
            ),
        ]

    def __str__(self):
        return f"{self.measure.number}: {self.get_status_display()}"

    @property
    def is_empty(self):
        """Nothing was typed, chosen or attached."""
        return (
            not any(getattr(self, name) for name in self.DRAFT_FIELDS)
            and self.percent is None
            and not self.evidence.all()
            and not any(money.is_filled for money in self.expenditures.all())
        )

    def occurrences_in(self, period):
        """The days of the half-year on which a recurring measure falls due; none where the deadline is a single one."""
        interval = period.interval
        return self.measure.due_days(interval.starts, interval.ends) if self.measure.recurrence else []

    def lacks_money_of(self, measure):
        known = {money.source_id for money in self.expenditures.all()}
        return any(source.pk not in known for source in measure.funding_sources.all())

    @property
    def live_evidence(self):
        return [file for file in self.evidence.all() if file.detached_at is None]

    def faults(self, period, *, on):
        """What keeps this entry from being sent on that day; the sentences stand at the fields."""
        found = [
            *self._faults_of_status(period),
            *self._faults_of_document(period.roadmap, on),
            *self._faults_of_reason(period),
        ]
        for money in self.expenditures.all():
            found += money.faults(period)
        return [Fault(self, field, message) for field, message in found]

    def _faults_of_status(self, period):
        status, percent = self.status, self.percent
        if not status:
            yield "status", _("Choose the status.")
            return
        if percent is None:
            yield "percent", _("Give the readiness in percent.")
        elif status == self.Status.DONE and percent != 100:
            yield "percent", _("«Done» is 100 %.")
        elif status == self.Status.NOT_STARTED and percent != 0:
            yield "percent", _("«Not started» is 0 %.")
        elif status == self.Status.IN_PROGRESS and not 1 <= percent <= 99:
            yield "percent", _("«In progress» is 1 to 99 %.")
        elif status == self.Status.NOT_DONE and percent > 99:
            yield "percent", _("«Not done» is 0 to 99 %.")
        is_due = self.measure.is_due_by(period.covers_to)
        falls_due = is_due or self.occurrences_in(period)
        if status == self.Status.DONE and not is_due and not self.is_whole_measure:
            yield "is_whole_measure", _("The deadline is still ahead: is the whole measure done, not only this part?")
        if status == self.Status.NOT_DONE and not falls_due and not self.is_impossible:
            yield (
                "status",
                of_period(
                    period.roadmap,
                    "«Not done» is too early: the deadline is after this half-year. Or mark it as impossible.",
                ),
            )
        if status in (self.Status.IN_PROGRESS, self.Status.DONE) and not self.narrative.strip():
            yield "narrative", _("Say what was done and with what result.")

    def _faults_of_document(self, roadmap, on):
        if self.document_date and not roadmap.date <= self.document_date <= on:
            yield "document_date", _("The document's date lies between the act's day and today.")
        if self.status != self.Status.DONE:
            return
        if not self.document_name.strip():
            yield "document_name", _("Name the completion document.")
        if not self.document_number.strip():
            yield "document_number", _("Give the number of the completion document.")
        if not self.document_date:
            yield "document_date", _("Give the date of the completion document.")

    def _faults_of_reason(self, period):
        if self.reason.strip():
            return
        if self.status == self.Status.NOT_DONE:
            yield "reason", _("Give the reason why it was not done.")
        elif self.status and self.status != self.Status.DONE and self.measure.is_due_by(period.covers_to):
            yield "reason", _("The deadline has passed: give the reason.")

    def save_draft(self, *, by, at, revision, values, money):
        """Save a form's values if nobody saved since `revision`; Conflict otherwise, and nothing is overwritten.

        `money` maps the code of a funding source to {"planned", "spent", "reason"}.
        """
        with transaction.atomic():
            self.submission.for_change()
            mine = ProgressEntry.objects.filter(pk=self.pk, revision=revision)
            if not mine.update(**values, revision=F("revision") + 1, edited_by=by, edited_at=at):
                raise Conflict(
                    _("Somebody saved this measure meanwhile. Both texts are shown; choose, and save again.")
                )
            for code, amounts in money.items():
                Expenditure.objects.filter(entry=self, source__code=code).update(**amounts)

    def as_payload(self):
        """What is kept of the entry in a round."""
        return {
            "measure": self.measure_id,
            "position": self.measure.position,
            "number": self.measure.number,
            "titles": names_of(self.measure, "title"),
            **{name: getattr(self, name) for name in self.DRAFT_FIELDS if name != "document_date"},
            "document_date": self.document_date.isoformat() if self.document_date else None,
            "money": [
                money.as_payload() | {"names": names_of(money.source, "name")} for money in self.expenditures.all()
            ],
            "evidence": [
                {"pk": file.pk, "name": file.name, "sha256": file.sha256, "size": file.size}
                for file in self.live_evidence
            ],
        }


class Expenditure(models.Model):
    """Money of one source that went through the executor's own account, in whole tenge.

    `planned` for the calendar year, `spent` since 1 January: the second half-year is the whole year.
    """

    entry = models.ForeignKey(ProgressEntry, models.CASCADE, related_name="expenditures")
    source = models.ForeignKey(FundingSource, models.PROTECT, related_name="+")
    planned = models.BigIntegerField(gettext_lazy("planned for the year, tenge"), null=True, blank=True)
    spent = models.BigIntegerField(gettext_lazy("spent since 1 January, tenge"), null=True, blank=True)
    reason = models.TextField(gettext_lazy("why less was spent than planned"), max_length=TEXT_LIMIT, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = gettext_lazy("expenditure"), gettext_lazy("expenditures")
        ordering = ["entry", "source"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "source"], name="expenditure_is_unique_for_its_source"),
            models.CheckConstraint(
                name="expenditure_is_not_negative",
                condition=(Q(planned=None) | Q(planned__gte=0)) & (Q(spent=None) | Q(spent__gte=0)),
            ),
        ]

    def __str__(self):
        sums = (self.spent, self.planned)
        spent, planned = ("—" if sum_ is None else number_format(sum_, 0, force_grouping=True) for sum_ in sums)
        return f"{self.source}: {spent} / {planned}"

    @property
    def is_filled(self):
        return self.planned is not None or self.spent is not None or bool(self.reason)

    def faults(self, period):
        """0 is an answer, empty is not; at the year's end a shortfall has a reason."""
        code = self.source.code
        if self.planned is None:
            yield f"planned_{code}", _("Give the sum planned for the year; 0 is an answer too.")
        if self.spent is None:
            yield f"spent_{code}", _("Give the sum spent since 1 January; 0 is an answer too.")
        if None in (self.planned, self.spent) or not period.interval.is_last_of_its_year:
            return
        if self.spent < self.planned and not self.reason.strip():
            yield f"money_reason_{code}", _("Less was spent than planned for the year: give the reason.")

    def as_payload(self):
        return {"source": self.source.code, "planned": self.planned, "spent": self.spent, "reason": self.reason}
