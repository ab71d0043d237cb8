"""The receipt of each time that a report was sent."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from reporting.comparison import chosen, compare
from reporting.forms import whole_number
from reporting.receipt import read_heading, read_payload

from .common import load_submission, submission_url


def _load_round(request, slug, pk, number):
    """A round of the own body, or of the ministry's roadmap; 404 for everybody else."""
    loaded = load_submission(request, slug, pk)
    found = get_object_or_404(loaded.rounds.with_scans().select_related("sent_by"), number=number)
    found.submission = loaded
    return found


@require_safe
@login_required
def receipt(request, slug, pk, number):
    """The receipt, to be read and printed."""
    sent = _load_round(request, slug, pk, number)
    loaded = sent.submission
    rounds, lines = list(loaded.rounds.all()), read_payload(sent.payload)
    earlier = whole_number(request.GET.get("from", "")) or number - 1
    later = whole_number(request.GET.get("to", "")) or number
    return render(
        request,
        "reporting/receipt.html",
        {
            "sent": sent,
            "submission": loaded,
            "period": loaded.period,
            "roadmap": loaded.period.roadmap,
            "lines": lines,
            "heading": read_heading(sent),
            "list_url": submission_url(loaded),
            "numbers": [other.number for other in rounds],
            "comparison": compare(*chosen(rounds, earlier, later)) if number > 1 else None,
            "words": [
                (line.measure, sent.comment_at(line.measure.pk)) for line in lines if sent.comment_at(line.measure.pk)
            ],
        },
    )


@require_safe
@login_required
def content(request, slug, pk, number):
    """The bytes whose sha256 the receipt names."""
    sent = _load_round(request, slug, pk, number)
    name = sent.reference.replace("/", "-")
    return HttpResponse(
        sent.content,
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}.json"'},
    )
