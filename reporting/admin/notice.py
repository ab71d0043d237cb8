"""The log of letters: who was told what, what waits, and what could not be delivered."""

from django.contrib import admin, messages
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from reporting import mail
from reporting.models import Notice

from .base import ReadOnlyAdmin, chip

# The same four looks as everywhere.
LOOKS = {"waiting": "in_progress", "sent": "accepted", "failed": "not_done", "dropped": "off_control"}


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    list_display = ("made_at", "person", "address_now", "occasion", "state_chip", "why", "period")
    list_display_links = ("made_at",)
    list_filter = (
        "state",
        "occasion",
        ("roadmap", admin.RelatedOnlyFieldListFilter),
        ("made_at", admin.DateFieldListFilter),
    )
    list_select_related = ("person", "period__roadmap")
    search_fields = ("person__username", "person__last_name", "person__email", "address", "subject")
    date_hierarchy = None
    actions = ["try_again"]
    fields = (
        "person", "address_now", "address", "occasion", "roadmap", "period", "submission", "state", "tries",
        "why", "made_at", "next_try_at", "sent_at", "subject", "text",
    )  # fmt: skip

    def get_queryset(self, request):
        return super().get_queryset(request).defer("text")

    def get_fields(self, request, obj=None):
        """What executors and ministry write to each other is not the administrator's."""
        hidden = () if request.user.has_perm("reporting.view_submission") else ("text",)
        return [name for name in self.fields if name not in hidden]

    def get_readonly_fields(self, request, obj=None):
        return self.fields

    def has_resend_permission(self, request):
        return request.user.has_perm("reporting.resend_notice")

    @admin.display(description=gettext_lazy("address now"), ordering="person__email")
    def address_now(self, notice):
        return notice.person.email or "—"

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_chip(self, notice):
        return chip(LOOKS[notice.state], notice.get_state_display())

    @admin.display(description=gettext_lazy("last failure"), ordering="failure")
    def why(self, notice):
        if notice.state == Notice.State.FAILED and not notice.failure:
            return _("the worker was stopped in the middle")
        return notice.failure or "—"

    @admin.action(description=gettext_lazy("Try to deliver again"), permissions=["resend"])
    def try_again(self, request, queryset):
        chosen = queryset.count()
        again = Notice.objects.filter(pk__in=queryset.values("pk")).try_again()
        if again:
            mail.hint()
            words = ngettext(
                "%(count)d letter waits to be sent again.", "%(count)d letters wait to be sent again.", again
            )
            messages.success(request, words % {"count": again})
        if chosen > again:
            words = _("Skipped: %(count)s. Only what could not be delivered is tried again.")
            messages.warning(request, words % {"count": chosen - again})
