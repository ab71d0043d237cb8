"""`manage.py send_reminders`: mail what waits, now; with --dry-run only say who would get what."""

import datetime
import json

from django.core.management import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils.translation import gettext as _

from reporting import mail
from reporting.occasions import may_go
from roadmap import clock

NOON = datetime.time(12)


class Command(BaseCommand):
    help = (
        "Send the letters that are to go out: reminders, digests, receipts, answers. With --dry-run nothing is sent or"
        " written; what is still to be said is listed: to whom, in which language, on which occasion, about what."
    )

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="only say who would get what; nothing is written")
        parser.add_argument(
            "--today", metavar="DATE", default="", help="as at noon of that day (YYYY-MM-DD), or at a moment of it"
        )
        parser.add_argument("--json", action="store_true", help="say it as JSON")

    def handle(self, *, dry_run, today, **options):
        at = moment(today)
        try:
            said = foreseen(at) if dry_run else send(at)
        except DatabaseError as error:
            first = str(error).strip().partition("\n")[0]
            raise CommandError(_("The database cannot be asked: %(error)s") % {"error": first}) from error
        self.stdout.write(as_json(said) if options["json"] else said.in_words())
        if said.error:
            raise CommandError(_("The mail server cannot be reached: %(error)s") % {"error": said.error})


def moment(text):
    """Return the present moment, or the one that was asked for; of a day noon."""
    if not text:
        return clock.now()
    try:
        at = datetime.datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(_("DATE is no date like 2014-01-05: %(text)s") % {"text": text}) from error
    if len(text) <= len("2014-01-05"):
        at = datetime.datetime.combine(at, NOON)
    return at if at.tzinfo else at.replace(tzinfo=clock.ZONE)


class Foreseen:
    """What a run would send."""

    error = ""

    def __init__(self, at, wanted):
        self.at = at
        self.rows = [
            {
                "person": str(each.person),
                "username": each.person.username,
                "address": each.person.email,
                "language": each.person.language,
                "occasion": str(each.occasion),
                "about": each.about,
                "roadmap": each.roadmap.slug,
                "period": each.period.code if each.period else None,
                "executor": each.submission.executor.code if each.submission else None,
                "letters": each.person.mail_choice,
                "waits_for_the_day": not may_go(each.occasion, at),
            }
            for each in wanted
        ]

    def as_values(self):
        return {"at": self.at.isoformat(), "dry_run": True, "letters": self.rows}

    def in_words(self):
        lines = [
            "  ".join(
                [row["address"], row["language"], row["letters"], row["occasion"], row["about"], row["person"]]
                + ([_("(waits for the day)")] if row["waits_for_the_day"] else [])
            )
            for row in self.rows
        ]
        return "\n".join([*lines, _("To be said: %(count)s. Nothing was sent.") % {"count": len(self.rows)}])


class Sent:
    """What a run did."""

    def __init__(self, at, outcome):
        self.at, self.outcome, self.error = at, outcome, outcome.error

    def as_values(self):
        letters = [{"person": person, "occasions": list(map(str, what))} for person, what in self.outcome.sent]
        counts = {name: getattr(self.outcome, name) for name in ("put_off", "failed", "dropped")}
        return {"at": self.at.isoformat(), "dry_run": False, "letters": letters, **counts}

    def in_words(self):
        lines = [f"{person}: {', '.join(occasions)}" for person, occasions in self.outcome.sent]
        counts = {
            "sent": len(self.outcome.sent),
            "put_off": self.outcome.put_off,
            "failed": self.outcome.failed,
            "dropped": self.outcome.dropped,
        }
        words = _(
            "Sent: %(sent)s, to be tried again: %(put_off)s, given up: %(failed)s, not needed any more: %(dropped)s."
        )
        return "\n".join([*lines, words % counts])


def foreseen(at):
    return Foreseen(at, mail.to_be_sent(at))


def send(at):
    return Sent(at, mail.send(at))


def as_json(said):
    return json.dumps(said.as_values(), ensure_ascii=False, indent=2)
