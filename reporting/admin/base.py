"""What the ministry's admin pages share: nothing is edited by hand, and every page has its permission."""

from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.html import format_html

from roadmap.scoped_admin import ScopedAdmin


class ReadOnlyAdmin(ScopedAdmin):
    """Nothing is added, changed or deleted by hand: the transitions do it."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def page(self, request, template, context):
        return TemplateResponse(
            request,
            f"admin/reporting/{template}",
            {**self.admin_site.each_context(request), "opts": self.opts, **context},
        )

    def view(self, name, pattern, view):
        """A URL of our own, within the admin's sign-in."""
        return path(pattern, self.admin_site.admin_view(view), name=f"reporting_{self.opts.model_name}_{name}")


def chip(code, words):
    """A status as everywhere: a shape, a word and a colour."""
    return format_html('<span class="status {}">{}</span>', code, words)


def require(request, permission):
    if not request.user.has_perm(f"reporting.{permission}"):
        raise PermissionDenied
