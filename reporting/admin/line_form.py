"""The ministry's words on one line of a summary."""

import re

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting.forms import ProseField
from reporting.models import ProgressEntry, SummaryLine
from reporting.period_words import of_period

# No text editor shows these, no workbook and no letter takes them: control characters but the tab and the line's end,
# and the signs that turn the direction of writing around for whatever follows. Words from right to left need none.
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")


class PlainProseField(ProseField):
    """Prose without the signs that nobody sees; a form feed or a lone carriage return ends a line."""

    def to_python(self, value):
        if isinstance(value, str):
            value = _INVISIBLE.sub("", re.sub(r"\r\n|[\r\v\f]", "\n", value))
        return super().to_python(value)


class LineForm(forms.ModelForm):
    revision = forms.IntegerField(widget=forms.HiddenInput)
    mark = forms.CharField(widget=forms.HiddenInput, required=False)  # of the source that the page showed
    is_whole_measure = forms.BooleanField(
        required=False,
        help_text=gettext_lazy("Asked where «done» is chosen while the deadline is still ahead."),
    )

    class Meta:
        model = SummaryLine
        fields = SummaryLine.MINISTRY_FIELDS
        field_classes = dict.fromkeys(("text_kk", "text_ru", "overruled_reason"), PlainProseField)
        widgets = {
            "text_kk": forms.Textarea(attrs={"rows": 8, "lang": "kk", "dir": "auto"}),
            "text_ru": forms.Textarea(attrs={"rows": 8, "lang": "ru", "dir": "auto"}),
            "overruled_reason": forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        }
        help_texts = {
            "text_kk": gettext_lazy("What the Government reads; the executors' words stand beside it."),
            "overruled_status": gettext_lazy("Only where the rolled-up status is wrong; both stay visible."),
        }

    def __init__(self, *args, mark, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial |= {"revision": self.instance.revision, "mark": mark}
        period = self.instance.summary.period
        if self.instance.measure.is_due_by(period.covers_to):
            del self.fields["is_whole_measure"]
        else:
            whole = "the whole measure is done, not only this half-year's part"
            self.fields["is_whole_measure"].label = capfirst(of_period(period.roadmap, whole))

    @property
    def texts(self):
        return [self["text_kk"], self["text_ru"]]

    @property
    def decision(self):
        return [field for field in self.visible_fields() if field.name not in ("text_kk", "text_ru")]

    @property
    def has_decision(self):
        """The status is overruled, or what was typed there has to be put right."""
        return any(field.value() or field.errors for field in self.decision)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("overruled_status") and not cleaned.get("overruled_reason", "").strip():
            self.add_error("overruled_reason", _("Say why the status is overruled."))
        is_done = cleaned.get("overruled_status") == ProgressEntry.Status.DONE
        if is_done and "is_whole_measure" in self.fields and not cleaned.get("is_whole_measure"):
            self.add_error(
                "is_whole_measure", _("The deadline is still ahead: is the whole measure done, not only this part?")
            )
        return cleaned

    def _post_clean(self):
        """The line is saved by its own conditional update, never through the form's instance."""

    def values(self):
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    def continue_from(self, revision, mark):
        """Let the typed text be saved over the revision and the source that the reader has now been shown."""
        self.data = self.data.copy()
        self.data["revision"] = revision
        self.data["mark"] = mark

    def take(self, texts):
        """Append these to what is typed, {field: text}, each once; return in a sentence what was done."""
        self.data = self.data.copy()
        taken = {name: text for name, text in texts.items() if text and text not in self.data.get(name, "")}
        for name, text in taken.items():
            self.data[name] = "\n\n".join(filter(None, [self.data.get(name, "").rstrip(), text]))
        if not taken:
            return _("Nothing was taken over: there is no text, or it stands in the field already.")
        return _("Taken over, and not saved yet: read it and save it.")
