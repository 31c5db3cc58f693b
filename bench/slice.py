"""A whole slice of a village of 700 people, through the API, packed: time and size; then a delta of one household.

The limit is the smallest answer of the same server (`me`): token, actor, wall, HTTP.
"""

import gzip
import json
import statistics
import time

from bench import Result, people
from bench.database import CACHE, own_database
from bench.field import ask, batches, seats, sent, serving
from bench.import_register import load

PEOPLE, TIMES = 700, 30


def _village(region: str) -> None:
    """700 people of one village, by the roster's own way."""
    CACHE.mkdir(exist_ok=True)
    for kind, frame in zip(("households", "members"), people.roster(PEOPLE, region=region), strict=True):
        file = CACHE / f"slice-{kind}-{region}.xlsx"
        people.write_sheet(frame, file)
        load(kind, file)


def run() -> list[Result]:
    with own_database():
        (seat,) = seats(1)
        _village(seat.village)
        with serving() as port:
            sent(port, [batches(seat, [f"2016-05-{n:02}" for n in range(1, 31)], 30)])
            whole, taken = b"", []
            for _ in range(TIMES):
                begun = time.perf_counter()
                status, whole = ask(port, "GET", "/api/v1/slice", seat.token, **{"Accept-Encoding": "gzip"})
                taken.append((time.perf_counter() - begun) * 1000)
                assert status == 200
            said = json.loads(gzip.decompress(whole))
            assert len(said["households"]) > 150 and sum(len(h["members"]) for h in said["households"]) >= PEOPLE
            least = _timed(port, "/api/v1/me", seat.token)
            sent(port, [batches(seat, ["2016-06-01"], 1)])
            delta = _timed(port, f"/api/v1/slice?since={said['cursor']}", seat.token)
    taken.sort()
    middle = statistics.median(taken)
    size = f"{len(said['households'])} households, {PEOPLE} people, {len(whole) / 1000:.1f} kB packed"
    return [
        Result("slice-whole", middle, least, middle / least, "ms", p95_ms=taken[int(len(taken) * 0.95)], note=size),
        Result("slice-delta", delta, least, delta / least, "ms", note="after one log; the limit is the answer of `me`"),
    ]


def _timed(port: int, path: str, token: str) -> float:
    taken = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        status, _ = ask(port, "GET", path, token, **{"Accept-Encoding": "gzip"})
        taken.append((time.perf_counter() - begun) * 1000)
        assert status == 200
    return statistics.median(taken)
