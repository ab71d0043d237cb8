"""What an executor reports in a half-year: the submission, its entries, evidence, and every round that was sent."""

import hashlib
import os
import uuid
from dataclasses import dataclass
from pathlib import PurePath

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.db import models, transaction
from django.db.models import Count, F, Max, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from roadmap import clock
from roadmap.models import Executor, FundingSource, Measure, Roadmap, User

from ..errors import Conflict, Incomplete, Refused
from .period import ReportingPeriod

TEXT_LIMIT = 20_000


class SubmissionQuerySet(models.QuerySet):
    def for_user(self, user):
        """An executor's own; all of the roadmaps that the ministry coordinates; nothing for the others."""
        if not user.is_authenticated:
            return self.none()
        if user.role == User.Role.EXECUTOR:
            return self.filter(executor=user.executor_id)
        if user.role in User.OF_MINISTRY:
            return self.filter(period__roadmap__in=Roadmap.objects.for_user(user))
        return self.none()

    def make_missing(self, period, executor_ids):
        self.bulk_create(
            [Submission(period=period, executor_id=pk, due_on=period.executors_due_on) for pk in executor_ids],
            ignore_conflicts=True,
        )

    def with_entry_measures(self):
        return self.prefetch_related("entries__evidence", "entries__expenditures")

    def editable(self):
        """Not sent, or returned; and the summary is not approved."""
        return self.filter(status__in=Submission.EDITABLE, period__locked_at=None)

    def expected(self):
        """Those with anything to report; `entry_count` tells how much."""
        return self.annotate(entry_count=Count("entries")).filter(entry_count__gt=0)

    def reported(self):
        return self.filter(status__in=Submission.REPORTED)

    def current(self):
        """Periods not approved yet, the most pressing first."""
        return self.filter(period__locked_at=None).order_by("period__year", "period__number", "pk")


