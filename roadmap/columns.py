"""What a column of a sheet holds: its heading in three languages, and how a cell is read and written.

A cell that cannot be read raises ValidationError with what to do, in the reader's language.
"""

import datetime
import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email, validate_slug
from django.db import models
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from import_export import fields, widgets
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

CELL_LIMIT = 32_767  # letters in a cell of Excel
SMALLINT = 32_767  # what a position and the like can be
EXCEL_ERRORS = {"#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!", "####"}
PARTS = re.compile(r"[;\n]")
YES, NO = gettext_lazy("yes"), gettext_lazy("no")
_TRUE, _FALSE = {"1", "true", "x", "х", "+"}, {"0", "false", "-", "–", "—"}
_DATE = r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}\.\d{1,2}\.\d{4}"
_PERIOD = re.compile(rf"(?:(?P<start>{_DATE})?\s*[-‐‑‒–—―−]\s*)?(?P<end>{_DATE})")


def folded(text):
    """A heading or a word as it is compared: case, spaces and a star do not matter."""
    return " ".join(str(text).replace("*", " ").casefold().replace("ё", "е").split())


def in_each_language(text):
    """The translations of a lazy text."""
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            yield str(text)


class Column(fields.Field):
    """A column of a sheet; `heading` and `about` are for the reader."""

    def __init__(self, attribute, widget, heading, about="", **kwargs):
        super().__init__(attribute=attribute, widget=widget, **kwargs)
        self.heading, self.about, self.is_key = heading, about, False
        self.has_default = False

    @property
    def title(self):
        return capfirst(str(self.heading))

    @property
    def necessity(self):
        """Where the column may not lack, in words."""
        if self.is_key:
            return _("yes")
        return _("for new rows") if self.is_needed else ""

    @property
    def is_needed(self):
        return self.widget.is_required and not self.has_default

    @property
    def explanation(self):
        """What goes into the column, for the comment on its heading and for the help."""
        return " ".join(filter(None, [str(self.about), self.widget.rule()])) or _("Text.")

    def names(self):
        """What the heading may be, folded."""
        return {folded(self.column_name), *map(folded, in_each_language(self.heading))}


class Cell(widgets.Widget):
    """A cell of a kind; `rule` says what may stand in it."""

    width = 14
    choices = ()

    def __init__(self, is_required=False):
        super().__init__()
        self.is_required = is_required

    def rule(self):
        return ""

    def render(self, value, obj=None, **kwargs):
        return "" if value is None else value

    def clean(self, value, row=None, **kwargs):
        value = value.strip() if isinstance(value, str) else value
        if value in EXCEL_ERRORS:
            raise ValidationError(_("Excel shows an error here: mend the formula, or type the value."))
        if value == "":
            if self.is_required:
                raise ValidationError(_("This cell has to be filled in."))
            return self.read_nothing()
        return self.read(value)

    def read_nothing(self):
        return None

    def read(self, value):
        raise NotImplementedError


class TextCell(Cell):
    width = 40

    def __init__(self, is_required=False, max_length=None):
        super().__init__(is_required)
        self.max_length = max_length
        self.width = 40 if max_length is None or max_length > 200 else 16

    def rule(self):
        if self.max_length is None:
            return ""
        return ngettext("At most %(count)d letter.", "At most %(count)d letters.", self.max_length) % {
            "count": self.max_length
        }

    def render(self, value, obj=None, **kwargs):
        return ILLEGAL_CHARACTERS_RE.sub("", value) if value else ""

    def read_nothing(self):
        return ""

    def read(self, value):
        if isinstance(value, datetime.date | datetime.time):
            raise ValidationError(_("Excel has made a date of this: format the cell as text and type it again."))
        is_whole = isinstance(value, float) and value.is_integer()
        text = str(int(value) if is_whole else value).replace("\r\n", "\n").replace("\r", "\n")
        if ILLEGAL_CHARACTERS_RE.search(text):
            raise ValidationError(_("There is a letter here that cannot be shown: type the text again."))
        if len(text) >= CELL_LIMIT or (self.max_length and len(text) > self.max_length):
            raise ValidationError(
                _("This is longer than %(limit)s letters: shorten it."),
                params={"limit": self.max_length or CELL_LIMIT - 1},
            )
        return text


class NumberedTextCell(TextCell):
    """Text that is mostly a number: «7», «1.2», «IV»; Excel frowns on plain numbers kept as text."""

    def render(self, value, obj=None, **kwargs):
        is_short = value and len(value) < 10 and value.isascii() and value.isdecimal()
        is_number = is_short and value == str(int(value))
        return int(value) if is_number else value


class SlugCell(TextCell):
    def rule(self):
        return _("Latin letters, digits, hyphens and underscores, without spaces.")

    def read(self, value):
        text = super().read(value)
        try:
            validate_slug(text)
        except ValidationError as error:
            raise ValidationError(
                _("«%(value)s»: use Latin letters, digits, hyphens and underscores, without spaces."),
                params={"value": text},
            ) from error
        return text


class EmailCell(TextCell):
    def read(self, value):
        text = super().read(value)
        try:
            validate_email(text)
        except ValidationError as error:
            raise ValidationError(_("«%(value)s» is no e-mail address."), params={"value": text}) from error
        return text


class NumberCell(Cell):
    """A whole number between two, and nothing that could be taken for another."""

    width = 11

    def __init__(self, least, most, is_required=False):
        super().__init__(is_required)
        self.least, self.most = least, most

    def rule(self):
        return _("A whole number from %(least)s to %(most)s.") % {"least": self.least, "most": self.most}

    def read(self, value):
        text = str(value).removesuffix(".0")
        is_whole = text.isascii() and text.isdecimal() and len(text) < 10
        if not (is_whole and self.least <= int(text) <= self.most):
            raise ValidationError(
                _("«%(value)s»: give a whole number from %(least)s to %(most)s."),
                params={"value": value, "least": self.least, "most": self.most},
            )
        return int(text)


