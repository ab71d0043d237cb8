"""The files of an approved summary, made of what was frozen alone, each once: workbook, CSV, letter, JSON.

The approval orders them; a worker claims an order for a while, makes the file, and keeps it with its link of the chain
in the transaction that takes the order away. So whoever is killed leaves an order, and the next one makes the file.
Claims and back-off go by the machine's time: the clock of a demonstration may step back.
"""

import datetime
import logging
from dataclasses import dataclass

from celery import current_app
from django.db import models, transaction
from django.db.models.functions import Length
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from roadmap import clock
from roadmap.language import CODES

from . import chain, letter, rows, workbook
from .document_content import Document
from .errors import Conflict, Refused
from .models import FileOrder, JournalEntry, LetterTemplate, Summary, SummaryFile

logger = logging.getLogger(__name__)

OFFICE = "application/vnd.openxmlformats-officedocument"
LEASE = datetime.timedelta(minutes=10)
MAX_TRIES = 5
BACK_OFF = (1, 5, 15, 60)  # minutes after the first, second, … failure


@dataclass(frozen=True)
class Kind:
    """A kind of file: in which languages there is one, and as what it is served."""

    name: str
    languages: tuple[str, ...]
    content_type: str
    label: str


KINDS = {
    kind.name: kind
    for kind in (
        Kind("xlsx", tuple(CODES), f"{OFFICE}.spreadsheetml.sheet", gettext_lazy("Excel")),
        Kind("docx", ("kk",), f"{OFFICE}.wordprocessingml.document", gettext_lazy("Word: letter, Kazakh and Russian")),
        Kind("csv", tuple(CODES), "text/csv; charset=utf-8", gettext_lazy("CSV: the rows as data")),
        Kind("json", ("kk",), "application/json", gettext_lazy("JSON: the rows as data, all languages")),
    )
}


# Ordering


def order(summary: Summary) -> None:
    """Order every file of a summary that is just being approved; the caller holds the transaction."""
    FileOrder.objects.bulk_create(
        FileOrder(summary=summary, language=language, kind=kind.name)
        for kind in KINDS.values()
        for language in kind.languages
    )


def template_in_force(roadmap) -> str:
    """The sha256 of the letter's template that counts now: the latest of the ministry, or the application's own."""
    latest = LetterTemplate.objects.filter(roadmap=roadmap).values_list("sha256", flat=True).first()
    return latest or letter.sha256_of(letter.default_template())


def hint() -> None:
    """Hint to the workers after the commit that there is something to make; where it is lost, the next run finds it."""
    transaction.on_commit(
        lambda: current_app.send_task("reporting.tasks.make_summary_files", ignore_result=True, retry=False),
        robust=True,
    )


# Making


def make_due() -> tuple[list[SummaryFile], list[Exception]]:
    """Make every file that is ordered and not claimed by another, until none is left; one that fails stops no other."""
    made, failed = [], []
    while claimed := claim_next():
        try:
            made.append(make(claimed))
        except Conflict:
            logger.warning("%s was made by another worker meanwhile", claimed)
        except Exception as error:
            failed.append(error)
    return made, failed


def make_all(summary: Summary) -> None:
    """Make the files of one summary at once; for what cannot wait for a worker, such as the demonstration."""
    for one in summary.file_orders.order_by("pk"):
        claimed = claim(one)
        if claimed:
            make(claimed)


def claim_next() -> FileOrder | None:
    """Claim the next order that is due; None where there is none."""
    for one in due(clock.machine_now()):
        claimed = claim(one)
        if claimed:
            return claimed
    return None


def due(at):
    """Orders that nobody holds, and that are not given up: what was tried least comes first."""
    free = models.Q(claimed_until=None) | models.Q(claimed_until__lte=at)
    return FileOrder.objects.filter(free, tries__lt=MAX_TRIES).order_by("tries", "pk")


def claim(one: FileOrder) -> FileOrder | None:
    """Hold an order for a while and count the try; None where another was quicker."""
    at = clock.machine_now()
    if not due(at).filter(pk=one.pk, tries=one.tries).update(tries=one.tries + 1, claimed_until=at + LEASE):
        return None
    return FileOrder.objects.select_related("summary__period__roadmap").get(pk=one.pk)


def make(claimed: FileOrder) -> SummaryFile:
    """Make a claimed file; what it could not be made for is kept with the order, and raised.

    1 content, of the frozen JSON alone and outside any transaction; 2 file, link and journal, and the order goes, if
    it is still held by this try: all or nothing.
    """
    summary = claimed.summary
    try:
        content = content_of(summary.frozen, claimed.kind, claimed.language)
        with transaction.atomic():
            return _keep(claimed, content)
    except Conflict:
        raise
    except Exception as error:
        logger.exception("%s: %s", claimed, error)
        _fail(claimed, error)
        raise


