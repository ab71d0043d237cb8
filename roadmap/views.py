from django.conf import settings
from django.http import HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from .language import CODES


@require_POST
def choose_language(request):
    """Keep the reader's language: on the user, and in a cookie for the sign-in page."""
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
        target = "/"
    response = redirect(target)
    language = request.POST.get("language")
    if language not in CODES:
        return HttpResponseBadRequest()
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


def bad_request(request, exception):
    """What could not be read at all: too much text at once, or a broken request."""
    return render(request, "400.html", status=400)
