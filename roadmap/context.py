from django.conf import settings


def reader(request):
    """What every page shows: the languages, and in a demonstration the day that it plays on."""
    return {
        "languages": settings.LANGUAGES,
        "demonstration_day": settings.ROADMAP_TODAY,
    }
