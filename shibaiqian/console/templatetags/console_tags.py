"""What pages of the console say in templates."""

from django import template

from shibaiqian.cadres.rules import masked
from shibaiqian.console.lists import STATE_TAGS

register = template.Library()


@register.filter
def state_tag(state: str) -> str:
    """The colour of a state; its words stand in it as well."""
    return STATE_TAGS.get(state, "")


register.filter("masked", masked)
