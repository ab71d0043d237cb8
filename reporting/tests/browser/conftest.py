"""A browser for all these tests, a site that is delivered as in production, and people who are signed in there."""

import os
import sqlite3
from contextlib import closing

import pytest
from django.conf import settings as configured
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection, connections
from django.test import override_settings

from conftest import load_decree
from reporting import story
from reporting.models import ReportingPeriod
from roadmap.models import User

from . import chromium, stage


@pytest.fixture(scope="package")
def browser():
    """Chromium, once for all; without it the tests are skipped, with CI=true they fail.

    Playwright keeps a loop running in this thread while it is there, which Django takes for a coroutine; none of ours
    runs in it. The loop has database connections of its own.
    """
    if not chromium.program():
        end = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        end(chromium.LACKS)
    with pytest.MonkeyPatch.context() as patch, chromium.started() as started:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield started
        connections.close_all()


@pytest.fixture(scope="package")
def static_root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("static")
    with override_settings(**stage.delivery(folder)):
        call_command("collectstatic", interactive=False, verbosity=0)
    return folder


@pytest.fixture
def site(threads, settings, static_root):
    """The address of the site; a database that its threads share."""
    for name, value in stage.delivery(static_root).items():
        setattr(settings, name, value)
    with stage.serving() as address:
        yield address


@pytest.fixture(scope="package")
def told(tmp_path_factory):
    """Where the database of the story is kept; the story has no files."""
    return tmp_path_factory.mktemp("told") / "roadmap.sqlite3"


@pytest.fixture
def demonstration(site, on_day, told):
    """The story up to 8 January 2014, told once where SQLite can lay it down again; returns the half-year in work."""
    on_day("2014-01-08")
    connection.ensure_connection()
    if told.exists():
        with closing(sqlite3.connect(told)) as image:
            image.backup(connection.connection)
        ContentType.objects.clear_cache()
    else:
        load_decree()
        story.tell()
        if connection.vendor == "sqlite":
            with closing(sqlite3.connect(told)) as image:
                connection.connection.backup(image)
    return ReportingPeriod.objects.get(year=2013, number=2)


@pytest.fixture
def complaints():
    """What the browser had to say against the pages; a test that provokes it takes it away."""
    return []


@pytest.fixture
def enter(browser, site, complaints):
    """enter("natr", "ru") -> a page of a new browser window, signed in; nothing in it may go wrong unseen."""
    contexts = []

    def open_window(name=None, language="kk", **options):
        options = {"viewport": {"width": 1280, "height": 800}, "timezone_id": "Asia/Almaty"} | options
        context = browser.new_context(base_url=site, **options)
        contexts.append(context)
        context.set_default_timeout(20_000)
        context.on("console", lambda message: _listen(message, complaints))
        context.on("weberror", lambda fault: complaints.append(str(fault.error)))
        context.on("request", lambda request: request.url.startswith(site) or complaints.append(request.url))
        if name:
            sign_in(context, name, language, site)
        return context.new_page()

    yield open_window
    for context in contexts:
        context.close()
    assert complaints == []


def _listen(message, complaints):
    if message.type in ("error", "warning"):
        complaints.append(f"{message.text} ({message.location['url']})")


def sign_in(context, name, language, site):
    """Sign in by cookie: the sign-in page has its own test."""
    user = User.objects.get(username=name)
    user.language = language
    user.save(update_fields=["language"])
    context.add_cookies([chromium.cookie(configured.SESSION_COOKIE_NAME, stage.session_of(user), site)])
