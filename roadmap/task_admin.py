"""«Scheduled tasks»: when each runs, how it went, and a button that runs it now. For administrators alone."""

from celery import current_app
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from kombu.exceptions import OperationalError

from . import health, schedule


class TaskRunAdmin(admin.ModelAdmin):
    def get_urls(self):
        run_now = require_POST(self.run_now)
        return [
            path("", self.admin_site.admin_view(self.changelist_view), name="roadmap_taskrun_changelist"),
            path("<slug:key>/run/", self.admin_site.admin_view(run_now), name="roadmap_taskrun_run"),
        ]

    def changelist_view(self, request, extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Scheduled tasks"),
            "tasks": schedule.scheduled(),
            "checks": health.checks(),
        }
        return TemplateResponse(request, "admin/roadmap/tasks.html", context)

    def run_now(self, request, key):
        """Send it; each task asks the database what is to be done, so that once more does no harm."""
        if not request.user.has_perm("roadmap.run_taskrun"):
            raise PermissionDenied
        found = next((task for task in schedule.scheduled() if task.key == key), None)
        if found is None:
            raise Http404
        broker = current_app.connection_for_write()
        try:
            current_app.tasks[found.task].apply_async(retry=False)
        except (OperationalError, OSError, *broker.connection_errors, *broker.channel_errors):
            messages.error(request, _("The broker of tasks does not answer: nothing was started."))
        else:
            messages.success(request, _("Sent to the worker: %(task)s.") % {"task": found.title})
        return redirect("admin:roadmap_taskrun_changelist")
