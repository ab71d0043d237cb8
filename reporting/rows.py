"""The rows of an approved summary as data: JSON with every language, CSV in one; both made of the frozen JSON alone.

`static/reporting/summary.schema.json` describes them; the names of CSV's columns are those of its measures.
"""

import csv
import json
from io import StringIO

from .cells import clean
from .document_content import Document

FORMAT = 1  # of both; grows where a name or a meaning changes
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n")
WORDS = (  # a row's texts, in each language
    "title", "completion_form", "executors", "deadline", "extended", "funding", "status_label", "text", "documents",
    "instruction", "control_label", "final_result", "interim_result",
)  # fmt: skip
VALUES = ("position", "number", "status", "percent", "is_overdue", "expected", "reported", "control")
COLUMNS = (
    "position", "number", "section", "title", "completion_form", "executors", "deadline", "starts_on", "ends_on",
    "extended", "funding", "status", "status_label", "percent", "is_overdue", "notes", "expected", "reported", "text",
    "reports", "documents", "money", "instruction", "control", "control_label", "final_result", "interim_result",
)  # fmt: skip


def to_json(frozen, code) -> bytes:
    """Return the JSON of an approval, UTF-8; texts are {language: text}. `code` is the printed one."""
    documents = _documents(frozen)
    first = documents["kk"]
    return json.dumps(
        {
            "format": FORMAT,
            "roadmap": frozen.get("roadmap", ""),
            "period": frozen.get("period", ""),
            "period_label": _each(documents, "period"),
            "reference": first.reference,
            "version": first.version,
            "code": code,
            "approved_at": first.made_at,
            "approved_by": frozen.get("approval", {}).get("name", ""),
            "title": _each(documents, "roadmap"),
            "act": _each(documents, "act"),
            "measures": [_measure(documents, fact, place) for place, fact in enumerate(_facts(frozen, first))],
            "attendance": [_attendance(lines) for lines in _zipped(documents, "attendance")],
            "changes": _comparison(documents, "changes"),
            "corrections": _comparison(documents, "corrections"),
        },
        ensure_ascii=False,
        indent=1,
    ).encode()


def to_csv(frozen, language) -> bytes:
    """Return the measures of an approval in one language: UTF-8 with its mark, parted by «;», as Excel here reads it.

    A text that would be a formula begins with an apostrophe.
    """
    document = Document.read(frozen["documents"][language])
    out = StringIO()
    writer = csv.DictWriter(out, COLUMNS, delimiter=";")
    writer.writeheader()
    for row, fact in zip(document.rows, _facts(frozen, document), strict=True):
        values = {name: getattr(row, name) for name in (*VALUES, *WORDS)}
        values |= {
            "section": "" if row.section is None else document.sections[row.section],
            "starts_on": fact.get("starts_on", ""),
            "ends_on": fact.get("ends_on", ""),
            "is_overdue": int(row.is_overdue),
            "notes": "\n".join(row.notes),
            "reports": "\n".join(_report_line(report, document.labels) for report in row.progress),
            "money": "\n".join(f"{money['source']}: {money['planned']} / {money['spent']}" for money in row.money),
        }
        writer.writerow({name: _safe(value) for name, value in values.items()})
    return out.getvalue().encode("utf-8-sig")


def _report_line(report, labels):
    said = [f"{report.executor}: {report.label}", report.text]
    said += [
        f"{labels[label]}: {text}"
        for label, text in (("obstacles", report.obstacles), ("reason", report.reason))
        if text
    ]
    return ". ".join(filter(None, said))


def _safe(value):
    if not isinstance(value, str):
        return value
    text = clean(value)
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


def _documents(frozen):
    return {language: Document.read(values) for language, values in frozen["documents"].items()}


def _facts(frozen, document):
    """A measure's days, where the schema knew them."""
    return frozen.get("facts", {}).get("measures") or [{}] * len(document.rows)


def _each(documents, name):
    return {language: getattr(document, name) for language, document in documents.items()}


def _zipped(documents, name):
    """[{language: item}] of a list that every language has in the same order."""
    lists = _each(documents, name)
    return [dict(zip(lists, items, strict=True)) for items in zip(*lists.values(), strict=True)]


def _measure(documents, fact, place):
    rows = {language: document.rows[place] for language, document in documents.items()}
    first = rows["kk"]
    section = first.section
    return {
        **{name: getattr(first, name) for name in VALUES},
        "section": None if section is None else {code: one.sections[section] for code, one in documents.items()},
        "starts_on": fact.get("starts_on") or None,
        "ends_on": fact.get("ends_on") or None,
        **{name: _each(rows, name) for name in WORDS},
        "notes": {language: list(row.notes) for language, row in rows.items()},
        "reports": [_report(reports) for reports in _zipped(rows, "progress")],
        "money": [
            {
                "source": {language: one["source"] for language, one in money.items()},
                "planned": money["kk"]["planned"],
                "spent": money["kk"]["spent"],
            }
            for money in _zipped(rows, "money")
        ],
    }


def _report(reports):
    """An executor's own words have the language that it wrote in."""
    first = reports["kk"]
    return {
        "executor": _each(reports, "executor"),
        "state": first.state,
        "status": first.status,
        "label": _each(reports, "label"),
        "text": first.text,
        "obstacles": first.obstacles,
        "reason": first.reason,
        "document": _each(reports, "document"),
    }


def _attendance(lines):
    return {
        "executor": _each(lines, "executor"),
        "measures": lines["kk"].measures,
        "state": lines["kk"].state,
        "due_on": _each(lines, "due_on"),
        "received_on": _each(lines, "received_on"),
    }


def _comparison(documents, name):
    """What changed in each language: a text may have changed in one of them alone."""
    found = _each(documents, name)
    if found["kk"] is None:
        return None
    return {
        "reference": found["kk"].reference,
        "version": found["kk"].version,
        "period_label": _each(found, "period"),
        "changes": {
            language: [
                {field: getattr(change, field) for field in ("position", "number", "field", "label", "before", "after")}
                for change in comparison.changes
            ]
            for language, comparison in found.items()
        },
    }
