"""Choices among rows, where the browser may send what no page offered: it is refused like any other unknown choice.

Django asks the database for several keys at once, and there what is no key, or too large a one, is an error.
"""

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError

MOST_DIGITS = 18  # of a key that every database can hold


def is_key(value):
    return str(value).isdecimal() and len(str(value)) <= MOST_DIGITS


class Rows(forms.ModelMultipleChoiceField):
    def clean(self, value):
        for each in value if isinstance(value, list | tuple) else ():
            if not is_key(each):
                raise ValidationError(self.error_messages["invalid_pk_value"], "invalid_pk_value", {"pk": each})
        return super().clean(value)


class Autocomplete(AutocompleteSelect):
    def optgroups(self, name, value, attr=None):
        """Shown again, nothing is chosen where what was sent is no key."""
        return super().optgroups(name, [each for each in value if not each or is_key(each)], attr)
