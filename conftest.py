"""The people and the days that the tests speak of. Everything goes through the application's own rules."""

import datetime
import html
import importlib
import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import call_command
from django.db import connection, connections

from reporting import approval, rollup
from reporting.models import (
    OffControl,
    ProgressEntry,
    ReportingPeriod,
    Submission,
    Summary,
    SummaryEvent,
    SummaryFile,
    SummaryLine,
)
from reporting.tasks import open_executor_windows, open_ministry_windows
from roadmap import clock
from roadmap.models import Executor, Roadmap, User

guards = importlib.import_module("reporting.migrations.0002_guard_approved_summaries")

PASSWORD = "қызыл-алма-2013"
SIGNATURE = {
    "signed_by_name": "А. Б. Серікбаев",
    "signed_by_post": "басқарма төрағасы",
    "letter_number": "04-12/1187",
    "letter_date": datetime.date(2013, 7, 3),
}


def moment(text):
    """«2013-07-03 11:20» in Almaty."""
    return datetime.datetime.fromisoformat(text).replace(tzinfo=clock.ZONE)


@pytest.fixture(autouse=True)
def quick_and_apart(settings, tmp_path):
    """Evidence in a folder of its own, and passwords hashed without the wait."""
    settings.EVIDENCE_ROOT = tmp_path / "evidence"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def on_day(settings):
    """Move the application's day: on_day("2014-01-08")."""

    def move(day):
        settings.ROADMAP_TODAY = datetime.date.fromisoformat(day)

    return move


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Load the decree once; tests with real threads empty the database, and load it again for themselves."""
    with django_db_blocker.unblock():
        load_decree()


def load_decree():
    call_command("loaddata", "fixtures/roadmap.json", verbosity=0)


@pytest.fixture
def roadmap(db):
    if not Roadmap.objects.filter(slug="decree-631").exists():
        load_decree()
    return Roadmap.objects.get(slug="decree-631")


def make_user(username, role, code=None):
    """Make a person; `code` is the executor's code within decree 631."""
    user = User.objects.filter(username=username).first()
    body = code and Executor.objects.get(code=code)
    return user or User.objects.create_user(username, password=PASSWORD, role=role, executor=body)


@pytest.fixture
def officer(roadmap):
    """Our officer: reports for the agency."""
    return make_user("natr", User.Role.EXECUTOR, "natr")


@pytest.fixture
def stranger(roadmap):
    """An officer of another executor."""
    return make_user("zerde", User.Role.EXECUTOR, "zerde")


@pytest.fixture
def ministry(roadmap):
    return make_user("ministry", User.Role.MINISTRY_OFFICER, "mint")


@pytest.fixture
def head(roadmap):
    return make_user("head", User.Role.MINISTRY_HEAD, "mint")


@pytest.fixture
def government(roadmap):
    return make_user("government", User.Role.GOVERNMENT)


@pytest.fixture
def administrator(roadmap):
    return make_user("admin", User.Role.ADMINISTRATOR)


@pytest.fixture
def people(officer, stranger, ministry, head, government, administrator):
    return {
        "officer": officer,
        "stranger": stranger,
        "ministry": ministry,
        "head": head,
        "government": government,
        "administrator": administrator,
    }


@pytest.fixture
def sign_in(client):
    """sign_in(user) -> a client of that person."""

    def enter(user):
        client.force_login(user)
        return client

    return enter


@pytest.fixture
def in_english(people):
    """The pages' words stand in English in the tests."""
    User.objects.update(language="en")
    for person in people.values():
        person.language = "en"


@pytest.fixture
def period(roadmap, on_day):
    """H1 2013, its executors' window open, on 1 July 2013."""
    open_executor_windows("2013-06-20")
    on_day("2013-07-01")
    return ReportingPeriod.objects.get(year=2013, number=1)


@pytest.fixture
def review_period(period, on_day):
    """H1 2013 on 8 July: the ministry's window is open too."""
    open_ministry_windows("2013-07-06")
    on_day("2013-07-08")
    period.refresh_from_db()
    return period


def text_of(response):
    """A page's words, without its tags."""
    return html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))


def submission_of(code, period):
    return Submission.objects.get(period=period, executor__code=code)


def entry_of(submission, number):
    return submission.entries.get(measure__number=str(number))


VALID = {
    "not_started": {"percent": 0},
    "in_progress": {"percent": 30, "narrative": "Жұмыс жүргізілуде."},
    "done": {
        "percent": 100,
        "narrative": "Толық орындалды.",
        "document_name": "Хат",
        "document_number": "12-3/45",
        "document_date": datetime.date(2013, 6, 28),
        "is_whole_measure": True,
    },
    "not_done": {"percent": 10, "reason": "Қаржы бөлінбеді.", "is_impossible": True},
}


def fill(submission, status="in_progress", **entries):
    """Fill a draft so that it can be sent: every entry with `status`, m6="done" for measure 6."""
    for entry in submission.entries.select_related("measure"):
        chosen = entries.get(f"m{entry.measure.number}", status)
        due_reason = {"reason": "Мерзімі өтті."} if chosen in ("in_progress", "not_started") else {}
        values = {"status": chosen} | due_reason | VALID[chosen]
        ProgressEntry.objects.filter(pk=entry.pk).update(**values)
        entry.expenditures.update(planned=1000, spent=1000)


def send(submission, *, by=None, at="2013-07-03 11:20", status="in_progress", **entries):
    """Fill and send a submission through its transition."""
    by = by or make_user(submission.executor.code, User.Role.EXECUTOR, submission.executor.code)
    fill(submission, status, **entries)
    submission.refresh_from_db()
    letter = SIGNATURE | {"letter_date": min(SIGNATURE["letter_date"], moment(at).date())}
    submission.submit(by=by, at=moment(at), revision=submission.revision, signature=letter)
    return submission


def send_all(period, *, at="2013-07-03 11:20", status="in_progress", **entries):
    for submission in period.submissions.all():
        send(submission, at=at, status=status, **entries)


def approve(period, *, head, ministry, at="2013-07-19 16:00", kept=()):
    """Consolidate, hand over and approve; returns the approved summary."""
    summary = rollup.refresh(period, at=moment(at))
    summary.hand_over(by=ministry, at=moment(at))
    period.refresh_from_db()
    approval.approve(summary, by=head, at=moment(at), revision=period.revision, kept=kept)
    period.refresh_from_db()
    return summary


@pytest.fixture
def threads(transactional_db):
    """A database that real threads share; what they approved is taken away past its guards afterwards."""
    yield
    with connection.cursor() as cursor:
        for statement in guards.reverse_statements(connection.vendor):
            cursor.execute(statement)
        for model in (OffControl, SummaryEvent, SummaryFile, SummaryLine, Summary):  # whoever points comes first
            cursor.execute(f"DELETE FROM {model._meta.db_table}")  # noqa: S608
        for statement in guards.statements(connection.vendor):
            cursor.execute(statement)


def at_once(*actions):
    """Start every action at the same moment in a thread of its own; return what each returned or raised."""
    barrier = threading.Barrier(len(actions))

    def run(action):
        try:
            connection.ensure_connection()
            barrier.wait(timeout=30)
            return action()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))
