"""Who sees a cadre besides the own unit: the place that hosts, and the place that considers a nomination.

Every table about a cadre carries both places, because the wall reads columns of the row itself. They are set here only, by
a function of the database's owner: who stops seeing a cadre could not write the row that is then out of reach.
"""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence

import polars as pl
from django.db import connection

SELF, RELATIVE, UNIT = "self", "relative", "unit"


def show_to_hosts(frame: pl.DataFrame) -> None:
    """Let the host see its cadres: columns `cadre_id` and `region` (empty: no host any more). Part of a command."""
    _show(frame, "host_region")


def show_to_reviewers(frame: pl.DataFrame) -> None:
    """Let the place that considers nominations see its candidates: columns `cadre_id` and `region` (empty: no longer)."""
    _show(frame, "candidate_region")


def _show(frame: pl.DataFrame, which: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select cadres_show(%s, %s::uuid[], %s::text[])", [which, frame["cadre_id"].to_list(), frame["region"].to_list()])


def ties(person: uuid.UUID | None, *, called: str, cadres: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, frozenset[str]]:
    """How a person is tied to cadres: `self`, `relative` (named in either's family), `unit`. One query, whoever asks.

    `person` is the person's own row in the register, where known; `called` the name. Says nothing but the tie.
    """
    found: dict[uuid.UUID, set[str]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute("select cadre, tie from cadres_ties(%s, %s, %s::uuid[])", [person, called, [str(key) for key in cadres]])
        for cadre, tie in cursor.fetchall():
            found[cadre].add(tie)
    return {cadre: frozenset(kinds) for cadre, kinds in found.items()}
