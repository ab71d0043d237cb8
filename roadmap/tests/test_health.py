"""Is it alive, and ready? What probes, people and scripts are told, and how soon, when something is away or hangs."""

import datetime
import json
import os
import socket
import subprocess
import sys
import time

import pytest
from django.conf import settings as configured
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import translation

from roadmap import clock
from roadmap.models import TaskRun

CHECKS = ["database", "migrations", "beat", "broker", "disk_evidence", "disk_var"]


def beat_lived(**ago):
    at = clock.machine_now() - datetime.timedelta(**ago)
    TaskRun.objects.begin("reporting.tasks.make_summary_files", at=clock.machine_now(), sent_by_beat_at=at)


def readiness(client, **kwargs):
    answer = client.get("/readyz", **kwargs)
    said = answer.json()
    assert answer.status_code == {"ok": 200, "failing": 503}[said["status"]]
    assert list(said["checks"]) == CHECKS
    return {name: state for name, state in said["checks"].items() if state != "ok"}


# The process


def test_it_lives_without_a_database_for_whatever_host_over_plain_http(client, settings):
    settings.SECURE_SSL_REDIRECT, settings.ALLOWED_HOSTS = True, ["example.kz"]
    for host in ("10.0.0.7:8000", "evil.example", "", "a b"):
        answer = client.get("/healthz", headers={"host": host})
        assert (answer.status_code, answer.json()) == (200, {"status": "ok", "checks": {}}), host
    assert answer.headers["Cache-Control"] == "no-store" and not answer.cookies
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_it_is_only_asked(client, path):
    for method in ("post", "put", "delete", "options", "patch"):
        answer = getattr(client, method)(path)
        assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")
    answer = client.head(path)
    assert answer.content == b"" and answer.status_code in (200, 503)


@pytest.mark.django_db
def test_other_addresses_keep_their_host_and_https(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/accounts/login/").status_code == 301
    settings.SECURE_SSL_REDIRECT = False
    assert client.get("/accounts/login/", headers={"host": "evil.example"}).status_code == 400


# Whether it is ready


def test_it_is_ready_once_beat_was_heard(transactional_db, client, settings, tmp_path):
    settings.SECURE_SSL_REDIRECT = True
    evil = {"host": "evil.example"}
    assert readiness(client, headers=evil) == {"beat": "no beat yet"}
    TaskRun.objects.begin("reporting.tasks.apply_acts", at=clock.machine_now())
    assert readiness(client) == {"beat": "no beat yet"}, "what a worker sent itself at its start is no sign of beat"
    beat_lived(hours=26, minutes=1)
    assert readiness(client) == {"beat": "too old"}
    beat_lived(hours=25, minutes=59)
    assert readiness(client, headers=evil) == {}
    beat_lived(hours=-1)
    assert readiness(client) == {"beat": "ahead of the clock"}
    beat_lived(minutes=1)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'roadmap' AND name = '0001_initial'")
        assert readiness(client) == {"migrations": "not all applied"}
        cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('roadmap', '0001_initial', %s)",
                       [clock.machine_now()])  # fmt: skip
    settings.LEAST_FREE_MB = 10**9
    assert readiness(client) == {"disk_evidence": "little room", "disk_var": "little room"}
    settings.LEAST_FREE_MB = 0
    (tmp_path / "file").write_text("no folder")
    settings.EVIDENCE_ROOT = tmp_path / "file" / "evidence"
    assert readiness(client) == {"disk_evidence": "not writable"}
    settings.EVIDENCE_ROOT = tmp_path / "made" / "with the first file"
    assert readiness(client) == {}


@pytest.mark.only_beside("sqlite")  # where the broker is a folder
def test_broker_that_is_gone_is_told(client):
    folder = configured.QUEUE_DIR / "messages"
    folder.rename(folder.with_name("away"))
    try:
        assert readiness(client)["broker"] == "not writable"
    finally:
        folder.with_name("away").rename(folder)
    assert "broker" not in readiness(client)


def test_database_that_is_away_is_told_without_its_error(client):
    """Pytest refuses the database here."""
    answer = client.get("/readyz")
    assert answer.status_code == 503 and "access" not in answer.content.decode()
    assert {answer.json()["checks"][name] for name in ("database", "migrations", "beat")} == {"no answer"}


# The command


def test_command_says_a_line_each_and_ends_with_the_state(transactional_db, capsys):
    with translation.override("en"):
        with pytest.raises(CommandError, match="Not everything is in order."):
            call_command("health")
        lines = capsys.readouterr().out.splitlines()
        assert len(lines) == len(CHECKS) and lines[0] == "Database: in order"
        assert lines[2] == "Beat: no beat yet: start «celery -A roadmap beat», and a worker beside it"
        beat_lived(minutes=1)
        call_command("health", "--json")
        assert json.loads(capsys.readouterr().out) == {"status": "ok", "checks": dict.fromkeys(CHECKS, "ok")}


def run_health(folder, **environment):
    """`manage.py health --json` as a script runs it: exit code, what it said, seconds."""
    begun = time.monotonic()
    names = ("DATABASE_URL", "REDIS_URL")
    inherited = {name: value for name, value in os.environ.items() if name not in names}
    done = subprocess.run(
        [sys.executable, "manage.py", "health", "--json"],
        cwd=configured.BASE_DIR,
        env=inherited | {"ROADMAP_VAR": str(folder), "DEBUG": "true"} | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "secret" not in done.stdout + done.stderr
    return done.returncode, json.loads(done.stdout)["checks"], time.monotonic() - begun


@pytest.mark.only_beside("postgres")
def test_servers_that_refuse_and_servers_that_hang_are_told_apart_and_soon(tmp_path):
    closed = "127.0.0.1:1"
    code, found, _ = run_health(
        tmp_path, DATABASE_URL=f"postgres://u:secret@{closed}/x", REDIS_URL=f"redis://:secret@{closed}/0"
    )
    assert code == 1
    assert {found[name] for name in ("database", "migrations", "beat", "broker")} == {"no answer"}
    assert found["disk_var"] == "ok"
    with socket.create_server(("127.0.0.1", 0)) as silent:
        host = f"127.0.0.1:{silent.getsockname()[1]}"
        code, found, seconds = run_health(
            tmp_path, DATABASE_URL=f"postgres://u:secret@{host}/x", REDIS_URL=f"redis://:secret@{host}/0"
        )
    assert code == 1 and seconds < 25
    assert {found[name] for name in ("database", "migrations", "beat")} == {"too slow"}
    assert found["broker"] in ("too slow", "no answer")


@pytest.mark.only_beside("sqlite")
def test_sqlite_that_was_removed_is_told(tmp_path):
    code, found, _ = run_health(tmp_path)
    assert (code, found["database"], found["migrations"], found["beat"]) == (1, "ok", "not all applied", "no answer")
