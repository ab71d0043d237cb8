"""`manage.py demo` as a process: a real web server, a real Celery worker and beat, on the broker of the settings."""

import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
OWN_SETTINGS = ("DATABASE_URL", "REDIS_URL", "ROADMAP_TODAY", "SECRET_KEY", "DEBUG", "ALLOWED_HOSTS", "EMAIL_URL")


@pytest.fixture
def environment(tmp_path):
    """A place of its own: an empty database on the same server as the tests', and another database of Redis."""
    with a_place(tmp_path) as env:
        yield env


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """A place where the demonstration has been set up."""
    with a_place(tmp_path_factory.mktemp("told")) as env:
        assert run(env, "--no-serve").returncode == 0
        yield env


@pytest.fixture
def set_up(told, tmp_path):
    """A place like `told`, of its own."""
    folder = tmp_path / "var"
    shutil.copytree(told["ROADMAP_VAR"], folder)
    with a_place(folder, like=told) as env:
        yield env


@contextmanager
def a_place(folder, like=None):
    env = {name: value for name, value in os.environ.items() if name not in OWN_SETTINGS}
    env |= {"ROADMAP_VAR": str(folder), "DEBUG": "true"}
    url = os.environ.get("DATABASE_URL")
    if not url:
        yield env
        return
    name = f"demo_{uuid.uuid4().hex}"
    template = f" TEMPLATE {database_of(like)}" if like else ""
    with closing(psycopg2.connect(url)) as server:
        server.autocommit = True
        server.cursor().execute(f"CREATE DATABASE {name}{template}")
        env["DATABASE_URL"] = re.sub(r"/[^/]*$", f"/{name}", url)
        env["REDIS_URL"] = re.sub(r"/\d+$", "/7", os.environ["REDIS_URL"])
        yield env
        server.cursor().execute(f"DROP DATABASE {name} WITH (FORCE)")


def database_of(environment):
    return environment["DATABASE_URL"].rpartition("/")[2]


def run(environment, *words, **changes):
    command = [sys.executable, "manage.py", "demo", *words]
    return subprocess.run(command, cwd=ROOT, env=environment | changes, capture_output=True, text=True, timeout=60)


def ask(environment, statement):
    """Run an SQL statement in the demonstration's database; the first value, or how many rows were changed."""
    url = environment.get("DATABASE_URL")
    base = psycopg2.connect(url) if url else sqlite3.connect(Path(environment["ROADMAP_VAR"]) / "roadmap.sqlite3")
    with closing(base), base:
        cursor = base.cursor()
        cursor.execute(statement)
        return cursor.fetchone()[0] if cursor.description else cursor.rowcount


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(condition, seconds=40):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.25)
    raise AssertionError("it did not come about in time")


