"""The bodies that answer for measures, and the other spellings of their names."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from roadmap.bodies import normal_name
from roadmap.directory import Directory
from roadmap.language import Localised

from .people import User
from .records import Records
from .roadmap import AS_DECREED, Roadmap

_LINEAGE = """
WITH RECURSIVE line(pk) AS (
    SELECT CAST(%s AS bigint)
    UNION
    SELECT predecessor_id FROM roadmap_succession JOIN line ON successor_id = line.pk WHERE applied_at IS NOT NULL
)
SELECT pk FROM line
"""


def lineage(executor_id):
    """The pks of a body and of all that it took over from, for `executor__in`; Django has no recursive query."""
    return RawSQL(_LINEAGE, [executor_id])  # noqa: S611 -- constant text, its one value is a parameter


class ExecutorQuerySet(models.QuerySet):
    def get_by_natural_key(self, code, roadmap=None):
        return self.get(code=code, roadmap__slug=roadmap) if roadmap else self.get(code=code, roadmap=None)

    def for_user(self, user):
        roadmaps = Roadmap.objects.for_user(user)
        if user.is_authenticated and user.role == User.Role.ADMINISTRATOR:
            return self.all()
        named = Executor.objects.filter(assignments__measure__roadmap__in=roadmaps).values("pk")
        coordinating = roadmaps.values("coordinator")
        return self.filter(
            Q(pk__in=named)
            | Q(roadmap__in=roadmaps)
            | Q(pk__in=coordinating)
            # Those that one of them took over from.
            | Q(succession__successor__in=named, succession__applied_at__isnull=False)
            | Q(succession__successor__in=coordinating, succession__applied_at__isnull=False)
        )


class Executor(models.Model):
    """A body that answers for measures: known everywhere, or in one act only («жұмыс тобы»)."""

    roadmap = models.ForeignKey(
        Roadmap,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("known in one roadmap only"),
        related_name="own_executors",
        help_text=_("Empty: the body is known everywhere. Set: «working group» and the like of this one act."),
    )
    code = models.SlugField(_("code"), max_length=40)
    short_name_kk = models.CharField(_("short name (Kazakh)"), blank=True)
    short_name_ru = models.CharField(_("short name (Russian)"), blank=True)
    short_name_en = models.CharField(_("short name (English)"), blank=True)
    full_name_kk = models.CharField(_("full name (Kazakh)"), blank=True)
    full_name_ru = models.CharField(_("full name (Russian)"), blank=True)
    full_name_en = models.CharField(_("full name (English)"), blank=True)

    short_name = Localised()
    full_name = Localised()

    objects = ExecutorQuerySet.as_manager()
    history = Records()

    class Meta:
        verbose_name = _("executor")
        verbose_name_plural = _("executors")
        ordering = ["short_name_kk", "short_name_ru", "code"]
        constraints = [
            models.UniqueConstraint(fields=["roadmap", "code"], name="executor_code_is_unique_in_its_roadmap"),
            models.UniqueConstraint(
                fields=["code"], condition=Q(roadmap=None), name="executor_code_is_unique_among_those_known_everywhere"
            ),
            models.CheckConstraint(
                name="executor_has_names_in_kazakh_or_russian",
                condition=Q(~Q(short_name_kk=""), ~Q(full_name_kk="")) | Q(~Q(short_name_ru=""), ~Q(full_name_ru="")),
                violation_error_message=AS_DECREED,
            ),
        ]

    def __str__(self):
        return self.short_name

    @property
    def ended_by(self):
        """The succession by which the body came to its end; None while it goes on."""
        found = getattr(self, "succession", None)
        return found if found and found.applied_at else None

    def natural_key(self):
        return (self.code, self.roadmap.slug if self.roadmap else None)


class ExecutorAlias(models.Model):
    """Another spelling of a body's name, as acts write it; who is meant is found by the normal form (`bodies.py`)."""

    executor = models.ForeignKey(Executor, models.CASCADE, verbose_name=_("executor"), related_name="aliases")
    name = models.CharField(_("name as written"))
    normal = models.CharField(editable=False)

    class Meta:
        verbose_name = _("other spelling")
        verbose_name_plural = _("other spellings")
        ordering = ["executor", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["executor", "normal"], name="alias_is_listed_once_for_its_executor"),
            models.CheckConstraint(name="alias_names_something", condition=~Q(name="") & ~Q(normal="")),
        ]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.normal = normal_name(self.name)
        super().save(*args, **kwargs)

    def clean(self):
        self.normal = normal_name(self.name)
        if not self.normal:
            raise ValidationError({"name": _("This names nobody.")})
        others = Executor.objects.filter(roadmap=self.executor.roadmap_id).exclude(pk=self.executor.pk)
        named = Directory(others.prefetch_related("aliases")).named(self.name, self.executor.roadmap_id)
        if named:
            sentence = _("«%(name)s» means «%(code)s» already: take it out here or there.")
            raise ValidationError({"name": sentence % {"name": self.name, "code": named[0].code}})
