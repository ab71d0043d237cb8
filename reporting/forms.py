"""The executor's forms. A draft may be incomplete, so what is refused here is only what cannot be kept at all."""

import re
import unicodedata
from pathlib import PurePath

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from roadmap import clock

from .models import ProgressEntry, Submission, SubmissionRound
from .period_words import of_period
from .uploads import content_type_of

MAX_TENGE = 10**15
# What may be taken over from the half-year before; its status and figures are said anew.
START_FIELDS = ("narrative", "obstacles", "reason")
Status = ProgressEntry.Status


def whole_number(text):
    """Return a key that came over the wire as a number; 0 where it is none."""
    return int(text) if text.isdecimal() and len(text) < 19 else 0


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__(attrs=attrs, format="%Y-%m-%d")


class ProseField(forms.CharField):
    """What people write: a line's end counts as one, as in the browser; a letter is one sign, as search needs it."""

    def to_python(self, value):
        plain = value.replace("\r\n", "\n") if isinstance(value, str) else value
        return unicodedata.normalize("NFC", super().to_python(plain))


class TengeField(forms.IntegerField):
    """Whole tenge; spaces between the thousands may be typed."""

    def __init__(self, **kwargs):
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "number"})
        super().__init__(required=False, min_value=0, max_value=MAX_TENGE, widget=widget, **kwargs)
        self.error_messages["invalid"] = _("Give whole tenge, in digits.")
        self.error_messages["min_value"] = _("A sum cannot be negative.")

    def to_python(self, value):
        return super().to_python(re.sub(r"\s", "", value) if isinstance(value, str) else value)


class EvidenceInput(forms.FileInput):
    allow_multiple_selected = True


class EvidenceField(forms.FileField):
    """Several files; each is (upload, content type), or a sentence why it was not taken."""

    widget = EvidenceInput

    def clean(self, data, initial=None):
        taken, refused = [], []
        for upload in data or []:
            try:
                taken.append((upload, content_type_of(upload)))
            except ValidationError as error:
                refused += error.error_list
        self.taken = taken
        if refused:
            raise ValidationError(refused)
        return taken


class EntryForm(forms.ModelForm):
    """One measure's progress; money fields `planned_<code>`, `spent_<code>` only where the decree funds it."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    evidence = EvidenceField(label=_("Evidence files"), required=False)

    class Meta:
        model = ProgressEntry
        fields = ProgressEntry.DRAFT_FIELDS
        field_classes = dict.fromkeys(("narrative", "obstacles", "reason"), ProseField)
        widgets = {
            "status": forms.RadioSelect,
            "percent": forms.NumberInput(attrs={"min": 0, "max": 100, "class": "number"}),
            "narrative": forms.Textarea(attrs={"rows": 7}),
            "obstacles": forms.Textarea(attrs={"rows": 3}),
            "reason": forms.Textarea(attrs={"rows": 3}),
            "document_date": DateInput,
        }
        help_texts = {
            "percent": _("1–99; «done» is 100, «not started» is 0"),
            "obstacles": _("What hinders, and what you propose."),
            "reason": _("Where the deadline has passed, or it was not done."),
            "is_impossible": _("Then «not done» may be chosen before the deadline; give the reason."),
        }

    def __init__(self, *args, entry, **kwargs):
        super().__init__(*args, instance=entry, **kwargs)
        self.entry, self.period = entry, entry.submission.period
        self._word_the_period(self.period.roadmap)
        self.initial["revision"] = entry.revision
        self.fields["status"].choices = Status.choices
        self.fields["evidence"].widget.attrs["multiple"] = True
        self.expenditures = list(entry.expenditures.all())
        self.money = [self._add_money(expenditure) for expenditure in self.expenditures]

    def _word_the_period(self, roadmap):
        """What speaks of the half-year, as the roadmap's periods are called."""
        done = "What was done in the half-year, and with what result. The ministry sees this text."
        self.fields["narrative"].help_text = of_period(roadmap, done)
        whole = "the whole measure is done, not only this half-year's part"
        self.fields["is_whole_measure"].label = capfirst(of_period(roadmap, whole))

    def _add_money(self, expenditure):
        code = expenditure.source.code
        names = {
            f"planned_{code}": TengeField(label=_("Planned for the year, tenge")),
            f"spent_{code}": TengeField(label=_("Spent since 1 January, tenge")),
            f"money_reason_{code}": ProseField(
                label=_("Why less was spent than planned"),
                required=False,
                max_length=20_000,
                widget=forms.Textarea(attrs={"rows": 2}),
            ),
        }
        self.fields |= names
        self.initial |= dict(zip(names, (expenditure.planned, expenditure.spent, expenditure.reason), strict=True))
        return {"source": expenditure.source, "fields": list(names)}

    def money_rows(self):
        """For the template: each source with its three bound fields."""
        return [{"source": row["source"], "fields": [self[name] for name in row["fields"]]} for row in self.money]

    def clean_percent(self):
        percent = self.cleaned_data["percent"]
        if percent is not None and percent > 100:
            raise ValidationError(_("A percentage lies between 0 and 100."))
        return percent

    def clean_document_date(self):
        day, roadmap = self.cleaned_data["document_date"], self.period.roadmap
        if day and not roadmap.date <= day <= clock.today():
            raise ValidationError(
                _("The document's date lies between the act's day, %(first)s, and today, %(last)s."),
                params={"first": date_format(roadmap.date), "last": date_format(clock.today())},
            )
        return day

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("percent") is None and "percent" not in self.errors:
            # Do not ask for what the status says already.
            cleaned["percent"] = {Status.DONE: 100, Status.NOT_STARTED: 0}.get(cleaned.get("status"))
        typed = (name for name, value in self.data.items() if value and name not in self.fields)
        if any(name.startswith(("planned_", "spent_", "money_reason_")) for name in typed):
            raise ValidationError(_("The decree gives this measure no such funding; no money can be reported for it."))
        return cleaned

    def _post_clean(self):
        """The entry is saved by its own conditional update, never through the form's instance."""

    def values(self):
        return {name: self.cleaned_data[name] for name in ProgressEntry.DRAFT_FIELDS}

    def amounts(self):
        """{code of the source: {"planned", "spent", "reason"}}."""
        return {
            row["source"].code: dict(
                zip(("planned", "spent", "reason"), (self.cleaned_data[name] for name in row["fields"]), strict=True)
            )
            for row in self.money
        }

    def is_same_as(self, entry):
        """Does the entry hold just what was typed? A form that was sent twice is no conflict."""
        kept = {money.source.code: money for money in entry.expenditures.all()}
        return all(getattr(entry, name) == value for name, value in self.values().items()) and all(
            getattr(kept[code], name) == value for code, sums in self.amounts().items() for name, value in sums.items()
        )

    def take_document_of(self, other):
        """Put a co-executor's completion document into what was typed."""
        self.data = self.data.copy()
        for name in ("document_name", "document_number"):
            self.data[name] = getattr(other, name)
        self.data["document_date"] = other.document_date.isoformat()

    def can_start_from(self, previous):
        """Is there a text of the half-year before, for a field where nothing is typed yet?"""
        return bool(self._room_for(previous))

    def _room_for(self, previous):
        return [name for name in START_FIELDS if getattr(previous, name) and not str(self[name].value() or "").strip()]

    def start_from(self, previous):
        """Put the half-year before's texts where nothing is typed yet; false where there is no room for any."""
        names = self._room_for(previous)
        self.data = self.data.copy()
        for name in names:
            self.data[name] = getattr(previous, name)
        return bool(names)

    def continue_from(self, revision):
        """Let the typed text be saved over the revision that the reader has now been shown."""
        self.data = self.data.copy()
        self.data["revision"] = revision

    def add_faults(self, faults):
        """Show what keeps the entry from being sent at its fields."""
        self.full_clean()
        for fault in faults:
            self.add_error(fault.field if fault.field in self.fields else None, fault.message)


