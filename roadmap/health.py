"""Is everything there that the application needs? Asked by probes, by people and by scripts; nothing waits for long.

Each group of checks runs in a thread of its own: what hangs is told as failing, and is not asked a second time while it
hangs. Answers are codes (`Check.state`) without any inner error; `sentence()` says them in words.
"""

import datetime
import os
import shutil
import threading
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from celery import current_app
from django.conf import settings
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext_lazy as _

from . import clock
from .models import TaskRun
from .models.task_run import CLOCKS_MAY_DIFFER

SECONDS = 3
BROKER_SECONDS = 2
# What hangs longer is given up, and asked anew: at most one thread a minute is left behind.
FORGOTTEN_AFTER = 60
BEAT_MAY_BE_SILENT = datetime.timedelta(hours=26)
OK = "ok"


@dataclass(frozen=True)
class Check:
    name: str
    state: str

    @property
    def is_ok(self):
        return self.state == OK

    def sentence(self):
        return f"{TITLES[self.name]}: {STATES[self.state]}"


TITLES = {
    "database": _("Database"),
    "migrations": _("Migrations"),
    "beat": _("Beat"),
    "broker": _("Broker of tasks"),
    "disk_evidence": _("Room for evidence"),
    "disk_var": _("Room for files of the application"),
}
STATES = {
    OK: _("in order"),
    "no answer": _("no answer"),
    "too slow": _("no answer in time"),
    "not all applied": _("not all applied: run migrate"),
    "no beat yet": _("no beat yet: start «celery -A roadmap beat», and a worker beside it"),
    "too old": _("silent for more than 26 hours: is beat running, and a worker?"),
    "ahead of the clock": _("its last sign lies ahead of the clock: the machine's clock went back"),
    "little room": _("little room is left"),
    "not writable": _("cannot be written to"),
}


def checks():
    """All checks, in the order in which people read them; within `SECONDS` and a little."""
    answers = dict.fromkeys(TITLES, "too slow")
    _known()  # read from the code once, which may take longer than a server may
    deadline = time.monotonic() + SECONDS
    asked = [_Asked.of(group) for group in (_database, _broker, _disk)]
    for group in asked:
        group.done.wait(max(0, deadline - time.monotonic()))
        answers |= group.answers
    return [Check(name, state) for name, state in answers.items()]


def told(found):
    """What `/readyz` answers, and scripts read."""
    is_ok = all(check.is_ok for check in found)
    return {"status": "ok" if is_ok else "failing", "checks": {check.name: check.state for check in found}}


class _Asked:
    """A group of checks at work in its thread; asked again only when it has ended, or hangs for too long."""

    _at_work = {}
    _lock = threading.Lock()

    def __init__(self, group):
        self.answers, self.done, self.begun = {}, threading.Event(), time.monotonic()
        threading.Thread(target=self._run, args=(group,), daemon=True).start()

    def _run(self, group):
        try:
            for name, state in group():
                self.answers = self.answers | {name: state}
        finally:
            self.done.set()

    @classmethod
    def of(cls, group):
        with cls._lock:
            found = cls._at_work.get(group)
            if found is None or found.done.is_set() or time.monotonic() - found.begun > FORGOTTEN_AFTER:
                found = cls._at_work[group] = cls(group)
            return found


def _database():
    names = {"database": _answers, "migrations": _migrations, "beat": _beat}
    try:
        for name, ask in names.items():
            yield name, ask()
    except Exception:  # which one, is nobody's business outside
        for left in list(names)[list(names).index(name) :]:
            yield left, "no answer"
    finally:
        connections.close_all()


def _answers():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return OK


def _migrations():
    applied = set(MigrationRecorder(connection).applied_migrations())
    return OK if all(key in applied or (old and old <= applied) for key, old in _known().items()) else "not all applied"


@cache
def _known():
    """{a migration of the code: those that it replaces}; read once, the code does not change."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return {key: set(loader.disk_migrations[key].replaces) for key in loader.graph.nodes}


def _beat():
    now = clock.machine_now()
    last = TaskRun.objects.last_beat(at=now)
    if last is None:
        return "no beat yet"
    if last - now > CLOCKS_MAY_DIFFER:
        return "ahead of the clock"
    return OK if now - last <= BEAT_MAY_BE_SILENT else "too old"


def _broker():
    try:
        folder = settings.CELERY_BROKER_TRANSPORT_OPTIONS.get("data_folder_out")
        if folder:
            yield "broker", OK if os.access(folder, os.W_OK | os.X_OK) else "not writable"
            return
        with current_app.connection_for_write(transport_options={"socket_timeout": BROKER_SECONDS}) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=BROKER_SECONDS)
            broker.default_channel.client.ping()
            yield "broker", OK
    except Exception:
        yield "broker", "no answer"


def _disk():
    for name, folder in (("disk_evidence", settings.EVIDENCE_ROOT), ("disk_var", settings.VAR_DIR)):
        yield name, _room(Path(folder))


def _room(folder):
    """The folder may not be there before the first file: then its parent counts."""
    try:
        there = next(path for path in (folder, *folder.parents) if path.exists())
        if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
            return "not writable"
        return OK if shutil.disk_usage(there).free >= settings.LEAST_FREE_MB * 1024 * 1024 else "little room"
    except OSError:
        return "not writable"
