"""Celery's beat with a clock that may go back.

Celery counts from the last run: where the machine's clock ran ahead and was set right, it would send nothing until the
moment of that last run comes again, be it a year. Here the runs that lie ahead of the clock are taken as just now; what
is sent too often is harmless, every task asks the database what is to be done.
"""

import datetime
import logging

from celery.beat import PersistentScheduler

logger = logging.getLogger(__name__)

BACK = datetime.timedelta(seconds=30)  # less is a clock that is being adjusted


class Scheduler(PersistentScheduler):
    def tick(self, *args, **kwargs):
        self._take_back_what_lies_ahead()
        return super().tick(*args, **kwargs)

    def _take_back_what_lies_ahead(self):
        is_taken_back = False
        for entry in self.schedule.values():
            now = entry.default_now()
            if entry.last_run_at - now > BACK:
                logger.warning("%s: its last run lies ahead of the clock, at %s", entry.name, entry.last_run_at)
                entry.last_run_at, is_taken_back = now, True
        if is_taken_back:
            self._heap = None  # made anew by the tick
