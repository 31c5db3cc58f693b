"""`gazetteer`: every place of the nation installed by `load_regions`, against a bare COPY of the same rows."""

import resource
import subprocess
import sys
import time
from pathlib import Path

import psycopg

from bench import Result
from bench.database import app_url, own_database

ROOT = Path(__file__).resolve().parents[1]
NATION = ROOT / "frontend" / ".cache" / "china_664906.csv.gz"


def run() -> list[Result]:
    """Load all places of the published gazetteer into an empty table of places."""
    if not NATION.exists():
        subprocess.run([sys.executable, ROOT / "frontend" / "data_step.py", "national"], check=True, stdout=subprocess.DEVNULL)
    with own_database(login="owner"):
        from django.db import connection  # noqa: PLC0415 - after the database was chosen

        from shibaiqian.regions.actions import COLUMNS, load_regions, read_gazetteer  # noqa: PLC0415

        frame = read_gazetteer(NATION)
        limit = _copied(frame.select("code", "name", "level", "kind").rows())
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from regions_region")
            before = cursor.fetchone()[0]
        started = time.perf_counter()
        loaded = load_regions(NATION)
        ours = time.perf_counter() - started
        started = time.perf_counter()
        load_regions(NATION)
        again = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    note = f"{loaded.read:,} places ({before:,} there before) with pinyin and {len(COLUMNS)} columns; unchanged again {again:.1f} s"
    return [Result("gazetteer", ours, limit, ours / limit, "s", memory_mb=peak, note=note)]


def _copied(rows: list[tuple[str, ...]]) -> float:
    """Seconds to parse nothing and COPY the four columns of the file into a bare table with its key."""
    with psycopg.connect(app_url()) as bare, bare.cursor() as cursor:
        cursor.execute("create temporary table places (code text primary key, name text, level text, kind text)")
        started = time.perf_counter()
        with cursor.copy("copy places from stdin") as copy:
            for row in rows:
                copy.write_row(row)
        bare.commit()
        return time.perf_counter() - started
