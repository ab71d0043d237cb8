"""What was typed into a cell, as the web form would have been sent it. Only what is unambiguous is taken."""

import datetime
import re
from dataclasses import dataclass

from django.utils.translation import gettext as _
from openpyxl.cell.rich_text import CellRichText
from openpyxl.utils.datetime import from_excel
from openpyxl.utils.escape import unescape

from .cells import clean
from .return_form import DATE, PERCENT, STATUS, TENGE, TEXT, YES_NO, status_words, yes_no_words

_PERCENT = re.compile(r"(\d{1,6})\s*%?")
_TENGE = re.compile(r"(-?\d+|-?\d{1,3}(?:[ '’]\d{3})+)(?:[.,]00?)?\s*(?:тг\.?|теңге|тенге|tenge|kzt|₸)?", re.IGNORECASE)
_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:\s*(?:г|ж)\.?)?|(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00:00)?")
_SPACES = re.compile(r"[\s\u2007\u202f\xa0]+")
_PERCENT_FORMAT = re.compile(r'"[^"]*"|\\.')  # what only decorates a number format


@dataclass(frozen=True)
class Typed:
    """A cell's text for the form; or the sentence that says why it cannot be taken."""

    text: str = ""
    fault: str = ""
    is_computed: bool = False


def read_cell(cell, computed, kind, epoch):
    """Read a cell of openpyxl; `computed` is the same cell of the workbook opened for the formulas' values."""
    is_formula = cell.data_type == "f"
    source = computed if is_formula else cell
    if is_formula and source.value is None:
        return Typed(fault=_("A formula without a value. Type the value itself."))
    if source.data_type == "e":
        return Typed(fault=_("The cell holds an error, %(value)s. Type the value itself.") % {"value": source.value})
    value = str(source.value) if isinstance(source.value, CellRichText) else source.value
    if isinstance(value, str):
        value = clean(unescape(value)).strip()
    if value is None or value == "":
        return Typed()
    typed = _READERS[kind](value, source, epoch)
    return Typed(typed.text, typed.fault, is_computed=is_formula)


def _status(value, _cell, _epoch):
    words = status_words()
    found = words.get(_word(value))
    if found:
        return Typed(found)
    return Typed(fault=_("«%(value)s» is no status. Choose from the list.") % {"value": _short(value)})


def _yes_no(value, _cell, _epoch):
    found = yes_no_words().get(_word(value))
    if found is None:
        return Typed(fault=_("«%(value)s» is neither yes nor no. Choose from the list.") % {"value": _short(value)})
    return Typed("on" if found else "")


def _word(value):
    return _SPACES.sub(" ", str(value)).strip().rstrip(".").casefold()


def _percent(value, cell, _epoch):
    is_share = "%" in _PERCENT_FORMAT.sub("", cell.number_format or "")
    if _is_number(value):
        number = round(value * 100, 6) if is_share else value
        if number == int(number):
            return Typed(str(int(number)))
    elif isinstance(value, str):
        match = _PERCENT.fullmatch(_SPACES.sub(" ", value))
        if match:
            return Typed(match[1])
    return Typed(fault=_("«%(value)s»: give a whole number from 0 to 100.") % {"value": _short(value)})


def _tenge(value, _cell, _epoch):
    if _is_number(value) and value == int(value):
        return Typed(str(int(value)))
    if isinstance(value, str):
        match = _TENGE.fullmatch(_SPACES.sub(" ", value))
        if match:
            return Typed(re.sub(r"[ '’]", "", match[1]))
    return Typed(fault=_("«%(value)s»: give whole tenge, in digits.") % {"value": _short(value)})


def _is_number(value):
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e18


def _date(value, _cell, epoch):
    day = _day(value, epoch)
    if day:
        return Typed(day.isoformat())
    return Typed(fault=_("«%(value)s» is no date. Write it as day.month.year: 28.06.2013.") % {"value": _short(value)})


def _day(value, epoch):
    """The day that is meant; None where that is not certain."""
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    try:
        if _is_number(value):
            return from_excel(int(value), epoch).date() if value > 366 else None
        match = isinstance(value, str) and _DATE.fullmatch(_SPACES.sub(" ", value))
        if not match:
            return None
        day, month, year = match[1] or match[6], match[2] or match[5], match[3] or match[4]
        return datetime.date(int(year), int(month), int(day))
    except (ValueError, OverflowError, AttributeError):
        return None


def _text(value, _cell, _epoch):
    if isinstance(value, str):
        return Typed(value)
    if _is_number(value):
        return Typed(str(int(value)) if value == int(value) else repr(value))
    return Typed(fault=_("The spreadsheet made something else of this text. Format the cell as text, type anew."))


def _short(value):
    text = _SPACES.sub(" ", str(value))
    return text if len(text) <= 40 else f"{text[:39]}…"


_READERS = {STATUS: _status, YES_NO: _yes_no, PERCENT: _percent, TENGE: _tenge, DATE: _date, TEXT: _text}
