"""A workbook that an executor uploaded, kept from the preview until it is confirmed."""

import hashlib

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from .submission import Submission


class ReturnUploadQuerySet(models.QuerySet):
    def unconfirmed(self):
        return self.filter(applied_at=None)

    def waiting(self, submission, user):
        """The one that this person has uploaded and not confirmed yet."""
        return self.unconfirmed().filter(submission=submission, uploaded_by=user)

    def keep(self, submission, *, by, at, name, content, language):
        """Keep an upload for its preview; it takes the place of the one before."""
        digest = hashlib.sha256(content).hexdigest()
        values = {"name": name[:200], "content": content, "sha256": digest, "language": language, "uploaded_at": at}
        return self.update_or_create(values, submission=submission, uploaded_by=by, applied_at=None)[0]

    def revisions_of(self, submission, serial, user):
        """{entry pk: revision} that this person last took the downloaded workbook over at."""
        applied = self.filter(submission=submission, serial=serial, uploaded_by=user).exclude(applied_at=None)
        found = {}
        for revisions in applied.order_by("pk").values_list("revisions", flat=True):
            found |= {int(pk): revision for pk, revision in revisions.items()}
        return found


class ReturnUpload(models.Model):
    """The bytes as they came in, until confirmed or the report is sent; then only who took over what, and when."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="return_uploads")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    name = models.CharField(gettext_lazy("name"), max_length=200)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    # That of the workbook, which its marks are written in.
    language = models.CharField(gettext_lazy("language"), max_length=2)
    applied_at = models.DateTimeField(null=True, blank=True)
    # Of the workbook's passport: the same workbook may be filled in further and uploaded again.
    serial = models.CharField(max_length=32, blank=True)
    # {entry pk as text: the entry's revision once this was taken over}
    revisions = models.JSONField(default=dict, blank=True)

    objects = ReturnUploadQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("uploaded workbook")
        verbose_name_plural = gettext_lazy("uploaded workbooks")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "uploaded_by"],
                condition=Q(applied_at=None),
                name="person_has_one_workbook_waiting_for_a_submission",
            ),
        ]

    def __str__(self):
        return self.name
