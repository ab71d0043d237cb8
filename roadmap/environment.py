"""The environment, read strictly: nonsense ends the process with one clear line. Free of Django's settings."""

import datetime
from urllib.parse import urlsplit

import environ

env = environ.Env()


def refuse(name, why):
    """End the process with one line, whatever started it: manage.py, Celery, pytest or a web server."""
    raise SystemExit(f"{name}: {why}")


def flag(name, default):
    """`true` or `false`, nothing else."""
    value = env.str(name, default=str(default)).lower()
    if value not in ("true", "false"):
        refuse(name, f"say true or false, not «{value}»")
    return value == "true"


def required(name, *, debug, default):
    """The text of a setting; the default serves DEBUG alone."""
    value = env.str(name, default="").strip()
    if not value and not debug:
        refuse(name, "is missing, and DEBUG is off")
    return value or default


def address(name, *, debug, default, schemes):
    """A URL with one of the schemes, in the form that django-environ reads."""
    value = required(name, debug=debug, default=default)
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018  (raises on a port that is no number)
    except ValueError as error:
        refuse(name, f"is no address: {error}")
    if value and parts.scheme not in schemes:
        refuse(name, f"starts with none of {', '.join(f'{scheme}://' for scheme in schemes)}")
    return value


def day(name, *, debug):
    """A date as YYYY-MM-DD or None; for demonstrations and tests, so refused where DEBUG is off."""
    value = env.str(name, default="").strip()
    if not value:
        return None
    if not debug:
        refuse(name, "is for demonstrations; take it away, or set DEBUG=true")
    try:
        return datetime.date.fromisoformat(value)
    except ValueError:
        refuse(name, f"is no date like 2014-01-08: «{value}»")


def choice(name, *options):
    """One of the words; the first is the default."""
    value = env.str(name, default="").strip() or options[0]
    if value not in options:
        refuse(name, f"say {' or '.join(options)}, not «{value}»")
    return value


def whole_number(name, default):
    value = env.str(name, default="").strip() or str(default)
    if not (value.isascii() and value.isdecimal() and len(value) < 10):
        refuse(name, f"is no whole number: «{value}»")
    return int(value)


def secret(name, *, least):
    """A secret that may be left out, but not be guessed."""
    value = env.str(name, default="").strip()
    if value and len(value) < least:
        refuse(name, f"is shorter than {least} characters")
    return value
