"""What a plan leaves open, and why a file was refused, in sentences of the reader's language."""

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_SENTENCES = {
    "no_number": gettext_lazy("The number of the act was not found."),
    "no_date": gettext_lazy("The date of the act was not found."),
    "no_title": gettext_lazy("The title of the plan was not found."),
    "years_not_named": gettext_lazy(
        "The title names no years; %(first)s–%(last)s were taken from the deadlines or the act's date."
    ),
    "reporting_not_whole": gettext_lazy(
        "The act does not say in full how often and by which day the executors and the ministry report; check the days."
    ),
    "reporting_month": gettext_lazy(
        "The act has reports in another month than the one after the half-year, quarter or month; check the days."
    ),
    "reporting_order": gettext_lazy("By the act the ministry does not report after the executors; check the days."),
    "no_full_name": gettext_lazy("%(name)s: the act does not write the name out; the short name stands for it."),
    "taken_for": gettext_lazy("%(name)s was taken for: %(full_name)s."),
    "unused_columns": gettext_lazy("Columns that a roadmap has no place for were left aside: %(columns)s."),
    "total_row": gettext_lazy("A row of totals was left aside: «%(text)s»."),
    "rows_behind": gettext_lazy("Rows of other tables behind the plan, or too many rows, were left aside: %(count)s."),
    "odd_number": gettext_lazy("the number is none"),
    "short_row": gettext_lazy("the row has fewer cells than the headings"),
    "ditto_above_nothing": gettext_lazy("a ditto mark stands below nothing"),
    "cut_off": gettext_lazy("a line behind the row was added to its last cell"),
    "no_measure_title": gettext_lazy("the row names no measure"),
    "no_executors": gettext_lazy("the row names no executor"),
    "deadline_empty": gettext_lazy("there is no deadline"),
    "deadline_unread": gettext_lazy("the deadline «%(text)s» was not understood"),
    "deadline_partly": gettext_lazy("the deadline «%(text)s» was not understood in full"),
    "deadline_no_year": gettext_lazy("the deadline «%(text)s» names no year"),
    "deadline_outside": gettext_lazy("the deadline «%(text)s» lies outside the years of the act"),
    "deadline_impossible": gettext_lazy("there is no such day or span: «%(text)s»"),
    # Found while the roadmap is made.
    "other_body": gettext_lazy(
        "%(name)s is the short name of another body too (%(full_name)s); a body of this act alone was made."
    ),
    "new_body": gettext_lazy("%(name)s is new here; its code is %(code)s."),
    "other_deadline": gettext_lazy("the deadline «%(text)s» is not the one of the other language"),
    "other_bodies": gettext_lazy("the executors are not those of the other language"),
    "no_coordinator": gettext_lazy("Which ministry coordinates was not found; %(name)s was taken."),
}

_UNREADABLE = {
    "empty": gettext_lazy("There is nothing in it."),
    "too_large": gettext_lazy("It is too large: an act has at most 10 MB, unpacked 25 MB."),
    "old_office": gettext_lazy("It is an old Word or Excel file, or has a password; save it as .docx or .xlsx."),
    "pdf": gettext_lazy("It is a PDF; copy its text, or save it as .docx."),
    "binary": gettext_lazy("It is no text, Word or Excel file."),
    "broken": gettext_lazy("The file is damaged and cannot be opened."),
}

_COLUMNS = {
    "title": gettext_lazy("measure («Іс-шара», «Мероприятие»)"),
    "executors": gettext_lazy("executors («Жауапты орындаушылар», «Ответственные исполнители»)"),
    "deadline": gettext_lazy("deadline («Орындау мерзімі», «Срок исполнения»)"),
}


def sentence(doubt, numbers=()):
    """One doubt in words; `numbers` are the measures' printed numbers, by position."""
    words = str(_SENTENCES[doubt.code]) % doubt.words
    if doubt.measure is None:
        return words
    printed = numbers[doubt.measure - 1] if doubt.measure <= len(numbers) else ""
    place = {"position": doubt.measure, "number": printed, "words": words}
    if printed and printed != str(doubt.measure):
        return _("Row %(position)s (No. %(number)s): %(words)s.") % place
    return _("Row %(position)s: %(words)s.") % place


def why_deadline(deadline):
    """What was not understood in a deadline's words, and what to do."""
    words = str(_SENTENCES[f"deadline_{deadline.doubt}"]) % {"text": deadline.text}
    return _("%(words)s. Put the words right, or give the days below.") % {"words": capfirst(words)}


def sentences(plan):
    numbers = [measure.number for measure in plan.measures]
    return [sentence(doubt, numbers) for doubt in plan.doubts]


def why_unreadable(error):
    return str(_UNREADABLE[error.why])


def why_no_plan(error):
    """Which headings were found, and which are needed."""
    if error.missing == ["measures"]:
        return _("The table has its headings but no rows: %(found)s.") % {"found": _listed(error.found)}
    needed = "; ".join(str(_COLUMNS[role]) for role in error.missing)
    if not error.found:
        return _("There is no table in it. Needed are the columns: %(needed)s.") % {"needed": needed}
    words = {"found": _listed(error.found), "needed": needed}
    return _("This is no table of measures. Found: %(found)s. Not found: %(needed)s.") % words


def _listed(headings):
    return ", ".join(f"«{' '.join(heading.split())[:60]}»" for heading in headings)
