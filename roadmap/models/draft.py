"""An act that was read and waits for a person's corrections."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .roadmap import Roadmap


class ActDraft(models.Model):
    """An act that was read and waits for a person's corrections; `plan` is kept by `plan.keep`.

    `revision` counts the corrections, so that two tabs do not write over each other.
    """

    source_name = models.CharField(_("file"), blank=True)
    plan = models.JSONField()
    slug = models.SlugField(_("address"), blank=True, help_text=_("The part of the pages' addresses: decree-631."))
    # Whom the person chose: «act:0», the place of one of the plan's bodies, or «known:mint».
    coordinator = models.CharField(_("coordinating ministry"), blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("read by"), related_name="act_drafts"
    )
    made_at = models.DateTimeField(_("read at"))
    roadmap = models.ForeignKey(
        Roadmap, models.SET_NULL, null=True, blank=True, verbose_name=_("roadmap"), related_name="+"
    )
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("act being entered")
        verbose_name_plural = _("acts being entered")
        ordering = ["-pk"]

    def __str__(self):
        return self.plan["act"]["title"] or self.source_name

    def save_plan(self, plan, **values):
        """Keep a corrected plan if nobody corrected it since; says whether it was kept."""
        own = ActDraft.objects.filter(pk=self.pk, revision=self.revision, roadmap=None)
        return bool(own.update(plan=plan, revision=self.revision + 1, **values))
