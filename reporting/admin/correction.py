"""The correction of an approved summary: begun by the head, shown beside the draft, withdrawn while it is untouched."""

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting import correction, versions
from reporting.document import document
from reporting.errors import Refused
from reporting.forms import DateInput, ProseField, whole_number
from reporting.models import Submission
from reporting.models.entry import TEXT_LIMIT
from roadmap import clock
from roadmap.choices import Rows
from roadmap.models import CalendarDay

from .base import require

PROPOSED_WORKING_DAYS = 5


class CorrectionForm(forms.Form):
    reason = ProseField(
        label=gettext_lazy("Reason for the correction"),
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("The Government reads it, and so do the executors whose reports are reopened."),
    )
    executors = Rows(
        None, label=gettext_lazy("Reports that are reopened"), required=False, widget=forms.CheckboxSelectMultiple
    )
    resubmit_by = forms.DateField(label=gettext_lazy("To be sent again by"), required=False, widget=DateInput)

    def __init__(self, *args, period, **kwargs):
        super().__init__(*args, **kwargs)
        submissions = Submission.objects.expected().filter(period=period).select_related("executor")
        self.fields["executors"].queryset = submissions.order_by("executor")
        self.initial["resubmit_by"] = CalendarDay.objects.working_days().add(clock.today(), PROPOSED_WORKING_DAYS)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("executors") and "resubmit_by" not in self.errors:
            fault = correction.fault_of_day(cleaned.get("resubmit_by"), clock.today())
            if fault:
                self.add_error("resubmit_by", fault)
        return cleaned

    def values(self):
        chosen = self.cleaned_data["executors"]
        return {
            "reason": self.cleaned_data["reason"],
            "executors": [submission.executor_id for submission in chosen],
            "resubmit_by": self.cleaned_data["resubmit_by"] if chosen else None,
        }


class CorrectionPages:
    """A part of the summaries' admin."""

    def get_urls(self):
        return [
            self.view("correct", "<int:pk>/correct/", self.correct),
            self.view("withdraw", "<int:pk>/withdraw/", self.withdraw),
            self.view("let_stand", "<int:pk>/let-stand/", self.let_stand),
            *super().get_urls(),
        ]

    def correction_of(self, request, summary, shown=None):
        """What the summary's page shows of corrections: the version it corrects, and what may be done."""
        may = request.user.has_perm("reporting.approve_summary")
        found = {"may_correct": may, "in_work": None, "versions": None}
        if summary.is_approved:
            return found | {
                "in_work": correction.in_work(summary.period),
                "versions": versions.read(summary, shown),
                "may_correct": may and not correction.why_not_begun(summary),
            }
        if summary.version > 1:
            now = document(summary, request.LANGUAGE_CODE, made_at=clock.now())
            found |= {
                "versions": versions.read(summary, now),
                "reopened": correction.reopened(summary),
                "returning": correction.returning(summary),
                "why_not": correction.why_not_withdrawn(summary),
            }
        return found

    def correct(self, request, pk):
        """Choose, read what will happen, and begin."""
        require(request, "approve_summary")
        summary = self._load(request, pk)
        why_not = correction.why_not_begun(summary)
        if why_not:
            messages.error(request, why_not)
            return redirect("admin:reporting_summary_change", pk)
        form = CorrectionForm(request.POST or None, period=summary.period)
        is_chosen = request.method == "POST" and "back" not in request.POST and form.is_valid()
        if is_chosen and "confirmed" in request.POST:
            try:
                draft = correction.begin(summary, by=request.user, at=clock.now(), **form.values())
            except Refused as error:
                form.add_error(None, str(error))
                is_chosen = False
            else:
                messages.success(
                    request, _("The correction is begun: version %(version)s.") % {"version": draft.version}
                )
                return redirect("admin:reporting_summary_change", draft.pk)
        return self._render_correct(request, summary, form, is_chosen)

    def _render_correct(self, request, summary, form, is_chosen):
        chosen = form.cleaned_data["executors"] if is_chosen else ()
        return self.page(
            request,
            "correct.html",
            {
                "title": _("Correct this summary"),
                "summary": summary,
                "period": summary.period,
                "next_version": summary.version + 1,
                "form": form,
                "marked": {str(value) for value in form["executors"].value() or ()},
                "submissions": _with_what_was_said(form.fields["executors"].queryset),
                "is_chosen": is_chosen,
                "chosen": chosen,
                "others": form.fields["executors"].queryset.exclude(pk__in=[one.pk for one in chosen]),
            },
        )

    def withdraw(self, request, pk):
        require(request, "approve_summary")
        draft = self._load(request, pk)
        if request.method != "POST":
            return redirect("admin:reporting_summary_change", pk)
        before = correction.corrected(draft)
        try:
            correction.withdraw(draft, by=request.user, at=clock.now())
        except Refused as error:
            messages.error(request, str(error))
            return redirect("admin:reporting_summary_change", pk)
        messages.success(request, _("The correction is withdrawn; everything stands as before."))
        return redirect("admin:reporting_summary_change", before.pk)

    def let_stand(self, request, pk):
        """Close one reopened report as it was."""
        require(request, "approve_summary")
        draft = self._load(request, pk)
        if request.method == "POST":
            own = Submission.objects.filter(period=draft.period_id).select_related("executor", "period__roadmap")
            submission = get_object_or_404(own, pk=whole_number(request.POST.get("submission", "")))
            try:
                correction.let_stand(draft, submission, by=request.user, at=clock.now())
            except Refused as error:
                messages.error(request, str(error))
            else:
                messages.success(request, _("Stands as it was: %(submission)s.") % {"submission": submission})
        return redirect("admin:reporting_summary_change", pk)


def _with_what_was_said(submissions):
    """(submission, its entries with what each says), in the order of the executors."""
    listed = submissions.prefetch_related("entries__measure")
    return [
        (submission, sorted(submission.entries.all(), key=lambda entry: entry.measure.position))
        for submission in listed
    ]
