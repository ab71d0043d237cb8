"""The ministry's consolidated information: draft, at the head's, approved and frozen."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.fields.json import KT
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting.errors import Conflict, Refused
from roadmap.language import Localised
from roadmap.models import Executor, Measure, Roadmap, User

from .entry import TEXT_LIMIT, ProgressEntry
from .off_control import OffControl
from .period import ROMAN, ReportingPeriod
from .sealed import ChainLink

FIRST_ROADMAP = "decree-631"


class SummaryQuerySet(models.QuerySet):
    def for_user(self, user):
        """The ministry sees its own in every state; executors and the Government what is approved."""
        if not user.is_authenticated or user.role == User.Role.ADMINISTRATOR:
            return self.none()
        own = self.filter(period__roadmap__in=Roadmap.objects.for_user(user))
        return own if user.role in User.OF_MINISTRY else own.approved()

    def approved(self):
        return self.filter(status=Summary.Status.APPROVED)

    def in_work(self):
        return self.exclude(status=Summary.Status.APPROVED)

    def corrections_in_work(self):
        return self.in_work().filter(version__gt=1).order_by("period__year", "period__number")

    def waiting(self):
        """At the head's, the oldest first."""
        return self.filter(status=Summary.Status.FOR_APPROVAL).order_by("period__ministry_due_on", "pk")

    def valid(self):
        """The latest approved version of each period."""
        later = Summary.objects.approved().filter(
            period=models.OuterRef("period"), version__gt=models.OuterRef("version")
        )
        return self.approved().exclude(models.Exists(later)).order_by("-period__year", "-period__number")

    def with_printed_reference(self):
        """With the reference that stands in what was frozen, as `printed_reference`."""
        return self.annotate(printed_reference=KT("frozen__documents__kk__reference"))

    def with_shown(self, language):
        """With the frozen document of one language as `shown`, and the hash of the whole as `sealed`.

        The rest of what was frozen stays in the database.
        """
        links = ChainLink.objects.filter(summary=models.OuterRef("pk"), file=None)
        return self.defer("frozen").annotate(
            shown=F(f"frozen__documents__{language}"), sealed=models.Subquery(links.values("sha256"))
        )


