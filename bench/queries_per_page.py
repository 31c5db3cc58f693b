"""Every GET page of the router as every role that may open it, on a small world: the worst page's queries against fifteen."""

import logging

from bench import Result
from bench.database import own_database


def run() -> list[Result]:
    with own_database(login="owner"):
        import pytest  # noqa: PLC0415 - the guard's own way of opening pages
        from django.db import transaction  # noqa: PLC0415

        logging.getLogger("django.request").setLevel(logging.ERROR)  # roles that may not open a page are no news here
        from tests import world  # noqa: PLC0415
        from tests.guards.test_queries_per_page import MOST, pages  # noqa: PLC0415

        with transaction.atomic(), pytest.MonkeyPatch.context() as monkeypatch:
            ours, _ = world.build()
            found = sorted(pages(ours, monkeypatch).items(), key=lambda item: (-item[1][0], item[0]))
            transaction.set_rollback(True)
    worst = found[0][1][0]
    counts = ", ".join(f"/{route} {count}" for route, (count, _) in found)
    return [Result("queries-per-page", worst, MOST, worst / MOST, "count", note=f"{len(found)} pages: {counts}")]
