"""The reader's language: kept on the user, else in a cookie, else Kazakh; the browser's wish is not asked."""

from django.conf import settings
from django.utils import translation

CODES = [code for code, _ in settings.LANGUAGES]


class ReaderLanguageMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        language = reader_language(request)
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


def reader_language(request):
    if request.user.is_authenticated:
        return request.user.language
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    return chosen if chosen in CODES else settings.LANGUAGE_CODE


class Localised:
    """Read `<name>_<language of the reader>` of a row; where that is empty, Kazakh, then Russian."""

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, row, owner=None):
        if row is None:
            return self
        language = translation.get_language() or settings.LANGUAGE_CODE
        return next(filter(None, (getattr(row, f"{self.name}_{code}", "") for code in (language, "kk", "ru"))), "")


def names_of(row, field):
    """Return {language: name} to be kept; where one is empty, as decreed."""
    decreed = getattr(row, f"{field}_kk") or getattr(row, f"{field}_ru")
    return {language: getattr(row, f"{field}_{language}") or decreed for language in CODES}