class Summary(models.Model):
    """Version `version` of a period's consolidated information, with a line for each measure of the roadmap.

    `frozen` is written by the approval: {"schema": 3, "documents": {language: the whole document as shown}, "facts":
    what pictures need}. From then on page and files are served from it and `SummaryFile` alone, and triggers refuse
    any change.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", gettext_lazy("draft")
        FOR_APPROVAL = "for_approval", gettext_lazy("handed over for approval")
        APPROVED = "approved", gettext_lazy("approved")

    period = models.ForeignKey(
        ReportingPeriod, models.PROTECT, verbose_name=gettext_lazy("reporting period"), related_name="summaries"
    )
    version = models.PositiveSmallIntegerField(gettext_lazy("version"), default=1)
    status = models.CharField(gettext_lazy("status"), max_length=15, choices=Status, default=Status.DRAFT)
    consolidated_at = models.DateTimeField(gettext_lazy("consolidated at"))
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=gettext_lazy("approved by"),
        related_name="+",
    )
    approved_at = models.DateTimeField(gettext_lazy("approved at"), null=True, blank=True)
    frozen = models.JSONField(null=True, blank=True)
    # A version after the first corrects the one before it, for a reason, with the reports of these executors reopened.
    correction_reason = models.TextField(gettext_lazy("reason for the correction"), max_length=TEXT_LIMIT, blank=True)
    reopened = models.ManyToManyField(
        Executor, blank=True, verbose_name=gettext_lazy("executors whose reports were reopened"), related_name="+"
    )

    objects = SummaryQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("summary")
        verbose_name_plural = gettext_lazy("summaries")
        ordering = ["-period__year", "-period__number", "-version"]
        permissions = [
            ("read_summary", "Can read and download approved summaries"),
            ("write_summary", "Can consolidate, write and hand over summaries"),
            ("approve_summary", "Can approve summaries and send them back"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["period", "version"], name="summary_version_is_unique_in_its_period"),
            models.UniqueConstraint(
                fields=["period"], condition=~Q(status="approved"), name="period_has_one_summary_in_work"
            ),
            models.CheckConstraint(
                name="summary_status_is_known", condition=Q(status__in=["draft", "for_approval", "approved"])
            ),
            models.CheckConstraint(
                name="summary_correction_has_its_reason", condition=Q(version=1) | ~Q(correction_reason="")
            ),
            models.CheckConstraint(
                name="summary_is_frozen_exactly_when_it_is_approved",
                condition=Q(
                    status="approved", approved_at__isnull=False, approved_by__isnull=False, frozen__isnull=False
                )
                | (~Q(status="approved") & Q(approved_at=None, approved_by=None, frozen=None)),
            ),
        ]

    def __str__(self):
        return _("%(period)s, version %(version)s") % {"period": self.period, "version": self.version}

    @property
    def reference(self):
        """«ЖА-2013-II»: жиынтық ақпарат, the year and the half-year.

        Decree 631, which was here first, goes without a name; other roadmaps bear theirs: «ЖА-2014-Q1-tourism-2014».
        What an approved summary was printed with stays in what was frozen.
        """
        period = self.period
        if period.roadmap.slug == FIRST_ROADMAP:
            return f"ЖА-{period.year}-{ROMAN[period.number]}"
        return f"ЖА-{period.code}-{period.roadmap.slug}"

    @property
    def is_draft(self):
        return self.status == self.Status.DRAFT

    @property
    def is_for_approval(self):
        return self.status == self.Status.FOR_APPROVAL

    @property
    def is_approved(self):
        return self.status == self.Status.APPROVED

    @property
    def last_remarks(self):
        """The head's words, while the draft that was sent back is in work."""
        last = self.events.first()
        return last.remarks if last and self.is_draft else ""

    def move(self, source, target, *, by, at, remarks="", **changes):
        """One step of the summary's way, with its row of history; the caller holds the transaction."""
        found = Summary.objects.filter(pk=self.pk, status=source)
        if not found.update(status=target, **changes):
            raise Conflict(_("The summary is no longer in the state that you saw; look again."))
        SummaryEvent.objects.create(summary=self, before=source, after=target, by=by, at=at, remarks=remarks)
        self.refresh_from_db()

    def hand_over(self, *, by, at):
        with transaction.atomic():
            self.period.touch()
            self.move(self.Status.DRAFT, self.Status.FOR_APPROVAL, by=by, at=at)

    def send_back(self, *, by, at, remarks):
        if not remarks.strip():
            raise Refused(_("Say what the ministry has to put right."))
        with transaction.atomic():
            self.period.touch()
            self.move(self.Status.FOR_APPROVAL, self.Status.DRAFT, by=by, at=at, remarks=remarks.strip())

    def leaving_lines(self):
        """The lines that are done and not off control yet: their measures leave with the approval."""
        off_control = OffControl.objects.filter(revoked_on=None).values("measure")
        lines = self.lines.exclude(measure__in=off_control).select_related("measure").order_by("position")
        return [line for line in lines if line.status == SummaryLine.Status.DONE]


class SummaryEvent(models.Model):
    """A step of a summary: append-only."""

    summary = models.ForeignKey(Summary, models.PROTECT, related_name="events")
    before = models.CharField(max_length=15, choices=Summary.Status)
    after = models.CharField(max_length=15, choices=Summary.Status)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    remarks = models.TextField(gettext_lazy("remarks"), blank=True)

    class Meta:
        verbose_name, verbose_name_plural = gettext_lazy("step of a summary"), gettext_lazy("steps of summaries")
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.summary}: {self.get_before_display()} → {self.get_after_display()}"


class SummaryLineQuerySet(models.QuerySet):
    def for_user(self, user):
        return self.filter(summary__in=Summary.objects.for_user(user))

    def in_order(self):
        return self.order_by("position")

    def wanting_text(self):
        """Where somebody was expected to report; of the others the summary says by itself why nobody was."""
        return self.exclude(rolled_status__in=SummaryLine.NOBODY_EXPECTED)


