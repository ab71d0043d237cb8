"""The environment is read strictly: nonsense ends every command with one clear line."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

OURS = (
    "ALLOWED_HOSTS", "DATABASE_URL", "DEBUG", "DJANGO_SETTINGS_MODULE", "EMAIL_URL", "LEAST_FREE_MB", "LOG_FORMAT",
    "LOG_REQUESTS", "METRICS_TOKEN", "REDIS_URL", "ROADMAP_TODAY", "SECRET_KEY", "SITE_URL",
)  # fmt: skip
SERVED = {
    "DEBUG": "false",
    "SECRET_KEY": "k" * 60,
    "ALLOWED_HOSTS": "example.kz",
    "DATABASE_URL": "postgres://user:password@127.0.0.1/roadmap",
    "REDIS_URL": "redis://127.0.0.1/0",
    "EMAIL_URL": "smtp://127.0.0.1:25",
}


def check(folder, **environment):
    """`manage.py check` with these variables alone."""
    inherited = {name: value for name, value in os.environ.items() if name not in OURS}
    return subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=settings.BASE_DIR,
        env=inherited | {"ROADMAP_VAR": str(folder)} | environment,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"DEBUG": "true", "ROADMAP_TODAY": "2014-01-08"},
        SERVED | {"LOG_FORMAT": "json", "LOG_REQUESTS": "true", "LEAST_FREE_MB": "500", "METRICS_TOKEN": "t" * 16},
    ],
    ids=["nothing set", "a day for a try", "all set for serving"],
)
def test_it_starts(tmp_path, environment):
    folder = tmp_path / "made-by-the-first-command"
    done = check(folder, **environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert folder.is_dir()


@pytest.mark.parametrize(
    ("name", "environment"),
    [
        ("DEBUG", {"DEBUG": "yes"}),
        ("DEBUG", {"DEBUG": "1"}),
        ("DEBUG", {"DEBUG": ""}),
        ("DATABASE_URL", {"DATABASE_URL": "mysql://127.0.0.1/roadmap"}),
        ("DATABASE_URL", {"DATABASE_URL": "roadmap.sqlite3"}),
        ("DATABASE_URL", {"DATABASE_URL": "postgres://127.0.0.1/"}),
        ("DATABASE_URL", {"DATABASE_URL": "postgres://127.0.0.1:port/roadmap"}),
        ("REDIS_URL", {"REDIS_URL": "http://127.0.0.1"}),
        ("SITE_URL", {"SITE_URL": "example.kz"}),
        ("EMAIL_URL", {"EMAIL_URL": "mailto:a@example.kz"}),
        ("ROADMAP_TODAY", {"ROADMAP_TODAY": "08.01.2014"}),
        ("ROADMAP_TODAY", {"ROADMAP_TODAY": "2014-02-30"}),
        ("ROADMAP_TODAY", SERVED | {"ROADMAP_TODAY": "2014-01-08"}),
        *((name, {key: value for key, value in SERVED.items() if key != name}) for name in SERVED if name != "DEBUG"),
        ("SECRET_KEY", SERVED | {"SECRET_KEY": "  "}),
        ("LOG_FORMAT", {"LOG_FORMAT": "xml"}),
        ("LOG_REQUESTS", {"LOG_REQUESTS": "yes"}),
        ("LEAST_FREE_MB", {"LEAST_FREE_MB": "-1"}),
        ("METRICS_TOKEN", SERVED | {"METRICS_TOKEN": "short"}),
        ("ALLOWED_HOSTS", SERVED | {"ALLOWED_HOSTS": " , "}),
    ],
)
def test_it_refuses_nonsense_in_one_clear_line(tmp_path, name, environment):
    done = check(tmp_path, **environment)
    lines = done.stderr.splitlines()
    assert done.returncode == 1
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith(f"{name}: ")
