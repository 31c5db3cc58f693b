"""What the benches of sync share: officials' phones, the web server as it is run, sending, and the same rows written bare."""

import http.client
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from tests.field.phones import a_log, hash_of
from tests.field.site import ROOT, Seat, free_port

# What a log writes: its raw row, the day, the thing, the visit; and one event for a set.
TABLES = ("sync_inboxrecord", "fieldwork_worklog", "fieldwork_worklogitem", "fieldwork_visit", "audit_event")


def seats(phones: int) -> list[Seat]:
    """So many officials with signed-in phones, in the bench's database."""
    words = [sys.executable, "-m", "tests.field.world", str(phones)]
    said = subprocess.run(
        words, cwd=ROOT, env={**os.environ, "SHIBAIQIAN_DATABASE_ROLE": "owner"}, check=True, stdout=subprocess.PIPE, text=True
    )
    return [Seat(**seat) for seat in json.loads(said.stdout.splitlines()[-1])]


@contextmanager
def serving() -> Iterator[int]:
    """`shibaiqian serve` with its defaults; gives the port."""
    port = free_port()
    words = [sys.executable, "-m", "shibaiqian", "serve", "--port", str(port)]
    server = subprocess.Popen(words, cwd=ROOT, env={**os.environ, "SHIBAIQIAN_DATABASE_ROLE": "app"}, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            try:
                ask(port, "GET", "/api/v1/me", "")
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait()


def ask(port: int, method: str, path: str, token: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        return ask_on(connection, method, path, token, body, **headers)
    finally:
        connection.close()


def ask_on(
    connection: http.client.HTTPConnection, method: str, path: str, token: str, body: bytes = b"", **headers: str
) -> tuple[int, bytes]:
    said = {"X-Client": "1", "Content-Type": "application/json", "Authorization": f"Bearer {token}", **headers}
    connection.request(method, path, body, said)
    response = connection.getresponse()
    return response.status, response.read()


@dataclass(frozen=True)
class Request:
    """One request of the inbox, made before the clock runs; `hashes` are what its answers must say."""

    token: str
    body: bytes
    hashes: tuple[str, ...]


def batches(seat: Seat, days: Sequence[str], size: int) -> list[Request]:
    """Logs of these days in requests of `size` records."""
    logs = [a_log(seat, on=day) for day in days]
    made = []
    for at in range(0, len(logs), size):
        part = logs[at : at + size]
        said = {"owes": len(logs) - at, "sent_at": part[0]["at"], "operations": part}
        made.append(Request(seat.token, json.dumps(said).encode(), tuple(hash_of(one) for one in part)))
    return made


def sent(port: int, shares: Sequence[Sequence[Request]]) -> tuple[float, list[float], int]:
    """Each share over a connection of its own: seconds, milliseconds of each request in order, records received. Every answer is looked at."""
    taken: list[list[float]] = [[] for _ in shares]
    counts = [0] * len(shares)
    start = threading.Barrier(len(shares) + 1)

    def work(at: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        start.wait()
        for one in shares[at]:
            begun = time.perf_counter()
            status, text = ask_on(connection, "POST", "/api/v1/inbox", one.token, one.body)
            taken[at].append((time.perf_counter() - begun) * 1000)
            assert status == 200, text[:300]
            answers = json.loads(text)["answers"]
            assert [(a["hash"], a["status"]) for a in answers] == [(h, "created") for h in one.hashes], answers[:2]
            counts[at] += len(answers)
        connection.close()

    threads = [threading.Thread(target=work, args=(at,)) for at in range(len(shares))]
    for thread in threads:
        thread.start()
    start.wait()
    begun = time.perf_counter()
    for thread in threads:
        thread.join()
    return time.perf_counter() - begun, sorted(ms for share in taken for ms in share), sum(counts)


def bare(connections: int, size: int) -> float:
    """Seconds to insert the rows that stand in the tables now into tables like them: the same columns, constraints and indexes, no wall, no
    foreign keys; as many connections, as many records in a transaction, several rows a statement."""
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        rows: dict[str, list[Any]] = {}
        inserts: dict[str, sql.Composed] = {}
        for table in TABLES:
            owner.execute(sql.SQL("create table {} (like {} including all)").format(sql.Identifier(f"bare_{table}"), sql.Identifier(table)))
            cursor = owner.execute(sql.SQL("select * from {}").format(sql.Identifier(table)))
            columns = [column.name for column in cursor.description or ()]
            rows[table] = [tuple(_plain(value) for value in row) for row in cursor.fetchall()]
            inserts[table] = sql.SQL("insert into {} ({}) values ({})").format(
                sql.Identifier(f"bare_{table}"),
                sql.SQL(", ").join(map(sql.Identifier, columns)),
                sql.SQL(", ").join([sql.Placeholder()] * len(columns)),
            )
    parts = max(len(rows["sync_inboxrecord"]) // size, 1)
    portions = [{table: found[at::parts] for table, found in rows.items()} for at in range(parts)]
    start = threading.Barrier(connections + 1)

    def work(at: int) -> None:
        with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as connection:
            start.wait()
            for portion in portions[at::connections]:
                with connection.transaction(), connection.cursor() as cursor:
                    for table, found in portion.items():
                        cursor.executemany(inserts[table], found)

    threads = [threading.Thread(target=work, args=(at,)) for at in range(connections)]
    for thread in threads:
        thread.start()
    start.wait()
    begun = time.perf_counter()
    for thread in threads:
        thread.join()
    return time.perf_counter() - begun


def _plain(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict) else value
