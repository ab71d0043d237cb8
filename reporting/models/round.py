"""What an executor sent, each time, and what the ministry answered."""

import hashlib
import json

from django.conf import settings
from django.db import models
from django.db.models import Prefetch, Q
from django.utils.translation import gettext_lazy


class SubmissionRoundQuerySet(models.QuerySet):
    def with_scans(self):
        """With the scanned letters alone as their evidence."""
        files = self.model._meta.get_field("evidence").related_model
        return self.prefetch_related(Prefetch("evidence", files.objects.filter(submission__isnull=False)))


class SubmissionRound(models.Model):
    """What was sent, each time, and what the reviewer answered. Nothing of it is ever overwritten.

    An acceptance that the ministry took back moves into the journal, as `take_review_back` returns it.
    """

    class Decision(models.TextChoices):
        ACCEPTED = "accepted", gettext_lazy("accepted")
        RETURNED = "returned", gettext_lazy("returned for rework")

    submission = models.ForeignKey("reporting.Submission", models.PROTECT, related_name="rounds")
    number = models.PositiveSmallIntegerField(gettext_lazy("round"))
    sent_at = models.DateTimeField(gettext_lazy("sent at"))
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    signed_by_name = models.CharField(max_length=200)
    signed_by_post = models.CharField(max_length=300)
    letter_number = models.CharField(max_length=100)
    letter_date = models.DateField()
    payload = models.JSONField()
    # Empty in rounds that were sent before it was kept.
    heading = models.JSONField(default=dict, editable=False)
    evidence = models.ManyToManyField("reporting.Evidence", related_name="rounds", blank=True)
    decision = models.CharField(gettext_lazy("decision"), max_length=10, choices=Decision, blank=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    comment = models.TextField(blank=True)
    # {measure pk as text: the reviewer's words}
    measure_comments = models.JSONField(default=dict, blank=True)
    resubmit_by = models.DateField(gettext_lazy("send again by"), null=True, blank=True)

    objects = SubmissionRoundQuerySet.as_manager()

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

    def take_review_back(self):
        """Wait for a review again; return what the review was, as the journal keeps it."""
        review = {
            "round": self.number,
            "decision": self.decision,
            "reviewed_by": self.reviewed_by_id,
            "reviewed_at": self.reviewed_at.isoformat(),
            "comment": self.comment,
            "measure_comments": self.measure_comments,
        }
        cleared = {"decision": "", "reviewed_by": None, "reviewed_at": None, "comment": "", "measure_comments": {}}
        SubmissionRound.objects.filter(pk=self.pk).update(**cleared)
        return review

    @property
    def letter_scans(self):
        """The scanned letter, where the ministry entered this round for the executor; else nothing."""
        return [file for file in self.evidence.all() if file.submission_id]

    def was_entered_by(self, person):
        """Did this person enter the round for the executor?"""
        return self.sent_by_id == person.pk and bool(self.letter_scans)

    def comment_at(self, measure_id):
        return self.measure_comments.get(str(measure_id), "")

    @property
    def reference(self):
        """The receipt's number, «decree-631/2013-H2/natr/1»: roadmap, half-year, executor, and which sending."""
        submission = self.submission
        return f"{submission.period.roadmap.slug}/{submission.period.code}/{submission.executor.code}/{self.number}"

    @property
    def content(self):
        """What was sent, as bytes that are the same for good: JSON, keys in order, no spaces, UTF-8."""
        return json.dumps(self.payload, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    @property
    def sha256(self):
        return hashlib.sha256(self.content).hexdigest()
