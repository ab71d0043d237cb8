"""What an executor reports in a half-year."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import Count, F, Max, Prefetch, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting.errors import Conflict, Incomplete, Refused
from reporting.period_words import of_period
from roadmap import clock
from roadmap.language import names_of
from roadmap.models import Executor, Roadmap, User, lineage

from .ministry_steps import MinistrySteps
from .period import ReportingPeriod
from .reopening import Reopening
from .round import SubmissionRound


class SubmissionQuerySet(models.QuerySet):
    def for_user(self, user):
        """An executor's own and its predecessors'; all of the ministry's roadmaps; nothing for the others."""
        if not user.is_authenticated:
            return self.none()
        if user.role == User.Role.EXECUTOR:
            return self.filter(executor__in=lineage(user.executor_id))
        if user.role in User.OF_MINISTRY:
            return self.filter(period__roadmap__in=Roadmap.objects.for_user(user))
        return self.none()

    def fillable_by(self, user):
        """Whose report is filled in and sent: an executor's own; by the ministry's officers what they enter for one.

        Drafts of other executors stay unseen by the ministry.
        """
        own = self.for_user(user)
        if user.has_perm("reporting.enter_submission"):
            return own.filter(is_entered_by_ministry=True)
        return own if user.has_perm("reporting.fill_submission") else self.none()

    def make_missing(self, period, executor_ids):
        self.bulk_create(
            [
                Submission(
                    period=period,
                    executor_id=pk,
                    due_on=period.executors_due_on,
                    effective_due_on=period.executors_effective_on,
                )
                for pk in executor_ids
            ],
            ignore_conflicts=True,
        )

    def with_rounds(self):
        """Bring the rounds along without what was sent in them, which is long."""
        return self.prefetch_related(Prefetch("rounds", SubmissionRound.objects.defer("payload")))

    def with_entry_measures(self):
        return self.prefetch_related("entries__evidence", "entries__expenditures")

    def in_work(self):
        """In half-years that are not approved; in a correction what it reopened."""
        # No join: an update through one would not look at the row again after waiting for its lock.
        unlocked = self.filter(period__in=ReportingPeriod.objects.unlocked())
        return unlocked.exclude(reopened_from="", period__in=ReportingPeriod.objects.in_correction())

    def editable(self):
        """Not sent, or returned; and the summary is not approved, or its correction reopened the report."""
        return self.in_work().filter(status__in=Submission.EDITABLE)

    def expected(self):
        """Those with anything to report; `entry_count` tells how much."""
        return self.annotate(entry_count=Count("entries")).filter(entry_count__gt=0)

    def reported(self):
        return self.filter(status__in=Submission.REPORTED)

    def current(self):
        """To be reported in periods not approved yet, or sent again in a correction; the most pressing first."""
        sent = ~Q(status__in=Submission.EDITABLE)
        pressing = self.expected().in_work().exclude(sent, period__in=ReportingPeriod.objects.in_correction())
        return pressing.order_by("period__year", "period__number", "pk")


