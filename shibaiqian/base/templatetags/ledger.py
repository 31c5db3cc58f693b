"""What templates say figures and built files with: `{% load ledger %}`."""

import json
from functools import lru_cache
from pathlib import Path

from django import template
from django.templatetags.static import static

from shibaiqian.base import figures_format

register = template.Library()

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


register.filter("wan", figures_format.wan)
register.filter("thousands", figures_format.thousands)
register.filter("yuan", figures_format.yuan)
register.filter("percent", figures_format.percent)
register.filter("percent_of", figures_format.percent_of)
