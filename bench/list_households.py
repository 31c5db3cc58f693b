"""Fifty households by key behind a random row, at every scope, at 1 and 16 connections: through the doors and the wall, against
the same rows by SQL with an explicit WHERE as the tables' owner, without a wall.

Milliseconds are medians of one page; p95 is ours. Ours opens the actor's transaction, finds the row behind which to go on by its id
(cursors hold nothing else), reads fifty and makes objects of them.
"""

import os
import random
import statistics
import sys
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

import psycopg

from bench import Result
from bench.database import own_database
from bench.import_register import load, sheets

PAGES = int(os.environ.get("BENCH_PAGES", "400"))
PAGE = 50
SORTS = {"number": "region, number, id", "pinyin": "pinyin, id"}
COLUMNS = (
    'id, event, voided_by, number, region, "group", head_name, pinyin, initials, member_count, attribute, standard, identified_on, source, '
    "farmland_centimu, woodland_centimu, house_square_decimetres, house_danger, safe_water, road_metres, electricity, state, main_cause, opening"
)
Key = tuple[Any, ...]
Once = Callable[[Key], int]


def _measured(connections: int, prepare: Callable[[], tuple[Once, Callable[[], None]]], keys: list[Key]) -> list[float]:
    """Milliseconds of each page; every thread has a connection of its own."""
    shares = [keys[at::connections] for at in range(connections)]
    taken: list[list[float]] = [[] for _ in shares]
    start = threading.Barrier(connections)

    def work(at: int) -> None:
        once, finish = prepare()
        once(shares[at][0])
        start.wait()
        for key in shares[at]:
            begun = time.perf_counter()
            once(key)
            taken[at].append((time.perf_counter() - begun) * 1000)
        finish()

    threads = [threading.Thread(target=work, args=(at,)) for at in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(ms for share in taken for ms in share)


def _bare(low: str, high: str, sort: str) -> Callable[[], tuple[Once, Callable[[], None]]]:
    order = SORTS[sort]
    marks = ", ".join(["%s"] * len(order.split(", ")))
    sql = (
        f"select {COLUMNS} from households_household where region >= %s and region < %s and voided_by is null "
        f"and ({order}) > ({marks}) order by {order} limit {PAGE}"
    )

    def prepare() -> tuple[Once, Callable[[], None]]:
        connection = psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True, prepare_threshold=None)

        def once(key: Key) -> int:
            return len(connection.execute(sql, (low, high, *key)).fetchall())

        return once, connection.close

    return prepare


def _ours(scope: str, sort: str) -> Callable[[], tuple[Once, Callable[[], None]]]:
    from django.db import connections  # noqa: PLC0415 - needs Django

    from shibaiqian.access.actor import Actor, acting  # noqa: PLC0415
    from shibaiqian.access.roles import Role  # noqa: PLC0415
    from shibaiqian.access.scope import Scope  # noqa: PLC0415
    from shibaiqian.households.queries import households  # noqa: PLC0415

    clerk = Actor(user_id=uuid.uuid4(), name="bench", role=Role.COUNTY_POVERTY_ADMIN, scope=Scope(region=scope))

    def prepare() -> tuple[Once, Callable[[], None]]:
        def once(key: Key) -> int:
            with acting(clerk):
                return len(households(clerk, region=scope, sort=sort, after=key[-1])[:PAGE])

        return once, connections.close_all

    return prepare


def _keys(scope: str, sort: str) -> list[Key]:
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as connection:
        rows = connection.execute(
            f"select {SORTS[sort]} from households_household where region >= %s and region < %s order by id", (scope, scope + ":")
        ).fetchall()
    return random.Random(7).choices(rows, k=PAGES)  # noqa: S311 - no secret


def run() -> list[Result]:
    households, _ = sheets()
    with own_database():
        load("households", households)
        with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
            owner.execute("analyze")  # as autovacuum does within a minute
            village = owner.execute("select region from households_household group by region order by count(*) desc limit 1").fetchone()
        assert village is not None
        results = []
        for level, length in (("city", 4), ("county", 6), ("town", 9), ("village", 12)):
            scope = village[0][:length]
            for sort in SORTS:
                keys = _keys(scope, sort)
                for connections in (1, 16):
                    limit = statistics.median(_measured(connections, _bare(scope, scope + ":", sort), keys))
                    ours = _measured(connections, _ours(scope, sort), keys)
                    middle, p95 = statistics.median(ours), ours[int(len(ours) * 0.95)]
                    name = f"list-households-{level}-{sort}-{connections}"
                    results.append(Result(name, middle, limit, middle / limit, "ms", p95_ms=p95))
                    print(f"  {name:40}{middle:8.2f}{limit:8.2f}  p95 {p95:.2f}", file=sys.stderr, flush=True)
        return results