class Submission(Reopening, MinistrySteps, models.Model):
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
    LETTER_FIELDS = ("signed_by_name", "signed_by_post", "letter_number", "letter_date")

    period = models.ForeignKey(
        ReportingPeriod, models.PROTECT, verbose_name=gettext_lazy("reporting period"), related_name="submissions"
    )
    executor = models.ForeignKey(
        Executor, models.PROTECT, verbose_name=gettext_lazy("executor"), related_name="submissions"
    )
    status = models.CharField(gettext_lazy("status"), max_length=15, choices=Status, default=Status.DRAFT)
    due_on = models.DateField(gettext_lazy("due on"))
    # The working day that `due_on` counts until.
    effective_due_on = models.DateField(editable=False)
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
    # The body has no office of its own: a ministry officer enters what its signed letter says.
    is_entered_by_ministry = models.BooleanField(default=False, editable=False)
    # See Reopening.
    reopened_from = models.CharField(max_length=15, choices=Status, blank=True, default="", editable=False)
    reopened_until = models.DateField(null=True, blank=True, editable=False)
    revision = models.PositiveIntegerField(default=0)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("submission")
        verbose_name_plural = gettext_lazy("submissions")
        ordering = ["-period__year", "-period__number", "executor"]
        permissions = [
            ("fill_submission", "Can fill in and send the submissions of the own body"),
            ("review_submission", "Can accept and return submissions"),
            ("enter_submission", "Can fill in and send for an executor, with its signed letter"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["period", "executor"], name="executor_has_one_submission_in_a_period"),
            models.CheckConstraint(
                name="submission_status_is_known",
                condition=Q(status__in=["draft", "submitted", "returned", "accepted", "not_submitted"]),
            ),
            models.CheckConstraint(
                name="submission_that_was_sent_names_its_letter",
                condition=Q(status__in=["draft", "not_submitted"])
                | (~Q(signed_by_name="") & ~Q(signed_by_post="") & ~Q(letter_number="") & Q(letter_date__isnull=False)),
            ),
            models.CheckConstraint(
                name="submission_that_was_sent_has_its_first_time",
                condition=Q(status__in=["draft", "not_submitted"], first_submitted_at=None)
                | Q(status__in=["submitted", "returned", "accepted"], first_submitted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="submission_is_reopened_from_a_state_that_ends_a_period",
                condition=Q(reopened_from="", reopened_until=None)
                | Q(reopened_from__in=["submitted", "returned", "accepted", "not_submitted"]),
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
        return self.status in self.EDITABLE and not self.period.is_locked and not self.is_outside_correction

    @property
    def is_reported(self):
        return self.status in self.REPORTED

    def is_late_on(self, day):
        """Judged by the first round; while nothing was sent, by the day."""
        sent = self.first_submitted_at
        return (clock.day_of(sent) if sent else day) > self.effective_due_on

    @property
    def last_reviewed_round(self):
        """The round whose words of the ministry are the latest."""
        return max((sent for sent in self.rounds.all() if sent.decision), key=lambda sent: sent.number, default=None)

    @property
    def last_round(self):
        return max(self.rounds.all(), key=lambda sent: sent.number, default=None)

    def keep_entries_for(self, measures, *, assigned):
        """Add entries for these measures, and the lines of their funding, where they lack; not once it was sent.

        Empty entries of measures that are not `assigned` (pks) any more are taken away.
        """
        entries = {entry.measure_id: entry for entry in self.entries.all()}
        added = [measure for measure in measures if measure.pk not in entries]
        dropped = [entry for entry in entries.values() if entry.measure_id not in assigned and entry.is_empty]
        unfunded = [
            measure for measure in measures if measure.pk in entries and entries[measure.pk].lacks_money_of(measure)
        ]
        if not (added or dropped or unfunded) or not self.is_editable:
            return
        with transaction.atomic():
            if not self._count_change(revision=self.revision):
                return
            for entry in dropped:
                self.entries.filter(pk=entry.pk, revision=entry.revision).delete()
            self.entries.make_for(self, added, funded_since=unfunded)

    def keep_signature(self, values):
        """Keep the letter's requisites that were typed, though the report could not be sent yet."""
        Submission.objects.editable().filter(pk=self.pk).update(**values)

    def _count_change(self, **condition):
        """Lock the submission for a change of its entries; false where it is sent, approved or not as expected."""
        found = Submission.objects.editable().filter(pk=self.pk, **condition)
        return bool(found.update(revision=F("revision") + 1))

    def for_change(self):
        """Count a change, or refuse it because the submission is locked."""
        if not self._count_change():
            raise Refused(_("This submission has been sent or the summary approved; it can no longer be changed."))

    # Transitions

    def faults(self, *, on):
        """Everything that has to be put right before sending on that day, entry by entry."""
        entries = self.entries.in_order().with_details()
        return [fault for entry in entries for fault in entry.faults(self.period, on=on)]

    def refuse_letter(self, signature, *, on):
        """Refuse requisites that are no signed letter's."""
        names = ("signed_by_name", "signed_by_post", "letter_number")
        if not all(signature[name].strip() for name in names) or not signature["letter_date"]:
            raise Refused(_("Name who signed, and the outgoing letter's number and date."))
        if not self.period.roadmap.date <= signature["letter_date"] <= on:
            raise Refused(_("The letter's date lies between the act's day and today."))

    def submit(self, *, by, at, revision, signature):
        """Send what is saved.

        1 the period must not be approved (and an approval waits for us); 2 drop the uploaded workbooks that wait; a
        confirmation too locks its workbook before the submission; 3 the submission must be as the sender saw it;
        4 check everything, all faults at once; 5 mark the entries as sent; 6 keep the round.

        `signature`: signed_by_name, signed_by_post, letter_number, letter_date.
        """
        self.refuse_letter(signature, on=clock.day_of(at))
        with transaction.atomic():
            self.period.touch()
            self.return_uploads.unconfirmed().delete()
            scan = self._scan_to_send(by)
            sent = Submission.objects.editable().filter(pk=self.pk, revision=revision)
            if not sent.update(
                **signature,
                status=self.Status.SUBMITTED,
                first_submitted_at=Coalesce(F("first_submitted_at"), at),
                entered_by=by,
                reopened_until=None,
                is_entered_by_ministry=scan is not None,
                revision=F("revision") + 1,
            ):
                raise Conflict(_("The submission has been sent or changed since you opened this page; look again."))
            faults = self.faults(on=clock.day_of(at))
            if faults:
                raise Incomplete(_("The submission is not complete yet."), faults)
            if not self.entries.exists():
                raise Refused(of_period(self.period.roadmap, "There is nothing to report in this half-year."))
            self.entries.update(is_sent=True)
            self.refresh_from_db()
            return self._keep_round(by, at, signature, scan)

    def _keep_round(self, by, at, signature, scan):
        sent_round = SubmissionRound.objects.create(
            submission=self,
            number=(self.rounds.aggregate(last=Max("number"))["last"] or 0) + 1,
            sent_at=at,
            sent_by=by,
            payload=self.as_payload(),
            heading=self.as_heading(by),
            **signature,
        )
        sent_round.evidence.set(
            [file["pk"] for entry in sent_round.payload for file in entry["evidence"]] + ([scan.pk] if scan else [])
        )
        return sent_round

    def as_payload(self):
        return [entry.as_payload() for entry in self.entries.in_order().with_details()]

    def as_heading(self, by):
        """What a receipt says above the measures, as it is now: names change, and due days are moved."""
        return {
            "executor": names_of(self.executor, "full_name"),
            "act": names_of(self.period.roadmap, "act"),
            "sent_by": str(by),
            "due_on": self.due_on.isoformat(),
            "effective_due_on": self.effective_due_on.isoformat(),
        }

    def accept(self, *, by, at, revision, comment="", measure_comments=None):
        with transaction.atomic():
            self._review(self.Status.ACCEPTED, revision)
            self._refuse_own_review(by)
            self._note_review(
                decision=SubmissionRound.Decision.ACCEPTED,
                by=by,
                at=at,
                comment=comment.strip(),
                measure_comments=_words(measure_comments),
            )

    def return_for_rework(self, *, by, at, revision, comment="", measure_comments=None, resubmit_by):
        """Send back with words, general or at a measure ({measure pk: words}), and a day to send it again by."""
        words = _words(measure_comments)
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
        self.refuse_outside_correction()
        waiting = Submission.objects.filter(pk=self.pk, status=self.Status.SUBMITTED, revision=revision)
        if not waiting.update(status=status, revision=F("revision") + 1):
            raise Conflict(
                _("This submission does not wait for this review: not sent, reviewed, or sent anew; look again.")
            )
        self.refresh_from_db()

    def _note_review(self, *, by, at, **words):
        last = self.rounds.order_by("number").last()
        SubmissionRound.objects.filter(pk=last.pk).update(reviewed_by=by, reviewed_at=at, **words)


def _words(measure_comments):
    """{measure pk as text: words}, without the empty ones."""
    return {str(pk): text.strip() for pk, text in (measure_comments or {}).items() if text.strip()}
