"""`manage.py demo`: the demonstration of 8 January 2014, ready to be walked through by every role."""

import contextlib
import ctypes
import datetime
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import transaction
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting import story
from reporting.models import ReportingPeriod, SubmissionRound, SummaryEvent
from roadmap import clock
from roadmap.language import CODES
from roadmap.models import User

HOST = "127.0.0.1"
CELERY = [
    ("worker", "--pool=solo", "--without-gossip", "--without-mingle", "--loglevel=info"),
    ("beat", "--loglevel=info"),
]


class Command(BaseCommand):
    help = "Set up decree 631 with demonstration data, and start the web server and Celery on it."

    def add_arguments(self, parser):
        parser.add_argument("--port", default="8000")
        parser.add_argument("--today", default="", help="a day after 2014-01-08, as YYYY-MM-DD")
        parser.add_argument("--reset", action="store_true", help="start over: everything that was typed is lost")
        parser.add_argument("--no-serve", action="store_true", help="set everything up and return")

    def handle(self, *, port, today, reset, no_serve, **options):
        if not settings.DEBUG:
            raise refusal(gettext_lazy("The demonstration has known passwords; it runs only with DEBUG=true."))
        wanted = wanted_day(today)
        if not no_serve:
            port = free_port(port)
        if reset:
            clear()
        call_command("migrate", verbosity=0)
        if not User.objects.filter(username="natr").exists():
            with transaction.atomic():
                call_command("loaddata", settings.BASE_DIR / "fixtures" / "roadmap.json", verbosity=0)
                story.tell()
        day = demonstration_day(wanted)
        self.stdout.write(introduction(day, port, serving=not no_serve))
        self.stdout.flush()
        if not no_serve:
            serve(port, day)


def in_each_language(say):
    """Kazakh, Russian, English: what `say()` returns in each."""
    said = []
    for code in CODES:
        with translation.override(code):
            said.append(say())
    return said


def refusal(sentence, **words):
    """An error that says the sentence in each language, one below the other."""
    return CommandError("\n".join(in_each_language(lambda: sentence % words)))


def free_port(wanted):
    """Return the port as a number, or say in one line why it cannot be used."""
    if not (wanted.isdecimal() and 0 < int(wanted) < 65536):
        raise refusal(gettext_lazy("PORT is no port: %(port)s. Take one like: make demo PORT=8001"), port=wanted)
    port = int(wanted)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            cure = f"make demo PORT={port + 1 if port < 65535 else 8001}"
            sentence = gettext_lazy("Port %(port)s is taken or cannot be used: %(cure)s")
            raise refusal(sentence, port=port, cure=cure) from error
    return port


def clear():
    """Empty the database; on SQLite that is its file, with the evidence and the queue beside it."""
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        for suffix in ("", "-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                os.remove(f"{database['NAME']}{suffix}")
    else:
        call_command("migrate", "reporting", "zero", verbosity=0)
        call_command("migrate", verbosity=0)
        call_command("flush", interactive=False, verbosity=0)
    for folder in (settings.EVIDENCE_ROOT, settings.QUEUE_DIR / "messages", settings.QUEUE_DIR / "control"):
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)


def wanted_day(text):
    """Return the day that was asked for, or None; refuse what is no date, or lies before the story's end."""
    if not text:
        return None
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError as error:
        raise refusal(gettext_lazy("TODAY is no date like 2014-06-25: %(text)s"), text=text) from error
    first = clock.day_of(story.LAST_MOMENT)
    if day < first:
        raise refusal(gettext_lazy("TODAY lies before %(day)s, where the demonstration begins."), day=first)
    return day


def demonstration_day(wanted):
    """Return the day to play on: the wanted one, or the last that the data knows; never an earlier one."""
    known = last_day_known()
    if wanted and wanted < known:
        sentence = gettext_lazy("TODAY lies before %(day)s, which has been played already; RESET=1 starts over.")
        raise refusal(sentence, day=known)
    return wanted or known


