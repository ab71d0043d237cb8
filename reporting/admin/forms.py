"""The ministry's forms in the admin."""

from django import forms
from django.utils.translation import gettext_lazy as _

from reporting.forms import DateInput, ProseField
from reporting.models import ReportingPeriod
from roadmap import clock
from roadmap.models import CalendarDay

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
        working = CalendarDay.objects.working_days()
        for name, days in (("executors_due_on", 10), ("ministry_due_on", 20)):
            self.initial.setdefault(name, working.add(clock.today(), days))


class ReviewForm(forms.Form):
    """Accept, or return with words in general or at a measure (`measure_<pk>`)."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    comment = ProseField(
        label=_("General words"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    resubmit_by = forms.DateField(label=_("Send again by"), required=False, widget=DateInput)

    def __init__(self, *args, submission, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["revision"] = submission.revision
        self.initial["resubmit_by"] = CalendarDay.objects.working_days().add(clock.today(), PROPOSED_WORKING_DAYS)
        self.measures = [entry.measure for entry in submission.entries.select_related("measure").in_order()]
        for measure in self.measures:
            self.fields[f"measure_{measure.pk}"] = ProseField(
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


class ReopenForm(forms.Form):
    revision = forms.IntegerField(widget=forms.HiddenInput)
    reason = ProseField(
        label=_("Reason for taking the acceptance back"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The executor sees it on its page; it is kept with the report's history."),
    )
