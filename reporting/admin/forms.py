"""The ministry's forms in the admin."""

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from reporting.forms import DateInput
from reporting.models import ProgressEntry, ReportingPeriod, SummaryLine
from roadmap import clock
from roadmap.workdays import add_working_days

PROPOSED_WORKING_DAYS = 2


PERIOD_DATES = ("opens_on", "executors_due_on", "ministry_due_on")


class PeriodDatesForm(forms.ModelForm):
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed once the window has opened; it is kept with the change."),
    )

    class Meta:
        model = ReportingPeriod
        fields = PERIOD_DATES
        widgets = dict.fromkeys(PERIOD_DATES, DateInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in set(PERIOD_DATES) & set(self.fields):
            # The page carries what it showed, so that a date which somebody else moved meanwhile is not taken back.
            self.fields[name].show_hidden_initial = True

    def dates(self):
        """What this reader moved, by what the page showed."""
        return {name: self.cleaned_data[name] for name in PERIOD_DATES if name in self.changed_data}

    def clean(self):
        cleaned = super().clean()
        if all(cleaned.get(name) for name in PERIOD_DATES):
            before = ReportingPeriod.objects.select_related("roadmap").get(pk=self.instance.pk)
            faults = before.faults_in_moving(self.dates(), cleaned.get("reason", ""), on=clock.today())
            for name, sentence in faults.items():
                self.add_error(name, sentence)
        return cleaned


class OpenByHandForm(forms.Form):
    executors_due_on = forms.DateField(label=_("Executors report by"), widget=DateInput)
    ministry_due_on = forms.DateField(label=_("The ministry reports by"), widget=DateInput)
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, days in (("executors_due_on", 10), ("ministry_due_on", 20)):
            self.initial.setdefault(name, add_working_days(clock.today(), days))


class ReviewForm(forms.Form):
    """Accept, or return with words in general or at a measure (`measure_<pk>`)."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    comment = forms.CharField(
        label=_("General words"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    resubmit_by = forms.DateField(label=_("Send again by"), required=False, widget=DateInput)

    def __init__(self, *args, submission, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["revision"] = submission.revision
        self.initial["resubmit_by"] = add_working_days(clock.today(), PROPOSED_WORKING_DAYS)
        self.measures = [entry.measure for entry in submission.entries.select_related("measure").in_order()]
        for measure in self.measures:
            self.fields[f"measure_{measure.pk}"] = forms.CharField(
                label=_("Words at measure %(number)s") % {"number": measure.number},
                required=False,
                max_length=20_000,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def continue_from(self, revision):
        """Let the words be sent with the state that the reader has now been shown."""
        self.data = self.data.copy()
        self.data["revision"] = revision

    def measure_comments(self):
        return {measure.pk: self.cleaned_data[f"measure_{measure.pk}"] for measure in self.measures}


class LineForm(forms.ModelForm):
    revision = forms.IntegerField(widget=forms.HiddenInput)
    is_whole_measure = forms.BooleanField(
        label=capfirst(_("the whole measure is done, not only this half-year's part")),
        required=False,
        help_text=_("Asked where «done» is chosen while the deadline is still ahead."),
    )

    class Meta:
        model = SummaryLine
        fields = SummaryLine.MINISTRY_FIELDS
        widgets = {
            "text_kk": forms.Textarea(attrs={"rows": 8}),
            "text_ru": forms.Textarea(attrs={"rows": 8}),
            "overruled_reason": forms.Textarea(attrs={"rows": 2}),
        }
        help_texts = {
            "text_kk": _("What the Government reads; the executors' words stand beside it."),
            "overruled_status": _("Only where the rolled-up status is wrong; both stay visible."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["revision"] = self.instance.revision
        if self.instance.measure.is_due_by(self.instance.summary.period.covers_to):
            del self.fields["is_whole_measure"]

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

    def continue_from(self, revision):
        """Let the typed text be saved over the revision that the reader has now been shown."""
        self.data = self.data.copy()
        self.data["revision"] = revision