def _keep(claimed, content):
    gone, _rows = FileOrder.objects.filter(pk=claimed.pk, tries=claimed.tries).delete()
    if not gone:
        raise Conflict(_("Somebody else makes this file."))
    summary, at = claimed.summary, clock.now()
    file = SummaryFile.of(summary, claimed.language, claimed.kind, content)
    file.save(force_insert=True)
    chain.append(summary, file.sha256, at=at, file=file)
    _note(JournalEntry.Kind.FILE_MADE, claimed, at, sha256=file.sha256)
    return file


def _fail(claimed, error):
    """Keep what went wrong, and let the file wait; the last failure stays until somebody tries again."""
    said = str(error) if isinstance(error, Refused) else f"{type(error).__name__}: {error}"
    wait = BACK_OFF[min(claimed.tries, len(BACK_OFF)) - 1]
    until = clock.machine_now() + datetime.timedelta(minutes=wait)
    with transaction.atomic():
        mine = FileOrder.objects.filter(pk=claimed.pk, tries=claimed.tries)
        if mine.update(failure=said[:2000], claimed_until=until):
            _note(JournalEntry.Kind.FILE_FAILED, claimed, clock.now(), words=said[:2000], tries=claimed.tries)


def _note(kind, claimed, at, *, by=None, words="", **details):
    summary = claimed.summary
    JournalEntry.objects.create(
        kind=kind,
        at=at,
        by=by,
        roadmap=summary.period.roadmap,
        period=summary.period,
        summary=summary,
        words=words,
        details={"file": claimed.kind, "language": claimed.language, **details},
    )


def try_again(summary: Summary, *, by, at) -> int:
    """Order anew what was given up or waits after a failure; returns how many files."""
    failed = summary.file_orders.exclude(failure="") | summary.file_orders.filter(tries__gte=MAX_TRIES)
    with transaction.atomic():
        tried = 0
        for one in failed.select_related("summary__period__roadmap"):
            mine = FileOrder.objects.filter(pk=one.pk, tries=one.tries)
            if mine.update(tries=0, claimed_until=None, failure=""):
                _note(JournalEntry.Kind.FILE_TRIED_AGAIN, one, at, by=by, words=one.failure)
                tried += 1
    return tried


# What a file is made of


def content_of(frozen: dict, kind: str, language: str) -> bytes:
    """Return the bytes of a file of what was frozen: the same for the same JSON and template, always and anywhere."""
    code = chain.code_of(chain.sha256_of(chain.frozen_bytes(frozen)))
    if kind == "xlsx":
        return workbook.build(Document.read(frozen["documents"][language]), code)
    if kind == "csv":
        return rows.to_csv(frozen, language)
    if kind == "json":
        return rows.to_json(frozen, code)
    documents = {name: Document.read(frozen["documents"][name]) for name in letter.LANGUAGES}
    template = _template(frozen.get("letter_template", ""))
    return letter.build(documents, template=template, code=code, signature=frozen["approval"])


def _template(sha256):
    default = letter.default_template()
    if sha256 == letter.sha256_of(default):
        return default
    kept = LetterTemplate.objects.filter(sha256=sha256).first()
    if not kept:
        raise Refused(_("The letter's template that counted at the approval is not here any more."))
    return bytes(kept.content)


# What the pages show


@dataclass(frozen=True)
class Shelf:
    """The files of a summary: those that are there, by kind, and what is still to come."""

    kinds: list  # [(Kind, [SummaryFile with its size])]
    waiting: list[FileOrder]
    failed: list[FileOrder]  # with the reason; some of them are tried again by themselves
    workbooks: set  # the languages in which there is a workbook
    ready: int

    @property
    def total(self):
        return self.ready + len(self.waiting) + len(self.failed)

    @property
    def is_complete(self):
        return not self.waiting and not self.failed

    @property
    def refresh(self):
        """What tells a page that asks again to be loaded anew: nothing more comes by itself for now."""
        return {} if self.waiting else {"HX-Refresh": "true"}

    @property
    def is_given_up(self):
        """Nothing more happens by itself."""
        return not self.waiting and all(order.tries >= MAX_TRIES for order in self.failed)


def shelf(summary: Summary) -> Shelf:
    return shelves([summary])[summary.pk]


def shelves(summaries) -> dict[int, Shelf]:
    """{summary pk: its files}, in two queries; contents stay in the database."""
    found = {summary.pk: ([], []) for summary in summaries}
    files = SummaryFile.objects.filter(summary__in=found).defer("content").annotate(size=Length("content"))
    for file in files:
        found[file.summary_id][0].append(file)
    for one in FileOrder.objects.filter(summary__in=found):
        found[one.summary_id][1].append(one)
    return {pk: _shelf(*lists) for pk, lists in found.items()}


def _shelf(files, orders):
    by_place = sorted(files, key=lambda file: CODES.index(file.language))
    kinds = [(kind, [file for file in by_place if file.kind == name]) for name, kind in KINDS.items()]
    failed = [one for one in orders if one.failure or one.tries >= MAX_TRIES]
    return Shelf(
        kinds=[(kind, own) for kind, own in kinds if own],
        waiting=[one for one in orders if one not in failed],
        failed=failed,
        workbooks={file.language for file in files if file.kind == "xlsx"},
        ready=len(files),
    )
