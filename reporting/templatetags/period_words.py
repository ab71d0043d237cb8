"""Sentences that name the period: {% of_period roadmap "Half-year before" %}, {% of_roadmaps "Half-year" %}."""

from django import template
from django.utils.safestring import mark_safe

from reporting import period_words
from roadmap.models import Roadmap

register = template.Library()


@register.simple_tag
def of_period(roadmap, words):
    return mark_safe(period_words.of_period(roadmap, words))  # noqa: S308  (our own sentences)


@register.simple_tag
def of_roadmaps(words):
    """Say it where no roadmap is spoken of: as of half-years while every roadmap here reports by them."""
    return mark_safe(period_words.of_roadmaps(Roadmap.objects.all(), words))  # noqa: S308
