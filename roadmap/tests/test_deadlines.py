"""The deadlines of action plans, as officials type them: phrase -> periods, recurrence, doubt, and back."""

import datetime

import hypothesis

hypothesis.settings.register_profile("deadlines", derandomize=True, deadline=None)
hypothesis.settings.load_profile("deadlines")

D = datetime.date
SINGLE, PLAN = (2014, 2014), (2013, 2018)


def short(deadline):
    """«2014-01-01/2018-12-31 yearly»: a deadline's periods, recurrence and doubt."""
    periods = (f"{period.starts_on or ''}/{period.ends_on}" for period in deadline.periods)
    return " ".join(filter(None, [*periods, deadline.recurrence, deadline.doubt]))
