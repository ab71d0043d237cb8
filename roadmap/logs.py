"""Lines of the log: to be read, or one JSON object each; with the request and the task that they belong to.

No personal data: an address without its query, and without the keys that some addresses hold.
"""

import datetime
import json
import logging
import re
from contextlib import contextmanager
from contextvars import ContextVar

from celery import current_task

_REQUEST_ID = ContextVar("request_id", default="")
# Parts of an address that open something by themselves: an invitation, a person's calendar.
SECRET_PARTS = ("token", "uidb64", "key")


@contextmanager
def of_request(name):
    """Everything that is logged meanwhile belongs to that request."""
    reset = _REQUEST_ID.set(name)
    try:
        yield
    finally:
        _REQUEST_ID.reset(reset)


def request_id():
    """The request that is being answered, or that asked for the task at work; empty where there is none."""
    return _REQUEST_ID.get() or _of_task(lambda request: (request.headers or {}).get("asked_by")) or ""


def _of_task(ask):
    request = current_task.request if current_task else None
    return ask(request) if request is not None and request.id else None


def safe_path(request):
    """The address in one line, without its query and its keys."""
    path, match = request.path, getattr(request, "resolver_match", None)
    for name, value in (match.kwargs if match else {}).items():
        if name in SECRET_PARTS:
            path = path.replace(str(value), "…")
    return "".join(letter if letter.isprintable() else "�" for letter in path)


class Belongs(logging.Filter):
    """Give each record its request and task, and Django's own lines on requests their safe path."""

    def filter(self, record):
        record.request_id = getattr(record, "request_id", None) or request_id()
        record.task_id = _of_task(lambda request: request.id) or ""
        record.task = current_task.name if record.task_id else ""
        request = getattr(record, "request", None)
        if record.name == "django.request" and hasattr(request, "path") and len(record.args) == 2:
            record.args = (record.args[0], safe_path(request))
        elif record.name == "django.server" and record.args and isinstance(record.args[0], str):
            record.args = (re.sub(r"\?\S*", "", record.args[0]), *record.args[1:])
        return True


class Readable(logging.Formatter):
    """`2014-01-08 00:01:02 INFO reporting.tasks [request or task] the words`."""

    def __init__(self):
        super().__init__("%(asctime)s %(levelname)s %(name)s %(belongs)s%(message)s", "%Y-%m-%d %H:%M:%S")

    def format(self, record):
        marks = [mark for mark in (getattr(record, "task_id", ""), getattr(record, "request_id", "")) if mark]
        record.belongs = f"[{' '.join(marks)}] " if marks else ""
        return super().format(record)


class JsonLines(logging.Formatter):
    EXTRA = ("request_id", "task_id", "task", "method", "path", "view", "status", "milliseconds")

    def format(self, record):
        line = {
            "time": datetime.datetime.fromtimestamp(record.created, datetime.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: getattr(record, name) for name in self.EXTRA if getattr(record, name, "") not in ("", None)}
        if "status" not in line and isinstance(getattr(record, "status_code", None), int):
            line["status"] = record.status_code
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def configuration(kind):
    """Django's LOGGING: everything to the standard error stream, as `text` or as `json`."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"belongs": {"()": "roadmap.logs.Belongs"}},
        "formatters": {"text": {"()": "roadmap.logs.Readable"}, "json": {"()": "roadmap.logs.JsonLines"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["belongs"], "formatter": kind}},
        "root": {"handlers": ["console"], "level": "INFO"},
        "loggers": {
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            # A refused request has its line by `roadmap.requests`; here are those that broke, with their cause.
            "django.request": {"level": "ERROR"},
            "django.server": {"handlers": ["console"], "level": "INFO", "propagate": False},
        },
    }
