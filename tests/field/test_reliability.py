"""The promises of docs/reliability.md, tried on a product of one's own: kill -9, a bad network, many senders, a full disk.

The long tier: `pytest -m slow tests/field`. SBQ_KILLS and SBQ_SESSIONS make it longer. Each proof has a control arm that must fail.
"""

import os
import random
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.field.counting import Count, count
from tests.field.phones import Phone, a_log, drain_all, hash_of, request, writing
from tests.field.proxy import BadNetwork
from tests.field.site import Seat, Site, free_port

pytestmark = pytest.mark.slow
KILLS = int(os.environ.get("SBQ_KILLS", "30"))
SESSIONS = int(os.environ.get("SBQ_SESSIONS", "200"))
ROUNDS = int(os.environ.get("SBQ_ROUNDS", "200"))
SENDERS = 12


@pytest.fixture(scope="module")
def built() -> Iterator[tuple[Site, list[Seat]]]:
    with tempfile.TemporaryDirectory(prefix="sbq-field-") as folder:
        site = Site(Path(folder) / "home")
        try:
            yield site, site.build(SENDERS)
        finally:
            site.stop()


@pytest.fixture
def site(built: tuple[Site, list[Seat]]) -> Iterator[Site]:
    site, _ = built
    site.start_database()
    site.start()
    yield site
    site.kill_server()


@pytest.fixture
def seats(built: tuple[Site, list[Seat]]) -> list[Seat]:
    return built[1]


def _said(name: str, **found: Any) -> None:
    print(f"\n{name}: " + ", ".join(f"{key} {value}" for key, value in found.items()), flush=True)


def _drained(site: Site, phones: list[Phone], seconds: float = 240) -> Count:
    drain_all(phones, seconds)
    return count(site, phones)


def _killed(site: Site, seats: list[Seat], *, kills: int, only_database: bool = False) -> tuple[Count, dict[str, int]]:
    """Phones write and send while server and database are killed at random."""
    phones = [Phone(seat, site.port, seed=at) for at, seat in enumerate(seats)]
    stop, luck, done = threading.Event(), random.Random(1), {"server": 0, "database": 0}
    threads = [threading.Thread(target=writing, args=(phone, stop)) for phone in phones]
    for thread in threads:
        thread.start()
    for at in range(kills):
        time.sleep(luck.uniform(0.2, 1.2))
        if only_database or at % 3 == 2:
            site.kill_database()
            site.start_database()
            done["database"] += 1
        else:
            site.kill_server()
            site.start()
            done["server"] += 1
    stop.set()
    for thread in threads:
        thread.join()
    return _drained(site, phones), done


def test_r1_nothing_is_lost_or_doubled_whatever_is_killed(site: Site, seats: list[Seat]) -> None:
    found, kills = _killed(site, seats, kills=KILLS)
    _said("R1", **kills, **vars(found))
    assert (found.bad, found.waiting) == (0, 0)
    assert found.records > 20 * KILLS


@pytest.fixture
def two(built: tuple[Site, list[Seat]]) -> Iterator[Site]:
    """The same product with two processes behind its port."""
    site = replace(built[0], port=free_port(), source=None, processes=2)
    site.start_database()
    site.start()
    yield site
    site.kill_server()
    assert site.source is not None
    site.source.communicate()