def read_date(value):
    """Return the date that is written «2014-12-31» or «31.12.2014»; None where it is none."""
    year, month, day = value.split("-") if "-" in value else reversed(value.split("."))
    try:
        return datetime.date(int(year), int(month), int(day))
    except ValueError:
        return None


class DateCell(Cell):
    width = 12

    def rule(self):
        return _("A date: 31.12.2014 or 2014-12-31.")

    def read(self, value):
        if isinstance(value, datetime.datetime) and value.time() == datetime.time():
            return value.date()
        if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
            return value
        date = read_date(value) if re.fullmatch(_DATE, str(value)) else None
        if date is None:
            raise ValidationError(_("«%(value)s» is no date: write 31.12.2014 or 2014-12-31."), params={"value": value})
        return date


class PeriodsCell(Cell):
    """The periods of a deadline: «2014-01-01–2014-12-31; –2015-03-31»."""

    width = 24

    def rule(self):
        return _(
            "From–to, parted by semicolons: 2014-01-01–2014-12-31; 2015-03-31. A day alone is the end of a period"
            " without a beginning."
        )

    def render(self, value, obj=None, **kwargs):
        return "; ".join(
            f"{period.get('starts_on') or ''}–{period['ends_on']}" if period.get("starts_on") else period["ends_on"]
            for period in value or []
        )

    def read_nothing(self):
        return []

    def read(self, value):
        if isinstance(value, datetime.date):
            return [_period(None, DateCell().read(value))]
        periods = [self._read_one(part.strip()) for part in PARTS.split(str(value)) if part.strip()]
        return sorted(periods, key=lambda period: period["ends_on"])

    def _read_one(self, text):
        found = _PERIOD.fullmatch(text)
        start = found and found["start"] and read_date(found["start"])
        end = found and read_date(found["end"])
        if not end or (found["start"] and not start):
            raise ValidationError(
                _("«%(value)s» is no period: write 2014-01-01–2014-12-31, several parted by semicolons."),
                params={"value": text},
            )
        if start and start > end:
            raise ValidationError(_("The period «%(value)s» ends before it begins."), params={"value": text})
        return _period(start, end)


def _period(start, end):
    return {"starts_on": start.isoformat() if start else None, "ends_on": end.isoformat()}


class FlagCell(Cell):
    width = 12

    def __init__(self, empty=False):
        super().__init__()
        self.empty = empty
        self._meanings = None

    @property
    def choices(self):
        return [str(YES), str(NO)]

    def rule(self):
        return _("«yes» or «no»; empty is «yes».") if self.empty else _("«yes» or «no»; empty is «no».")

    def render(self, value, obj=None, **kwargs):
        return str(YES if value else NO)

    def read_nothing(self):
        return self.empty

    def read(self, value):
        if self._meanings is None:
            self._meanings = dict.fromkeys((*_TRUE, *map(folded, in_each_language(YES))), True)
            self._meanings |= dict.fromkeys((*_FALSE, *map(folded, in_each_language(NO))), False)
        meaning = self._meanings.get(folded(value).removesuffix(".0"))
        if meaning is not None:
            return meaning
        raise ValidationError(_("«%(value)s»: write «yes» or «no»."), params={"value": value})


class ChoiceCell(Cell):
    """One of the choices, by its label in any language or by its value."""

    width = 18

    def __init__(self, labels, is_required=False):
        super().__init__(is_required)
        self.labels = [(value, label) for value, label in labels if value]
        self._values = None

    @property
    def choices(self):
        return [str(label) for _value, label in self.labels]

    def rule(self):
        return _("One of: %(choices)s.") % {"choices": "; ".join(self.choices)}

    def render(self, value, obj=None, **kwargs):
        return str(dict(self.labels).get(value, value or ""))

    def read_nothing(self):
        return ""

    def read(self, value):
        if self._values is None:
            self._values = {
                folded(word): value for value, label in self.labels for word in (value, *in_each_language(label))
            }
        if folded(value) not in self._values:
            raise ValidationError(
                _("«%(value)s» is not known here: write one of %(choices)s."),
                params={"value": value, "choices": "; ".join(self.choices)},
            )
        return self._values[folded(value)]


class KnownCell(Cell):
    """A row of another table by its key, among those that `known` holds."""

    def __init__(self, key, unknown, is_required=False):
        super().__init__(is_required)
        self.key, self.unknown, self.known = key, unknown, {}

    def render(self, value, obj=None, **kwargs):
        return getattr(value, self.key) if value else ""

    def read(self, value):
        found = self.known.get(str(value))
        if found is None:
            raise ValidationError(str(self.unknown), params={"value": value})
        return found


def cell_for(field):
    """Return the cell that reads and writes a model's field."""
    is_required = not field.blank
    if field.choices:
        return ChoiceCell(field.choices, is_required)
    if isinstance(field, models.BooleanField):
        return FlagCell()
    if isinstance(field, models.DateField):
        return DateCell(is_required)
    if isinstance(field, models.IntegerField):
        limits = {validator.code: validator.limit_value for validator in field.validators}
        return NumberCell(limits.get("min_value", 0), min(limits.get("max_value", SMALLINT), SMALLINT), is_required)
    if isinstance(field, models.JSONField):
        return PeriodsCell()
    kind = {models.SlugField: SlugCell, models.EmailField: EmailCell}.get(type(field), TextCell)
    return kind(is_required, field.max_length)
