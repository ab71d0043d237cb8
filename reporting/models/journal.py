"""What happened, and who did it, where no other row tells it already."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from roadmap.models import Measure, Roadmap

from .period import ReportingPeriod
from .submission import Submission
from .summary import Summary


class JournalEntry(models.Model):
    """One thing that happened: append-only, held by triggers. `by` is empty where the application did it by itself.

    Rounds, steps of summaries and moved dates are their own record; pages read them beside the journal.
    `details` are values without a language: {"file": "xlsx", "language": "kk"}.
    """

    class Kind(models.TextChoices):
        DOWNLOADED = "downloaded", gettext_lazy("downloaded")
        REOPENED = "reopened", gettext_lazy("acceptance taken back")
        ENTERED_BY_MINISTRY = "entered_by_ministry", gettext_lazy("entered by the ministry for the executor")
        CORRECTION = "correction", gettext_lazy("correction begun")
        CORRECTION_WITHDRAWN = "correction_withdrawn", gettext_lazy("correction withdrawn")
        PETITION = "petition", gettext_lazy("petition")
        SUCCESSION = "succession", gettext_lazy("passed to the successor")
        AMENDMENT = "amendment", gettext_lazy("amended")
        OFF_CONTROL = "off_control", gettext_lazy("taken off control")
        OFF_CONTROL_REVOKED = "off_control_revoked", gettext_lazy("taken under control again")
        LINE_WRITTEN = "line_written", gettext_lazy("the ministry's text saved")
        FILE_MADE = "file_made", gettext_lazy("file made")
        FILE_FAILED = "file_failed", gettext_lazy("file could not be made")
        FILE_TRIED_AGAIN = "file_tried_again", gettext_lazy("file ordered again")
        TEMPLATE_UPLOADED = "template_uploaded", gettext_lazy("template of the letter uploaded")
        WINDOW_OPENED = "window_opened", gettext_lazy("window opened")

    kind = models.CharField(gettext_lazy("what happened"), max_length=20)
    at = models.DateTimeField(gettext_lazy("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=gettext_lazy("by"),
        related_name="+",
    )
    roadmap = models.ForeignKey(Roadmap, models.PROTECT, related_name="journal")
    period = models.ForeignKey(ReportingPeriod, models.PROTECT, null=True, blank=True, related_name="journal")
    submission = models.ForeignKey(Submission, models.PROTECT, null=True, blank=True, related_name="journal")
    measure = models.ForeignKey(Measure, models.PROTECT, null=True, blank=True, related_name="journal")
    summary = models.ForeignKey(Summary, models.PROTECT, null=True, blank=True, related_name="journal")
    words = models.TextField(blank=True)
    details = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = gettext_lazy("entry of the journal")
        verbose_name_plural = gettext_lazy("journal")
        ordering = ["-pk"]
        constraints = [models.CheckConstraint(name="journal_says_what_happened", condition=~Q(kind=""))]

    def __str__(self):
        return f"{self.label} ({self.at:%Y-%m-%d})"

    @property
    def label(self):
        return self.Kind(self.kind).label
