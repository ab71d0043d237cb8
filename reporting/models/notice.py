"""The log of letters: who is told what, about what; each once."""

import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy

from roadmap.models import Roadmap, User

from .mail_text import OCCASIONS, MailText
from .period import ReportingPeriod
from .submission import Submission

# How long a letter waits after each try that failed; after the last one it is given up.
BACK_OFF = tuple(datetime.timedelta(minutes=minutes) for minutes in (10, 30, 120, 360, 1440))
MOST_TRIES = len(BACK_OFF) + 1
# A reminder of one day is superseded before its last try: then so many are enough for staff to be told.
SHOWN_AFTER = 3
# The task comes every ten minutes, and never to the second.
SLACK = datetime.timedelta(minutes=1)
SHOWN_FOR = datetime.timedelta(days=30)


class NoticeQuerySet(models.QuerySet):
    def for_user(self, user):
        """The ministry's own roadmaps; administrators all."""
        if not user.is_authenticated or user.role not in User.STAFF:
            return self.none()
        if user.role == User.Role.ADMINISTRATOR:
            return self.all()
        return self.filter(roadmap__in=Roadmap.objects.for_user(user))

    def waiting(self):
        return self.filter(state=Notice.State.WAITING)

    def due(self, at):
        return self.waiting().filter(next_try_at__lte=at + SLACK)

    def failed(self):
        return self.filter(state=Notice.State.FAILED)

    def undelivered(self, at):
        """Given up lately: staff are told of them."""
        return self.failed().filter(made_at__gt=at - SHOWN_FOR)

    def known(self, abouts):
        """{the key: (pk, state)} of what the log has about these."""
        found = self.filter(about__in=abouts).values_list("person", "occasion", "about", "pk", "state")
        return {(person, occasion, about): (pk, state) for person, occasion, about, pk, state in found}

    def note(self, notices):
        """Keep those that the log does not have; who was first, of two workers, made them."""
        self.bulk_create(notices, ignore_conflicts=True)

    def drop(self, pks):
        """Their reason has gone before they were sent; what the server refused again and again is shown to staff."""
        gone = self.waiting().filter(pk__in=pks)
        failing = gone.filter(tries__gte=SHOWN_AFTER).exclude(failure="").update(state=Notice.State.FAILED)
        return failing + gone.update(state=Notice.State.DROPPED)

    def give_up_unanswered(self, at):
        """No answer ever came: at each try the worker ended in the middle. Return how many."""
        return self.due(at).filter(tries__gte=MOST_TRIES).update(state=Notice.State.FAILED)

    def revive(self, at):
        """What was dropped is wanted again: where the clock went back over a midnight and came again, say."""
        again = self.filter(state=Notice.State.DROPPED)
        return again.update(state=Notice.State.WAITING, tries=0, next_try_at=at, failure="")

    def try_again(self):
        """Let those that were given up wait again, as if they were new; return how many."""
        return self.failed().update(state=Notice.State.WAITING, tries=0, next_try_at=F("made_at"), failure="")


