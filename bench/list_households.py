"""A page of the list of households behind a random row, at every scope, at 1 and 16 connections: what the console's list reads through
the doors and the wall, against the same rows by SQL with an explicit WHERE as the tables' owner, without a wall.

Milliseconds are medians of one page; p95 is ours. Ours opens the actor's transaction, finds the row behind which to go on by its id
(cursors hold nothing else), and reads the columns that the page shows with each household's helper; the limit is given that row's
keys. `new` is a question that nobody asked before: its SQL is made as well.
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
from bench.import_register import CITY, load, sheets

PAGES = int(os.environ.get("BENCH_PAGES", "400"))
PAGE = 50
MORE = PAGE + 1  # one row more says whether there is a next page
SORTS = {"place": "region, number, id", "pinyin": "pinyin, id"}
COLUMNS = (
    "id, head_name, region, member_count, attribute, state, main_cause, (select helper_name from postings_pairing p "
    "where p.household_id = h.id and p.until is null and p.voided_by is null order by since, id limit 1)"
)
# Every household has a helper, as in a city that has paired them all.
PAIRED = """
with helper as (
    insert into postings_helper (id, event, name, pinyin, unit_id, region, post, phone_last4)
    select gen_random_uuid(), 1, '王帮扶', 'wangbangfu', id, region, '', '' from organisations_organisation limit 1 returning id
)
insert into postings_pairing (id, event, household_id, region, helper_id, helper_name, helper_unit, helper_post, since)
select gen_random_uuid(), 1, h.id, h.region, helper.id, '王帮扶', '市财政局', '', '2015-09-01' from households_household h, helper
"""
Key = tuple[Any, ...]
Once = Callable[[Key], list[uuid.UUID]]


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
        f"select {COLUMNS} from households_household h where region >= %s and region < %s and voided_by is null "
        f"and ({order}) > ({marks}) order by {order} limit {MORE}"
    )

    def prepare() -> tuple[Once, Callable[[], None]]:
        connection = psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True, prepare_threshold=None)

        def once(key: Key) -> list[uuid.UUID]:
            return [row[0] for row in connection.execute(sql, (low, high, *key)).fetchall()][:PAGE]

        return once, connection.close

    return prepare


def _ours(scope: str, sort: str, *, new: bool = False) -> Callable[[], tuple[Once, Callable[[], None]]]:
    from django.db import connections  # noqa: PLC0415 - needs Django

    from shibaiqian.access.actor import Actor, acting  # noqa: PLC0415
    from shibaiqian.access.roles import Role  # noqa: PLC0415
    from shibaiqian.access.scope import Scope  # noqa: PLC0415
    from shibaiqian.base.paging import Cursor  # noqa: PLC0415
    from shibaiqian.console.listing.asked import Asked, forget_questions  # noqa: PLC0415
    from shibaiqian.console.lists import HOUSEHOLDS  # noqa: PLC0415

    clerk = Actor(user_id=uuid.uuid4(), name="bench", role=Role.COUNTY_POVERTY_ADMIN, scope=Scope(region=scope))

    def prepare() -> tuple[Once, Callable[[], None]]:
        def once(key: Key) -> list[uuid.UUID]:
            if new:
                forget_questions()
            with acting(clerk):
                page = Asked(HOUSEHOLDS, clerk, said={"sort": sort}).page(Cursor(key[-1]))
            return [row.pk for row in page.rows]

        return once, connections.close_all

    return prepare


def _must_agree(
    ours: Callable[[], tuple[Once, Callable[[], None]]], bare: Callable[[], tuple[Once, Callable[[], None]]], keys: list[Key]
) -> None:
    (mine, finish), (theirs, close) = ours(), bare()
    for key in keys[:20]:
        rows = theirs(key)
        assert not rows or mine(key) == rows, "the page shows other rows"
    finish()
    close()


def _keys(scope: str, sort: str) -> list[Key]:
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as connection:
        rows = connection.execute(
            f"select {SORTS[sort]} from households_household where region >= %s and region < %s order by id", (scope, scope + ":")
        ).fetchall()
    return random.Random(7).choices(rows, k=PAGES)  # noqa: S311 - no secret


def run() -> list[Result]:
    households, _ = sheets()
    with own_database():
        from shibaiqian.access.actor import acting, system_actor  # noqa: PLC0415 - after the database was chosen
        from shibaiqian.console.tests.factories import unit  # noqa: PLC0415

        load("households", households)
        with acting(system_actor("bench")):
            unit(CITY)
        with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
            owner.execute(PAIRED)
            owner.execute("analyze")  # as autovacuum does within a minute
            village = owner.execute("select region from households_household group by region order by count(*) desc limit 1").fetchone()
        assert village is not None
        results = []
        for level, length in (("city", 4), ("county", 6), ("town", 9), ("village", 12)):
            scope = village[0][:length]
            for sort in SORTS:
                keys = _keys(scope, sort)
                bare, ours = _bare(scope, scope + ":", sort), _ours(scope, sort)
                _must_agree(ours, bare, keys)
                for connections in (1, 16):
                    results.append(
                        _result(f"{level}-{sort}-{connections}", _measured(connections, bare, keys), _measured(connections, ours, keys))
                    )
            results.append(_result(f"{level}-{sort}-1-new", _measured(1, bare, keys), _measured(1, _ours(scope, sort, new=True), keys)))
        return results


def _result(name: str, limit: list[float], ours: list[float]) -> Result:
    least, middle, p95 = statistics.median(limit), statistics.median(ours), ours[int(len(ours) * 0.95)]
    print(f"  list-households-{name:24}{middle:8.2f}{least:8.2f}  p95 {p95:.2f}", file=sys.stderr, flush=True)
    return Result(f"list-households-{name}", middle, least, middle / least, "ms", p95_ms=p95)
