"""Every roadmap in one line: how it stood in its newest approved summary."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from roadmap import clock
from roadmap.models import Roadmap

from . import pictures
from .models import Summary

VALUES = ("statuses", "status_labels", "counts", "overdue")


@dataclass(frozen=True)
class Line:
    roadmap: Roadmap
    summary: Summary | None = None
    picture: pictures.Svg = ""
    counts: tuple = ()  # (status, label, count), without the empty ones
    overdue: int = 0

    @property
    def approved_on(self):
        return clock.day_of(self.summary.approved_at)


def lines(roadmaps, user, language) -> list[Line]:
    """One for each roadmap, in two queries; counts alone are read out of what was frozen."""
    approved = Summary.objects.for_user(user).approved().filter(period__roadmap__in=roadmaps)
    newest = dict(
        approved.order_by("period__year", "period__number", "version").values_list("period__roadmap_id", "pk")
    )
    summaries = Summary.objects.filter(pk__in=newest.values()).select_related("period__roadmap").defer("frozen")
    paths = {name: f"frozen__documents__{language}__{name}" for name in VALUES}
    told = {summary.period.roadmap_id: summary for summary in summaries}
    values = {row["pk"]: row for row in Summary.objects.filter(pk__in=newest.values()).values("pk", *paths.values())}
    return [
        _line(roadmap, told[roadmap.pk], {name: values[told[roadmap.pk].pk][path] for name, path in paths.items()})
        if roadmap.pk in told
        else Line(roadmap)
        for roadmap in roadmaps
    ]


def _line(roadmap, summary, values):
    totals = [sum(column) for column in zip(*values["counts"], strict=True)] or [0] * len(values["statuses"])
    counts = pictures.ordered(zip(values["statuses"], values["status_labels"], totals, strict=True))
    counts = [(status, label, count) for status, label, count in counts if count]
    overdue = sum(values["overdue"])
    said = [f"{label} {count}" for _status, label, count in counts] + ([f"{_('overdue')} {overdue}"] if overdue else [])
    parts = [pictures.Part(status, count) for status, _label, count in counts]
    return Line(roadmap, summary, pictures.stacked(parts, ", ".join(said)), tuple(counts), overdue)
