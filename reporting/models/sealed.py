"""What an approval leaves behind it: the files, the orders for them, and the links of the chain."""

import hashlib

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy


class SummaryFile(models.Model):
    """A file of an approved summary, made once from what was frozen, and kept byte for byte."""

    summary = models.ForeignKey("reporting.Summary", models.PROTECT, related_name="files")
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    kind = models.CharField(max_length=10)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()

    class Meta:
        verbose_name, verbose_name_plural = gettext_lazy("file of a summary"), gettext_lazy("files of summaries")
        ordering = ["summary", "language", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["summary", "language", "kind"], name="file_is_unique_in_its_summary"),
        ]

    def __str__(self):
        return f"{self.summary} ({self.language}, {self.kind})"

    @classmethod
    def of(cls, summary, language, kind, content):
        return cls(
            summary=summary, language=language, kind=kind, content=content, sha256=hashlib.sha256(content).hexdigest()
        )


class FileOrder(models.Model):
    """A file of an approved summary that is still to be made; it goes when the file is there.

    A worker that takes it on claims it for a while, so that a killed one's work is done by the next.
    """

    summary = models.ForeignKey("reporting.Summary", models.PROTECT, related_name="file_orders")
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    kind = models.CharField(max_length=10)
    tries = models.PositiveSmallIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True, blank=True)
    failure = models.TextField(blank=True)

    class Meta:
        verbose_name = gettext_lazy("file to be made")
        verbose_name_plural = gettext_lazy("files to be made")
        ordering = ["summary", "language", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["summary", "language", "kind"], name="file_is_ordered_once"),
        ]

    def __str__(self):
        return f"{self.summary} ({self.language}, {self.kind})"


class ChainLink(models.Model):
    """One link of the chain over everything that was approved: append-only.

    `sha256` is of the frozen JSON's bytes (no `file`), or of the file's; `hash` covers the number, both and the link
    before, so that no link can be changed, left out or put in without all later ones.
    """

    number = models.PositiveIntegerField(unique=True)
    summary = models.ForeignKey("reporting.Summary", models.PROTECT, related_name="links")
    file = models.OneToOneField(SummaryFile, models.PROTECT, null=True, blank=True, related_name="link")
    sha256 = models.CharField(max_length=64)
    previous = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name, verbose_name_plural = gettext_lazy("link of the chain"), gettext_lazy("links of the chain")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["summary"], condition=Q(file=None), name="approval_is_linked_once_in_the_chain"
            ),
        ]

    def __str__(self):
        return f"{self.number}: {self.summary}"
