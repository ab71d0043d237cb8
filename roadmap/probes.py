"""The machines' addresses: `/healthz`, `/readyz`, `/metrics`. Answered before anything else of the application.

So they work with whatever host a probe names, over plain HTTP, without a session, and without the database where that
is not asked for. Nothing of an answer hangs on what the asker sent.
"""

import json

from django.conf import settings
from django.http import HttpResponse, HttpResponseForbidden, HttpResponseNotAllowed
from django.utils.crypto import constant_time_compare

from . import health, metrics


def machines_middleware(get_response):
    def middleware(request):
        answer = ANSWERS.get(request.path_info)
        if answer is None or (answer is figures and not settings.METRICS_TOKEN):
            return get_response(request)
        is_asking = request.method in ("GET", "HEAD")
        response = answer(request) if is_asking else HttpResponseNotAllowed(["GET", "HEAD"])
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
        if request.method == "HEAD":
            response.content = b""
        return response

    return middleware


def lives(request):
    """The process answers; nothing else is asked."""
    return _told(health.told([]))


def is_ready(request):
    return _told(health.told(health.checks()))


def _told(said):
    status = 200 if said["status"] == health.OK else 503
    return HttpResponse(json.dumps(said), content_type="application/json", status=status)


def figures(request):
    """For Prometheus, to whom the token is known; without a token in the settings there is no such address."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not constant_time_compare(token.strip(), settings.METRICS_TOKEN):
        return HttpResponseForbidden("403", content_type="text/plain")
    return HttpResponse(metrics.text(), content_type=metrics.CONTENT_TYPE)


ANSWERS = {"/healthz": lives, "/readyz": is_ready, "/metrics": figures}