def answers(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/accounts/login/", timeout=5) as page:  # noqa: S310
            return page.status == 200
    except (urllib.error.URLError, ConnectionError):
        return False


def processes(environment):
    """The processes that were started with that environment's folder."""
    mark = f"ROADMAP_VAR={environment['ROADMAP_VAR']}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (folder / "environ").read_bytes() and (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def test_setting_up_twice_keeps_what_was_typed_and_reset_starts_over(set_up):
    typed = "UPDATE reporting_progressentry SET narrative = 'Терілген мәтін' WHERE id <= 2"
    assert ask(set_up, typed) == 2
    kept = "SELECT count(*) FROM reporting_progressentry WHERE narrative = 'Терілген мәтін'"
    done = run(set_up, "--no-serve")
    assert done.returncode == 0, done.stderr
    assert "roadmap-demo" in done.stdout and "natr" in done.stdout
    assert ask(set_up, kept) == 2
    assert run(set_up, "--no-serve", "--reset").returncode == 0
    assert ask(set_up, kept) == 0
    assert ask(set_up, "SELECT count(*) FROM reporting_submission") == 18


@pytest.mark.parametrize(
    ("words", "changes", "sentence"),
    [
        (["--today", "2014-01-07"], {}, "TODAY lies before 2014-01-08"),
        (["--today", "ертең"], {}, "TODAY is no date"),
        (
            [],
            {
                "DEBUG": "false", "SECRET_KEY": "x" * 60, "ALLOWED_HOSTS": "a.kz", "EMAIL_URL": "smtp://127.0.0.1:25",
                "DATABASE_URL": "sqlite:////tmp/never.sqlite3", "REDIS_URL": "redis://127.0.0.1:1/0",
            },
            "only with DEBUG=true",
        ),
    ],
)  # fmt: skip
def test_refusals_are_one_clear_line_in_each_language(environment, words, changes, sentence):
    done = run(environment, "--no-serve", *words, **changes)
    assert done.returncode == 1
    assert sentence in done.stderr and len(done.stderr.splitlines()) == 3


def test_taken_port_is_named_with_the_cure(environment):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run(environment, "--port", str(port))
    assert done.returncode == 1
    assert f"make demo PORT={port + 1}" in done.stderr and len(done.stderr.splitlines()) == 3


def test_port_that_is_none_is_named_with_the_cure(environment):
    for port in ("abc", "99999"):
        done = run(environment, "--port", port)
        assert done.returncode == 1
        assert "make demo PORT=8001" in done.stderr and len(done.stderr.splitlines()) == 3


SUBMISSIONS = """
    SELECT count(*) FROM reporting_submission s JOIN reporting_reportingperiod p ON p.id = s.period_id
    WHERE p.year = 2014 AND p.number = 1 AND
"""
OPENED = {
    "executors": SUBMISSIONS + "p.executors_opened_at IS NOT NULL",
    "ministry": SUBMISSIONS + "p.ministry_opened_at IS NOT NULL",
}
PARENT = "import subprocess, sys; subprocess.run(sys.argv[1:])"


@pytest.mark.parametrize(
    ("how", "parent", "today", "window"),
    [
        (signal.SIGINT, [], "2014-07-10", "ministry"),
        (signal.SIGKILL, [], "2014-06-25", "executors"),
        (signal.SIGKILL, [sys.executable, "-c", PARENT], "2014-06-25", "executors"),
    ],
    ids=["interrupted", "killed", "its parent killed"],
)
def test_worker_opens_the_later_windows_by_itself_and_nothing_is_left_behind(set_up, how, parent, today, window):
    """On 10 July both windows are late, and the ministry's follows the executors' at the same start."""
    port = free_port()
    command = [*parent, sys.executable, "manage.py", "demo", "--port", str(port), "--today", today]
    said = Path(set_up["ROADMAP_VAR"]) / "said.txt"
    with said.open("wb") as out:
        demo = subprocess.Popen(command, cwd=ROOT, env=set_up, stdout=out, stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: answers(port))
        assert f"http://127.0.0.1:{port}/" in said.read_text()
        wait_for(lambda: ask(set_up, OPENED[window]) == 9)
        assert len(processes(set_up)) == (4 if parent else 3)
    finally:
        demo.send_signal(how)
        demo.wait(timeout=20)
    wait_for(lambda: not processes(set_up), seconds=20)


def test_beat_asks_daily_just_after_midnight_in_almaty_and_for_letters_and_files_all_day():
    schedule = settings.CELERY_BEAT_SCHEDULE
    assert settings.CELERY_TIMEZONE == "Asia/Almaty"
    assert {(entry["task"], str(entry["schedule"])) for entry in schedule.values()} == {
        ("reporting.tasks.apply_acts", "<crontab: 0 0 * * * (m/h/dM/MY/d)>"),
        ("reporting.tasks.open_executor_windows", "<crontab: 1 0 * * * (m/h/dM/MY/d)>"),
        ("reporting.tasks.open_ministry_windows", "<crontab: 2 0 * * * (m/h/dM/MY/d)>"),
        ("reporting.tasks.send_mail", "<crontab: */10 * * * * (m/h/dM/MY/d)>"),
        ("reporting.tasks.make_summary_files", "<crontab: * * * * * (m/h/dM/MY/d)>"),
    }
