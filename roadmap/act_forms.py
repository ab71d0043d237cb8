"""Forms of the way from an act's text to a roadmap: upload or paste, correct, confirm."""

from dataclasses import replace

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from . import deadlines, decree, tables
from .bodies import Named, merged, normal_name, split_bodies
from .deadlines import Period
from .doubts import why_no_plan, why_unreadable
from .models import YEARS, Executor, Measure, Roadmap
from .plan import PlanExecutor

SIDES = {"rows": 2}


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self):
        super().__init__(format="%Y-%m-%d")


class ActUploadForm(forms.Form):
    """A file or pasted text; `plan` is what was understood."""

    file = forms.FileField(
        label=_("File"), required=False, help_text=_("Text, web page (HTML), Markdown, Word (.docx) or Excel (.xlsx).")
    )
    text = forms.CharField(
        label=_("Or the text itself"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_("Copy the whole act from the legal database, its points and its table, and paste it here."),
    )
    language = forms.ChoiceField(
        label=_("The act's language"),
        required=False,
        choices=[("", _("told by itself")), ("kk", "Қазақша"), ("ru", "Русский")],
    )

    def clean(self):
        cleaned = super().clean()
        upload, text = cleaned.get("file"), cleaned.get("text", "")
        if not upload and not text.strip() and not self.errors:
            raise ValidationError(_("Choose a file, or paste the text."))
        if self.errors:
            return cleaned
        try:
            rows = tables.read(upload.read(tables.SIZE_LIMIT + 1)) if upload else tables.read_text(text)
            self.plan = decree.parse(rows, cleaned["language"] or None)
        except tables.Unreadable as error:
            raise ValidationError(why_unreadable(error)) from error
        except decree.NotAPlan as error:
            raise ValidationError(why_no_plan(error)) from error
        return cleaned


class ActForm(forms.Form):
    """The act's own data; and each body's names, `short_<n>` and `full_<n>`."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    title = forms.CharField(label=_("title"), widget=forms.Textarea(attrs={"rows": 3}))
    text = forms.CharField(label=_("act, as it is cited"), widget=forms.Textarea(attrs=SIDES))
    number = forms.CharField(label=_("number of the act"))
    date = forms.DateField(label=_("date of the act"), widget=DayInput)
    first_year = forms.IntegerField(label=_("first year"), validators=YEARS)
    last_year = forms.IntegerField(label=_("last year"), validators=YEARS)
    frequency = forms.ChoiceField(label=_("frequency"), choices=Roadmap.Frequency.choices)
    executors_due_day = forms.IntegerField(
        label=_("executors report by this day of the month"), min_value=1, max_value=27
    )
    ministry_due_day = forms.IntegerField(label=_("the ministry reports by this day"), min_value=2, max_value=28)
    slug = forms.SlugField(
        label=_("address"), max_length=50, help_text=_("The part of the pages' addresses: decree-631.")
    )
    coordinator = forms.ChoiceField(label=_("coordinating ministry"), help_text=_("Whom the executors report to."))

    ACT_FIELDS = ("text", "number", "date", "title", "first_year", "last_year")
    REPORTING_FIELDS = ("frequency", "executors_due_day", "ministry_due_day")

    def __init__(self, *args, draft, plan, **kwargs):
        super().__init__(*args, **kwargs)
        self.plan = plan
        act, reporting = plan.act, plan.reporting
        self.initial |= {name: getattr(act, name) for name in self.ACT_FIELDS}
        self.initial |= {name: getattr(reporting, name) for name in self.REPORTING_FIELDS if getattr(reporting, name)}
        self.initial |= {"revision": draft.revision, "slug": draft.slug}
        self.initial["coordinator"] = draft.coordinator or self.initial.get("coordinator")
        self.fields["coordinator"].choices = _coordinators(plan)
        _capitalise(self.fields.values())
        for place, body in enumerate(plan.executors):
            for kind, name in (("short", body.short_name), ("full", body.full_name)):
                self.fields[f"{kind}_{place}"] = forms.CharField(required=kind == "short", initial=name)
                self.fields[f"{kind}_{place}"].widget.attrs["aria-label"] = name or plan.executors[place].short_name

    def heading_fields(self):
        return [field for field in self if not field.is_hidden and not field.name.startswith(("short_", "full_"))]

    def body_rows(self):
        return [(self[f"short_{place}"], self[f"full_{place}"]) for place in range(len(self.plan.executors))]

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("first_year"), cleaned.get("last_year")
        if first and last and last < first:
            self.add_error("last_year", _("The last year lies before the first."))
        days = cleaned.get("executors_due_day"), cleaned.get("ministry_due_day")
        if None not in days and days[0] >= days[1]:
            self.add_error("ministry_due_day", _("The ministry reports after the executors."))
        return cleaned

    def kept(self, corrected):
        """What the draft keeps beside its plan: the address, and who coordinates, by the corrected bodies' places."""
        source, _sign, key = self.cleaned_data["coordinator"].partition(":")
        if source == "act":
            names = [body.short_name for body in corrected.executors]
            key = names.index(self.cleaned_data[f"short_{key}"])
        return {"slug": self.cleaned_data["slug"], "coordinator": f"{source}:{key}"}

    def corrected(self):
        """The plan as the form has it; a body's new short name goes into every measure."""
        cleaned, plan = self.cleaned_data, self.plan
        named = {
            body.short_name: PlanExecutor(cleaned[f"short_{place}"], cleaned[f"full_{place}"])
            for place, body in enumerate(plan.executors)
        }
        return replace(
            plan,
            act=replace(plan.act, **{name: cleaned[name] for name in self.ACT_FIELDS}),
            reporting=replace(plan.reporting, **{name: cleaned[name] for name in self.REPORTING_FIELDS}),
            executors=list({body.short_name: body for body in named.values()}.values()),
            measures=[
                replace(
                    measure,
                    executors=merged(replace(body, name=named[body.name].short_name) for body in measure.executors),
                )
                for measure in plan.measures
            ],
            doubts=[doubt for doubt in plan.doubts if not self._settles(doubt)],
        )

    def _settles(self, doubt):
        """Does the form answer this doubt? What it asks for was looked at when it is saved."""
        if doubt.code == "no_full_name":
            names = {body.short_name: place for place, body in enumerate(self.plan.executors)}
            place = names.get(doubt.words["name"])
            return place is None or bool(self.cleaned_data.get(f"full_{place}"))
        return doubt.measure is None and doubt.code.startswith(
            ("no_number", "no_date", "no_title", "years_", "reporting_")
        )


def _capitalise(fields):
    for field in fields:
        field.label = capfirst(field.label)


def _coordinators(plan):
    """Bodies of the act, by their place, and those that are known everywhere, by their code."""
    own = [(f"act:{place}", body.short_name) for place, body in enumerate(plan.executors)]
    known = [(f"known:{row.code}", str(row)) for row in Executor.objects.filter(roadmap=None)]
    return [(_("Named in the act"), own), (_("Known already"), known)]


class MeasureForm(forms.Form):
    """One row of the plan. Bodies are written as in the act; the deadline is read anew where only its words change."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    section = forms.TypedChoiceField(label=_("section"), required=False, coerce=int, empty_value=None)
    number = forms.CharField(label=_("number as printed"), required=False)
    title = forms.CharField(label=_("measure"), widget=forms.Textarea(attrs={"rows": 4}))
    completion_form = forms.CharField(label=_("form of completion"), required=False, widget=forms.Textarea(attrs=SIDES))
    executors = forms.CharField(
        label=_("executors"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("As in the act: by comma, «(келісім бойынша)», «(по согласованию)», «(жинақтау)», «(свод)»."),
    )
    deadline_text = forms.CharField(label=_("deadline as decreed"), required=False, widget=forms.Textarea(attrs=SIDES))
    recurrence = forms.ChoiceField(
        label=_("recurrence"), required=False, choices=[("", "—"), *Measure.Recurrence.choices]
    )
    starts_on = forms.DateField(
        label=_("begins on"), required=False, widget=DayInput, help_text=_("Empty: from the act's day.")
    )
    ends_on = forms.DateField(label=_("deadline"), required=False, widget=DayInput)
    funding = forms.CharField(
        label=_("funding sources"), required=False, widget=forms.Textarea(attrs=SIDES), help_text=_("One on each line.")
    )
    funding_volume = forms.CharField(
        label=_("funding volume as decreed"), required=False, widget=forms.Textarea(attrs=SIDES)
    )

    def __init__(self, *args, draft, plan, measure, **kwargs):
        super().__init__(*args, **kwargs)
        self.plan, self.measure = plan, measure
        deadline = measure.deadline
        _capitalise(self.fields.values())
        self.fields["section"].choices = [
            ("", "—"), *((place, f"{section.number} {section.title}".strip()[:90])
                         for place, section in enumerate(plan.sections, start=1)),
        ]  # fmt: skip
        self.initial |= {
            "revision": draft.revision, "section": measure.section, "number": measure.number, "title": measure.title,
            "completion_form": measure.completion_form, "executors": written(measure.executors, plan.language),
            "deadline_text": deadline.text, "recurrence": deadline.recurrence or "", "starts_on": deadline.starts_on,
            "ends_on": deadline.ends_on, "funding": "\n".join(measure.funding),
            "funding_volume": measure.funding_volume or "",
        }  # fmt: skip

    def clean(self):
        cleaned = super().clean()
        starts_on, ends_on = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", _("The deadline lies before the beginning."))
        if starts_on and not ends_on and "ends_on" not in self.errors:
            self.add_error("ends_on", _("Give the end too; a deadline without an end has no beginning either."))
        return cleaned

    def corrected(self):
        """(the measure as the form has it, the bodies that the plan did not name yet)."""
        cleaned = self.cleaned_data
        known = {normal_name(body.short_name): body.short_name for body in self.plan.executors}
        typed = split_bodies(cleaned["executors"], self.plan.language)
        bodies = merged(replace(named, name=known.get(normal_name(named.name), named.name)) for named in typed)
        funding = [line.strip() for line in cleaned["funding"].splitlines() if line.strip()]
        measure = replace(
            self.measure,
            **{name: cleaned[name] for name in ("section", "number", "title", "completion_form")},
            executors=bodies,
            deadline=self._deadline(),
            funding=tuple(dict.fromkeys(funding)),
            funding_volume=cleaned["funding_volume"] or None,
        )
        return measure, [PlanExecutor(named.name) for named in bodies if named.name not in known.values()]

    def _deadline(self):
        cleaned, before = self.cleaned_data, self.measure.deadline
        is_dated = {"recurrence", "starts_on", "ends_on"} & set(self.changed_data)
        if "deadline_text" in self.changed_data and not is_dated:
            return deadlines.parse(cleaned["deadline_text"], (self.plan.act.first_year, self.plan.act.last_year))
        periods = before.periods
        if {"starts_on", "ends_on"} & set(self.changed_data):
            periods = (Period(cleaned["starts_on"], cleaned["ends_on"]),) if cleaned["ends_on"] else ()
        return replace(
            before,
            text=cleaned["deadline_text"],
            periods=periods,
            recurrence=cleaned["recurrence"] or None,
            doubt="",  # a person looked at it
        )


def written(bodies: tuple[Named, ...], language: str) -> str:
    """Bodies as an act writes them, one on each line; `split_bodies` reads it again."""
    agreed, lead = {"kk": ("келісім бойынша", "жинақтау"), "ru": ("по согласованию", "свод")}[language]

    def marked(named):
        marks = ", ".join([agreed] * named.by_agreement + [lead] * named.lead)
        return f"{named.name} ({marks})" if marks else named.name

    return ",\n".join(map(marked, bodies))
