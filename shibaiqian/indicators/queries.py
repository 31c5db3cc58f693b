"""Reading figures: live for the command line and for whoever doubts, rollups and deltas for pages, rows for drill-down.

Live figures and rows are read inside the wall of the open transaction. Rollups are counts without persons, readable upwards.
"""
# ruff: noqa: S608 - the SQL is the catalogue's own; values are always parameters

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.http import Http404

from shibaiqian.access.actor import Actor, acting, current_actor, system_actor
from shibaiqian.access.roles import Permission
from shibaiqian.base import clock
from shibaiqian.indicators.engine import Figure, catalogue, child_depth, parameters, postgresql


class FigureNotVisible(Http404):
    """No such figure, or a place outside the actor's scope: the same answer."""


@dataclass(frozen=True)
class FigureRow:
    """One row behind a figure. `after` of the next page is `(region, key)` of the last row."""

    region: str
    key: str
    label: str


def figures(actor: Actor, *, region: str, as_of: dt.date, codes: Iterable[str] | None = None) -> dict[str, int]:
    """Every figure of a place, computed now from the records, in one statement and so on one snapshot."""
    actor.must(Permission.VIEW_FIGURES)
    _must_hold(actor, region)
    return _live(region, as_of, codes)


def figures_json(region: str, as_of: dt.date) -> dict[str, int]:
    """Exactly the figures of the catalogue as whole numbers, for the command line: inside the open transaction or its own."""
    if current_actor() is not None:
        return _live(region, as_of)
    with acting(system_actor("统计数字", region=region)):
        return _live(region, as_of)


def figure_by_region(actor: Actor, code: str, *, region: str, as_of: dt.date, depth: int | None = None) -> dict[str, int]:
    """One figure, live, split among the places of `depth` digits under a place (its children by default)."""
    actor.must(Permission.VIEW_FIGURES)
    _must_hold(actor, region)
    with connection.cursor() as cursor:
        cursor.execute(postgresql(_figure(code).sql + " order by 1"), parameters(region, as_of, depth=depth or child_depth(region)))
        return dict(cursor.fetchall())


def figure_rows(
    actor: Actor, code: str, *, region: str, as_of: dt.date, after: tuple[str, str] | None = None, limit: int = 50
) -> Sequence[FigureRow]:
    """The rows a figure counts, by place and key. Needs the permission to see such rows besides the figure."""
    figure = _figure(code)
    actor.must(Permission.VIEW_FIGURES)
    actor.must(Permission(figure.opens))
    _must_hold(actor, region)
    values = {**parameters(region, as_of), "limit": limit}
    further = ""
    if after is not None:
        values |= {"after_region": after[0], "after_key": after[1]}
        further = "where region >= :after_region and (region, key) > (:after_region, :after_key)"
    with connection.cursor() as cursor:
        cursor.execute(
            postgresql(f"{figure.core} select region, key, label from rows {further} order by region, key limit :limit"),
            values,
        )
        return [FigureRow(region=place, key=str(key), label=label) for place, key, label in cursor.fetchall()]


def counted(code: str, *, region: str, keys: Sequence[object]) -> Counter[str]:
    """How many of the rows with these keys count today, by their place."""
    figure = _figure(code)
    kind = "text" if figure.key.startswith("regions_region.") else "uuid"
    with connection.cursor() as cursor:
        cursor.execute(
            postgresql(f"{figure.core} select region, count(*) from rows where key = any(cast(:keys as {kind}[])) group by region"),
            {**parameters(region, clock.today()), "keys": [str(key) for key in keys]},
        )
        return Counter(dict(cursor.fetchall()))


def figures_on_page(region: str) -> dict[str, int]:
    """The figures of a place as of today from rollups and what moved since, in one query. Not walled: counts only."""
    shown = dict.fromkeys(catalogue(), 0)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select code, sum(value)::bigint
            from (
                select code, value from indicators_rollup where region >= %(low)s and region < %(high)s
                union all
                select code, value from indicators_delta where region >= %(low)s and region < %(high)s
            ) moved
            group by code
            """,
            {"low": region, "high": f"{region}:"},
        )
        shown.update((code, value) for code, value in cursor.fetchall() if code in shown)
    return shown


def figures_by_child(region: str, codes: Iterable[str] | None = None) -> dict[str, dict[str, int]]:
    """Figures of the places directly under one, in one query: `{child code: {figure: number}}`.

    What is counted at the place itself (posts of a county, promotions into city organs) stands under its own code.
    """
    wanted = list(codes) if codes is not None else list(catalogue())
    found: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(wanted, 0))
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select left(region, %(depth)s), code, sum(value)::bigint
            from (
                select region, code, value from indicators_rollup where region >= %(low)s and region < %(high)s
                union all
                select region, code, value from indicators_delta where region >= %(low)s and region < %(high)s
            ) moved
            where code = any(%(codes)s)
            group by 1, 2
            order by 1, 2
            """,
            {"low": region, "high": f"{region}:", "depth": child_depth(region), "codes": wanted},
        )
        for child, code, value in cursor.fetchall():
            found[child][code] = value
    return dict(found)


def _live(region: str, as_of: dt.date, codes: Iterable[str] | None = None) -> dict[str, int]:
    wanted = [_figure(code) for code in codes] if codes is not None else list(catalogue().values())
    if not wanted:
        return {}
    parts = [f"select {figure.position} as position, '{figure.code}' as code, count(*) as value from (\n{figure.core}\n"
             "select 1 from rows) counted" for figure in wanted]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(postgresql("\nunion all\n".join(parts)), parameters(region, as_of))
        found: list[tuple[int, str, Any]] = cursor.fetchall()
    return {code: value for _, code, value in sorted(found)}


def _figure(code: str) -> Figure:
    try:
        return catalogue()[code]
    except KeyError:
        raise FigureNotVisible(code) from None


def _must_hold(actor: Actor, region: str) -> None:
    if not actor.scope.holds_region(region):
        raise FigureNotVisible(region)
