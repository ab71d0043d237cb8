"""`manage.py import_decree FILE`: the text of an act becomes a roadmap."""

import json
import sys
from pathlib import Path

from django.core.management import BaseCommand, CommandError
from django.utils.translation import gettext as _

from roadmap import decree, enactment, tables
from roadmap.doubts import sentences, why_no_plan, why_unreadable

REFUSED = 2


class Command(BaseCommand):
    help = "Read the text of an act (text, HTML, Markdown, .docx, .xlsx), and make a roadmap of its table of measures."

    def add_arguments(self, parser):
        parser.add_argument("file", help="the act; - reads standard input")
        parser.add_argument("--lang", choices=["kk", "ru"], help="the act's language; it is told by itself otherwise")
        parser.add_argument("--dry-run", action="store_true", help="say what was understood, and change nothing")
        parser.add_argument("--json", dest="in_json", action="store_true", help="print what was understood as JSON")
        parser.add_argument("--slug", default="", help="the roadmap's address; decree-631 and the like otherwise")

    def handle(self, *, file, lang, dry_run, in_json, slug, **options):
        plan = read_plan(file, lang)
        said = sentences(plan)
        if not dry_run:
            try:
                made = enactment.enact(plan, slug=slug or enactment.slug_of(plan))
            except enactment.Refused as error:
                raise CommandError(str(error), returncode=REFUSED) from error
            said += sentences(made)
        self.stdout.write(as_json(plan, said) if in_json else as_text(plan, said))
        if not dry_run and not in_json:
            self.stdout.write(_("The roadmap was made: %(slug)s") % {"slug": made.roadmap.slug})


def read_plan(file, language):
    """Return the plan of a file, or end with one sentence and status 2."""
    try:
        content = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror}", returncode=REFUSED) from error
    try:
        return decree.parse(tables.read(content), language)
    except tables.Unreadable as error:
        raise CommandError(f"{file}: {why_unreadable(error)}", returncode=REFUSED) from error
    except decree.NotAPlan as error:
        raise CommandError(f"{file}: {why_no_plan(error)}", returncode=REFUSED) from error


def as_json(plan, said):
    return json.dumps(plan.as_json(said), ensure_ascii=False, indent=1)


def as_text(plan, said):
    """A few lines for a person."""
    act = plan.act
    counts = {"sections": len(plan.sections), "measures": len(plan.measures), "executors": len(plan.executors)}
    lines = [
        act.text or "—",
        act.title or "—",
        f"{act.first_year}–{act.last_year}",
        _("Sections: %(sections)s. Measures: %(measures)s. Executors: %(executors)s.") % counts,
        *([_("Needs review:"), *(f"  · {line}" for line in said)] if said else []),
    ]
    return "\n".join(lines)