class Submission(models.Model):
    """One executor's information on one half-year; made by the window's opening, never by the executor.

    Every change of the submission or of one of its entries counts `revision` up by a conditional update.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", gettext_lazy("draft")
        SUBMITTED = "submitted", gettext_lazy("sent")
        RETURNED = "returned", gettext_lazy("returned for rework")
        ACCEPTED = "accepted", gettext_lazy("accepted")
        NOT_SUBMITTED = "not_submitted", gettext_lazy("not submitted")

    EDITABLE = (Status.DRAFT, Status.RETURNED)
    REPORTED = (Status.SUBMITTED, Status.ACCEPTED)

    period = models.ForeignKey(
        ReportingPeriod, models.PROTECT, verbose_name=gettext_lazy("reporting period"), related_name="submissions"
    )
    executor = models.ForeignKey(
        Executor, models.PROTECT, verbose_name=gettext_lazy("executor"), related_name="submissions"
    )
    status = models.CharField(gettext_lazy("status"), max_length=15, choices=Status, default=Status.DRAFT)
    due_on = models.DateField(gettext_lazy("due on"))
    first_submitted_at = models.DateTimeField(gettext_lazy("first sent at"), null=True, blank=True)
    signed_by_name = models.CharField(gettext_lazy("signed by"), max_length=200, blank=True)
    signed_by_post = models.CharField(gettext_lazy("post of the signatory"), max_length=300, blank=True)
    letter_number = models.CharField(gettext_lazy("number of the outgoing letter"), max_length=100, blank=True)
    letter_date = models.DateField(gettext_lazy("date of the outgoing letter"), null=True, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=gettext_lazy("entered by"),
        related_name="+",
    )
    revision = models.PositiveIntegerField(default=0)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("submission")
        verbose_name_plural = gettext_lazy("submissions")
        ordering = ["-period__year", "-period__number", "executor__short_name_kk"]
        permissions = [
            ("fill_submission", "Can fill in and send the submissions of the own body"),
            ("review_submission", "Can accept and return submissions"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["period", "executor"], name="executor_has_one_submission_in_a_period"),
            models.CheckConstraint(
                name="submission_status_is_known",
                condition=Q(status__in=["draft", "submitted", "returned", "accepted", "not_submitted"]),
            ),
            models.CheckConstraint(
                name="submission_that_was_sent_has_its_first_time",
                condition=Q(status__in=["draft", "not_submitted"], first_submitted_at=None)
                | Q(status__in=["submitted", "returned", "accepted"], first_submitted_at__isnull=False),
            ),
        ]
        indexes = [
            # The ministry's queue: what waits in a period.
            models.Index(fields=["period", "status"], name="submission_queue"),
        ]

    def __str__(self):
        return f"{self.executor} — {self.period}"

    @property
    def is_editable(self):
        return self.status in self.EDITABLE and not self.period.is_locked

    @property
    def is_reported(self):
        return self.status in self.REPORTED

    def is_late_on(self, day):
        """Judged by the first round; while nothing was sent, by the day."""
        sent = self.first_submitted_at
        return (clock.day_of(sent) if sent else day) > self.due_on

    @property
    def last_round(self):
        return max(self.rounds.all(), key=lambda sent: sent.number, default=None)

    def keep_entries_for(self, measures):
        """Add entries for these measures where they lack, take away empty ones of others; not once it was sent."""
        entries = {entry.measure_id: entry for entry in self.entries.all()}
        added = [measure for measure in measures if measure.pk not in entries]
        kept = {measure.pk for measure in measures}
        dropped = [entry.pk for entry in entries.values() if entry.measure_id not in kept and entry.is_empty]
        if not (added or dropped) or not self.is_editable:
            return
        with transaction.atomic():
            if not self._count_change():
                return
            self.entries.filter(pk__in=dropped, revision=0).delete()
            ProgressEntry.objects.bulk_create(
                [ProgressEntry(submission=self, measure=measure) for measure in added], ignore_conflicts=True
            )
            new = self.entries.filter(measure__in=added).prefetch_related("measure__funding_sources")
            Expenditure.objects.bulk_create(
                [
                    Expenditure(entry=entry, source=source)
                    for entry in new
                    for source in entry.measure.funding_sources.all()
                ],
                ignore_conflicts=True,
            )

    def _count_change(self, **condition):
        """Lock the submission for a change of its entries; false where it is sent, approved or not as expected."""
        found = Submission.objects.editable().filter(pk=self.pk, **condition)
        return bool(found.update(revision=F("revision") + 1))

    def for_change(self):
        """Count a change, or refuse it because the submission is locked."""
        if not self._count_change():
            raise Refused(_("This submission has been sent or the summary approved; it can no longer be changed."))

    # Transitions

    def faults(self):
        """Everything that has to be put right before sending, entry by entry."""
        entries = self.entries.in_order().with_details()
        return [fault for entry in entries for fault in entry.faults(self.period)]

    def submit(self, *, by, at, revision, signature):
        """Send what is saved.

        1 the period must not be approved (and an approval waits for us); 2 the submission must be as the sender saw
        it; 3 check everything, all faults at once; 4 mark the entries as sent; 5 keep the round.

        `signature`: signed_by_name, signed_by_post, letter_number, letter_date.
        """
        with transaction.atomic():
            self.period.touch()
            sent = Submission.objects.editable().filter(pk=self.pk, revision=revision)
            if not sent.update(
                **signature,
                status=self.Status.SUBMITTED,
                first_submitted_at=Coalesce(F("first_submitted_at"), at),
                entered_by=by,
                revision=F("revision") + 1,
            ):
                raise Conflict(_("The submission has been sent or changed since you opened this page; look again."))
            faults = self.faults()
            if faults:
                raise Incomplete(_("The submission is not complete yet."), faults)
            self.entries.update(is_sent=True)
            self.refresh_from_db()
            return SubmissionRound.objects.create(
                submission=self,
                number=(self.rounds.aggregate(last=Max("number"))["last"] or 0) + 1,
                sent_at=at,
                sent_by=by,
                payload=self.as_payload(),
                **signature,
            )

    def as_payload(self):
        return [entry.as_payload() for entry in self.entries.in_order().with_details()]

    def accept(self, *, by, at, revision, comment=""):
        with transaction.atomic():
            self._review(self.Status.ACCEPTED, revision)
            self._note_review(decision=SubmissionRound.Decision.ACCEPTED, by=by, at=at, comment=comment)

    def return_for_rework(self, *, by, at, revision, comment="", measure_comments=None, resubmit_by):
        """Send back with words, general or at a measure ({measure pk: words}), and a day to send it again by."""
        words = {str(pk): text.strip() for pk, text in (measure_comments or {}).items() if text.strip()}
        if not comment.strip() and not words:
            raise Refused(_("Say what has to be put right: in general, or at a measure."))
        if resubmit_by < clock.day_of(at):
            raise Refused(_("The day to send it again by lies in the past."))
        with transaction.atomic():
            self._review(self.Status.RETURNED, revision)
            self.entries.update(is_sent=False)
            self._note_review(
                decision=SubmissionRound.Decision.RETURNED,
                by=by,
                at=at,
                comment=comment.strip(),
                measure_comments=words,
                resubmit_by=resubmit_by,
            )

    def _review(self, status, revision):
        self.period.touch()
        waiting = Submission.objects.filter(pk=self.pk, status=self.Status.SUBMITTED, revision=revision)
        if not waiting.update(status=status, revision=F("revision") + 1):
            raise Conflict(_("Somebody has just reviewed this submission, or it was sent anew; look again."))
        self.refresh_from_db()

    def _note_review(self, *, by, at, **words):
        last = self.rounds.order_by("number").last()
        SubmissionRound.objects.filter(pk=last.pk).update(reviewed_by=by, reviewed_at=at, **words)


@dataclass(frozen=True)
class Fault:
    """One thing to put right: at which entry, in which field of its form, and the sentence."""

    entry: "ProgressEntry"
    field: str
    message: str


class ProgressEntryQuerySet(models.QuerySet):
    def in_order(self):
        return self.order_by("measure__position")

    def with_details(self):
        return self.select_related("measure__section").prefetch_related(
            "measure__assignments__executor", "measure__funding_sources", "expenditures__source", "evidence"
        )

    def of_previous_period(self, submission):
        """The same executor's entries of the half-year before."""
        return self.filter(
            submission__executor=submission.executor_id,
            submission__period__in=ReportingPeriod.objects.filter(roadmap=submission.period.roadmap).at(
                submission.period.interval.previous
            ),
            submission__status__in=Submission.REPORTED,
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
            models.CheckConstraint(name="entry_percent_is_at_most_100", condition=Q(percent=None) | Q(percent__lte=100)),
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

    @property
    def live_evidence(self):
        return [file for file in self.evidence.all() if file.detached_at is None]

    def faults(self, period):
        """What keeps this entry from being sent; the sentences stand at the fields."""
        found = [*self._faults_of_status(period), *self._faults_of_document(), *self._faults_of_reason(period)]
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
        if status == self.Status.DONE and not is_due and not self.is_whole_measure:
            yield "is_whole_measure", _("The deadline is still ahead: is the whole measure done, not only this part?")
        if status == self.Status.NOT_DONE and not is_due and not self.is_impossible:
            yield (
                "status",
                _("«Not done» is too early: the deadline is after this half-year. Or mark it as impossible."),
            )
        if status in (self.Status.IN_PROGRESS, self.Status.DONE) and not self.narrative.strip():
            yield "narrative", _("Say what was done and with what result.")

    def _faults_of_document(self):
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
                raise Conflict(_("Somebody saved this measure meanwhile. Both texts are shown; choose, and save again."))
            for code, amounts in money.items():
                Expenditure.objects.filter(entry=self, source__code=code).update(**amounts)

    def attach(self, upload, *, content_type, by, at):
        """Keep an uploaded file as evidence. `content_type` is the one that was checked, not the browser's word."""
        digest = hashlib.sha256()
        for chunk in upload.chunks():
            digest.update(chunk)
        with transaction.atomic():
            self.submission.for_change()
            return Evidence.objects.create(
                entry=self,
                file=upload,
                name=PurePath(upload.name.replace("\\", "/")).name[:200],
                sha256=digest.hexdigest(),
                size=upload.size,
                content_type=content_type,
                uploaded_by=by,
                uploaded_at=at,
            )

    def as_payload(self):
        """What is kept of the entry in a round."""
        return {
            "measure": self.measure_id,
            "position": self.measure.position,
            "number": self.measure.number,
            **{name: getattr(self, name) for name in self.DRAFT_FIELDS if name != "document_date"},
            "document_date": self.document_date.isoformat() if self.document_date else None,
            "money": [money.as_payload() for money in self.expenditures.all()],
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
        ordering = ["entry", "source"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "source"], name="expenditure_is_unique_for_its_source"),
            models.CheckConstraint(
                name="expenditure_is_not_negative",
                condition=(Q(planned=None) | Q(planned__gte=0)) & (Q(spent=None) | Q(spent__gte=0)),
            ),
        ]

    def __str__(self):
        return f"{self.source}: {self.spent} / {self.planned}"

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