def test_r1_one_of_two_web_processes_is_killed_and_the_other_goes_on(two: Site, seats: list[Seat]) -> None:
    phones = [Phone(seat, two.port, seed=50 + at) for at, seat in enumerate(seats)]
    stop, watching = threading.Event(), two.server
    threads = [threading.Thread(target=writing, args=(phone, stop)) for phone in phones]
    for thread in threads:
        thread.start()
    for _ in range(KILLS // 3):
        time.sleep(1)
        killed = two.answering()[0]
        os.kill(killed, signal.SIGKILL)
        until = time.monotonic() + 10
        while (answering := two.answering()) and (killed in answering or len(answering) < 2):
            assert time.monotonic() < until
            time.sleep(0.02)
        assert two.answers()
    stop.set()
    for thread in threads:
        thread.join()
    found = _drained(two, phones)
    _said("R1, one of two web processes", kills=KILLS // 3, **vars(found))
    assert (found.bad, found.waiting) == (0, 0) and found.records > KILLS
    assert two.server == watching


def test_web_processes_end_with_the_one_that_watches_and_leave_the_port(two: Site) -> None:
    assert two.server is not None
    answering = two.answering()
    os.kill(two.server, signal.SIGKILL)
    until = time.monotonic() + 15
    while any(Path(f"/proc/{pid}").exists() for pid in answering):
        assert time.monotonic() < until
        time.sleep(0.05)
    two.start()
    assert not {*two.answering()} & {*answering}


def test_told_to_stop_the_web_processes_finish_what_they_are_answering(two: Site, seats: list[Seat]) -> None:
    assert two.server is not None
    phones = [Phone(seat, two.port, seed=80 + at) for at, seat in enumerate(seats)]
    stop = threading.Event()
    threads = [threading.Thread(target=writing, args=(phone, stop)) for phone in phones]
    for thread in threads:
        thread.start()
    time.sleep(2)
    os.kill(two.server, signal.SIGTERM)
    until = time.monotonic() + 15
    while Path(f"/proc/{two.server}").exists():
        assert time.monotonic() < until
        time.sleep(0.05)
    stop.set()
    two.start()
    for thread in threads:
        thread.join()
    found = _drained(two, phones)
    assert (found.bad, found.waiting) == (0, 0) and found.records > 0


def test_r1_control_acknowledging_before_the_disk_has_it_loses_records(site: Site, seats: list[Seat]) -> None:
    site.superuser("alter role shibaiqian_app set synchronous_commit = off")
    site.kill_server()
    site.start()
    try:
        lost = 0
        for _ in range(4):
            found, _ = _killed(site, seats, kills=3, only_database=True)
            lost += found.lost
            if lost:
                break
    finally:
        site.superuser("alter role shibaiqian_app reset synchronous_commit")
    _said("R1 control (synchronous_commit off)", lost=lost)
    assert lost > 0


def _sessions(site: Site, seats: list[Seat], sessions: int, **control: str) -> tuple[Count, BadNetwork]:
    """Each session: five records of one phone through the bad network, until nothing waits."""
    network = BadNetwork(site.port)
    phones = [Phone(seats[at % len(seats)], network.port, timeout=3, seed=at, **control) for at in range(sessions)]  # type: ignore[arg-type]
    for phone in phones:
        for _ in range(5):
            phone.write()
    luck = iter(phones)
    lock = threading.Lock()

    def work() -> None:
        while True:
            with lock:
                phone = next(luck, None)
            if phone is None:
                return
            phone.drain(time.monotonic() + 120)

    threads = [threading.Thread(target=work) for _ in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    network.close()
    return count(site, phones), network


def test_r2_a_bad_network_loses_and_doubles_nothing(site: Site, seats: list[Seat]) -> None:
    found, network = _sessions(site, seats, SESSIONS)
    _said("R2", sessions=SESSIONS, connections=sum(network.done.values()), **network.done, **vars(found))
    assert (found.bad, found.waiting) == (0, 0)
    assert len(network.done) == 10, "every fault happened"


def test_r2_control_a_phone_that_believes_a_status_loses_records(site: Site, seats: list[Seat]) -> None:
    found, _ = _sessions(site, seats, 40, believes="status")
    _said("R2 control (believes 200)", **vars(found))
    assert found.lost > 0


def test_r2_control_a_phone_that_makes_new_ids_doubles_records(site: Site, seats: list[Seat]) -> None:
    found, _ = _sessions(site, seats, 40, ids="new")
    _said("R2 control (new ids)", **vars(found))
    assert found.doubled > 0


def _at_once(site: Site, seat: Seat, said: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each of these from a connection of its own at the same moment; the answers."""
    import json

    start, answers = threading.Barrier(len(said)), []

    def send(one: dict[str, Any]) -> None:
        start.wait()
        status, text = request(site.port, seat.token, {"owes": 1, "sent_at": one["at"], "operations": [one]}, timeout=60)
        assert status == 200, text
        answers.extend(json.loads(text)["answers"])

    threads = [threading.Thread(target=send, args=(one,)) for one in said]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_r3_the_same_record_from_sixteen_connections_is_one_row_and_one_answer(site: Site, seats: list[Seat]) -> None:
    doubled = unequal = 0
    for at in range(ROUNDS):
        one = a_log(seats[at % len(seats)])
        answers = _at_once(site, seats[at % len(seats)], [one] * 16)
        rows = site.sql("select count(*) from fieldwork_worklogitem where content = %s", one["id"])
        doubled += rows[0][0] - 1
        same = {(a["id"], a["hash"], str(a.get("result"))) for a in answers}
        said = sorted(a["status"] for a in answers)
        unequal += len(same) != 1 or said != ["created"] + ["duplicate"] * 15 or answers[0]["hash"] != hash_of(one)
    _said("R3", rounds=ROUNDS, senders=16, doubled=doubled, unequal=unequal)
    assert (doubled, unequal) == (0, 0)


def test_r3_control_without_the_phones_id_each_sender_makes_a_row(site: Site, seats: list[Seat]) -> None:
    one = a_log(seats[0])
    _at_once(site, seats[0], [{**one, "id": a_log(seats[0])["id"]} for _ in range(16)])
    rows = site.sql("select count(*) from fieldwork_worklogitem where content = %s", one["id"])
    _said("R3 control (an id for each try)", rows=rows[0][0])
    assert rows[0][0] == 16


CASES = int(os.environ.get("SBQ_CASES", "300"))


def test_r4_other_words_other_people_and_what_was_voided_change_nothing(site: Site, seats: list[Seat]) -> None:
    """A third each: the same id with other words; the same record from another person; sent again after its rows were voided."""
    wrong = 0
    for at in range(CASES):
        seat, other = seats[at % len(seats)], seats[(at + 1) % len(seats)]
        one = a_log(seat)
        assert _at_once(site, seat, [one])[0]["status"] == "created"
        if at % 3 == 0:
            changed = {**one, "body": {**one["body"], "on": "2016-06-07"}}
            wanted, (answer,) = "rejected", _at_once(site, seat, [changed])
        elif at % 3 == 1:
            wanted, (answer,) = "rejected", _at_once(site, other, [one])
        else:
            site.sql("update fieldwork_worklogitem set voided_by = 1 where content = %s", one["id"])
            wanted, (answer,) = "duplicate", _at_once(site, seat, [one])
        rows = site.sql("select count(*) from fieldwork_worklogitem where content = %s", one["id"])[0][0]
        (kept,) = site.sql("select encode(hash, 'hex'), status from sync_inboxrecord where id = %s", one["id"])
        said = answer["status"] == wanted and (wanted == "duplicate" or bool(answer["message"]))
        wrong += not (said and rows == 1 and kept == (hash_of(one), "created"))
    _said("R4", cases=CASES, wrong=wrong)
    assert wrong == 0


def test_r6_a_full_disk_is_said_and_nothing_acknowledged_is_lost(site: Site, seats: list[Seat]) -> None:
    """The inbox and the log lie on a small disk that is filled; then there is room again, without a restart."""
    with _SmallDisk(site) as small:
        phones = [Phone(seat, site.port, seed=at) for at, seat in enumerate(seats)]
        for phone in phones:
            for _ in range(150):
                phone.write()
        stuck = _drained(site, phones, seconds=25)
        control = Phone(seats[0], site.port, believes="status")
        control.write()
        control.drain(time.monotonic() + 10)
        deceived = count(site, [control]).lost
        seen = site.server is not None and site.answers()
        small.make_room()
        found = _drained(site, phones)
    _said("R6 control (believes 200)", lost=deceived)
    _said("R6", held_back_while_full=stuck.waiting, acknowledged_and_lost=stuck.lost + found.lost, **vars(found))
    assert stuck.waiting > 0, "the disk was full"
    assert deceived == 1
    assert seen and (found.bad, stuck.bad, found.waiting) == (0, 0, 0)


class _SmallDisk:
    """A tmpfs hardly larger than what is in it as a tablespace, filled with a ballast that is taken away."""

    TABLES = ("sync_inboxrecord", "fieldwork_worklogitem")

    def __init__(self, site: Site) -> None:
        self.site, self.folder = site, Path(tempfile.mkdtemp(prefix="sbq-small-"))

    def __enter__(self) -> "_SmallDisk":
        for table in self.TABLES:
            self.site.superuser(f"vacuum full {table}")  # no room left inside
        size = sum(self.site.sql("select pg_table_size(%s::regclass)", table)[0][0] for table in self.TABLES) + 8 * 2**20
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=0777", "tmpfs", str(self.folder)], capture_output=True)
        if mounted.returncode:
            self.folder.rmdir()
            pytest.skip("a small disk cannot be mounted here")
        place = self.folder / "space"
        place.mkdir()
        owner = self.site.cluster._account
        os.chown(place, owner.uid, owner.gid)
        self.site.superuser(f"create tablespace small location '{place}'")
        for table in self.TABLES:
            self.site.superuser(f"alter table {table} set tablespace small")
        self.ballast = self.folder / "ballast"
        with self.ballast.open("wb") as file:
            free = os.statvfs(self.folder).f_bavail * os.statvfs(self.folder).f_frsize
            file.write(b"\0" * max(free - 40_000, 0))
        return self

    def make_room(self) -> None:
        self.ballast.unlink(missing_ok=True)

    def __exit__(self, *_: object) -> None:
        self.make_room()
        for table in self.TABLES:
            self.site.superuser(f"alter table {table} set tablespace pg_default")
        self.site.superuser("checkpoint")
        self.site.superuser("drop tablespace small")
        subprocess.run(["umount", "-l", str(self.folder)], check=True)
        self.folder.rmdir()
