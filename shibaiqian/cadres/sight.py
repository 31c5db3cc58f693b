"""Who sees a cadre besides the own unit: the place that hosts, and the place that considers a nomination.

Every table about a cadre carries both places, because the wall reads columns of the row itself. They are set here only.
"""

import polars as pl
from django.db import connection

from shibaiqian.base.bulk import staged

# Table → key of the cadre. TrainingRecord knows no candidates.
HOSTED = {
    "cadres_cadre": "id", "cadres_cadreidentity": "cadre_id", "cadres_familymember": "cadre_id", "cadres_award": "cadre_id",
    "cadres_pastappraisal": "cadre_id", "cadres_cadreform": "cadre_id", "cadres_trainingrecord": "cadre_id",
}  # fmt: skip
CONSIDERED = tuple(table for table in HOSTED if table != "cadres_trainingrecord")


def show_to_hosts(frame: pl.DataFrame) -> None:
    """Let the host see its cadres: columns `cadre_id` and `region` (empty: no host any more). Part of a command."""
    _show(frame, "host_region", tuple(HOSTED))


def show_to_reviewers(frame: pl.DataFrame) -> None:
    """Let the place that considers nominations see its candidates: columns `cadre_id` and `region` (empty: no longer)."""
    _show(frame, "candidate_region", CONSIDERED)


def _show(frame: pl.DataFrame, column: str, tables: tuple[str, ...]) -> None:
    with staged(frame.select("cadre_id", "region"), {"cadre_id": "uuid", "region": "text"}) as stage, connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"update {table} c set {column} = s.region from {stage} s where c.{HOSTED[table]} = s.cadre_id")  # noqa: S608
