"""What pages of the console say in templates."""

from django import template

from shibaiqian.access.actor import Actor
from shibaiqian.access.roles import Permission
from shibaiqian.base.figures_format import NONE
from shibaiqian.cadres.rules import masked
from shibaiqian.console.lists import STATE_TAGS
from shibaiqian.console.places import reaches

register = template.Library()
COLOURS: dict[str, str] = {str(code): colour for code, colour in STATE_TAGS.items()}


@register.filter
def state_tag(state: str) -> str:
    """The colour of a state; its words stand in it as well."""
    return COLOURS.get(state, "")


@register.filter
def may(actor: Actor, permission: str) -> bool:
    """Whether a link to what needs this permission leads anywhere: `{% if request.actor|may:"view_households" %}`."""
    return actor.may(Permission(permission))


@register.filter
def below_city(full_name: str) -> str:
    """陕西省商洛市柞水县乾佑街道 → 柞水县乾佑街道: every page is inside one city."""
    return full_name.partition("市")[2] or full_name


@register.filter
def hundredths(value: int | None) -> str:
    """A hundred and forty-six thousand centimu → 1,460."""
    return NONE if value is None else f"{value / 100:,.2f}".rstrip("0").rstrip(".")


register.filter("masked", masked)
register.filter("reaches", reaches)
