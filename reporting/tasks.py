"""Celery's tasks: thin, and safe to run twice, late, or on two workers. Each asks the database what is to be done."""

import datetime
import logging

from celery import shared_task
from django.utils.translation import gettext_lazy as _

from roadmap import clock
from roadmap.models import Amendment, Roadmap, Succession

from . import amending, files, mail, succession
from .models import ReportingPeriod

logger = logging.getLogger(__name__)


@shared_task(title=_("Bring acts into force on their day"))
def apply_acts(today=None):
    """Bring into force what has come to its day: bodies pass over to their successors, then measures are amended.

    One that fails stops no other, and is tried again. Returns their names.
    """
    at = _moment(today)
    day, failed = clock.day_of(at), []
    passed = _each(Succession.objects.due_on(day), lambda each: succession.apply(each, at=at), failed)
    due = Amendment.objects.due_on(day).select_related("roadmap")
    amended = _each(due, lambda each: amending.apply(each, at=at), failed)
    if failed:
        raise ExceptionGroup("not every act could be brought into force", failed)
    return [str(each) for each in (*passed, *amended)]


@shared_task(title=_("Open the executors' windows"))
def open_executor_windows(today=None):
    """Open every executors' window that should be open on that day (the clock's by default; an ISO date over the wire).

    Periods that lack are made first, terms counted by the working calendar as it is, and new assignments get their
    entries. Returns the codes of what was opened.
    """
    at = _moment(today)
    failed = []
    _each(Roadmap.objects.all(), ReportingPeriod.objects.make_missing, failed)
    ReportingPeriod.objects.count_working_days()
    due = ReportingPeriod.objects.executors_window_due_on(clock.day_of(at))
    opened = _each(due, lambda period: period.open_executors_window(at=at), failed)
    _each(ReportingPeriod.objects.opened().unlocked(), ReportingPeriod.make_submissions, failed)
    return _report(opened, failed)


@shared_task(title=_("Open the ministry's windows"))
def open_ministry_windows(today=None):
    """Open every ministry's window that should be open on that day, however late. Returns the codes."""
    at = _moment(today)
    failed = []
    due = ReportingPeriod.objects.ministry_window_due_on(clock.day_of(at))
    return _report(_each(due, lambda period: period.open_ministry_window(at=at), failed), failed)


@shared_task(title=_("Send the letters"))
def send_mail(today=None):
    """Note who is to be told what, and mail what waits. Returns what was mailed, and to whom.

    What the server does not take is in the log of letters, where staff see it; it waits, and is no error of the run.
    """
    return [f"{person}: {', '.join(occasions)}" for person, occasions in mail.send(_moment(today)).sent]


@shared_task(title=_("Make the files of approved summaries"))
def make_summary_files():
    """Make the files that approvals ordered, each once; one that fails stops no other, and is tried again later."""
    made, failed = files.make_due()
    if failed:
        raise ExceptionGroup("not every file could be made", failed)
    return [str(file) for file in made]


def _moment(text):
    """The present moment, or the one given in ISO form; of a day the first."""
    if not text:
        return clock.now()
    at = datetime.datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=clock.ZONE)


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
