"""Keeping rollups true: deltas written beside the row that moves a figure, rebuilt after sets of rows, folded by a job.

These run inside a command (or a job's transaction) and are part of it; they are not commands of their own.
"""
# ruff: noqa: S608 - the SQL is the catalogue's own; values are always parameters

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from django.db import connection

from shibaiqian.access.actor import current_actor
from shibaiqian.base import clock
from shibaiqian.indicators.engine import catalogue, parameters, postgresql
from shibaiqian.indicators.models import Delta
from shibaiqian.indicators.queries import counted

# Rebuilding and folding one figure exclude each other by an advisory lock: this number and the figure's position.
LOCK = 610_100
# More rows than this are cheaper counted again with their whole place.
FEW = 200
COUNTY = 6  # digits


class NotOurs(RuntimeError):
    """Rollups are rebuilt only where the open transaction sees every row."""


def move_figure(code: str, *, region: str, by: int) -> None:
    """Say that the running command moved a figure of a village (or the place it counts by) up or down by so many."""
    if code not in catalogue():
        raise LookupError(f"no such figure: {code}")
    if by:
        Delta.objects.create(code=code, region=region, value=by)


@contextmanager
def moving(codes: Sequence[str], *, region: str, keys: Sequence[object]) -> Iterator[None]:
    """Around writing rows with these keys inside a place: what they counted before and after becomes the deltas.

    The figure's own SQL decides, so a row that does not count moves nothing. Many rows: the place is counted again instead.
    """
    if len(keys) > FEW:
        yield
        rebuild_rollups(region, codes)
        return
    before = {code: counted(code, region=region, keys=keys) for code in codes}
    yield
    for code in codes:
        moved = counted(code, region=region, keys=keys)
        moved.subtract(before[code])
        for place, by in moved.items():
            move_figure(code, region=place, by=by)


def rebuild_rollups(region: str, codes: Iterable[str] | None = None) -> None:
    """Count figures of a place again from the records, as of today, in the current transaction.

    One statement for each figure: what it counts, the deltas it drops and the rollups it writes stand on one snapshot,
    so a command that commits meanwhile keeps its delta.
    """
    actor = current_actor()
    if actor is None or not actor.scope.holds_region(region):
        raise NotOurs(f"rebuild_rollups({region!r}) needs a transaction of somebody whose scope holds it")
    today = clock.today()
    wanted = sorted((catalogue()[code] for code in (codes if codes is not None else catalogue())), key=lambda f: f.position)
    with connection.cursor() as cursor:
        if len(region) <= COUNTY:
            # Right after a first load there are no statistics yet, and a loop over rows takes minutes.
            cursor.execute("set local enable_nestloop = off")
        for figure in wanted:
            cursor.execute("select pg_advisory_xact_lock(%s, %s)", [LOCK, figure.position])
            cursor.execute(
                postgresql(
                    f"""{figure.core},
                    counted as (select region, count(*) as value from rows group by region),
                    dropped as (delete from indicators_delta where code = :code and region >= :low and region < :high),
                    gone as (
                        delete from indicators_rollup
                        where code = :code and region >= :low and region < :high
                            and region not in (select region from counted)
                    )
                    insert into indicators_rollup as kept (id, code, region, value, as_of)
                    select gen_random_uuid(), :code, region, value, :as_of from counted
                    on conflict (code, region) do update set value = excluded.value, as_of = excluded.as_of"""
                ),
                {**parameters(region, today), "code": figure.code},
            )
        if len(region) <= COUNTY:
            cursor.execute("set local enable_nestloop = on")


def fold_deltas() -> int:
    """Add what moved to the rollups and drop it; returns how many deltas. Figures being rebuilt wait for the next time."""
    folded = 0
    with connection.cursor() as cursor:
        cursor.execute("select distinct code from indicators_delta order by code")
        for (code,) in cursor.fetchall():
            cursor.execute("select pg_try_advisory_xact_lock(%s, %s)", [LOCK, catalogue()[code].position])
            if not cursor.fetchone()[0]:
                continue
            cursor.execute(
                """
                with moved as (delete from indicators_delta where code = %(code)s returning region, value),
                summed as (select region, sum(value) as value, count(*) as deltas from moved group by region),
                kept as (
                    insert into indicators_rollup as kept (id, code, region, value, as_of)
                    select gen_random_uuid(), %(code)s, region, value, %(today)s from summed
                    on conflict (code, region) do update set value = kept.value + excluded.value
                )
                select coalesce(sum(deltas), 0) from summed
                """,
                {"code": code, "today": clock.today()},
            )
            folded += int(cursor.fetchone()[0])
    return folded
