"""All phones of the city come back after 30 days without a signal: 1,390 phones, 125,000 records, as the phone sends them (10 a request).

Ours is the seconds until every record is received and every answer was looked at, at 16 connections; the limit is the same rows
inserted bare, 10 records a transaction.
"""

import datetime as dt
import os

from bench import Result
from bench.database import own_database
from bench.field import bare, batches, seats, sent, serving

PHONES = int(os.environ.get("BENCH_PHONES", "1390"))
RECORDS = int(os.environ.get("BENCH_RECORDS", "125000"))
CONNECTIONS, SIZE = 16, 10
BACK = dt.date(2016, 6, 8)


def run() -> list[Result]:
    with own_database():
        found = seats(PHONES)
        each = -(-RECORDS // PHONES)
        days = [(BACK - dt.timedelta(days=29 - n * 30 // each)).isoformat() for n in range(each)]
        shares = [[one for seat in found[at::CONNECTIONS] for one in batches(seat, days, SIZE)] for at in range(CONNECTIONS)]
        with serving() as port:
            seconds, taken, records = sent(port, shares)
        least = bare(CONNECTIONS, SIZE)
    p95 = taken[int(len(taken) * 0.95)]
    note = f"{PHONES} phones, {records} records, {records / seconds:.0f} rec/s, {len(taken) / seconds:.0f} requests/s"
    return [Result("return-after-30-days", seconds, least, seconds / least, "s", p95_ms=p95, note=note)]
