"""Help: a page for each role in each language, with the statuses, the main words and pictures of the screens."""

import datetime

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from reporting.calendar import Interval
from reporting.models import ProgressEntry, Submission, SummaryLine
from reporting.period_words import are_half_yearly
from reporting.screens import picture
from roadmap import clock
from roadmap.models import Roadmap, User

PICTURES = (
    "executor-start", "executor-measure", "executor-check", "executor-receipt", "ministry-board", "ministry-review",
    "ministry-line", "head-summary", "government-glance", "government-measure", "administrator-index",
)  # fmt: skip
Entry, Line, Report = ProgressEntry.Status, SummaryLine.Status, Submission.Status
# (code, word, what it means), as the shapes on the pages.
STATUSES = [
    (Entry.DONE, Entry.DONE.label, _("Wholly done, with a document that says so: its name, number and date.")),
    (Entry.IN_PROGRESS, Entry.IN_PROGRESS.label, _("Work goes on: 1 to 99 %.")),
    (Entry.NOT_STARTED, Entry.NOT_STARTED.label, _("Nothing has been done yet: 0 %.")),
    (Entry.NOT_DONE, Entry.NOT_DONE.label, _("The deadline has passed and it is not done; the reason is given.")),
    (Line.NO_INFORMATION, Line.NO_INFORMATION.label, _("Somebody had to report it, and nobody did.")),
    (Line.NOT_BEGUN, Line.NOT_BEGUN.label, _("By the decree the measure begins later.")),
    (Line.OFF_CONTROL, Line.OFF_CONTROL.label, _("Nobody reports it any more: done, or so decided.")),
    ("overdue", _("overdue"), _("Stands beside another status: the deadline has passed and it is not done.")),
    (Report.SUBMITTED, Report.SUBMITTED.label, _("The ministry has the report and has not looked through it yet.")),
    (Report.RETURNED, Report.RETURNED.label, _("The ministry asks for a correction; its words stand in the report.")),
    (Report.ACCEPTED, Report.ACCEPTED.label, _("The ministry has looked through the report and taken it.")),
]  # fmt: skip
TERMS = [
    ("жол картасы", "дорожная карта", "roadmap"),
    ("іс-шара", "мероприятие", "measure"),
    ("аяқталу нысаны", "форма завершения", "form of completion"),
    ("бірлесіп орындаушы", "соисполнитель", "co-executor"),
    ("келісім бойынша", "по согласованию", "by agreement"),
    ("орындау мерзімі", "срок исполнения", "deadline"),
    ("растайтын құжат", "подтверждающий документ", "supporting document"),
    ("пысықтауға қайтару", "возврат на доработку", "return for rework"),
    ("жиынтық ақпарат", "сводная информация", "consolidated information"),
    ("бақылаудан алу", "снятие с контроля", "taking off control"),
]


def _days_of_the_year(user):
    """The days of the reader's roadmaps that report on half-years; None where these differ, or are others.

    executors, ministry: by this day of January and July; review: from this one; opens: the days, `window` days before.
    """
    rhythms = Roadmap.objects.for_user(user).order_by().distinct()
    rhythms = list(rhythms.values_list("frequency", "executors_due_day", "ministry_due_day", "window_days")[:2])
    if len(rhythms) != 1 or rhythms[0][0] != Roadmap.Frequency.HALF_YEAR:
        return None
    frequency, executors, ministry, window = rhythms[0]
    due = [Interval(frequency, clock.today().year, number).due(executors) for number in (2, 1)]
    return {
        "executors": executors,
        "ministry": ministry,
        "review": executors + 1,
        "window": window,
        "opens": [day - datetime.timedelta(days=window) for day in due],
    }


@require_safe
@login_required
def own(request):
    return redirect("help", request.user.role)


@require_safe
@login_required
def page(request, role):
    """One role's help; everybody may read all of them."""
    if role not in User.Role.values:
        raise Http404
    language = request.LANGUAGE_CODE
    return render(
        request,
        "help/page.html",
        {
            "role": User.Role(role),
            "roles": list(User.Role),
            "days": _days_of_the_year(request.user),
            "halves": are_half_yearly(Roadmap.objects.for_user(request.user)),
            "steps": f"help/{role}.{language}.html",
            "pictures": {name.replace("-", "_"): picture(name, language) for name in PICTURES},
            "statuses": STATUSES,
            "terms": TERMS,
        },
    )
