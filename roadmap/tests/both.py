"""Run the whole suite twice side by side: on SQLite, and on a real PostgreSQL with a real Redis.

    python -m roadmap.tests.both [pytest's arguments]

Exit with 1 if either run failed; with CI=true also if one could not be had or a test was skipped.
"""

import os
import re
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from .guard import Guarded
from .servers import Unavailable, postgres, redis

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = {
    "ALLOWED_HOSTS", "DATABASE_URL", "DEBUG", "EMAIL_URL", "LEAST_FREE_MB", "LOG_FORMAT", "LOG_REQUESTS", "MAIL_FROM",
    "METRICS_TOKEN", "REDIS_URL", "ROADMAP_TODAY", "ROADMAP_VAR", "SECRET_KEY", "SITE_URL",
}  # fmt: skip
SECONDS_BETWEEN_SIGNS_OF_LIFE = 15
CLOSING_LINE = re.compile(r"^=*\s*(.*) in \d+\.\d+s\b.*$", re.MULTILINE)


class Run:
    """One pytest over the whole suite, with an environment and a folder of its own."""

    def __init__(self, name, arguments, **servers):
        self.name = name
        folder = tempfile.mkdtemp(prefix="roadmap-")
        inherited = {name: value for name, value in os.environ.items() if name not in SETTINGS}
        self.process = Guarded(
            [sys.executable, "-m", "pytest", "-ra", "--color=no", *arguments],
            folder,
            cwd=ROOT,
            env=inherited | servers | {"DEBUG": "true", "ROADMAP_VAR": folder, "PYTHONUNBUFFERED": "1"},
        )

    @property
    def is_running(self):
        return self.process.exit_code is None

    @property
    def progress(self):
        percents = re.findall(r"\[ *(\d+%)\]$", self.process.output(), re.MULTILINE)
        return f"{self.name} {percents[-1] if percents else '0%'}"

    def count(self, outcome):
        """Return the number of tests with this outcome, from pytest's closing line."""
        closing_lines = CLOSING_LINE.findall(self.process.output())
        found = re.search(rf"(\d+) {outcome}", closing_lines[-1]) if closing_lines else None
        return int(found[1]) if found else 0

    @property
    def failed(self):
        """The number of tests that failed or broke; 1 at least if pytest was not content."""
        return max(self.count("failed") + self.count("error"), int(self.process.exit_code != 0))

    @property
    def skips(self):
        return re.findall(r"^SKIPPED .*$", self.process.output(), re.MULTILINE)


def _start_all(stack, arguments):
    """Return the runs that could be started, and a line on each that could not."""
    try:
        servers = {"DATABASE_URL": stack.enter_context(postgres()), "REDIS_URL": stack.enter_context(redis())}
    except Unavailable as reason:
        runs, not_run = [Run("SQLite", arguments)], [f"Not run on PostgreSQL and Redis: {reason}"]
    else:
        on_sqlite = Run("SQLite", arguments + _shared("sqlite", arguments))
        on_postgres = Run("PostgreSQL and Redis", arguments + _shared("postgres", arguments), **servers)
        runs, not_run = [on_sqlite, on_postgres], []
    for run in runs:
        stack.enter_context(run.process)
    return runs, not_run


def _shared(database, arguments):
    """What no database matters to runs once, in one of the two runs (conftest.py); asked for by its path, in both."""
    is_asked_for = any(argument.startswith(("reporting", "roadmap")) for argument in arguments)
    return [] if is_asked_for else [f"--beside={database}"]


def _wait(runs):
    started = reported = time.monotonic()
    while any(run.is_running for run in runs):
        time.sleep(0.1)
        if time.monotonic() - reported >= SECONDS_BETWEEN_SIGNS_OF_LIFE:
            reported = time.monotonic()
            print(f"{reported - started:.0f} s:", ", ".join(run.progress for run in runs), flush=True)


def _report(runs, not_run, is_ci):
    """Print what each run printed, then the sums; return the exit code."""
    for run in runs:
        print(f"\n######## {run.name} ########\n{run.process.output()}", end="")
    skips = [f"Skipped on {run.name}: {skip}" for run in runs for skip in run.skips]
    passed, skipped = (sum(run.count(outcome) for run in runs) for outcome in ("passed", "skipped"))
    failed = sum(run.failed for run in runs)
    print(*not_run, *(skips if is_ci else []), sep="\n")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return int(failed > 0 or (is_ci and bool(skipped or not_run)))


def main(arguments):
    with ExitStack() as stack:
        runs, not_run = _start_all(stack, arguments)
        _wait(runs)
        return _report(runs, not_run, is_ci=os.environ.get("CI") == "true")


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("Interrupted.")
