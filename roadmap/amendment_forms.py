"""Forms of what later acts change: the amending act, each kind of change of a measure, and a body's successor."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from . import deadlines
from .act_forms import SIDES, DayInput
from .bodies import split_bodies
from .choices import Rows
from .directory import Directory, SeveralBodies
from .doubts import why_deadline
from .models import Amendment, Executor, FundingSource, Measure, MeasureChange, Section, Succession
from .models.amendment import DEADLINE_TEXTS

Kind = MeasureChange.Kind
SHOWN = 90  # letters of a measure's title in a choice


class AmendmentForm(forms.ModelForm):
    """The act itself; the roadmap is chosen once."""

    class Meta:
        model = Amendment
        fields = ("roadmap", "act_kk", "act_ru", "number", "date", "in_force_on")
        widgets = {
            "act_kk": forms.Textarea(attrs=SIDES | {"lang": "kk"}),
            "act_ru": forms.Textarea(attrs=SIDES | {"lang": "ru"}),
            "number": forms.TextInput,
            "date": DayInput,
            "in_force_on": DayInput,
        }
        help_texts = {"act_kk": _("As it is cited, without its number and date.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["roadmap"].disabled = bool(self.instance.pk)


class ChangeForm(forms.Form):
    """One change of an act; `values()` is what the change keeps in `after`."""

    measure = forms.ModelChoiceField(label=_("Measure"), queryset=Measure.objects.none())

    def __init__(self, *args, amendment, change, **kwargs):
        initial = {"measure": change.measure_id, **change.after}
        super().__init__(*args, initial=initial, **kwargs)
        self.amendment, self.change = amendment, change
        if "measure" in self.fields:
            self._offer_measures()

    def _offer_measures(self):
        field = self.fields["measure"]
        dropped = MeasureChange.objects.filter(kind=Kind.DROP, amendment__applied_at__isnull=False)
        field.queryset = self.amendment.roadmap.measures.exclude(changes__in=dropped).order_by("position")
        field.label_from_instance = lambda measure: f"{measure.number or measure.position}. {measure.title[:SHOWN]}"

    def clean_measure(self):
        measure = self.cleaned_data["measure"]
        if self.amendment.changes.filter(measure=measure).exclude(pk=self.change.pk).exists():
            raise ValidationError(_("This act changes that measure already: correct the change that is there."))
        return measure

    def values(self):
        return {}

    def save(self):
        self.change.measure = self.cleaned_data.get("measure")
        self.change.after = self.values()
        self.change.save()
        return self.change


class DropForm(ChangeForm):
    pass


class DeadlineForm(ChangeForm):
    """The deadline in the act's words; the days are read from them, or given where the words are not understood."""

    deadline_text_kk = forms.CharField(
        label=_("Deadline in the act's words (Kazakh)"), required=False, widget=forms.Textarea(attrs=SIDES)
    )
    deadline_text_ru = forms.CharField(
        label=_("Deadline in the act's words (Russian)"), required=False, widget=forms.Textarea(attrs=SIDES)
    )
    starts_on = forms.DateField(label=_("Begins on"), required=False, widget=DayInput)
    ends_on = forms.DateField(
        label=_("Deadline, as a day"),
        required=False,
        widget=DayInput,
        help_text=_("Only where the words are not understood; empty: read from the words."),
    )
    recurrence = forms.ChoiceField(
        label=_("Recurrence"),
        required=False,
        choices=[("", _("read from the words")), *Measure.Recurrence.choices],
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("deadline_text_kk", "deadline_text_ru"):
            self.fields[name].widget.attrs["lang"] = name[-2:]
        if self.change.pk and not self.change.after.get("is_dated"):
            # Read from the words again, should these be corrected.
            self.initial |= {"starts_on": None, "ends_on": None, "recurrence": ""}

    def clean(self):
        cleaned = super().clean()
        texts = {name: cleaned.get(name, "").strip() for name in DEADLINE_TEXTS[:2]}
        if not any(texts.values()):
            self.add_error("deadline_text_kk", _("Give the deadline in the act's words, in Kazakh or in Russian."))
            return cleaned
        self.deadline = dict(zip(DEADLINE_TEXTS, (*texts.values(), ""), strict=True)) | {"deadline_needs_review": False}
        if cleaned.get("starts_on") or cleaned.get("ends_on"):
            self._take_days(cleaned)
        elif not {"starts_on", "ends_on"} & set(self.errors):
            self._read_words({name: text for name, text in texts.items() if text}, cleaned)
        return cleaned

    def _take_days(self, cleaned):
        starts_on, ends_on = cleaned.get("starts_on"), cleaned.get("ends_on")
        if not ends_on:
            self.add_error("ends_on", _("Give the end too; a deadline without an end has no beginning either."))
        elif starts_on and ends_on < starts_on:
            self.add_error("ends_on", _("The deadline lies before the beginning."))
        else:
            self._keep((deadlines.Period(starts_on, ends_on),), cleaned.get("recurrence"), is_dated=True)

    def _read_words(self, texts, cleaned):
        roadmap = self.amendment.roadmap
        years = (roadmap.first_year, roadmap.last_year)
        read = {name: deadlines.parse(text, years) for name, text in texts.items()}
        for name, deadline in read.items():
            if deadline.doubt:
                self.add_error(name, why_deadline(deadline))
        first = next(iter(read.values()))
        if any((each.periods, each.recurrence) != (first.periods, first.recurrence) for each in read.values()):
            if not self.errors:
                self.add_error("deadline_text_ru", _("The Kazakh and the Russian words name different days."))
            return
        self._keep(first.periods, cleaned.get("recurrence") or first.recurrence, is_dated=False)

    def _keep(self, periods, recurrence, *, is_dated):
        spans = [
            {"starts_on": each.starts_on and each.starts_on.isoformat(), "ends_on": each.ends_on.isoformat()}
            for each in periods
        ]
        starts = min((span["starts_on"] for span in spans if span["starts_on"]), default=None)
        ends = max((span["ends_on"] for span in spans), default=None)
        self.deadline |= {
            "deadline_periods": spans,
            "recurrence": recurrence or "",
            "starts_on": starts,
            "ends_on": ends,
        }
        self.is_dated = is_dated

    def values(self):
        return self.deadline | {"is_dated": self.is_dated}


class AddForm(DeadlineForm):
    """A measure that the act puts into the plan («20-1»)."""

    measure = None
    number = forms.CharField(label=_("Number as printed"), help_text=_("As in the act: 20-1."))
    section = forms.ModelChoiceField(label=_("Section"), queryset=Section.objects.none(), required=False)
    title_kk = forms.CharField(label=_("Title (Kazakh)"), required=False, widget=forms.Textarea(attrs=SIDES))
    title_ru = forms.CharField(label=_("Title (Russian)"), required=False, widget=forms.Textarea(attrs=SIDES))
    completion_form_kk = forms.CharField(label=_("Form of completion (Kazakh)"), required=False)
    completion_form_ru = forms.CharField(label=_("Form of completion (Russian)"), required=False)
    executors = forms.CharField(
        label=_("Executors"),
        widget=forms.Textarea(attrs=SIDES),
        help_text=_("Names or codes as in the act, by comma; «(келісім бойынша)», «(по согласованию)» behind a name."),
    )
    funding_sources = Rows(
        label=_("Funding sources"),
        queryset=FundingSource.objects.all(),
        to_field_name="code",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: the act says «not required»."),
    )
    funding_volume = forms.CharField(label=_("Funding volume as decreed"), required=False)

    field_order = (
        "number", "section", "title_kk", "title_ru", "completion_form_kk", "completion_form_ru", "executors",
        "deadline_text_kk", "deadline_text_ru", "starts_on", "ends_on", "recurrence", "funding_sources",
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["section"].queryset = self.amendment.roadmap.sections.order_by("position")
        for name in ("title_kk", "title_ru", "completion_form_kk", "completion_form_ru"):
            self.fields[name].widget.attrs["lang"] = name[-2:]
        self.initial["executors"] = self.change.after.get("executors_text", "")

    def clean_number(self):
        number = self.cleaned_data["number"].strip()
        if self.amendment.roadmap.measures.filter(number=number).exists():
            raise ValidationError(_("The roadmap has a measure %(measure)s already.") % {"measure": number})
        return number

    def clean_executors(self):
        """Keep whom the act names as [{"executor": pk, "by_agreement", "lead"}]; who is not known is named."""
        directory = Directory(Executor.objects.filter(succession=None).prefetch_related("aliases"))
        self.named, unknown = {}, []
        text = self.cleaned_data["executors"]
        language = get_language() if get_language() in ("kk", "ru") else "kk"
        for each in split_bodies(text, language):
            for name, body, is_last in self._bodies(directory, each.name):
                if body is None:
                    unknown.append(f"«{name}»")
                    continue
                marks = {"by_agreement": each.by_agreement and is_last, "lead": each.lead and is_last}
                self.named[body.pk] = {"executor": body.pk, **marks}
        if unknown:
            sentence = _("Nobody, or several bodies, are known by this name: %(names)s. Give the code.")
            raise ValidationError(sentence % {"names": ", ".join(unknown)})
        return text

    def _bodies(self, directory, name):
        """(name, who is meant or None, whether the marks are its) of what stands between two commas that part names.

        A comma is also within names: where the whole is nobody's name, its parts are looked for.
        """
        whole = self._body(directory, name)
        parts = [name] if whole else [part.strip() for part in name.split(",") if part.strip()]
        for part in parts:
            yield part, whole or self._body(directory, part), part is parts[-1]

    def _body(self, directory, name):
        try:
            return directory.find(name, self.amendment.roadmap_id)
        except SeveralBodies:
            return None

    def clean(self):
        cleaned = super().clean()
        if not (cleaned.get("title_kk") or cleaned.get("title_ru")):
            self.add_error("title_kk", _("Give the words as decreed, in Kazakh or in Russian."))
        return cleaned

    def values(self):
        cleaned = self.cleaned_data
        names = ("number", "title_kk", "title_ru", "completion_form_kk", "completion_form_ru", "funding_volume")
        return super().values() | {
            **{name: cleaned[name] for name in names},
            "section": cleaned["section"].pk if cleaned["section"] else None,
            "executors": list(self.named.values()),
            "executors_text": cleaned["executors"],
            "funding_sources": sorted(source.code for source in cleaned["funding_sources"]),
        }


FORMS = {Kind.DEADLINE: DeadlineForm, Kind.DROP: DropForm, Kind.ADD: AddForm}


class SuccessionForm(forms.ModelForm):
    """A body, its successor, the day and the act. `seen` is what the preview was of."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Succession
        fields = ("predecessor", "successor", "from_day", "act", "number", "date")
        widgets = {"from_day": DayInput, "date": DayInput, "number": forms.TextInput}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        bodies = Executor.objects.select_related("roadmap")
        self.fields["predecessor"].queryset = self.fields["successor"].queryset = bodies
        for name in ("predecessor", "successor"):
            self.fields[name].label_from_instance = lambda body: f"{body.short_name} — {body.full_name[:SHOWN]}"

    def mark(self):
        """What a preview hangs on."""
        body = self.instance
        return f"{body.predecessor_id}:{body.successor_id}:{body.from_day}"
