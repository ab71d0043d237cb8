import sys
from http import HTTPStatus
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.db import OperationalError
from django.http import HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from .language import CODES


@require_POST
def choose_language(request):
    """Keep the reader's language: on the user, and in a cookie for the sign-in page."""
    target = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure())
    is_page = is_ours and target.startswith("/") and target not in (reverse("language"), reverse("logout"))
    response = HttpResponseRedirect(target if is_page else "/")
    language = request.POST.get("language")
    if language not in CODES:
        return bad_request(request, None)
    if request.user.is_authenticated:
        request.user.language = language
        request.user.save(update_fields=["language"])
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=365 * 24 * 3600, samesite="Lax", httponly=True)
    return response


def not_found_middleware(get_response):
    """Show our page for what is not there under DEBUG too, where Django's own lists every address."""

    def middleware(request):
        response = get_response(request)
        is_technical = settings.DEBUG and response.status_code == 404 and not response.streaming
        return render(request, "404.html", status=404) if is_technical else response

    return middleware


def no_null_bytes_middleware(get_response):
    """Refuse addresses and cookies with null bytes, which PostgreSQL cannot be asked for, before it is asked who."""

    def middleware(request):
        address = unquote_to_bytes(request.get_full_path())
        if b"\0" in address or any("\0" in value for value in request.COOKIES.values()):
            return HttpResponseBadRequest(render_to_string("broken.html"))
        return get_response(request)

    return middleware


def csrf_failure(request, reason=""):
    """Signed in anew in another tab, or cookies are off: the form can be sent again from a fresh page."""
    return render(request, "403_csrf.html", status=403)


def bad_request(request, exception):
    """What could not be read at all: too much text at once, a broken request, a host that is not ours."""
    if not hasattr(request, "user"):
        return HttpResponseBadRequest(render_to_string("broken.html"))
    return render(request, "400.html", status=400)


def server_error(request):
    """What broke: without the database, which may be why; with the request's name, by which the log tells the cause.

    A database that is full, or gone, has undone all of the request: that is said, and that it can be tried again.
    """
    is_down = isinstance(sys.exception(), OperationalError)
    status = HTTPStatus.SERVICE_UNAVAILABLE if is_down else HTTPStatus.INTERNAL_SERVER_ERROR
    name = getattr(request, "request_id", "")
    return HttpResponse(render_to_string(f"{status}.html", {"request_id": name}), status=status)