class SignatureForm(forms.ModelForm):
    """«Ақпарат» is officially a signed letter: who signed it, its number and date."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Submission
        fields = ("signed_by_name", "signed_by_post", "letter_number", "letter_date")
        widgets = {"letter_date": DateInput}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["revision"] = self.instance.revision
        for name in self.Meta.fields:
            self.fields[name].required = True
        if not self.instance.signed_by_name:
            self.initial |= last_signature(self.instance)
        last = self.instance.last_round
        if last and self.instance.letter_number == last.letter_number:
            # What is sent again goes with a letter of its own.
            self.initial |= {"letter_number": "", "letter_date": None}

    def clean_letter_date(self):
        day = self.cleaned_data["letter_date"]
        if not self.instance.period.roadmap.date <= day <= clock.today():
            raise ValidationError(
                _("The letter's date lies between the act's day, %(first)s, and today, %(last)s."),
                params={"first": date_format(self.instance.period.roadmap.date), "last": date_format(clock.today())},
            )
        return day

    def _post_clean(self):
        """The submission is changed by its transition, never through the form's instance."""

    def continue_from(self, revision):
        """Let what was typed be sent with the state that the reader has now been shown."""
        self.data = self.data.copy()
        self.data["revision"] = revision

    def signature(self):
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


SCANS = (".pdf", ".jpg", ".jpeg", ".png")


class ScannedLetterForm(forms.Form):
    """The scan of the letter that the ministry enters a report from; one that is kept already need not come again."""

    letter = forms.FileField(
        label=_("Scan of the signed letter"),
        required=False,
        help_text=_("PDF, JPG or PNG. It is kept with what is sent, and the executor sees it."),
        widget=forms.FileInput(attrs={"accept": ",".join(SCANS)}),
    )

    def __init__(self, *args, has_scan=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.has_scan = has_scan

    def clean_letter(self):
        """Return (upload, content type), or None where nothing came and a scan is kept."""
        upload = self.cleaned_data["letter"]
        if not upload:
            if not self.has_scan:
                raise ValidationError(
                    _("Attach the scan of the signed letter: without it nothing is entered for an executor.")
                )
            return None
        content_type = content_type_of(upload)
        if PurePath(upload.name).suffix.lower() not in SCANS:
            raise ValidationError(_("A scan of a letter is a PDF, a JPG or a PNG file."))
        return upload, content_type


def last_signature(submission):
    """Who signed the executor's last letter, to be proposed again."""
    rounds = SubmissionRound.objects.filter(submission__executor=submission.executor_id)
    last = rounds.order_by("sent_at").values("signed_by_name", "signed_by_post").last()
    return last or {}


class DayForm(forms.Form):
    """«As it stood on …»: a day that is past."""

    on = forms.DateField(label=_("As it stood on"), required=False, widget=DateInput)

    def clean_on(self):
        day = self.cleaned_data["on"]
        if day and day > clock.today():
            raise ValidationError(_("This day is still to come; what is known today is shown."))
        return day
