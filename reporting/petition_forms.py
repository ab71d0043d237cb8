"""The forms of petitions: the executor asks, the ministry answers and records what the Government decided."""

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from roadmap import clock
from roadmap.models import Measure, Roadmap

from .forms import DateInput, EvidenceField, ProseField
from .models import OffControl, Petition
from .models.petition import faults_in_asking

Kind = Petition.Kind
GROUNDS = OffControl.Ground.choices[1:]
ASKED = ("situation", "reason", "answers_for_name", "answers_for_post", "letter_number", "letter_date")


class PetitionForm(forms.ModelForm):
    """What is asked, of a submission or a measure: `kind` says which fields there are."""

    class Meta:
        model = Petition
        fields = ("wanted_until", "ground", *ASKED)
        field_classes = {"situation": ProseField, "reason": ProseField}
        widgets = {
            "wanted_until": DateInput,
            "letter_date": DateInput,
            "situation": forms.Textarea(attrs={"rows": 4}),
            "reason": forms.Textarea(attrs={"rows": 4}),
        }
        labels = {
            "situation": _("How things stand"),
            "reason": _("Why"),
            "wanted_until": _("The new date"),
            "answers_for_name": _("Who answers for it"),
            "answers_for_post": _("Post"),
            "letter_number": _("Number of your letter, if there is one"),
            "letter_date": _("Date of your letter"),
        }
        help_texts = {
            "situation": _("What is done by now, and what is not."),
            "wanted_until": _("One concrete day."),
        }

    def __init__(self, *args, kind, subject, executor, **kwargs):
        super().__init__(*args, **kwargs)
        self.kind, self.subject, self.executor = kind, subject, executor
        if kind == Kind.OFF_CONTROL:
            del self.fields["wanted_until"]
            self.fields["ground"] = forms.TypedChoiceField(
                label=_("Ground"), choices=GROUNDS, coerce=int, widget=forms.RadioSelect
            )
        else:
            del self.fields["ground"]
            self.fields["wanted_until"].required = True

    def clean_letter_date(self):
        day = self.cleaned_data["letter_date"]
        roadmap = self.subject.period.roadmap if self.kind == Kind.EXTEND_REPORT else self.subject.roadmap
        if day and not roadmap.date <= day <= clock.today():
            raise forms.ValidationError(
                _("The letter's date lies between the act's day, %(first)s, and today, %(last)s."),
                params={"first": date_format(roadmap.date), "last": date_format(clock.today())},
            )
        return day

    def clean(self):
        cleaned = super().clean()
        known = {name: cleaned[name] for name in ("wanted_until", "ground") if cleaned.get(name)}
        faults = faults_in_asking(self.kind, self.subject, known, executor=self.executor, on=clock.today())
        for name, sentence in faults.items():
            self.add_error(name, sentence)
        return cleaned

    def _post_clean(self):
        """The petition is made by its transition, never through the form's instance."""

    def values(self):
        return {name: self.cleaned_data[name] for name in self.fields if name in self.Meta.fields}