def last_day_known():
    moments = [
        *ReportingPeriod.objects.opened().values_list("executors_opened_at", flat=True),
        *ReportingPeriod.objects.exclude(ministry_opened_at=None).values_list("ministry_opened_at", flat=True),
        *SubmissionRound.objects.values_list("sent_at", flat=True),
        *SubmissionRound.objects.exclude(reviewed_at=None).values_list("reviewed_at", flat=True),
        *SummaryEvent.objects.values_list("at", flat=True),
        story.LAST_MOMENT,
    ]
    return max(clock.day_of(moment) for moment in moments)


def introduction(day, port, *, serving):
    """What to open, who to be, and what to try: in each language, one below the other."""
    password = " · ".join(in_each_language(lambda: _("Password")))
    executors = " · ".join(in_each_language(lambda: _("Executors")))
    return f"""
  http://{HOST}:{port}/     {password}: {story.PASSWORD}
{"".join(in_each_language(lambda: guide(day, serving)))}
  {executors}:
    {" ".join(story.EXECUTORS)}
"""


def guide(day, serving):
    """What to try, in the language of the moment."""
    executor, again = (
        _("H2 2013 is two days late and a draft; fill in what lacks, then send it"),
        _("returned by the ministry with words at measure 6; mend it and send it again"),
    )
    if day > clock.day_of(story.LAST_MOMENT):
        executor, again = _("fill in the open half-year, and send it"), _("the same; go on where you were")
    ways = {
        "natr": executor,
        "wg": again,
        "ministry": _("review the queue, accept, consolidate, write, hand over for approval"),
        "head": _("approve the summary, or send it back"),
        "government": _("read the approved summaries and download their Excel files"),
        "admin": _("users, roadmaps, dates"),
    }
    today = _("Demonstration data · today is %(day)s") % {"day": date_format(day)}
    lines = "\n".join(f"    {name:<12} {way}" for name, way in ways.items())
    return f"""
  {_("Roadmap reporting")}. {today}
{lines}
    {ending(day, serving)}
"""


def ending(day, serving):
    """How to end it; or how to start the web server, where that was left out."""
    if serving:
        return _("Ctrl-C ends everything. Celery's log and mail: %(folder)s") % {"folder": settings.VAR_DIR}
    return f"DEBUG=true ROADMAP_TODAY={day} .venv/bin/python manage.py runserver"


def serve(port, day):
    """Run the web server here, and Celery's worker and beat beside it; whatever ends one ends all."""
    os.environ["ROADMAP_TODAY"] = day.isoformat()
    os.environ["SITE_URL"] = f"http://{HOST}:{port}"
    settings.ROADMAP_TODAY = day
    os.environ.setdefault("DJANGO_RUNSERVER_HIDE_WARNING", "true")
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))
    children = [start_celery(words) for words in CELERY]
    threading.Thread(target=watch, args=(os.getppid(), children), daemon=True).start()
    try:
        with open(os.devnull, "w") as unheard:  # it was all said above, in three languages
            call_command("runserver", f"{HOST}:{port}", use_reloader=False, verbosity=0, stdout=unheard)
    finally:
        end(children)


def start_celery(words):
    """Start Celery's worker or beat; what it says goes to its log."""
    with open(settings.VAR_DIR / f"{words[0]}.log", "ab") as log:
        return subprocess.Popen(  # noqa: S603  (our own interpreter and words)
            [sys.executable, "-m", "celery", "-A", "roadmap", *words],
            cwd=settings.BASE_DIR,
            env=os.environ | {"PYTHONUTF8": "1"},  # letters on the console keep their Kazakh words
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )


def die_with_parent():
    """In the child: ask Linux for SIGTERM when the parent is gone, however it went."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


def watch(parent, children):
    """End with whoever started us, also where it was killed, and with any of the children."""
    while os.getppid() == parent and all(child.poll() is None for child in children):
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


def end(children):
    for child in children:
        child.terminate()
    for child in children:
        try:
            child.wait(timeout=8)
        except subprocess.TimeoutExpired:
            child.kill()
