"""The people and the days that the tests speak of. Everything goes through the application's own rules."""

import datetime
import gc
import html
import importlib
import re
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.db.models import F

from reporting import approval, checks, files, rollup
from reporting.models import (
    ChainLink,
    Expenditure,
    FileOrder,
    JournalEntry,
    OffControl,
    Petition,
    ProgressEntry,
    ReportingPeriod,
    Submission,
    Summary,
    SummaryEvent,
    SummaryFile,
    SummaryLine,
)
from reporting.tasks import open_executor_windows, open_ministry_windows
from reporting.tests.scenes import scene
from roadmap import clock, workdays
from roadmap.models import CalendarDay, Executor, Measure, Roadmap, User

GUARDS = [
    importlib.import_module(f"reporting.migrations.{name}")
    for name in ("0002_guard_approved_summaries", "0009_guard_the_chain_and_the_journal")
]

# Whoever points comes first.
GUARDED = (
    JournalEntry, ChainLink, FileOrder, OffControl, SummaryEvent, SummaryFile, SummaryLine, Summary.reopened.through,
    Summary,
)  # fmt: skip

DATABASE_FIXTURES = {"db", "transactional_db", "client", "admin_client", "live_server"}

# Requests leave hardly anything in circles; looking for it as often as Python does takes an eighth of the suite's time.
gc.set_threshold(200_000, 20, 20)

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


def pytest_addoption(parser):
    databases = ("sqlite", "postgres")
    parser.addoption("--beside", choices=databases, help="leave out what the run beside the other database has")


def pytest_collection_modifyitems(config, items):
    """Leave out what runs once, and not in this run (roadmap/tests/both.py); without the option nothing is."""
    database = config.getoption("beside")
    if database:
        elsewhere = [item for item in items if _only_beside(item) not in (None, database)]
        config.hook.pytest_deselected(items=elsewhere)
        items[:] = [item for item in items if _only_beside(item) in (None, database)]


def _only_beside(item):
    """Which of the two runs has a test that no database matters to; None where both have it."""
    marker = item.get_closest_marker("only_beside")
    if marker:
        return marker.args[0]
    if "browser" in item.fixturenames:
        return "sqlite"
    asks_for_a_database = item.get_closest_marker("django_db") or not DATABASE_FIXTURES.isdisjoint(item.fixturenames)
    return None if asks_for_a_database else "postgres"


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
    """The decree, and the working calendar where a test with threads has emptied it."""

    def build():
        days = (CalendarDay(**day._asdict()) for day in workdays.seeded())
        CalendarDay.objects.bulk_create(days, ignore_conflicts=True)
        call_command("loaddata", "fixtures/roadmap.json", verbosity=0)

    scene("decree", build)


@pytest.fixture
def roadmap(db):
    if not Roadmap.objects.filter(slug="decree-631").exists():
        load_decree()
    return Roadmap.objects.get(slug="decree-631")


def make_user(username, role, code=None):
    """Make a person; `code` is the executor's code within decree 631."""
    user = User.objects.filter(username=username).first()
    body = code and Executor.objects.get(code=code)
    # The same number in every test, whoever came first: scenes speak of people by it.
    pk = 1000 + zlib.crc32(username.encode()) % 1_000_000
    return user or User.objects.create_user(username, password=PASSWORD, role=role, executor=body, pk=pk)


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
    scene("open", lambda: open_executor_windows("2013-06-20"))
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
    alike = {}
    for pk, number in submission.entries.values_list("pk", "measure__number"):
        alike.setdefault(entries.get(f"m{number}", status), []).append(pk)
    for chosen, pks in alike.items():
        due_reason = {"reason": "Мерзімі өтті."} if chosen in ("in_progress", "not_started") else {}
        values = {"status": chosen} | due_reason | VALID[chosen]
        ProgressEntry.objects.filter(pk__in=pks).update(**values)
    Expenditure.objects.filter(entry__submission=submission).update(planned=1000, spent=1000)


def send(submission, *, by=None, at="2013-07-03 11:20", status="in_progress", **entries):
    """Fill and send a submission through its transition."""
    by = by or make_user(submission.executor.code, User.Role.EXECUTOR, submission.executor.code)
    fill(submission, status, **entries)
    submission.refresh_from_db()
    first, last = submission.period.roadmap.date, moment(at).date()
    letter = SIGNATURE | {"letter_date": max(first, min(SIGNATURE["letter_date"], last))}
    submission.submit(by=by, at=moment(at), revision=submission.revision, signature=letter)
    return submission


def send_all(period, *, at="2013-07-03 11:20", status="in_progress", **entries):
    """Everybody sends; the same again is laid down as rows."""

    # Beforehand, whoever is there already: a scene does not ask which people are.
    for code in period.submissions.values_list("executor__code", flat=True):
        make_user(code, User.Role.EXECUTOR, code)

    def build():
        for submission in period.submissions.all():
            send(submission, at=at, status=status, **entries)

    scene(("send_all", period.pk, at, status, *sorted(entries.items())), build)


def write_up(summary, *, by, at="2013-07-18 11:30"):
    """Give every line that has none the ministry's text, as if it had been written."""
    lines = SummaryLine.objects.filter(summary=summary)
    lines.filter(text_kk="").update(text_kk="Жұмыс жалғасуда.", edited_by=by, edited_at=moment(at))
    lines.filter(text_ru="").update(text_ru="Работа продолжается.", edited_by=by, edited_at=moment(at))
    lines.update(seen_source=F("source"), is_changed=False)


def approve(period, *, head, ministry, at="2013-07-19 16:00", kept=(), with_files=False):
    """Consolidate, hand over and approve, and make the files where they are asked for: eight take their time."""

    def build():
        summary = rollup.refresh(period, at=moment(at))
        write_up(summary, by=ministry, at=at)
        summary.hand_over(by=ministry, at=moment(at))
        period.refresh_from_db()
        approval.approve(summary, by=head, at=moment(at), revision=period.revision, kept=kept, acknowledged=checks.ALL)
        if with_files:
            files.make_all(summary)

    scene(("approve", period.pk, str(head), str(ministry), at, *kept, with_files), build)
    period.refresh_from_db()
    return period.summaries.latest("version")


def ask_for_measure(number, *, by, at, kind="extend_measure", **values):
    """Ask for a later deadline of decree 631's measure, or for its leaving control; returns the petition."""
    measure = Measure.objects.select_related("roadmap").get(roadmap__slug="decree-631", number=str(number))
    asked = {"wanted_until": datetime.date(2018, 12, 31)} if kind == "extend_measure" else {"ground": 4}
    words = {"situation": "Жоба дайын.", "reason": "Сараптама созылды."}
    signed = {"answers_for_name": "А. Б. Серікбаев", "answers_for_post": "төраға"}
    return Petition.objects.ask(
        measure, kind=Petition.Kind(kind), by=by, at=moment(at), values=asked | words | signed | values
    )


@pytest.fixture
def threads(transactional_db):
    """A database that real threads share; what they approved is taken away past its guards afterwards."""
    yield
    with connection.cursor() as cursor:
        for guard in GUARDS:
            for statement in guard.reverse_statements(connection.vendor):
                cursor.execute(statement)
        for model in GUARDED:
            cursor.execute(f"DELETE FROM {model._meta.db_table}")  # noqa: S608
        for guard in GUARDS:
            for statement in guard.statements(connection.vendor):
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
