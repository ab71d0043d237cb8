"""The words of the mails as a ministry wrote them; where it wrote none, the supplied ones stand (`mail_supplied`)."""

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting.errors import Conflict
from roadmap.models import Roadmap, User

OCCASIONS = (
    "opened", "due_in_10", "due_in_5", "due_in_1", "due_today", "late_1", "late_3", "late_7", "returned", "resend_in_1",
    "resend_today", "resend_late_1", "accepted", "receipt", "dates_moved", "extension", "petition", "reopened",
    "digest", "ready", "approved", "personal_digest",
)  # fmt: skip


class MailTextQuerySet(models.QuerySet):
    def for_user(self, user):
        """The ministry's own."""
        if not user.is_authenticated or user.role not in User.OF_MINISTRY:
            return self.none()
        return self.filter(roadmap__in=Roadmap.objects.for_user(user))

    def of(self, roadmap, occasion, language):
        """Its states, the latest first."""
        return self.filter(roadmap=roadmap, occasion=occasion, language=language)

    def latest_of(self, roadmap, occasion, language):
        """What counts; None where nobody ever wrote anything."""
        return self.of(roadmap, occasion, language).first()

    def counting(self, roadmap):
        """{(occasion, language): the latest state} of a roadmap."""
        found = self.filter(roadmap=roadmap).select_related("written_by").order_by("pk")
        return {(text.occasion, text.language): text for text in found}

    def write(self, roadmap, occasion, language, *, subject, body, by, at, seen):
        """Keep words that count from now on; empty ones bring the supplied back. `seen`: the number edited upon."""
        latest = self.latest_of(roadmap, occasion, language)
        values = {"subject": subject, "body": body, "written_by": by, "written_at": at}
        key = {"roadmap": roadmap, "occasion": occasion, "language": language, "number": seen + 1}
        try:
            if (latest.number if latest else 0) == seen:
                with transaction.atomic():
                    return self.create(**key, **values)
        except IntegrityError:  # another saved between the question and the writing
            pass
        raise Conflict(_("Somebody else changed these words meanwhile; look at theirs before you save yours."))


class MailText(models.Model):
    """One state of a mail's words; the latest counts, earlier ones are kept. An empty one: as supplied again."""

    class Occasion(models.TextChoices):
        OPENED = "opened", gettext_lazy("the executors' window opens")
        DUE_IN_10 = "due_in_10", gettext_lazy("ten days before the term")
        DUE_IN_5 = "due_in_5", gettext_lazy("five days before the term")
        DUE_IN_1 = "due_in_1", gettext_lazy("the day before the term")
        DUE_TODAY = "due_today", gettext_lazy("on the last day")
        LATE_1 = "late_1", gettext_lazy("one day late")
        LATE_3 = "late_3", gettext_lazy("three days late")
        LATE_7 = "late_7", gettext_lazy("seven days late")
        RETURNED = "returned", gettext_lazy("a report is returned for rework")
        RESEND_IN_1 = "resend_in_1", gettext_lazy("the day before it is to be sent again")
        RESEND_TODAY = "resend_today", gettext_lazy("on the day to send it again by")
        RESEND_LATE_1 = "resend_late_1", gettext_lazy("not sent again, one day late")
        ACCEPTED = "accepted", gettext_lazy("a report is accepted")
        RECEIPT = "receipt", gettext_lazy("a report has come in: the receipt")
        DATES_MOVED = "dates_moved", gettext_lazy("the dates of a period are moved")
        EXTENSION = "extension", gettext_lazy("a later day is granted")
        PETITION = "petition", gettext_lazy("a petition is answered")
        REOPENED = "reopened", gettext_lazy("a report is reopened")
        DIGEST = "digest", gettext_lazy("how a period stands, daily, to the ministry")
        READY = "ready", gettext_lazy("a summary waits for the head's approval")
        APPROVED = "approved", gettext_lazy("a summary is approved")
        PERSONAL_DIGEST = "personal_digest", gettext_lazy("a person's letters of the day in one")

    roadmap = models.ForeignKey(
        Roadmap, models.PROTECT, verbose_name=gettext_lazy("roadmap"), related_name="mail_texts"
    )
    occasion = models.CharField(gettext_lazy("occasion"), max_length=20, choices=Occasion)
    language = models.CharField(gettext_lazy("language"), max_length=2, choices=settings.LANGUAGES)
    number = models.PositiveIntegerField(gettext_lazy("number"))
    subject = models.CharField(gettext_lazy("subject"), max_length=150, blank=True)
    body = models.TextField(gettext_lazy("text of the letter"), max_length=4000, blank=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=gettext_lazy("written by"), related_name="+"
    )
    written_at = models.DateTimeField(gettext_lazy("written at"))

    objects = MailTextQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("words of a letter")
        verbose_name_plural = gettext_lazy("words of the letters")
        ordering = ["-pk"]
        constraints = [
            # Two who save at once: the second gets no number, and is told.
            models.UniqueConstraint(
                name="mail_text_has_one_state_of_each_number",
                fields=["roadmap", "occasion", "language", "number"],
            ),
            models.CheckConstraint(
                name="mail_text_is_written_whole_or_as_supplied",
                condition=Q(subject="", body="") | (~Q(subject="") & ~Q(body="")),
            ),
            models.CheckConstraint(name="mail_text_occasion_is_known", condition=Q(occasion__in=OCCASIONS)),
            models.CheckConstraint(name="mail_text_language_is_known", condition=Q(language__in=["kk", "ru", "en"])),
        ]

    def __str__(self):
        return f"{self.get_occasion_display()}, {self.get_language_display()}"

    @property
    def is_own(self):
        return bool(self.subject)
