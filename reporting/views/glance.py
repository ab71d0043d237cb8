"""The roadmap at a glance and the measures' pages, as they stood on a day; from approved summaries alone."""

import datetime
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from reporting import gallery, glance
from reporting.amended import acts_in_force, acts_of
from reporting.forms import DayForm
from reporting.history import decreed_columns, history, state
from reporting.models import ProgressEntry, Submission, Summary, SummaryLine
from roadmap import clock
from roadmap.models import Roadmap

from .common import may, submission_url

MEASURES_ON_A_PAGE = 40
NUMBERS_IN_A_FIGURE = 25


@dataclass(frozen=True)
class Look:
    """The day that a reader looks at, and what was approved by then."""

    form: DayForm
    day: datetime.date
    is_past: bool
    summaries: list[Summary]  # every approved version
    last: Summary | None  # the newest half-year's that was valid on the day

    @property
    def query(self):
        """What keeps the day in a link."""
        return f"?on={self.day.isoformat()}" if self.is_past else ""

    @property
    def approvals(self):
        """(day, version that was approved on it), newest first."""
        return [
            (clock.day_of(summary.approved_at), summary)
            for summary in sorted(self.summaries, key=lambda summary: summary.approved_at, reverse=True)
        ]

    @property
    def superseded(self):
        """The versions (pks) that another one has taken the place of by now."""
        valid = {summary.period_id: summary.pk for summary in self.summaries}
        return {summary.pk for summary in self.summaries} - {*valid.values()}

    @property
    def replacement(self):
        """The version that was approved since, in place of the one that is shown."""
        return next(
            (
                summary
                for summary in reversed(self.summaries)
                if self.last and summary.period_id == self.last.period_id and summary.version > self.last.version
            ),
            None,
        )


def _look(request, roadmap):
    summaries = glance.approved_summaries(roadmap, request.user)
    form = DayForm(request.GET)
    today = clock.today()
    day = (form.cleaned_data.get("on") if form.is_valid() else None) or today
    valid = glance.valid_on(summaries, day)
    return Look(form, day, day != today, summaries, valid[-1] if valid else None)


@require_safe
@may("read_summary")
def roadmap(request, slug):
    """Where the roadmap stands: figures, timeline, sections, trend, discipline, money."""
    found = get_object_or_404(Roadmap.objects.for_user(request.user), slug=slug)
    look, language = _look(request, found), request.LANGUAGE_CODE
    seen = glance.read(found, look.summaries, look.day, language)
    page = Paginator(seen.measures, MEASURES_ON_A_PAGE).get_page(request.GET.get("page"))
    money = gallery.money(seen, language)
    return render(
        request,
        "reporting/roadmap.html",
        {
            "roadmap": found,
            "look": look,
            "glance": seen,
            "page": page,
            "head": gallery.timeline_head(found, look.day),
            "timeline": gallery.timeline(seen, page.object_list),
            "trend": gallery.trend(seen),
            "discipline": gallery.discipline(seen, language),
            "money": money,
            "money_now": money[-1][0] if money else None,
            "acts": acts_in_force(found, look.day),
            "numbers_shown": f":{NUMBERS_IN_A_FIGURE}",
            "numbers_limit": NUMBERS_IN_A_FIGURE,
        },
    )


@require_safe
@may("read_summary")
def measure(request, slug, position):
    """One measure: what was decreed, and what the approved summaries said of it."""
    found = get_object_or_404(Roadmap.objects.for_user(request.user), slug=slug)
    decreed = get_object_or_404(
        found.measures.select_related("section").prefetch_related("assignments__executor", "funding_sources"),
        position=position,
    )
    look, language = _look(request, found), request.LANGUAGE_CODE
    acts = acts_of([decreed])
    chapters = history(glance.valid_on(look.summaries, look.day), position, language)
    stands = state(found, decreed, chapters, look.day, acts)
    return render(
        request,
        "reporting/measure.html",
        {
            "roadmap": found,
            "measure": decreed,
            "look": look,
            "columns": decreed_columns(decreed, acts, look.day),
            "amended": acts.notes(decreed, look.day),
            "state": stands,
            "row": gallery.row(stands, gallery.axis_of(found), look.day),
            "head": gallery.timeline_head(found, look.day),
            "chapters": [(chapter, _gauge(chapter)) for chapter in reversed(chapters)],
            "neighbours": _neighbours(found, position),
            "work": _work(request.user, decreed),
        },
    )


def _gauge(chapter):
    if chapter.row.percent is None:
        return ""
    return gallery.gauge(chapter.row.percent, chapter.row.status, chapter.row.status_label)


def _neighbours(roadmap, position):
    """The measures before and after; None at the ends."""
    others = roadmap.measures.only("roadmap", "position", "number")
    before = others.filter(position__lt=position).order_by("-position").first()
    return before, others.filter(position__gt=position).order_by("position").first()


def _work(user, measure):
    """(half-year, whose, address) of the reader's own work on the measure in half-years that are not approved."""
    if user.has_perm("reporting.fill_submission"):
        own = Submission.objects.for_user(user).in_work()
        entries = ProgressEntry.objects.filter(measure=measure, submission__in=own)
        return [
            (entry.submission.period, "", submission_url(entry.submission, measure.position))
            for entry in entries.select_related("submission__period__roadmap")
        ]
    if user.has_perm("reporting.view_summaryline"):
        return [*_lines_in_work(user, measure), *_received(user, measure)]
    return []


def _lines_in_work(user, measure):
    lines = SummaryLine.objects.for_user(user).filter(measure=measure).exclude(summary__status=Summary.Status.APPROVED)
    for line in lines.select_related("summary__period__roadmap"):
        address = reverse("admin:reporting_summary_line", args=[line.summary_id, line.position])
        yield line.summary.period, "", address


def _received(user, measure):
    """What executors have sent; a draft is nobody's but theirs."""
    sent = Submission.objects.for_user(user).filter(period__locked_at=None, entries__measure=measure)
    for submission in sent.exclude(first_submitted_at=None).select_related("period__roadmap", "executor"):
        address = reverse("admin:reporting_submission_change", args=[submission.pk])
        yield submission.period, submission.executor, f"{address}#measure-{measure.position}"
