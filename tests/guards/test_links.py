"""No page offers a link that leads nowhere: every link of every page, as every role that may open the page."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from shibaiqian.postings.models import TargetItem
from shibaiqian.selection.models import MatchPlan, Tier
from tests import world
from tests.guards.test_queries_per_page import _make_real, _visitor, _widest
from tests.guards.test_routes import ACTS, _actors, _filled, say_nothing_briefly

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
LINK = re.compile(r'href="(/[^"#]*)')


def _dead(client: Client, paths: list[str]) -> Iterator[str]:
    """Links on these pages that do not open, each with the page it stands on."""
    opens: dict[str, bool] = {}
    for path in paths:
        page = _fetched(client, path)
        opens[path] = page.status_code in (200, 302)
        if page.status_code != 200 or page.streaming or "text/html" not in page["Content-Type"]:
            continue
        for link in sorted(set(LINK.findall(page.content.decode().replace("&amp;", "&")))):
            if link not in opens:
                opens[link] = link.startswith("/static/") or _fetched(client, link).status_code in (200, 302)
            if not opens[link]:
                yield f"{path} → {link}"


def _fetched(client: Client, path: str) -> Any:
    """The answer; what comes in a stream is read to its end, or its file would stay open."""
    answer: Any = client.get(path)
    if answer.streaming:
        b"".join(answer.streaming_content)
    return answer


def _make_real_places(ours: world.Place) -> None:
    """The world's plan is a village's and its target names no figure; those of an office are a county's and one of the catalogue."""
    MatchPlan._base_manager.filter(pk=ours.row(MatchPlan).pk).update(region=world.OURS, tier_code=ours.row(Tier).code)
    TargetItem._base_manager.filter(pk=ours.row(TargetItem).pk).update(indicator="practical_services")


def test_no_page_links_to_what_does_not_open(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, _ = world.build()
    _make_real(ours)
    _make_real_places(ours)
    say_nothing_briefly(monkeypatch)
    paths = [_filled(pattern, route, ours) or f"/{route}" for route, pattern in ACTS]
    dead = [f"{actor.role}: {found}" for actor in _widest(_actors(ours)) for found in _dead(_visitor(actor, monkeypatch), paths)]
    assert not dead, "\n".join(dead)
