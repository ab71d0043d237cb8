"""The words of a document that are no values: its headings and labels, in the language that is active."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from .period_words import of_period


def headings():
    return [
        pgettext("column", "No."),
        _("Measures"),
        _("Form of completion"),
        _("Responsible executors"),
        _("Deadline"),
        _("Funding sources"),
        _("Status"),
        _("Reported"),
        _("The ministry's information"),
        _("Progress by executor"),
        _("Completion document"),
        _("Money, tenge: planned for the year / spent"),
    ]


def labels(roadmap):
    """The words of sheets and pages that are no values."""
    return words() | {
        "changes_title": of_period(roadmap, "Changes against the half-year before"),
        "unofficial": _("Russian and English texts of the decree are unofficial translations.")
        if roadmap.title_kk
        else "",
    }


def words():
    """Those that are the same in every roadmap."""
    return {
        "overview": _("Overview"),
        "measures_sheet": _("Measures"),
        "attendance_sheet": _("Executors"),
        "section": _("Section"),
        "total": _("Total"),
        "overdue": _("overdue"),
        "status_by_section": _("Measures by status and section"),
        "executor": _("Executor"),
        "measures": _("Measures expected"),
        "due_on": _("Due on"),
        "received_on": _("Received on"),
        "expected": _("Expected"),
        "received": _("Received"),
        "on_time": _("On time"),
        "late": _("Late"),
        "missing": _("Missing"),
        "review": _("Review"),
        "approved_on": _("Approved on"),
        "prepared_on": _("Prepared on"),
        "version": _("Version"),
        "reference": _("Reference"),
        "draft": _("DRAFT, not approved"),
        "obstacles": _("Obstacles and proposals"),
        "reason": _("Reason"),
        "page": _("Page"),
        "of": pgettext("page 1 of 2", "of"),
        "continued": pgettext("row", "continued"),
        "planned": _("planned"),
        "spent": _("spent"),
        **_annex_labels(),
        **_comparison_labels(),
    }


def _annex_labels():
    return {
        "annex_sheet": _("Annex 14-1"),
        "annex_title": _("Information on the execution of instructions (Annex 14-1)"),
        "annex_instruction": _("Requisites of the instruction"),
        "annex_content": _("Content of the instruction"),
        "annex_status": _("Status of execution"),
        "annex_final": _("Final result, where it is executed"),
        "annex_interim": _("Interim result, where it is being executed: extensions and new dates included"),
    }


def _comparison_labels():
    """The words of what changed; `changed_*` for each field of `changes.FIELDS`."""
    return {
        "changes_sheet": _("Changes"),
        "corrections_sheet": _("Corrections"),
        "corrections_title": _("Changes against the version that was corrected"),
        "compared_to": _("Compared to"),
        "changed_what": _("What changed"),
        "before": pgettext("change", "Before"),
        "after": pgettext("change", "After"),
        "nothing_changed": _("Nothing changed."),
        "yes": pgettext("answer", "yes"),
        "no": pgettext("answer", "no"),
        "changed_status": _("Status"),
        "changed_percent": _("Percent"),
        "changed_overdue": _("Overdue"),
        "changed_text": _("The ministry's information"),
        "changed_deadline": _("Deadline"),
        "changed_money": _("Money, tenge"),
        "changed_added": _("Measure added"),
        "changed_dropped": _("Measure dropped"),
    }
