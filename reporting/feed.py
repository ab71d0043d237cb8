"""Days as an iCalendar file (RFC 5545) that calendar programs read again and again. Pure: no database.

Two readings on one day give the same bytes: the stamp is the day of reading, which never goes back, and a moved day
keeps its UID.
"""

import datetime

from icalendar import Calendar, Event, vDuration

HOW_OFTEN = datetime.timedelta(hours=12)


def feed(days, *, name, today, address_of, done_word):
    """Return the file's bytes; `days` are `agenda.Event`s, `address_of(day)` is the page of what the day speaks of."""
    calendar = Calendar()
    for key, value in {
        "prodid": "-//Roadmap reporting//Calendar of deadlines//KK",
        "version": "2.0",
        "calscale": "GREGORIAN",
        "method": "PUBLISH",
        "x-wr-calname": name,
        "x-wr-timezone": "Asia/Almaty",
        "x-published-ttl": vDuration(HOW_OFTEN).to_ical().decode(),
    }.items():
        calendar.add(key, value)
    calendar.add("refresh-interval", HOW_OFTEN, parameters={"VALUE": "DURATION"})
    for day in days:
        calendar.add_component(_event(day, today, address_of(day), done_word))
    return calendar.to_ical()


def _event(day, today, address, done_word):
    event = Event()
    event.add("uid", f"{day.key}@roadmap-reporting")
    event.add("dtstamp", datetime.datetime.combine(today, datetime.time(), tzinfo=datetime.UTC))
    event.add("dtstart", day.day)
    event.add("dtend", day.day + datetime.timedelta(days=1))
    title = _beside(day.title_kk, day.title, " / ")
    event.add("summary", f"{title} ({done_word})" if day.is_done else title)
    event.add("description", "\n".join(line for line in (_beside(day.words_kk, day.words, "\n"), day.act) if line))
    event.add("url", address)
    event.add("transp", "TRANSPARENT")
    return event


def _beside(in_kazakh, own, between):
    """The decree's words in Kazakh first, the reader's language beside them."""
    return f"{in_kazakh}{between}{own}" if in_kazakh and in_kazakh != own else own
