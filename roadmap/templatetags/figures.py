"""How sums are written on the pages."""

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def tenge(amount):
    """Write whole tenge with the thousands apart and the unit behind; a dash where nothing is known."""
    if amount is None or amount == "":
        return "—"
    figure = number_format(amount, 0, force_grouping=True)
    return (_("%(sum)s tenge") % {"sum": figure}).replace(" ", "\xa0")
