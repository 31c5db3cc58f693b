"""Batches of 50 logs through the inbox at 16 connections, against the same rows inserted bare in the same run.

Ours: HTTP, token, canonical hash, the raw row sealed, the command with its rules, wall and audit, the answer sealed, the commit, an answer
for each record, looked at. Figures are records a second.
"""

import datetime as dt
import os

from bench import Result
from bench.database import own_database
from bench.field import bare, batches, seats, sent, serving

CONNECTIONS, SIZE = 16, 50
EACH = int(os.environ.get("BENCH_BATCHES", "20"))
FIRST = dt.date(2015, 3, 5)


def run() -> list[Result]:
    with own_database():
        found = seats(CONNECTIONS)
        days = [(FIRST + dt.timedelta(days=n % 460)).isoformat() for n in range(SIZE * EACH)]
        warm = [batches(seat, days[:2], 2) for seat in found]
        shares = [batches(seat, days, SIZE) for seat in found]
        with serving() as port:
            sent(port, warm)
            seconds, taken, records = sent(port, shares)
        least = bare(CONNECTIONS, SIZE)
        ours, limit = records / seconds, (records + 2 * CONNECTIONS) / least
    p95 = taken[int(len(taken) * 0.95)]
    return [
        Result("sync", ours, limit, ours / limit, "rec/s", p95_ms=p95, note=f"{records} records; the ratio is ours to bare, more is better")
    ]
