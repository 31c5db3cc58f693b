"""The city's home page as its organisation department opens it, against its numbers by hand-written SQL on a bare connection.

Ours: the whole request through Django's test client, session to HTML, inside the wall, on a city of full size. The limit: the two
sums over the rollups (all figures of the city; the table of its counties) and their rows, without session, role, wall or page.
"""

import os
import statistics
import time
from collections.abc import Callable

import psycopg

from bench import Result, people
from bench.database import app_url, own_database
from bench.import_register import CITY, PEOPLE, load, sheets

REQUESTS = int(os.environ.get("BENCH_REQUESTS", "200"))
# Figures that nothing was loaded for get a row in every village all the same: as many rows as a city that uses everything.
ROLLUPS = """
insert into indicators_rollup (id, code, region, value, as_of)
select gen_random_uuid(), code, region, (abs(hashtext(code || region)) %% 90) + 1, '2016-06-08'
from unnest(%s::text[]) code, unnest(%s::text[]) region
on conflict (code, region) do nothing
"""
CITY_SQL = "select code, sum(value)::bigint from indicators_rollup where region >= %(low)s and region < %(high)s group by code"
COUNTY_SQL = """
select left(region, 6), code, sum(value)::bigint from indicators_rollup
where region >= %(low)s and region < %(high)s and code = any(%(codes)s) group by 1, 2 order by 1, 2
"""


def _measured(once: Callable[[], object]) -> list[float]:
    """Milliseconds of each, sorted; the first ten warm up."""
    taken = []
    for at in range(REQUESTS + 10):
        begun = time.perf_counter()
        once()
        if at >= 10:
            taken.append((time.perf_counter() - begun) * 1000)
    return sorted(taken)


def run() -> list[Result]:
    households, members = sheets()
    with own_database():
        from shibaiqian.access.actor import acting, system_actor  # noqa: PLC0415 - after the database was chosen
        from shibaiqian.base.figures_format import thousands, wan  # noqa: PLC0415
        from shibaiqian.console.home import CHILD_COLUMNS  # noqa: PLC0415
        from shibaiqian.console.tests.factories import sign_in  # noqa: PLC0415
        from shibaiqian.indicators.actions import rebuild_rollups  # noqa: PLC0415
        from shibaiqian.indicators.engine import catalogue  # noqa: PLC0415

        load("households", households)
        load("members", members)
        with acting(system_actor("bench")):
            rebuild_rollups(CITY)
        villages = people.villages()["村代码"].to_list()
        with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
            owner.execute(ROLLUPS, [list(catalogue()), villages])
            owner.execute("analyze")  # as autovacuum does within a minute
        browser = sign_in("city_org_admin", CITY)
        values = {"low": CITY, "high": f"{CITY}:", "codes": list(CHILD_COLUMNS)}
        with psycopg.connect(app_url(), autocommit=True, prepare_threshold=None) as bare:

            def by_hand() -> list[tuple[object, ...]]:
                return [*bare.execute(CITY_SQL, values).fetchall(), *bare.execute(COUNTY_SQL, values).fetchall()]

            said = {int(row[-1]) for row in by_hand()}  # type: ignore[call-overload]
            limit = statistics.median(_measured(by_hand))
        answer = browser.get("/")
        assert answer.status_code == 200
        page = answer.content.decode()
        assert all(f">{thousands(number)}<" in page or f">{wan(number)}<" in page for number in said), "the page shows other numbers"
        ours = _measured(lambda: browser.get("/"))
        middle, p95 = statistics.median(ours), ours[int(len(ours) * 0.95)]
        note = f"{REQUESTS} requests of {len(answer.content) // 1024} KB; {PEOPLE:,} people, {len(catalogue()) * len(villages):,} rollups"
        return [Result("headline-page", middle, limit, middle / limit, "ms", p95_ms=p95, note=note)]
