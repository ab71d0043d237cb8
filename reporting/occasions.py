"""When a person is written to: the rungs before and after a term, and the hours of the day. Asks no database."""

import datetime

from roadmap import clock

from .models import MailText

Occasion = MailText.Occasion

# (occasion, days after the term), in order.
RUNGS = (
    (Occasion.DUE_IN_10, -10), (Occasion.DUE_IN_5, -5), (Occasion.DUE_IN_1, -1), (Occasion.DUE_TODAY, 0),
    (Occasion.LATE_1, 1), (Occasion.LATE_3, 3), (Occasion.LATE_7, 7),
)  # fmt: skip
RESEND_RUNGS = ((Occasion.RESEND_IN_1, -1), (Occasion.RESEND_TODAY, 0), (Occasion.RESEND_LATE_1, 1))

# What the calendar asks for goes out by day alone. The other letters answer something that somebody has just done.
BY_DAY = {occasion for occasion, _days in (*RUNGS, *RESEND_RUNGS)} | {
    Occasion.OPENED,
    Occasion.DIGEST,
    Occasion.PERSONAL_DIGEST,
}
FIRST_HOUR, LAST_HOUR = 8, 20

# What happened longer ago is no news: it is not mailed any more, nor is what lies before a deployment.
NEWS = datetime.timedelta(days=7)
# How long after the ministry's own day its officers still get the daily figures of a half-year nobody approves.
DIGESTS_AFTER_TERM = datetime.timedelta(days=14)


def is_day(at):
    """Is it between eight and eight in Almaty?"""
    return FIRST_HOUR <= at.astimezone(clock.ZONE).hour < LAST_HOUR


def may_go(occasion, at):
    return occasion not in BY_DAY or is_day(at)


def rung(rungs, *, begins, term, today, first=None, set_on=None):
    """Return the latest rung that has come by today; None where it came more than a week ago, or none has.

    So a day on which nothing ran is made up by one letter, never by several. What lies on the day of `begins` or
    before does not exist: on that day itself the `first` occasion speaks. Nor does what lies on the day that the term
    was moved or before (`set_on`): of that there is a letter of its own.
    """
    days = [(term + datetime.timedelta(days=days), occasion) for occasion, days in rungs]
    days = [(day, occasion) for day, occasion in days if day > max(begins, set_on or begins)]
    days = ([(begins, first)] if first else []) + days
    come = [(day, occasion) for day, occasion in days if day <= today]
    if not come or today - come[-1][0] >= NEWS:
        return None
    return come[-1][1]
