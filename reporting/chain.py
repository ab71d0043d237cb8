"""The chain of hashes over everything that was approved: what it is taken of, how it grows, where it is broken."""

import hashlib
import json
import re

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from .models import ChainLink, Summary, SummaryFile

FROZEN, FILE = "frozen", "file"  # kinds of links
DIGITS = 16  # of a printed code: nobody finds another document to them by trying
CYRILLIC = str.maketrans("АВСЕ", "ABCE")  # the same to the eye, on the other layout of the keyboard
CODE = re.compile(r"(?<![0-9A-F])[0-9A-F]{4}(?:[-–— ]?[0-9A-F]{4}){3}(?![0-9A-F])")


# What is hashed


def frozen_bytes(frozen) -> bytes:
    """The frozen JSON in its one spelling (keys in order, no spaces, UTF-8), whatever a database did to its order."""
    return json.dumps(frozen, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def code_of(sha256: str) -> str:
    """«3F2A-91C0-77BE-40D1»: the first digits, as they are printed."""
    return "-".join(re.findall("....", sha256[:DIGITS].upper()))


def digits_of(text: str) -> str:
    """The digits of the first printed code in a text, as a hash begins; empty where there is none."""
    found = CODE.search(text.upper().translate(CYRILLIC))
    return re.sub("[^0-9A-F]", "", found[0]).lower() if found else ""


def hash_of(number, kind, sha256, previous) -> str:
    """The hash of a link: of its number, its kind, what it links and the link before, a line each."""
    return sha256_of(f"{number}\n{kind}\n{sha256}\n{previous}".encode())


# How it grows


def append(summary, sha256, *, at, file=None) -> ChainLink:
    """Link what was just approved (its frozen JSON's sha256), or a file of it; the caller holds the transaction.

    Whoever comes second waits for the first to commit: on SQLite before its transaction begins, on PostgreSQL at the
    first link, which serves as the lock. Two first links meet at the unique number, and one of them tries again.
    IntegrityError says that it was linked before.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a link is appended in the transaction that makes what it links")
    try:
        with transaction.atomic():
            return _append(summary, sha256, at, file)
    except IntegrityError:
        return _append(summary, sha256, at, file)


def _append(summary, sha256, at, file):
    list(ChainLink.objects.select_for_update().filter(number=1).values_list("pk"))
    last = ChainLink.objects.order_by("-number").values_list("number", "hash").first()
    number, previous = (last[0] + 1, last[1]) if last else (1, "")
    return ChainLink.objects.create(
        number=number,
        summary=summary,
        file=file,
        sha256=sha256,
        previous=previous,
        hash=hash_of(number, FILE if file else FROZEN, sha256, previous),
        at=at,
    )


# Where it is broken


def faults():
    """Every fault of the chain and of what it links as a sentence, in the order of the links; none where all holds.

    One link and one content is held at a time.
    """
    number, previous = 0, ""
    for link in (
        ChainLink.objects.order_by("number").select_related("summary__period__roadmap").defer("summary__frozen")
    ):
        yield from _faults_of(link, number, previous)
        number, previous = link.number, link.hash
    linked = ChainLink.objects.filter(file=None).values("summary")
    for summary in Summary.objects.approved().exclude(pk__in=linked).select_related("period").defer("frozen"):
        yield _("«%(summary)s» was approved and has no link in the chain.") % {"summary": summary}
    for file in SummaryFile.objects.filter(link=None).select_related("summary__period").defer("content"):
        yield _("The file «%(file)s» has no link in the chain.") % {"file": file}


def _faults_of(link, number, previous):
    words = {"number": link.number, "expected": number + 1, "summary": link.summary}
    kind = FILE if link.file_id else FROZEN
    if link.number != number + 1:
        yield _("Link %(expected)s is missing; after the one before it comes link %(number)s.") % words
    elif link.previous != previous:
        yield _("Link %(number)s («%(summary)s») does not follow the link before it.") % words
    elif link.hash != hash_of(link.number, kind, link.sha256, link.previous):
        yield _("Link %(number)s («%(summary)s») was changed: its hash is another.") % words
    if kind == FILE:
        yield from _faults_of_file(link, words)
    elif _frozen_sha256(link.summary_id) != link.sha256:
        yield _("What was frozen of «%(summary)s» (link %(number)s) was changed after the approval.") % words


def _frozen_sha256(pk):
    """None where it is not to be read any more."""
    try:
        return sha256_of(frozen_bytes(Summary.objects.values_list("frozen", flat=True).get(pk=pk)))
    except ValueError:
        return None


def _faults_of_file(link, words):
    file = SummaryFile.objects.select_related("summary__period").get(pk=link.file_id)
    words = words | {"file": file}
    if file.summary_id != link.summary_id:
        yield _("Link %(number)s is of «%(summary)s», but its file is another summary's: «%(file)s».") % words
    if not sha256_of(bytes(file.content)) == file.sha256 == link.sha256:
        yield _("The file «%(file)s» (link %(number)s) was changed after the approval.") % words
