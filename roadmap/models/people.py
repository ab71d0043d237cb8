"""Who signs in: the role decides what a person may do, the body whose data it is."""

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _


class UserAccountManager(UserManager):
    def create_user(self, username, email=None, password=None, **extra):
        return self._create_user(username, email, password, **extra)

    def create_superuser(self, username, email=None, password=None, **extra):
        """Make an administrator: `manage.py createsuperuser` is how the first one comes in."""
        return self.create_user(username, email, password, role=User.Role.ADMINISTRATOR, **extra)

    def of_calendar_key(self, key):
        """Return whose calendar it is; None where the address was ended or the person may not sign in any more."""
        pk = key.partition("-")[0]
        person = self.filter(pk=pk, is_active=True).first() if pk.isdecimal() and len(pk) < 19 else None
        is_theirs = person and person.has_usable_password() and constant_time_compare(person.calendar_key, key)
        return person if is_theirs else None


class User(AbstractUser):
    class Role(models.TextChoices):
        EXECUTOR = "executor", _("executor officer")
        MINISTRY_OFFICER = "ministry_officer", _("ministry officer")
        MINISTRY_HEAD = "ministry_head", _("ministry head")
        GOVERNMENT = "government", _("government official")
        ADMINISTRATOR = "administrator", _("administrator")

    class MailChoice(models.TextChoices):
        SINGLE = "single", _("each letter by itself, at once")
        DIGEST = "digest", _("one letter a day, with everything of that day")

    WITH_BODY = (Role.EXECUTOR, Role.MINISTRY_OFFICER, Role.MINISTRY_HEAD)
    OF_MINISTRY = (Role.MINISTRY_OFFICER, Role.MINISTRY_HEAD)
    STAFF = (*OF_MINISTRY, Role.ADMINISTRATOR)

    # The role alone gives permissions (`access.py`); Django's own ways around it do not exist.
    is_superuser = None
    groups = None
    user_permissions = None

    role = models.CharField(_("role"), max_length=20, choices=Role)
    executor = models.ForeignKey(
        "Executor",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("body"),
        related_name="users",
        help_text=_("The executor that the officer reports for, or the coordinating ministry; empty for the others."),
    )
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="kk")
    mail_choice = models.CharField(
        _("letters"), max_length=10, choices=MailChoice, default=MailChoice.SINGLE,
        help_text=_("The person may change it on the page «Letters»."),
    )  # fmt: skip
    # How many addresses of the calendar were ended; the one in force is signed with it.
    calendar_number = models.PositiveIntegerField(default=0, editable=False)
    _ends_calendar_address = False

    objects = UserAccountManager()

    class Meta(AbstractUser.Meta):
        constraints = [
            models.CheckConstraint(
                name="user_role_is_known",
                condition=Q(role__in=["executor", "ministry_officer", "ministry_head", "government", "administrator"]),
            ),
            models.CheckConstraint(
                name="user_has_a_body_exactly_where_the_role_needs_one",
                condition=Q(role__in=["executor", "ministry_officer", "ministry_head"], executor__isnull=False)
                | Q(role__in=["government", "administrator"], executor__isnull=True),
                violation_error_message=_(
                    "Executors' officers and the ministry's staff belong to a body; other roles to none."
                ),
            ),
            models.CheckConstraint(
                name="user_enters_the_admin_as_the_role_says",
                condition=Q(role__in=["ministry_officer", "ministry_head", "administrator"], is_staff=True)
                | Q(role__in=["executor", "government"], is_staff=False),
            ),
            models.CheckConstraint(name="user_language_is_known", condition=Q(language__in=["kk", "ru", "en"])),
            models.CheckConstraint(
                name="user_mail_choice_is_known", condition=Q(mail_choice__in=["single", "digest"])
            ),
            # One address, one person: reminders and receipts go by it.
            models.UniqueConstraint(
                Lower("email"), name="user_email_is_unique_ignoring_case", condition=~Q(email=""),
                violation_error_message=_("Another user has this e-mail address."),
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.get_full_name() or self.username

    def clean(self):
        super().clean()
        self.is_staff = self.role in self.STAFF
        if self.executor_id and self.executor.ended_by:
            raise ValidationError({"executor": self.executor.ended_by.sentence()})

    def set_password(self, raw_password):
        """Set it, and end the calendar's address; a hash that is only renewed at sign-in saves no such end."""
        super().set_password(raw_password)
        self._ends_calendar_address = True

    @property
    def calendar_key(self):
        signed = salted_hmac("roadmap.calendar", f"{self.pk}.{self.calendar_number}", algorithm="sha256")
        return f"{self.pk}-{signed.hexdigest()[:40]}"

    def end_calendar_address(self):
        User.objects.filter(pk=self.pk).update(calendar_number=F("calendar_number") + 1)
        self.refresh_from_db(fields=["calendar_number"])

    def save(self, *args, update_fields=None, **kwargs):
        """The number of the calendar's address is counted in the database: a row read earlier takes no end back."""
        self.is_staff = self.role in self.STAFF
        if update_fields is not None and "role" in update_fields:
            update_fields = {*update_fields, "is_staff"}
        if update_fields is not None or self._state.adding:
            return super().save(*args, update_fields=update_fields, **kwargs)
        self.calendar_number = F("calendar_number") + int(self._ends_calendar_address)
        with transaction.atomic():
            super().save(*args, **kwargs)
            self.refresh_from_db(fields=["calendar_number"])
        self._ends_calendar_address = False
