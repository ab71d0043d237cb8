"""Search: measures and what was said of them, with the words marked where they stand."""

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from reporting import search as finder
from reporting import words
from roadmap.models import Roadmap, User

from .common import may, submission_url

MEASURES_ON_A_PAGE = 10
MOST_NEAR_WORDS = 8


@require_safe
@may("read_summary")
def search(request, slug):
    readable = Roadmap.objects.for_user(request.user).select_related("coordinator")
    roadmap = get_object_or_404(readable, slug=slug)
    query = request.GET.get("q", "").strip()
    typed = words.typed(query)
    answer = finder.search(request.user, roadmap, typed)
    page = Paginator(answer.found, MEASURES_ON_A_PAGE).get_page(request.GET.get("page"))
    hits = finder.hits(page.object_list, answer.marked, roadmap)
    return render(
        request,
        "reporting/search.html",
        {
            "roadmap": roadmap,
            "query": query[: words.LONGEST_QUERY],
            "is_cut": len(query) > words.LONGEST_QUERY,
            "typed": typed,
            "left_out": words.left_out(query),
            "near": finder.as_written(hits)[:MOST_NEAR_WORDS] if answer.is_near else [],
            "total": len(answer.found),
            "page": page,
            "hits": [
                (hit, [(passage, place_url(passage, hit.measure, roadmap, request.user)) for passage in hit.passages])
                for hit in hits
            ],
        },
    )


def place_url(passage, measure, roadmap, user):
    """Where the words stand: the measure's history; before that the own entry, or the review of what was sent."""
    if passage.kind == finder.LINE:
        return reverse("measure", args=[roadmap.slug, measure.position]) + f"#{passage.row.summary.period.code}"
    if user.role == User.Role.EXECUTOR:
        return submission_url(passage.row.submission, measure.position)
    return (
        reverse("admin:reporting_submission_change", args=[passage.row.submission_id]) + f"#measure-{measure.position}"
    )
