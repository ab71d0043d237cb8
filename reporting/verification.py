"""Is this the document that was approved? By its printed code, or by the file itself; nothing of it is kept."""

import json
import re
from dataclasses import dataclass, replace
from itertools import islice
from os.path import commonprefix

from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from . import chain, contents, pictures
from .contents import Contents
from .document_content import Document
from .errors import Refused
from .models import ChainLink, Summary, SummaryFile
from .models.period import ROMAN

SHOWN = 20  # differences
BEFORE, ROOM = 40, 300  # letters of a long text that are shown, from a little before it differs
MOST_CANDIDATES = 12  # approved files that one upload is compared with, the newest
REFERENCE = re.compile(r"ЖА-(\d{4})-(IV|I{1,3}|\d{1,2})\b")
SAME, RESAVED, DIFFERS, UNKNOWN, BY_CODE = "same", "resaved", "differs", "unknown", "by_code"


@dataclass(frozen=True)
class Approved:
    """What may be said to anybody of an approved summary; `successor` is the version that stands in its place."""

    summary: Summary
    document: Document
    name: str  # of who approved it
    post: str
    code: str
    successor: Summary | None

    @property
    def counts(self):
        """(status, label, measures) where there are any."""
        statuses = [row.status for row in self.document.rows]
        pairs = zip(self.document.statuses, self.document.status_labels, strict=True)
        counted = ((status, label, statuses.count(status)) for status, label in pairs)
        return [line for line in pictures.ordered(list(counted)) if line[2]]


@dataclass(frozen=True)
class Difference:
    sheet: str
    place: str
    approved: str
    found: str


@dataclass(frozen=True)
class Answer:
    """`state` is one of the words above; `language` and `kind` are the file's, empty for what is no file of ours."""

    state: str
    approved: Approved | None = None
    language: str = ""
    kind: str = ""
    values: int = 0  # that were compared
    differences: tuple[Difference, ...] = ()  # the first ones
    different: int = 0  # all of them


def by_code(text: str) -> Answer:
    """Find what a printed code belongs to; Refused where it is none."""
    digits = chain.digits_of(text)
    if not digits:
        raise Refused(_("This is no code of a summary: one has sixteen signs, 0–9 and A–F, as in 3F2A-91C0-77BE-40D1."))
    link = ChainLink.objects.filter(file=None, sha256__startswith=digits).first()
    return Answer(BY_CODE, _approved(link.summary_id)) if link else Answer(UNKNOWN)


def by_file(content: bytes) -> Answer:
    """Say whether it is an approved file, byte for byte or saved anew; Refused where it cannot be told."""
    sha256 = chain.sha256_of(content)
    same = _of_sha256(sha256, SAME)
    if same:
        return same
    found = contents.read(content)
    return (found.kind == "json" and _respelt(content, found)) or _nearest(found)


def _of_sha256(sha256, state):
    """The answer where these are the bytes of a file, or of what was frozen."""
    file = SummaryFile.objects.filter(sha256=sha256).only("summary_id", "language", "kind").first()
    if file:
        return Answer(state, _approved(file.summary_id), file.language, file.kind)
    link = ChainLink.objects.filter(file=None, sha256=sha256).first()
    return Answer(state, _approved(link.summary_id), kind="json") if link else None


def _respelt(content, found):
    """The answer where it is what was frozen, in another spelling of JSON."""
    try:
        spelt = chain.frozen_bytes(json.loads(content))
    except (ValueError, RecursionError):  # half a letter, which no database holds
        return None
    answer = _of_sha256(chain.sha256_of(spelt), RESAVED)
    return answer and replace(answer, values=len(found.values))


# Saved anew: compared value by value


def _nearest(found: Contents) -> Answer:
    """The answer of the approved file from which the fewest values differ."""
    is_named, candidates = _candidates(found)
    best = None
    for file in candidates:
        approved = contents.read(bytes(file.content))
        if approved.sheets != found.sheets and not set(approved.sheets) & set(found.sheets):
            continue
        different = _differences(approved, found)
        if best is None or len(different) < len(best[2]):
            best = file, approved, different
        if not different:
            break
    # Without its number in it, a file of which most differs is no summary of ours.
    if best is None or (not is_named and 2 * len(best[2]) > len(best[1].values)):
        return Answer(UNKNOWN)
    file, approved, different = best
    return Answer(
        DIFFERS if different else RESAVED,
        _approved(file.summary_id),
        file.language,
        file.kind,
        len(approved.values),
        tuple(map(_around, different[:SHOWN])),
        len(different),
    )


def _candidates(found):
    """(does the file name its summary?, the approved files of its kind that it may be, the newest first)."""
    text = "\n".join([found.marks, *found.values.values()])
    files = SummaryFile.objects.filter(kind=found.kind).order_by("-summary__approved_at", "language")
    digits = chain.digits_of(text)
    if digits:
        links = ChainLink.objects.filter(file=None, sha256__startswith=digits)
        named = list(files.filter(summary__in=links.values("summary")))
        if named:
            return True, named
    numbers = {roman: number for number, roman in ROMAN.items()}
    reference = REFERENCE.search(text)
    if reference:
        number = numbers.get(reference[2]) or int(reference[2])
        files = files.filter(summary__period__year=int(reference[1]), summary__period__number=number)
    return bool(reference), islice(files.iterator(chunk_size=1), MOST_CANDIDATES)


def _differences(approved: Contents, found: Contents):
    places = dict.fromkeys([*approved.values, *found.values])
    return [
        Difference(*place, approved.values.get(place, ""), found.values.get(place, ""))
        for place in places
        if approved.values.get(place) != found.values.get(place)
    ]


def _around(difference):
    """A difference with a little of the text before it and after it."""
    pair = difference.approved, difference.found
    start = max(0, len(commonprefix(pair)) - BEFORE)
    approved, found = (("…" if start else "") + Truncator(text[start:]).chars(ROOM) for text in pair)
    return replace(difference, approved=approved if pair[0] else "", found=found if pair[1] else "")


# What is said of it


def _approved(pk) -> Approved:
    summary = Summary.objects.select_related("period__roadmap", "approved_by__executor").get(pk=pk)
    by = summary.approved_by
    signed = summary.frozen.get("approval") or {  # what was approved before it was frozen too
        "name": str(by),
        "post": {get_language(): ", ".join(map(str, filter(None, (by.get_role_display(), by.executor))))},
    }
    later = Summary.objects.approved().filter(period=summary.period_id, version__gt=summary.version)
    return Approved(
        summary=summary,
        document=Document.read(summary.frozen["documents"][get_language()]),
        name=signed["name"],
        post=signed["post"][get_language()],
        code=chain.code_of(chain.sha256_of(chain.frozen_bytes(summary.frozen))),
        successor=later.defer("frozen").order_by("version").first(),
    )
