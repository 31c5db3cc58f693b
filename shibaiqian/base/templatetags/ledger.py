"""What templates say figures, days and built files with: `{% load ledger %}`."""

import datetime as dt
import json
from functools import lru_cache
from pathlib import Path

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.translation import get_language, gettext, pgettext_lazy

from shibaiqian.base import figures_format

register = template.Library()
# Of a single one; Chinese says the same of many.
ONE = {
    "人": pgettext_lazy("one", "人"),
    "户": pgettext_lazy("one", "户"),
    "件": pgettext_lazy("one", "件"),
    "个": pgettext_lazy("one", "个"),
}

BUILT = Path(__file__).resolve().parents[2] / "static" / "built"


@lru_cache(maxsize=2)
def _names(built_at: int) -> dict[str, str]:
    return json.loads((BUILT / "manifest.json").read_text(encoding="utf-8"))


@register.simple_tag
def built(name: str) -> str:
    """The URL of a built file by its plain name: `{% built "console.js" %}`. Before the first build: not found."""
    try:
        file = _names((BUILT / "manifest.json").stat().st_mtime_ns).get(name, name)
    except FileNotFoundError:
        file = name
    return static(f"built/{file}")


@register.filter
def day(on: dt.date | None) -> str:
    """A day that never breaks across lines; nothing where there is none."""
    return format_html("<time>{}</time>", f"{on:%Y-%m-%d}") if on else ""


@register.filter
def wan(number: figures_format.Number) -> str:
    """From ten thousand on in 万, which English does not count by; below, and in English, with thousands as in the tables."""
    plain = get_language() == "en" or (number is not None and number != "" and -10_000 < number < 10_000)
    return figures_format.thousands(number) if plain else figures_format.wan(number)


@register.filter
def unit(word: str, number: figures_format.Number) -> str:
    """What is counted, after its number: 1 person, 2 people."""
    return str(ONE[word]) if number == 1 and word in ONE else gettext(word)


register.filter("thousands", figures_format.thousands)
register.filter("yuan", figures_format.yuan)
register.filter("percent", figures_format.percent)
register.filter("percent_of", figures_format.percent_of)
