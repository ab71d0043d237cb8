"""Celery's tasks: thin, and safe to run twice, late, or on two workers. Each asks the database what is to be done."""

import logging

from celery import shared_task

from roadmap import clock
from roadmap.models import Roadmap

from .models import ReportingPeriod

logger = logging.getLogger(__name__)


@shared_task
def open_executor_windows(today=None):
    """Open every executors' window that should be open on that day (the clock's by default; an ISO date over the wire).

    Periods that lack are made first, and new assignments get their entries. Returns the codes of what was opened.
    """
    at = _moment(today)
    failed = []
    _each(Roadmap.objects.all(), ReportingPeriod.objects.make_missing, failed)
    due = ReportingPeriod.objects.executors_window_due_on(clock.day_of(at))
    opened = _each(due, lambda period: period.open_executors_window(at=at), failed)
    _each(ReportingPeriod.objects.opened().unlocked(), ReportingPeriod.make_submissions, failed)
    return _report(opened, failed)


@shared_task
def open_ministry_windows(today=None):
    """Open every ministry's window that should be open on that day, however late. Returns the codes."""
    at = _moment(today)
    failed = []
    due = ReportingPeriod.objects.ministry_window_due_on(clock.day_of(at))
    return _report(_each(due, lambda period: period.open_ministry_window(at=at), failed), failed)


def _moment(day):
    """The present moment, or the first of the given day."""
    return clock.start_of(day) if day else clock.now()


def _each(rows, act, failed):
    """Do it for each; one that fails stops no other. Returns those for which it said true."""
    done = []
    for row in rows:
        try:
            if act(row):
                done.append(row)
        except Exception as error:
            logger.exception("%s: %r failed", act, row.pk)
            failed.append(error)
    return done


def _report(opened, failed):
    if failed:
        raise ExceptionGroup("not everything could be opened", failed)
    return [f"{period.roadmap.slug} {period.code}" for period in opened]
