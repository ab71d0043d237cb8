"""Files that bear out an entry."""

import hashlib
import os
import uuid
from pathlib import PurePath

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.db import models, transaction
from django.utils.translation import gettext_lazy

from roadmap.models import User

from .entry import ProgressEntry
from .submission import Submission


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
    def attach(self, entry, upload, *, content_type, by, at):
        """Keep an uploaded file; the same one twice is kept once.

        `content_type` is the one that was checked, not the browser's word.
        """
        path = PurePath(upload.name.replace("\\", "/"))
        name = f"{path.stem[: 200 - len(path.suffix)]}{path.suffix}"[:200]
        digest = hashlib.sha256()
        for chunk in upload.chunks():
            digest.update(chunk)
        with transaction.atomic():
            entry.submission.for_change()
            same = self.filter(entry=entry, sha256=digest.hexdigest(), name=name, detached_at=None).first()
            return same or self.create(
                entry=entry,
                file=upload,
                name=name,
                sha256=digest.hexdigest(),
                size=upload.size,
                content_type=content_type,
                uploaded_by=by,
                uploaded_at=at,
            )

    def for_user(self, user):
        """By the submission's own rule; the ministry sees a file once it was sent."""
        own = self.filter(entry__submission__in=Submission.objects.for_user(user))
        if user.is_authenticated and user.role in User.OF_MINISTRY:
            return own.filter(rounds__isnull=False).distinct()
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
