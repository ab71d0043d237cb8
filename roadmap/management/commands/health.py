"""`manage.py health`: the checks of `/readyz`, for people and scripts."""

import json

from django.core.management import BaseCommand, CommandError
from django.utils.translation import gettext as _

from roadmap import health


class Command(BaseCommand):
    help = "Ask the database, the broker, beat and the disk: exit code 0 where all is in order, else 1."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="the same object that /readyz answers")

    def handle(self, **options):
        found = health.checks()
        said = health.told(found)
        self.stdout.write(json.dumps(said) if options["json"] else "\n".join(check.sentence() for check in found))
        if said["status"] != health.OK:
            raise CommandError(_("Not everything is in order."))
