"""The versions of a half-year's approved summary: which is shown, what it corrects, what took its place."""

from dataclasses import dataclass

from . import correction
from .changes import Comparison, compare
from .document_content import Document
from .models import Summary


@dataclass(frozen=True)
class Versions:
    """The approved versions, oldest first, with the one that is shown among them."""

    shown: Summary
    approved: tuple[Summary, ...]
    comparison: Comparison | None = None  # with the version that it corrects

    @property
    def is_correction(self):
        return self.shown.version > 1

    @property
    def corrected(self):
        return next((one for one in self.approved if one.version == self.shown.version - 1), None)

    @property
    def replacement(self):
        """The version that took the place of the one shown."""
        return next((one for one in self.approved if one.version > self.shown.version), None)

    @property
    def valid(self):
        return self.approved[-1]

    @property
    def listed(self):
        """Newest first; empty while there is but one."""
        return self.approved[::-1] if len(self.approved) > 1 else ()


def read(summary: Summary, document: Document) -> Versions:
    """Read the approved versions beside one that is approved or in work.

    What changed is what was frozen; of a correction in work, the document as it stands is compared.
    """
    approved = tuple(correction.period_versions(summary))
    before = next((one for one in approved if one.version == summary.version - 1), None)
    return Versions(summary, approved, _comparison(before, document) if before else None)


def _comparison(before, document):
    if document.corrections:
        return document.corrections
    shown = Summary.objects.with_shown(document.language).get(pk=before.pk).shown
    return compare(Document.read(shown), document)


def superseded(roadmap) -> dict[int, list[Summary]]:
    """{period's pk: its approved versions that another one took the place of, newest first}."""
    valid = Summary.objects.valid().filter(period__roadmap=roadmap).order_by()
    approved = Summary.objects.approved().filter(period__roadmap=roadmap).exclude(pk__in=valid.values("pk"))
    found = {}
    for summary in approved.defer("frozen").select_related("period__roadmap").order_by("-version"):
        found.setdefault(summary.period_id, []).append(summary)
    return found
