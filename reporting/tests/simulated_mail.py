"""Who must have been written to in a simulated time: told from the plan and the moments at which beat fired, alone."""

from collections import Counter

from .simulation import DAY

WEEK = 7 * DAY
BEFORE = {"due_in_10": -10, "due_in_5": -5, "due_in_1": -1, "due_today": 0, "late_1": 1, "late_3": 3, "late_7": 7}
AGAIN = {"resend_in_1": -1, "resend_today": 0, "resend_late_1": 1}


def expected_mail(plan, ticks):
    """Return Counter{(user name, occasion, code of the half-year; of a digest the day)}."""
    said, told = set(), Counter()
    for key in _everything_wanted(plan, ticks):
        if key not in said:
            said.add(key)
            told[key[:3]] += 1
    return told


def _everything_wanted(plan, ticks):
    deeds, done, opened = list(plan.deeds), [], {}
    for tick in ticks:
        day, is_day = tick.date(), 8 <= tick.hour < 20
        while deeds and deeds[0].at <= tick:
            done.append(deeds.pop(0))
        for half in plan.halves:
            if half not in opened and half.opens <= day <= half.ministry_due:
                opened[half] = day
        in_work = [half for half in opened if not _is_done(done, half, "approves")]
        yield from _news(done, tick)
        if is_day and in_work:
            yield "ministry", "digest", str(day), ""
        for half in in_work if is_day else ():
            for executor in plan.duty[half]:
                yield from _reminders(half, executor, _of(done, half, executor), opened[half], day)


def _of(done, half, executor):
    return [deed for deed in done if deed.half == half and deed.executor == executor]


def _is_done(done, half, what):
    return any(deed.half == half and deed.what == what for deed in done)


def _news(done, tick):
    """What somebody has just done goes out at any hour, for a week."""
    for deed in done:
        if tick - deed.at >= WEEK:
            continue
        code = deed.half.code
        later = {other.what for other in _of(done, deed.half, deed.executor) if other.at > deed.at}
        if deed.what in ("sends", "sends again"):
            yield deed.executor, "receipt", code, deed.what
        elif deed.what == "returns" and not later:
            yield deed.executor, "returned", code, ""
        elif deed.what == "accepts":
            yield deed.executor, "accepted", code, ""
        elif deed.what == "grants" and "sends" not in later:
            yield deed.executor, "extension", code, ""
        elif deed.what == "consolidates" and not _is_done(done, deed.half, "approves"):
            yield "head", "ready", code, ""
        elif deed.what == "approves":
            yield "ministry", "approved", code, ""
            yield "government", "approved", code, ""


def _reminders(half, executor, deeds, opened, day):
    by_what = {deed.what: deed for deed in deeds}
    if "returns" in by_what and not {"sends again", "accepts"} & set(by_what):
        term, began = by_what["returns"].until, by_what["returns"].at.date()
        steps = [(term + days * DAY, occasion) for occasion, days in AGAIN.items()]
    elif "sends" not in by_what:
        term, began = half.term, opened
        if "grants" in by_what:  # of that day itself there is the letter that it was granted
            term, began = by_what["grants"].until, max(opened, by_what["grants"].at.date())
        steps = [(term + days * DAY, occasion) for occasion, days in BEFORE.items()]
    else:
        return
    come = [step for step in steps if began < step[0] <= day]
    if not come and "returns" not in by_what:
        come = [(opened, "opened")]
    if come and day - come[-1][0] < WEEK:
        occasion = come[-1][1]
        yield executor, occasion, half.code, "" if occasion == "opened" else str(term)
