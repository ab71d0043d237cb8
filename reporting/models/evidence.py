"""Files that bear out an entry."""

import hashlib
import os
import uuid
from pathlib import PurePath

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting.errors import Refused
from roadmap.models import User

from .entry import ProgressEntry
from .petition import Petition
from .submission import Submission


class EvidenceStorage(FileSystemStorage):
    """The folder of the settings, as they are now."""

    @property
    def base_location(self):
        return settings.EVIDENCE_ROOT

    @property
    def location(self):
        return os.path.abspath(self.base_location)

    def _save(self, name, content):
        """A full disk is told to who uploads, and leaves nothing half written."""
        try:
            return super()._save(name, content)
        except OSError as error:
            self.delete(name)
            sentence = _("The file could not be kept: there is no room for it now. Tell the administrators; try again.")
            raise Refused(sentence) from error


def random_name(instance, filename):
    name = uuid.uuid4().hex
    return f"{name[:2]}/{name}"


def _kept(upload, content_type, by, at):
    """What is kept of an uploaded file."""
    path = PurePath(upload.name.replace("\\", "/"))
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    return {
        "file": upload,
        "name": f"{path.stem[: 200 - len(path.suffix)]}{path.suffix}"[:200],
        "sha256": digest.hexdigest(),
        "size": upload.size,
        "content_type": content_type,
        "uploaded_by": by,
        "uploaded_at": at,
    }


class EvidenceQuerySet(models.QuerySet):
    def attach(self, entry, upload, *, content_type, by, at):
        """Keep an uploaded file; the same one twice is kept once.

        `content_type` is the one that was checked, not the browser's word.
        """
        kept = _kept(upload, content_type, by, at)
        with transaction.atomic():
            entry.submission.for_change()
            return self._keep(kept, entry=entry)

    def attach_letter(self, submission, upload, *, content_type, by, at):
        """Keep the scan of the letter that a report is entered from; one that waits for its sending is replaced."""
        kept = _kept(upload, content_type, by, at)
        with transaction.atomic():
            submission.for_change()
            waiting = submission.scanned_letter
            if waiting and (waiting.sha256, waiting.name) == (kept["sha256"], kept["name"]):
                return waiting
            self.filter(submission=submission, detached_at=None, rounds=None).update(detached_at=at)
            return self.create(submission=submission, **kept)

    def attach_decision(self, petition, upload, *, content_type, by, at):
        """Keep a scanned decision on a petition; the same one twice is kept once."""
        return self._keep(_kept(upload, content_type, by, at), petition=petition)

    def _keep(self, kept, **owner):
        same = self.filter(**owner, sha256=kept["sha256"], name=kept["name"], detached_at=None).first()
        return same or self.create(**owner, **kept)

    def for_user(self, user):
        """By the submission's own rule, the ministry once it was sent; by the petition's, from the first day."""
        own = self._of(Submission.objects.for_user(user))
        if user.is_authenticated and user.role in User.OF_MINISTRY:
            own = own & Q(rounds__isnull=False) | self._of(Submission.objects.fillable_by(user))
        return self.filter(own | Q(petition__in=Petition.objects.for_user(user))).distinct()

    def _of(self, submissions):
        return Q(entry__submission__in=submissions) | Q(submission__in=submissions)


class Evidence(models.Model):
    """A file that bears out an entry, the scanned letter of a submission, or the decision on a petition.

    Append-only, under a random name outside any public folder.
    """

    entry = models.ForeignKey(ProgressEntry, models.PROTECT, null=True, blank=True, related_name="evidence")
    submission = models.ForeignKey(Submission, models.PROTECT, null=True, blank=True, related_name="scanned_letters")
    petition = models.ForeignKey(Petition, models.PROTECT, null=True, blank=True, related_name="documents")
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
        constraints = [
            models.CheckConstraint(
                name="evidence_belongs_to_one_thing",
                condition=Q(entry__isnull=False, submission=None, petition=None)
                | Q(entry=None, submission__isnull=False, petition=None)
                | Q(entry=None, submission=None, petition__isnull=False),
            ),
        ]

    def __str__(self):
        return self.name

    def note_download(self, *, by, at):
        """Keep who took the file, with the submission or the petition that it belongs to."""
        about = self.petition or self.submission or self.entry.submission
        submission = about.submission if self.petition_id else about
        roadmap = about.roadmap if self.petition_id else submission.period.roadmap
        roadmap.journal.create(
            kind="downloaded",
            by=by,
            at=at,
            submission=submission,
            period=submission and submission.period,
            measure=about.measure if self.petition_id else None,
            details={"file": self.name, "evidence": self.pk},
        )

    def detach(self, *, at):
        """Take the file away from the entry; what was sent with it keeps it."""
        with transaction.atomic():
            self.entry.submission.for_change()
            Evidence.objects.filter(pk=self.pk, detached_at=None).update(detached_at=at)
