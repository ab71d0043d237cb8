"""Kazakhstan's working days: Monday to Friday without the holidays of fixed date. Pure.

Days off that the Government moves by act are not known here, so a day that is counted out is a proposal to a person.
"""

import datetime

# Month and day; Law on holidays of 13 December 2001, as it stood in 2013-2021.
FIXED_HOLIDAYS = {
    (1, 1), (1, 2), (1, 7), (3, 8), (3, 21), (3, 22), (3, 23), (5, 1), (5, 7), (5, 9),
    (7, 6), (8, 30), (12, 1), (12, 16), (12, 17),
}  # fmt: skip


def is_working(day):
    return day.weekday() < 5 and (day.month, day.day) not in FIXED_HOLIDAYS


def add_working_days(day, count):
    """Return the `count`-th working day after `day`."""
    while count:
        day += datetime.timedelta(days=1)
        count -= is_working(day)
    return day