class EvidenceStorage(FileSystemStorage):
    """The folder of the settings, as they are now."""

    @property
    def base_location(self):
        return settings.EVIDENCE_ROOT

    @property
    def location(self):
        return os.path.abspath(self.base_location)


def random_name(instance, filename):
    name = uuid.uuid4().hex
    return f"{name[:2]}/{name}"


class EvidenceQuerySet(models.QuerySet):
    def for_user(self, user):
        """By the submission's own rule; the ministry sees a file once it was sent."""
        own = self.filter(entry__submission__in=Submission.objects.for_user(user))
        if user.is_authenticated and user.role in User.OF_MINISTRY:
            sent = SubmissionRound.objects.filter(
                submission=models.OuterRef("entry__submission"), sent_at__gte=models.OuterRef("uploaded_at")
            )
            return own.filter(models.Exists(sent))
        return own


class Evidence(models.Model):
    """A file that bears out an entry: append-only, under a random name outside any public folder."""

    entry = models.ForeignKey(ProgressEntry, models.PROTECT, related_name="evidence")
    file = models.FileField(storage=EvidenceStorage, upload_to=random_name)
    name = models.CharField(gettext_lazy("name"), max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    content_type = models.CharField(max_length=100)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    detached_at = models.DateTimeField(null=True, blank=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("evidence")
        verbose_name_plural = gettext_lazy("evidence")
        ordering = ["pk"]

    def __str__(self):
        return self.name

    def detach(self, *, at):
        """Take the file away from the entry; what was sent with it keeps it."""
        with transaction.atomic():
            self.entry.submission.for_change()
            Evidence.objects.filter(pk=self.pk, detached_at=None).update(detached_at=at)


class SubmissionRound(models.Model):
    """What was sent, each time, and what the reviewer answered. Nothing of it is ever overwritten."""

    class Decision(models.TextChoices):
        ACCEPTED = "accepted", gettext_lazy("accepted")
        RETURNED = "returned", gettext_lazy("returned for rework")

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="rounds")
    number = models.PositiveSmallIntegerField(gettext_lazy("round"))
    sent_at = models.DateTimeField(gettext_lazy("sent at"))
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    signed_by_name = models.CharField(max_length=200)
    signed_by_post = models.CharField(max_length=300)
    letter_number = models.CharField(max_length=100)
    letter_date = models.DateField()
    payload = models.JSONField()
    decision = models.CharField(gettext_lazy("decision"), max_length=10, choices=Decision, blank=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    comment = models.TextField(blank=True)
    # {measure pk as text: the reviewer's words}
    measure_comments = models.JSONField(default=dict, blank=True)
    resubmit_by = models.DateField(gettext_lazy("send again by"), null=True, blank=True)

    class Meta:
        verbose_name = gettext_lazy("round")
        verbose_name_plural = gettext_lazy("rounds")
        ordering = ["submission", "number"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "number"], name="round_number_is_unique_in_its_submission"),
            models.CheckConstraint(
                name="round_decision_is_known", condition=Q(decision__in=["", "accepted", "returned"])
            ),
        ]

    def __str__(self):
        return f"{self.submission} ({self.number})"

    def comment_at(self, measure_id):
        return self.measure_comments.get(str(measure_id), "")
