"""A phone as it sends: it keeps everything until an answer names the record's id and hash, and sends again what was not answered.

`believes` and `ids` are the control arms: a phone that believes a status code, and one that makes a new id for each try.
"""

import contextlib
import datetime as dt
import http.client
import json
import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from shibaiqian.base.ids import new_id
from shibaiqian.sync.rules import canonical, digest
from tests.field.site import Seat

FINAL = ("created", "duplicate", "conflict", "rejected")
BATCH = 10
MOST_WAITING = 60


def a_log(seat: Seat, *, on: str = "2016-06-08") -> dict[str, Any]:
    """A log whose words are its id, so that it is known again in the tables."""
    key = str(new_id())
    item = {"category": "visit", "content": key, "household": seat.household}
    now = dt.datetime.now(tz=dt.UTC).isoformat()
    return {"id": key, "kind": "log", "at": now, "body": {"posting": seat.posting, "on": on, "items": [item]}}


def hash_of(operation: dict[str, Any]) -> str:
    return digest(canonical(operation))


@dataclass
class Phone:
    seat: Seat
    port: int
    believes: str = "id and hash"
    ids: str = "kept"
    timeout: float = 5.0
    seed: int = 0
    waiting: dict[str, dict[str, Any]] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)  # the words of every record
    received: dict[str, str] = field(default_factory=dict)  # id → status of its answer
    tries: int = 0

    def write(self) -> None:
        one = a_log(self.seat)
        self.waiting[one["id"]] = one
        self.made.append(one["id"])

    def send(self) -> int:
        """One request; returns how many records it settled."""
        batch = [self._outgoing(one) for one in list(self.waiting.values())[:BATCH]]
        said = {"owes": len(self.waiting), "sent_at": dt.datetime.now(tz=dt.UTC).isoformat(), "operations": batch}
        self.tries += 1
        status, text = request(self.port, self.seat.token, said, timeout=self.timeout)
        settled = batch if self.believes == "status" and status == 200 else self._answered(batch, text)
        for one in settled:
            self.waiting.pop(one["body"]["items"][0]["content"], None)
        return len(settled)

    def _outgoing(self, one: dict[str, Any]) -> dict[str, Any]:
        return one if self.ids == "kept" else {**one, "id": str(new_id())}

    def _answered(self, batch: list[dict[str, Any]], text: bytes) -> list[dict[str, Any]]:
        with contextlib.suppress(ValueError, TypeError, AttributeError, KeyError):
            answers = {a["id"]: a for a in json.loads(text)["answers"]}
            found = [one for one in batch if (a := answers.get(one["id"])) and a["hash"] == hash_of(one) and a["status"] in FINAL]
            self.received |= {one["id"]: answers[one["id"]]["status"] for one in found}
            return found
        return []

    def drain(self, until: float) -> None:
        """Send until nothing waits, with a short pause after each failure."""
        luck = random.Random(self.seed)
        while self.waiting and time.monotonic() < until:
            try:
                settled = self.send()
            except OSError:
                settled = 0
            except http.client.HTTPException:
                settled = 0
            if not settled:
                time.sleep(luck.uniform(0.02, 0.3))


def drain_all(phones: Sequence[Phone], seconds: float) -> int:
    """Have all send at once, for so long at the most; how many records wait afterwards."""
    until = time.monotonic() + seconds
    threads = [threading.Thread(target=phone.drain, args=(until,)) for phone in phones]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(len(phone.waiting) for phone in phones)


def request(port: int, token: str, said: Any, *, timeout: float = 10.0) -> tuple[int, bytes]:
    """POST to the inbox; the status and the body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        body = json.dumps(said)
        headers = {"Authorization": f"Bearer {token}", "X-Client": "1", "Content-Type": "application/json"}
        connection.request("POST", "/api/v1/inbox", body, headers)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def writing(phone: Phone, stop: threading.Event) -> None:
    """Write and send until told to stop. Nobody writes faster than a phone can send for long."""
    luck = random.Random(phone.seed)
    while not stop.is_set():
        for _ in range(luck.randint(1, 4) if len(phone.waiting) < MOST_WAITING else 0):
            phone.write()
        try:
            phone.send()
        except (OSError, http.client.HTTPException):
            stop.wait(luck.uniform(0.05, 0.3))  # nobody is there
        stop.wait(luck.uniform(0, 0.1))
