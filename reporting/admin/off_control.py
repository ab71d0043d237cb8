"""Measures off control: by what decision, and the one that takes a measure under control again."""

from django.contrib import admin, messages
from django.shortcuts import get_object_or_404, redirect
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from reporting.errors import Refused
from reporting.forms import whole_number
from reporting.models import JournalEntry, OffControl
from reporting.petition_forms import RevocationForm
from roadmap import clock

from .base import ReadOnlyAdmin, require


@admin.register(OffControl)
class OffControlAdmin(ReadOnlyAdmin):
    list_display = ("measure", "ground", "decided_on", "decision_body", "decision_number", "document", "revoked_on")
    list_select_related = ("measure",)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """The decision; an officer records the one that revokes it."""
        require(request, "view_offcontrol")
        found = self.get_queryset(request).select_related("measure__roadmap", "by", "petition")
        off_control = get_object_or_404(found, pk=whole_number(object_id))
        form = RevocationForm(request.POST or None, off_control=off_control)
        if request.method == "POST":
            require(request, "answer_petition")
            if form.is_valid() and self._revoke(request, off_control, form):
                return redirect("admin:reporting_offcontrol_change", off_control.pk)
        may_revoke = request.user.has_perm("reporting.answer_petition") and off_control.revoked_on is None
        return self.page(
            request,
            "off_control.html",
            {
                "title": capfirst(self.opts.verbose_name),
                "off_control": off_control,
                "revocation": _revocation(off_control),
                "form": form if may_revoke or form.is_bound else None,
            },
        )

    def _revoke(self, request, off_control, form):
        try:
            off_control.revoke(by=request.user, at=clock.now(), decision=form.decision())
        except Refused as error:
            form.add_error(None, str(error))
            return False
        messages.success(request, _("The measure is under control again."))
        return True


def _revocation(off_control):
    revoked = JournalEntry.objects.filter(measure=off_control.measure_id, details__off_control=off_control.pk)
    return revoked.filter(kind=JournalEntry.Kind.OFF_CONTROL_REVOKED).select_related("by").first()
