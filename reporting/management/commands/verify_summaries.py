"""`manage.py verify_summaries`: is everything that was approved still what it was on the day of its approval?"""

from django.core.management import BaseCommand, CommandError
from django.utils.translation import gettext as _

from reporting import chain
from reporting.models import ChainLink, Summary, SummaryFile


class Command(BaseCommand):
    help = (
        "Check the chain over all approved summaries and their files: exit code 0 where all holds, 1 with the first"
        " fault named. Note the last hash that it prints on paper or elsewhere, and ask for it later with --noted."
    )

    def add_arguments(self, parser):
        parser.add_argument("--noted", metavar="HASH", help="the last hash of an earlier run: it must still be there")

    def handle(self, *, noted, **options):
        faults = chain.faults()
        first = next(faults, None)
        if first:
            raise CommandError(f"{first}{_more(sum(1 for _fault in faults))}")
        if noted and not ChainLink.objects.filter(hash=noted.strip().lower()).exists():
            raise CommandError(_("The chain holds in itself, but the noted hash is not in it: it was made anew."))
        last = ChainLink.objects.last()
        if not last:
            self.stdout.write(_("Nothing has been approved yet."))
            return
        words = {
            "summaries": Summary.objects.approved().count(),
            "files": SummaryFile.objects.count(),
            "links": last.number,
            "hash": last.hash,
        }
        self.stdout.write(
            self.style.SUCCESS(
                _("All holds. Approved summaries: %(summaries)s, files: %(files)s, links: %(links)s.") % words
            )
        )
        self.stdout.write(_("The last hash, to be noted elsewhere: %(hash)s") % words)


def _more(count):
    return " " + _("Further faults: %(count)s.") % {"count": count} if count else ""
