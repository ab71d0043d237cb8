"""Celery's tasks: thin, and safe to run twice, late, or on two workers. Each asks the database what is to be done."""

import logging

from celery import shared_task

from roadmap import clock
from roadmap.models import Roadmap

from .models import ReportingPeriod

logger = logging.getLogger(__name__)


@shared_task
def open_executor_windows(day=None):
    """Open every executors' window that should be open on that day (today by default; an ISO date over the wire).

    Periods that lack are made first, and new assignments get their entries. Returns the codes of what was opened.
    """
    at = _moment(day)
    for roadmap in Roadmap.objects.all():
        ReportingPeriod.objects.make_missing(roadmap)
    due = ReportingPeriod.objects.executors_window_due_on(clock.day_of(at)).select_related("roadmap")
    opened = _open_each(due, lambda period: period.open_executors_window(at=at))
    for period in ReportingPeriod.objects.opened().unlocked().select_related("roadmap"):
        period.make_submissions()
    return opened


@shared_task
def open_ministry_windows(day=None):
    """Open every ministry's window that should be open on that day, however late. Returns the codes."""
    at = _moment(day)
    due = ReportingPeriod.objects.ministry_window_due_on(clock.day_of(at)).select_related("roadmap")
    return _open_each(due, lambda period: period.open_ministry_window(at=at))


def _moment(day):
    """The present moment, or the first of the given day."""
    return clock.start_of(day) if day else clock.now()


def _open_each(periods, open_window):
    """Open one after the other, oldest first; one that fails stops no other, and is raised at the end."""
    opened, failed = [], []
    for period in periods.order_by("year", "number", "pk"):
        try:
            if open_window(period):
                opened.append(f"{period.roadmap.slug} {period.code}")
        except Exception as error:
            logger.exception("%s of %s was not opened", period.code, period.roadmap.slug)
            failed.append(error)
    if failed:
        raise ExceptionGroup("windows that were not opened", failed)
    return opened
