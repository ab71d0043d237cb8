"""The Word file that the letter to the Government is made from."""

import hashlib

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy

from roadmap.models import Roadmap, User


class LetterTemplateQuerySet(models.QuerySet):
    def for_user(self, user):
        """The ministry's own."""
        if not user.is_authenticated or user.role not in User.OF_MINISTRY:
            return self.none()
        return self.filter(roadmap__in=Roadmap.objects.for_user(user))

    def keep(self, roadmap, name, content, *, by, at):
        """Keep a template, which counts from now on; that it can be filled was tried before."""
        digest = hashlib.sha256(content).hexdigest()
        return self.create(roadmap=roadmap, name=name, content=content, sha256=digest, uploaded_by=by, uploaded_at=at)


class LetterTemplate(models.Model):
    """The Word file that the letter to the Government is made from; the latest counts, earlier ones are kept."""

    roadmap = models.ForeignKey(
        Roadmap, models.PROTECT, verbose_name=gettext_lazy("roadmap"), related_name="letter_templates"
    )
    name = models.CharField(gettext_lazy("name"), max_length=200)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=gettext_lazy("uploaded by"), related_name="+"
    )
    uploaded_at = models.DateTimeField(gettext_lazy("uploaded at"))

    objects = LetterTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("template of the letter")
        verbose_name_plural = gettext_lazy("templates of the letter")
        ordering = ["-pk"]

    def __str__(self):
        return self.name
