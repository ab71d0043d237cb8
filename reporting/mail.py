"""Letters go out: what is wanted gets its row in the log, and each row that waits is tried, once at a time.

1 what lost its reason is dropped, what is new is noted; 2 each row is claimed by a conditional update before it is
tried, so that two runs at once send nothing twice; 3 it goes over one connection for all; 4 it is marked as sent. A run
that is killed between the server's yes and the mark sends the letter again: its Message-ID is made from the row and is
the same each time, so that a mail server drops the second.

What the server refuses for good is given up at once; everything else, a worker that ended in the middle too, waits
longer each time (`Notice.BACK_OFF`), and is given up after the sixth.
"""

import datetime
import logging
from collections import defaultdict
from dataclasses import dataclass, field
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused

from celery import current_app
from django.core import mail
from django.db import transaction

from roadmap import clock
from roadmap.models import User

from . import mail_content
from .models import Notice
from .occasions import Occasion, is_day, may_go
from .reminders import Wanted, wanted

logger = logging.getLogger(__name__)

TASK = "reporting.tasks.send_mail"
OPEN = (Notice.State.WAITING, Notice.State.DROPPED)  # what was dropped goes out when its reason has come back
# A run that lasts would speak of a database that was; the next one goes on.
MOST_AT_ONCE = 300
MINUTE = datetime.timedelta(minutes=1)


@dataclass
class Outcome:
    """What became of the letters of a run: `sent` are (person's name, occasions); `put_off` wait for their next try."""

    sent: list = field(default_factory=list)
    put_off: int = 0
    failed: int = 0
    dropped: int = 0
    error: str = ""


@dataclass
class Parcel:
    """What goes in one letter: a row of the log, or a person's letter of the day with all that go with it."""

    notices: list
    wanted: list  # of those among them that are a matter of their own

    @property
    def first(self):
        return self.notices[0]

    @property
    def person(self):
        return self.wanted[0].person

    def claim(self, at):
        """Take it; of a letter of the day also what goes with it, without what another run took just now."""
        if not self.first.claim(at=at):
            return False
        if self.first.occasion == Occasion.PERSONAL_DIGEST:
            claimed = {notice.key for notice in self.notices[1:] if notice.claim(at=at)}
            self.notices = [self.first, *(notice for notice in self.notices[1:] if notice.key in claimed)]
            self.wanted = [each for each in self.wanted if each.key in claimed]
        return bool(self.wanted)

    def letter(self, today):
        """Return the letter, and {key: (subject, text)} for the log."""
        parts = [mail_content.part(each, today) for each in self.wanted]
        kept = {each.key: (part.words.subject, part.text) for each, part in zip(self.wanted, parts, strict=True)}
        if self.first.occasion == Occasion.PERSONAL_DIGEST:
            made = mail_content.together(self.person, parts, self.first.message_id)
            kept[self.first.key] = (made.subject, "")
        else:
            made = mail_content.single(self.wanted[0], parts[0], self.first.message_id)
        return made, kept


def hint():
    """Say, after the commit, that there may be something to send; where that is lost, the next run finds it."""
    transaction.on_commit(lambda: current_app.send_task(TASK, ignore_result=True, retry=False), robust=True)


def to_be_sent(at) -> list[Wanted]:
    """Return what the log does not have as sent or given up; writes nothing."""
    found = wanted(at)
    known = Notice.objects.known({each.about for each in found})
    return [each for each in found if known.get(each.key, (0, Notice.State.WAITING))[1] in OPEN]


def send(at, connection=None) -> Outcome:
    """Note what is wanted at that moment, and send what waits; safe to run again, late, or on two workers."""
    outcome = Outcome()
    before = list(Notice.objects.waiting().values_list("pk", "person", "occasion", "about"))
    found = {each.key: each for each in wanted(at)}
    # Only of what waited before the question: what another run noted since is not in our answer.
    stale = [pk for pk, *key in before if _is_stale(tuple(key), found, clock.day_of(at))]
    outcome.dropped = Notice.objects.drop(stale) if stale else 0
    known = Notice.objects.known({each.about for each in found.values()})
    Notice.objects.note([each.as_notice(at) for key, each in found.items() if key not in known])
    back = [pk for key, (pk, state) in known.items() if key in found and state == Notice.State.DROPPED]
    if back:
        Notice.objects.filter(pk__in=back).revive(at)
    outcome.failed = Notice.objects.give_up_unanswered(at)
    _post(_parcels(found, at), at, connection or mail.get_connection(), outcome)
    return outcome