class OwnProposalForm(forms.Form):
    """Of which measure, and what, the ministry proposes of itself."""

    measure = forms.ModelChoiceField(Measure.objects.none(), label=_("Measure"))
    kind = forms.ChoiceField(
        label=_("What is proposed"),
        choices=[(kind.value, kind.label) for kind in (Kind.EXTEND_MEASURE, Kind.OFF_CONTROL)],
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        measures = Measure.objects.filter(roadmap__in=Roadmap.objects.for_user(user))
        self.fields["measure"].queryset = measures.select_related("roadmap").order_by("roadmap", "position")


def _words(label, **kwargs):
    return ProseField(label=label, max_length=20_000, widget=forms.Textarea(attrs={"rows": 3}), **kwargs)


class AnswerForm(forms.Form):
    """What every answer carries: the state that the reader saw."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, petition, **kwargs):
        super().__init__(*args, prefix=self.step, **kwargs)
        self.petition = petition
        self.initial["revision"] = petition.revision

    def answer(self):
        return self.cleaned_data

    def continue_from(self, revision):
        """Let the typed words be sent with the state that the reader has now been shown."""
        self.data = self.data.copy()
        self.data[self.add_prefix("revision")] = revision


class GrantForm(AnswerForm):
    step, title = "grant", _("Grant a later day")
    until = forms.DateField(label=_("A later day, until"), widget=DateInput)
    words = _words(_("Words to the executor"), required=False)

    def __init__(self, *args, petition, **kwargs):
        super().__init__(*args, petition=petition, **kwargs)
        self.initial["until"] = petition.wanted_until


class RefuseForm(AnswerForm):
    step, title = "refuse", _("Refuse")
    words = _words(_("Why it is refused"))


class ProposeForm(AnswerForm):
    step, title = "propose", _("Propose to the Government")
    words = _words(_("Words to the Government"))


DECISION = ("decision_body", "decision_name", "decision_number", "decision_date")


class DecisionFields(forms.Form):
    """The requisites of a decision that was taken above the ministry."""

    decision_body = forms.CharField(label=_("Who decided"), max_length=300)
    decision_name = forms.CharField(
        label=_("Document"), max_length=300, help_text=_("Its kind and title: «decree», «minutes of the meeting …».")
    )
    decision_number = forms.CharField(label=_("Number of the decision"), max_length=100)
    decision_date = forms.DateField(label=_("Date of the decision"), widget=DateInput)

    def decision(self):
        return {name: self.cleaned_data[name] for name in DECISION}


class DecisionForm(DecisionFields, AnswerForm):
    """The Government's decision on a petition: granted or refused, with a scan of it."""

    step, title = "decide", _("Record the decision")
    hint = _("What the Government decided, granted or refused. From then on it counts, and both dates are shown.")
    is_granted = forms.TypedChoiceField(
        label=_("What was decided"),
        choices=[("yes", _("granted")), ("no", _("refused"))],
        coerce=lambda answer: answer == "yes",
        widget=forms.RadioSelect,
    )
    granted_until = forms.DateField(label=_("The new deadline"), required=False, widget=DateInput)
    words = _words(_("Words to the executor"), required=False)
    evidence = EvidenceField(label=_("Scan of the decision"), required=False)

    field_order = ("revision", "is_granted", "granted_until", *DECISION, "words", "evidence")

    def __init__(self, *args, petition, **kwargs):
        super().__init__(*args, petition=petition, **kwargs)
        self.fields["evidence"].widget.attrs["multiple"] = True
        if petition.kind == Kind.EXTEND_MEASURE:
            self.initial["granted_until"] = petition.wanted_until
        else:
            del self.fields["granted_until"]

    def clean(self):
        cleaned = super().clean()
        is_extended = cleaned.get("is_granted") and "granted_until" in self.fields
        if is_extended and not cleaned.get("granted_until") and "granted_until" not in self.errors:
            self.add_error("granted_until", _("Give the new deadline that was decided."))
        decision = {name: cleaned.get(name) or "" for name in DECISION}
        until = cleaned.get("granted_until") if is_extended else None
        for name, sentence in self.petition.faults_in_deciding(decision, until, on=clock.today()).items():
            if name not in self.errors:
                self.add_error(name, sentence)
        return cleaned

    def answer(self):
        return {
            "revision": self.cleaned_data["revision"],
            "is_granted": self.cleaned_data["is_granted"],
            "until": self.cleaned_data.get("granted_until"),
            "words": self.cleaned_data["words"],
            "decision": self.decision(),
        }


class RevocationForm(DecisionFields):
    """The decision that brings a measure under control again."""

    def __init__(self, *args, off_control, **kwargs):
        super().__init__(*args, **kwargs)
        self.off_control = off_control

    def clean(self):
        cleaned = super().clean()
        decision = {name: cleaned.get(name) or "" for name in DECISION}
        for name, sentence in self.off_control.faults_in_revoking(decision, on=clock.today()).items():
            if name not in self.errors:
                self.add_error(name, sentence)
        return cleaned


class ScanForm(forms.Form):
    """A scan that is added to a petition later."""

    evidence = EvidenceField(label=_("Scan of the decision"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["evidence"].widget.attrs["multiple"] = True
