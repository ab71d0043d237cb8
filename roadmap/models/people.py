"""Who signs in: the role decides what a person may do, the body whose data it is."""

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class UserAccountManager(UserManager):
    def create_user(self, username, email=None, password=None, **extra):
        return self._create_user(username, email, password, **extra)

    def create_superuser(self, username, email=None, password=None, **extra):
        """Make an administrator: `manage.py createsuperuser` is how the first one comes in."""
        return self.create_user(username, email, password, role=User.Role.ADMINISTRATOR, **extra)


class User(AbstractUser):
    class Role(models.TextChoices):
        EXECUTOR = "executor", _("executor officer")
        MINISTRY_OFFICER = "ministry_officer", _("ministry officer")
        MINISTRY_HEAD = "ministry_head", _("ministry head")
        GOVERNMENT = "government", _("government official")
        ADMINISTRATOR = "administrator", _("administrator")

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

    def save(self, *args, update_fields=None, **kwargs):
        self.is_staff = self.role in self.STAFF
        if update_fields is not None and "role" in update_fields:
            update_fields = {*update_fields, "is_staff"}
        super().save(*args, update_fields=update_fields, **kwargs)