class Notice(models.Model):
    """One occasion on which one person is written to; (person, occasion, about) is there once, however it ends.

    `about` names the matter without a language: «submission:12:2014-01-05», «round:7». Without a roadmap: a person's
    letters of the day in one, which the others of that person go with.
    """

    class State(models.TextChoices):
        WAITING = "waiting", gettext_lazy("waits to be sent")
        SENT = "sent", gettext_lazy("mailed")
        FAILED = "failed", gettext_lazy("could not be delivered")
        DROPPED = "dropped", gettext_lazy("not needed any more")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=gettext_lazy("addressee"), related_name="notices"
    )
    occasion = models.CharField(gettext_lazy("occasion"), max_length=20, choices=MailText.Occasion)
    about = models.CharField(gettext_lazy("about"), max_length=80)
    roadmap = models.ForeignKey(
        Roadmap, models.PROTECT, null=True, blank=True, verbose_name=gettext_lazy("roadmap"), related_name="notices"
    )
    period = models.ForeignKey(
        ReportingPeriod, models.PROTECT, null=True, blank=True, verbose_name=gettext_lazy("reporting period"),
        related_name="notices",
    )  # fmt: skip
    submission = models.ForeignKey(
        Submission, models.PROTECT, null=True, blank=True, verbose_name=gettext_lazy("submission"),
        related_name="notices",
    )  # fmt: skip
    state = models.CharField(gettext_lazy("state"), max_length=10, choices=State, default=State.WAITING)
    made_at = models.DateTimeField(gettext_lazy("made at"))
    next_try_at = models.DateTimeField(gettext_lazy("next try at"))
    tries = models.PositiveSmallIntegerField(gettext_lazy("tries"), default=0)
    sent_at = models.DateTimeField(gettext_lazy("mailed at"), null=True, blank=True)
    failure = models.CharField(gettext_lazy("last failure"), max_length=300, blank=True)
    # As sent.
    address = models.CharField(gettext_lazy("e-mail address"), max_length=254, blank=True)
    subject = models.TextField(gettext_lazy("subject of the letter"), blank=True)
    text = models.TextField(gettext_lazy("text of the letter"), blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("letter sent to a person")
        verbose_name_plural = gettext_lazy("letters sent to people")
        ordering = ["-pk"]
        permissions = [("resend_notice", "Can have letters that failed sent again")]
        constraints = [
            models.UniqueConstraint(fields=["person", "occasion", "about"], name="notice_is_made_once"),
            models.CheckConstraint(name="notice_occasion_is_known", condition=Q(occasion__in=OCCASIONS)),
            models.CheckConstraint(
                name="notice_state_is_known", condition=Q(state__in=["waiting", "sent", "failed", "dropped"])
            ),
            models.CheckConstraint(
                name="notice_that_was_sent_says_when",
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at=None)),
            ),
        ]
        indexes = [
            # The task, every ten minutes: the few that wait.
            models.Index(fields=["next_try_at"], condition=Q(state="waiting"), name="notice_waits"),
            # The task asks by it what the log has.
            models.Index(fields=["about"], name="notice_about"),
            # Staff's first pages count what was given up lately.
            models.Index(fields=["made_at"], condition=Q(state="failed"), name="notice_failed"),
        ]

    def __str__(self):
        return f"{self.get_occasion_display()}: {self.person}"

    @property
    def key(self):
        return self.person_id, self.occasion, self.about

    @property
    def message_id(self):
        """The same at each try, so that a server which took the letter already drops the second."""
        return f"<notice-{self.pk}-{self.made_at:%Y%m%d%H%M%S}@{urlsplit(settings.SITE_URL).hostname}>"

    def claim(self, *, at):
        """Take it for one try; false where another worker was first. Whoever dies with it leaves it for the next."""
        following = at + BACK_OFF[min(self.tries, len(BACK_OFF) - 1)]
        found = Notice.objects.due(at).filter(pk=self.pk, tries=self.tries)
        if not found.update(tries=F("tries") + 1, next_try_at=following):
            return False
        self.tries, self.next_try_at = self.tries + 1, following
        return True

    def mark_sent(self, *, at, address, subject, text):
        """The server has taken it; that is so though its reason went while it was on its way."""
        self._end(state=self.State.SENT, sent_at=at, address=address, subject=subject, text=text, failure="")

    def mark_failed(self, why, *, for_good=False):
        """The server did not take it: it waits, or is given up; return whether it is."""
        given_up = for_good or self.tries >= MOST_TRIES
        # Where it was dropped meanwhile, it stays dropped.
        state = {"state": self.State.FAILED} if given_up else {}
        values = state | {"failure": " ".join(str(why).split())[:300]}
        if Notice.objects.waiting().filter(pk=self.pk).update(**values):
            vars(self).update(values)
        return given_up

    def _end(self, **values):
        Notice.objects.exclude(state=self.State.SENT).filter(pk=self.pk).update(**values)
        vars(self).update(values)
