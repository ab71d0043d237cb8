"""The seal on an approved document's page."""

from django import template

from reporting.seal import seal_of

register = template.Library()


@register.inclusion_tag("reporting/_seal.html")
def seal(sha256):
    return {"seal": seal_of(sha256)}
