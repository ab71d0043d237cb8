"""A summary as a Word letter to the Government: Kazakh left, Russian right, then the table of measures.

One pure function over the frozen dataclasses and a template; both the same, the bytes are the same.
"""

import datetime
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from . import letter_language
from .cells import clean
from .document_content import Document, Row
from .repack import repack

MAX_BYTES = letter_language.MAX_BYTES
DEFAULT = Path(__file__).parent / "letters" / "summary.docx"
LANGUAGES = ("kk", "ru")
SHORT = 900  # letters of a row's longest cell: half a page
SAMPLE_CODE = "0000-0000-0000-0000"


def default_template() -> bytes:
    return DEFAULT.read_bytes()


def sha256_of(template: bytes) -> str:
    return sha256(template).hexdigest()


def build(documents: dict[str, Document], *, template: bytes, code: str, signature: dict) -> bytes:
    """Return the .docx of a summary from its documents in Kazakh and Russian.

    `signature` is {"name", "post": {language: post}} of who approved; `code` the printed one of what was frozen.
    BadTemplate says in a sentence where the template cannot be filled.
    """
    kazakh = documents["kk"]
    filled = letter_language.fill(template, context(documents, code=code, signature=signature))
    properties = filled.docx.core_properties
    properties.title, properties.subject = clean(kazakh.title)[:255], clean(f"{kazakh.period}. {kazakh.act}")[:255]
    properties.language = "kk"
    _keep_short_rows_whole(filled.docx.element.body)
    saved = BytesIO()
    filled.save(saved)
    return repack(saved.getvalue(), datetime.datetime.fromisoformat(kazakh.made_at))


def _keep_short_rows_whole(body):
    """A page's end cuts no row but those that would leave a page half empty, or never fit one."""
    for row in body.iter(qn("w:tr")):
        longest = max((sum(len(text.text or "") for text in cell.iter(qn("w:t"))) for cell in row.tc_lst), default=0)
        properties = row.get_or_add_trPr()
        if longest <= SHORT and properties.find(qn("w:cantSplit")) is None:
            properties.insert(0, OxmlElement("w:cantSplit"))


def refuse_broken(template: bytes) -> None:
    """Refuse a template that cannot be filled with sample data: BadTemplate, with a sentence that says where."""
    letter_language.check(template)
    sample = {language: _sample(language) for language in LANGUAGES}
    build(
        sample, template=template, code=SAMPLE_CODE, signature={"name": "А. Ә.", "post": dict.fromkeys(LANGUAGES, "—")}
    )


def context(documents, *, code, signature) -> dict:
    """Every name that a template may say, as texts, numbers and lists of them.

    reference, version, code, signed_by, total, overdue; kk and ru: ministry, title, roadmap, act, period, date,
    signed_post, overdue_label, counts (label, number); sections: kk, ru, rows: number, position, is_overdue, percent,
    kk and ru: measure, deadline, extended, executors, form, status, overdue, notes, text, documents.
    """
    kazakh = documents["kk"]
    return _cleaned(
        {
            "reference": kazakh.reference,
            "version": kazakh.version,
            "code": code,
            "signed_by": signature["name"],
            "total": len(kazakh.rows),
            "overdue": sum(row.is_overdue for row in kazakh.rows),
            "sections": list(_sections(documents)),
            **{language: _head(documents[language], signature["post"].get(language, "")) for language in LANGUAGES},
        }
    )


def _head(document, post):
    counted = [sum(row.status == status for row in document.rows) for status in document.statuses]
    return {
        "ministry": document.coordinator,
        "title": document.title,
        "roadmap": document.roadmap,
        "act": document.act,
        "period": document.period,
        "date": document.made_on,
        "signed_post": post,
        "overdue_label": document.labels["overdue"],
        "counts": [
            {"label": label, "number": number}
            for label, number in zip(document.status_labels, counted, strict=True)
            if number
        ],
    }


def _sections(documents):
    kazakh, russian = (documents[language] for language in LANGUAGES)
    place = object()
    section = {}
    for left, right in zip(kazakh.rows, russian.rows, strict=True):
        if left.section != place:
            if section:
                yield section
            place = left.section
            titles = ("", "") if place is None else (kazakh.sections[place], russian.sections[place])
            section = dict(zip(LANGUAGES, titles, strict=True)) | {"rows": []}
        section["rows"].append(_row(left, right, kazakh.labels, russian.labels))
    if section:
        yield section


def _row(left, right, *labels):
    return {
        "number": left.number,
        "position": left.position,
        "is_overdue": left.is_overdue,
        "percent": "" if left.percent is None else f"{left.percent}\xa0%",
        **{
            language: {
                "measure": row.title,
                "deadline": row.deadline,
                "extended": row.extended,
                "executors": row.executors,
                "form": row.completion_form,
                "status": row.status_label,
                "overdue": words["overdue"],
                "notes": list(row.remarks),
                "text": row.text,
                "documents": row.documents,
            }
            for language, row, words in zip(LANGUAGES, (left, right), labels, strict=True)
        },
    }


def _cleaned(value):
    """Without what XML cannot hold; a tab and a line's end become Word's own."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    return {name: _cleaned(item) for name, item in value.items()} if isinstance(value, dict) else value


# What a new template is tried with


def _sample_row():
    return Row(
        section=0,
        position=1,
        number="1",
        title="Іс-шара & <мероприятие>",
        title_kk="Іс-шара",
        completion_form="—",
        executors="—",
        deadline="2014",
        funding="—",
        status="done",
        status_label="—",
        notes=("—", "—"),
        is_overdue=True,
        percent=50,
        expected=1,
        reported=1,
        reported_label="—",
        text="Мәтін\nтекст",
        progress=(),
        documents="№ 1",
        money=(),
        extended="—",
    )


def _sample(language):
    """A document with something in every value."""
    row = _sample_row()
    return Document(
        language=language,
        title="—",
        roadmap="—",
        act="—",
        period="—",
        reference="—",
        version=1,
        made_on="—",
        made_at="2014-01-01T00:00:00+00:00",
        is_approved=True,
        headings=(),
        labels={"overdue": "—"},
        sections=("—",),
        rows=(row, replace(row, status="in_progress")),
        statuses=("done", "in_progress"),
        status_labels=("—", "—"),
        counts=((1, 1),),
        overdue=(2,),
        attendance=(),
        coordinator="—",
    )
