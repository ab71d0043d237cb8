"""People in the admin: their sheet, and their invitations."""

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from . import invitations
from .models import User
from .resources import NAMED, UserResource
from .sheet_admin import SheetAdmin


class NewPersonForm(AdminUserCreationForm):
    """A person who chooses a password themselves, unless one is chosen for them here."""

    usable_password = forms.ChoiceField(
        label=gettext_lazy("Password"),
        choices=[
            ("false", gettext_lazy("the person chooses it, by an invitation")),
            ("true", gettext_lazy("is chosen here")),
        ],
        initial="false",
        required=False,
        widget=forms.RadioSelect(attrs={"class": "radiolist inline"}),
        help_text=gettext_lazy("The next page sends the invitation, or shows its link."),
    )


class PersonPasswordForm(AdminPasswordChangeForm):
    """Django fixes this help in the language that it starts in, half of it in English."""

    usable_password_help_text = format_lazy(
        '<ul id="id_unusable_warning" class="messagelist"><li class="warning">{}</li></ul>',
        gettext_lazy("The password is lost; the person cannot sign in until they set another by an invitation."),
    )


class PersonAdmin(SheetAdmin, UserAdmin):
    resource_classes = [UserResource]
    add_form = NewPersonForm
    change_password_form = PersonPasswordForm
    list_display = ("username", "last_name", "first_name", "role", "executor", "is_active", "has_password")
    list_filter = ("role", "is_active")
    list_select_related = ("executor",)
    search_fields = ("username", "first_name", "last_name", "email")
    filter_horizontal = ()
    actions = ["invite"]
    change_form_template = "admin/roadmap/user/change_form.html"
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (gettext_lazy("Person"), {"fields": ("first_name", "last_name", "email", "language", "mail_choice")}),
        (gettext_lazy("Work"), {"fields": ("role", "executor", "is_active")}),
        (gettext_lazy("Times"), {"fields": ("last_login", "date_joined")}),
    )
    readonly_fields = ("last_login", "date_joined")
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("username", "usable_password", "password1", "password2")}),
        (
            gettext_lazy("Work"),
            {"classes": ("wide",), "fields": ("last_name", "first_name", "email", "language", "role", "executor")},
        ),
    )

    @admin.display(description=gettext_lazy("has a password"), boolean=True)
    def has_password(self, user):
        return user.has_usable_password()

    def get_urls(self):
        invite = self.admin_site.admin_view(self.invite_one)
        return [path("<int:pk>/invite/", invite, name="roadmap_user_invite"), *super().get_urls()]

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj and invitations.is_due(obj) and self.has_change_permission(request, obj):
            context["invitation_link"] = invitations.link_for(obj, request)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def invite_one(self, request, pk):
        user = get_object_or_404(User, pk=pk)
        if not self.has_change_permission(request, user):
            raise PermissionDenied
        if request.method == "POST":
            self._invite(request, [user])
        return redirect("admin:roadmap_user_change", pk)

    @admin.action(description=gettext_lazy("Send an invitation to set a password"), permissions=["change"])
    def invite(self, request, queryset):
        self._invite(request, queryset)

    def _invite(self, request, users):
        users = list(users)
        idle = [user for user in users if not invitations.is_due(user)]
        self._tell_of(request, messages.WARNING, _("Not invited, with a password already or closed: %(names)s."), idle)
        self._send(request, users)

    def _send(self, request, users):
        sent, without, failed = invitations.send(users, request)
        if sent:
            sentence = ngettext("%(count)d invitation was sent.", "%(count)d invitations were sent.", len(sent))
            messages.success(request, sentence % {"count": len(sent)})
        by_hand = _("No e-mail address: %(names)s. Give them the link by hand; it stands on the page of each.")
        self._tell_of(request, messages.WARNING, by_hand, without)
        not_taken = _(
            "The mail server did not take the letters to %(names)s. Send them again, or give the link by hand."
        )
        self._tell_of(request, messages.ERROR, not_taken, failed)

    def _tell_of(self, request, level, sentence, users):
        if users:
            names = ", ".join(user.username for user in users[:NAMED]) + (" …" if len(users) > NAMED else "")
            messages.add_message(request, level, sentence % {"names": names})

    def after_import(self, request, resource):
        self._send(request, resource.invited)
