"""The application as it is delivered, on a free port of this machine."""

import contextlib
import datetime
import io
import os
import tempfile
from pathlib import Path
from unittest import mock

import django
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client, override_settings
from django.test.testcases import LiveServerThread

from roadmap import clock

TEN_O_CLOCK = datetime.datetime(2014, 1, 8, 10, 0, tzinfo=clock.ZONE)
SERVERS = ("ALLOWED_HOSTS", "DATABASE_URL", "EMAIL_URL", "REDIS_URL", "SECRET_KEY")


def delivery(folder):
    """The settings that decide how pages, style sheets and scripts travel, as in production; HTTPS apart."""
    return {
        "DEBUG": False,
        "MEDIA_URL": "/media/",
        "STATIC_ROOT": folder,
        "STORAGES": settings.STORAGES | {"staticfiles": {"BACKEND": settings.STATIC_STORAGE}},
        "WHITENOISE_AUTOREFRESH": False,
        "WHITENOISE_USE_FINDERS": False,
    }


@contextlib.contextmanager
def serving():
    """Serve in threads of this process; yields the address."""
    server = LiveServerThread("127.0.0.1", static_handler=lambda application: application)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    if server.error:
        raise server.error
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.terminate()


def session_of(user):
    """The value of the cookie with which that person is signed in."""
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@contextlib.contextmanager
def demonstration():
    """Serve the demonstration, at ten in the morning of 8 January 2014, from a folder that is thrown away.

    Yields the address, and for each account the value of its session's cookie.
    """
    with tempfile.TemporaryDirectory(prefix="roadmap-") as folder:
        for name in SERVERS:
            os.environ.pop(name, None)
        os.environ |= {"DEBUG": "true", "ROADMAP_VAR": folder, "ROADMAP_TODAY": TEN_O_CLOCK.date().isoformat()}
        os.environ["DJANGO_SETTINGS_MODULE"] = "roadmap.settings"
        django.setup()
        call_command("demo", no_serve=True, stdout=io.StringIO())
        with override_settings(**delivery(Path(folder) / "static")):
            call_command("collectstatic", interactive=False, verbosity=0)
            sessions = {user.username: session_of(user) for user in get_user_model().objects.all()}
            with mock.patch.object(clock, "now", lambda: TEN_O_CLOCK), serving() as address:
                yield address, sessions