class SummaryLine(models.Model):
    """A measure in a summary: what was rolled up (`rolled_*`, `source`) beside the ministry's own words.

    Consolidating again refreshes the first half and never touches the second; `is_changed` marks a line whose source
    changed after the ministry last saved it. `source` is `rollup.MeasureRollup.as_source()`. What the reports say at
    this moment, and whether the ministry has seen it, is asked of `sources`.
    """

    class Status(models.TextChoices):
        NOT_STARTED = ProgressEntry.Status.NOT_STARTED.value, ProgressEntry.Status.NOT_STARTED.label
        IN_PROGRESS = ProgressEntry.Status.IN_PROGRESS.value, ProgressEntry.Status.IN_PROGRESS.label
        DONE = ProgressEntry.Status.DONE.value, ProgressEntry.Status.DONE.label
        NOT_DONE = ProgressEntry.Status.NOT_DONE.value, ProgressEntry.Status.NOT_DONE.label
        NO_INFORMATION = "no_information", gettext_lazy("no information")
        NOT_BEGUN = "not_begun", gettext_lazy("the term has not begun")
        OFF_CONTROL = "off_control", gettext_lazy("off control")

    summary = models.ForeignKey(Summary, models.PROTECT, related_name="lines")
    measure = models.ForeignKey(Measure, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    rolled_status = models.CharField(max_length=15, choices=Status)
    rolled_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    source = models.JSONField()
    # The source that the ministry had before it when it last saved the line: what a change is compared with.
    seen_source = models.JSONField(null=True, blank=True, editable=False)
    is_changed = models.BooleanField(default=False)
    text_kk = models.TextField(gettext_lazy("the ministry's text (Kazakh)"), max_length=TEXT_LIMIT, blank=True)
    text_ru = models.TextField(gettext_lazy("the ministry's text (Russian)"), max_length=TEXT_LIMIT, blank=True)
    overruled_status = models.CharField(
        gettext_lazy("overruled status"), max_length=15, choices=ProgressEntry.Status, blank=True
    )
    overruled_reason = models.TextField(gettext_lazy("reason for overruling"), max_length=TEXT_LIMIT, blank=True)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    edited_at = models.DateTimeField(null=True, blank=True, editable=False)
    revision = models.PositiveIntegerField(default=0)

    text = Localised()

    objects = SummaryLineQuerySet.as_manager()

    MINISTRY_FIELDS = ("text_kk", "text_ru", "overruled_status", "overruled_reason")
    NOBODY_EXPECTED = (Status.NOT_BEGUN, Status.OFF_CONTROL)

    class Meta:
        verbose_name = gettext_lazy("line of a summary")
        verbose_name_plural = gettext_lazy("lines of summaries")
        ordering = ["summary", "position"]
        constraints = [
            models.UniqueConstraint(fields=["summary", "measure"], name="line_is_unique_for_its_measure"),
            models.CheckConstraint(
                name="line_status_is_known",
                condition=Q(
                    rolled_status__in=[
                        "not_started", "in_progress", "done", "not_done", "no_information", "not_begun", "off_control",
                    ],
                    overruled_status__in=["", "not_started", "in_progress", "done", "not_done"],
                ),
            ),
            models.CheckConstraint(
                name="line_is_overruled_with_a_reason",
                condition=Q(overruled_status="") | ~Q(overruled_reason=""),
                violation_error_message=gettext_lazy("Say why the status is overruled."),
            ),
            models.CheckConstraint(
                name="line_percent_is_at_most_100", condition=Q(rolled_percent=None) | Q(rolled_percent__lte=100)
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.summary}: {self.measure.number}"

    @property
    def status(self):
        """The status that counts: the ministry's where it overruled."""
        return self.overruled_status or self.rolled_status

    @property
    def percent(self):
        """The mean, or what the ministry's own status says."""
        said = {ProgressEntry.Status.DONE: 100, ProgressEntry.Status.NOT_STARTED: 0}
        return said.get(self.overruled_status, self.rolled_percent)

    def is_overdue(self, measure, period):
        """In a period's summary: the deadline in force lies within it or before, and the measure is not done."""
        return measure.is_due_by(period.covers_to) and self.status not in (self.Status.DONE, self.Status.OFF_CONTROL)

    @property
    def is_written(self):
        return bool(self.text_kk and self.text_ru)

    @property
    def wants_text(self):
        return self.rolled_status not in self.NOBODY_EXPECTED

    def write(self, *, by, at, revision, values, seen=None):
        """Save the ministry's words if nobody saved since `revision`; Conflict otherwise.

        What stood there before is kept in the journal. `seen` is what else is known of the line's source, {column:
        value}; without it the writer saw the source that the line holds.
        """
        seen = seen or {"seen_source": F("source"), "is_changed": False}
        with transaction.atomic():
            self.summary.period.touch()
            mine = SummaryLine.objects.filter(pk=self.pk)
            if not mine.filter(summary__status=Summary.Status.DRAFT).exists():
                raise Refused(_("The summary is at the head's or approved; its lines cannot be changed."))
            before = mine.values(*self.MINISTRY_FIELDS).get()
            saved = mine.filter(revision=revision).update(
                **values, **seen, edited_by=by, edited_at=at, revision=F("revision") + 1
            )
            if not saved:
                raise Conflict(_("Somebody saved this line meanwhile. Both texts are shown; choose, and save again."))
            self._note_writing(by, at, before)

    def _note_writing(self, by, at, before):
        journal, period = self.summary.journal, self.summary.period
        journal.create(
            kind=journal.model.Kind.LINE_WRITTEN,
            at=at,
            by=by,
            roadmap_id=period.roadmap_id,
            period=period,
            measure_id=self.measure_id,
            details={"before": before},
        )