def _is_stale(key, found, today):
    _person, occasion, about = key
    return about != str(today) if occasion == Occasion.PERSONAL_DIGEST else key not in found


def _parcels(found, at):
    """What may go now, the oldest first; who chose it gets everything in one letter a day."""
    parcels, of_day = [], defaultdict(list)
    due = Notice.objects.due(at).exclude(occasion=Occasion.PERSONAL_DIGEST).order_by("pk")
    for notice in due:
        each = found.get(notice.key)
        if each and each.person.mail_choice == User.MailChoice.DIGEST:
            of_day[each.person.pk].append((notice, each))
        elif each and may_go(notice.occasion, at):
            parcels.append(Parcel([notice], [each]))
    if of_day and is_day(at):
        parcels += _letters_of_the_day(of_day, at)
    return parcels[:MOST_AT_ONCE]


def _letters_of_the_day(of_day, at):
    """One for each person and day: the row of the log is there once."""
    about = str(clock.day_of(at))
    rows = [
        Notice(person_id=pk, occasion=Occasion.PERSONAL_DIGEST, about=about, made_at=at, next_try_at=at)
        for pk in of_day
    ]
    own = Notice.objects.filter(occasion=Occasion.PERSONAL_DIGEST, about=about, person__in=of_day)
    there = set(own.values_list("person", flat=True))
    Notice.objects.note([row for row in rows if row.person_id not in there])
    own.revive(at)
    for row in own.due(at).order_by("pk"):
        notices, matters = zip(*of_day[row.person_id], strict=True)
        yield Parcel([row, *notices], list(matters))


# Posting


def _post(parcels, at, connection, outcome):
    """One connection for all. Where there is none to be had, everything waits, and nothing else is tried."""
    is_open, begun = False, clock.machine_now()
    try:
        for parcel in parcels:
            # A run may last: what it holds, it holds from now on, in whole minutes.
            lasted = (clock.machine_now() - begun) // MINUTE * MINUTE
            if not parcel.claim(at + lasted):
                continue
            try:
                if not is_open and not outcome.error:
                    is_open = _open(connection, outcome)
                if outcome.error:
                    _put_off(parcel, outcome.error, outcome)
                    continue
                _post_one(parcel, at, connection)
                outcome.sent.append((str(parcel.person), [each.occasion for each in parcel.wanted]))
            except Exception as error:
                # After a refusal the state of the connection is not known.
                connection.close()
                is_open = False
                _put_off(parcel, error, outcome)
    finally:
        connection.close()


def _open(connection, outcome):
    try:
        connection.open()
    except (OSError, SMTPException) as error:
        logger.warning("mail server: %s", error)
        outcome.error = f"{type(error).__name__}: {error}"
        return False
    return True


def _post_one(parcel, at, connection):
    letter, kept = parcel.letter(clock.day_of(at))
    connection.send_messages([letter])
    with transaction.atomic():
        for notice in parcel.notices:
            subject, text = kept[notice.key]
            notice.mark_sent(at=at, address=parcel.person.email, subject=subject, text=text)


def _put_off(parcel, error, outcome):
    for_good = _is_for_good(error)
    why = error if isinstance(error, str) else _in_words(error)
    if not isinstance(error, str | OSError | SMTPException):
        logger.error("%s: no letter could be made", parcel.first, exc_info=error)
    for notice in parcel.notices:
        given_up = notice.mark_failed(why, for_good=for_good)
        outcome.failed += given_up
        outcome.put_off += not given_up
        if given_up:
            logger.error("%s to %s is given up: %s", notice.about, parcel.person.email, why)


def _is_for_good(error):
    """Codes from 500 on are final, those below ask to try again (RFC 5321, 4.2.1).

    That the server refuses our own address or password is for us to mend: such letters wait.
    """
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, _words in error.recipients.values())
    return isinstance(error, SMTPDataError) and error.smtp_code >= 500


def _in_words(error):
    """The server's answer in one line."""
    if isinstance(error, SMTPRecipientsRefused):
        answers = error.recipients.values()
        return "; ".join(f"{code} {_decoded(words)}" for code, words in answers)
    if hasattr(error, "smtp_code"):
        return f"{error.smtp_code} {_decoded(error.smtp_error)}"
    return f"{type(error).__name__}: {error}"


def _decoded(words):
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else words
