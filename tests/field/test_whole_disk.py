"""R6, the worst of it: the disk is full to the last block, so that the database server itself ends. `pytest -m slow tests/field`."""

import contextlib
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.field.counting import count
from tests.field.phones import Phone, drain_all, request
from tests.field.site import Seat, Site

pytestmark = pytest.mark.slow
SENDERS = 4
SIZE = 600 * 2**20  # bytes: programs, an empty cluster, and a little


@pytest.fixture
def disk() -> Iterator[Path]:
    """A disk of its own for the whole data folder."""
    folder = Path(tempfile.mkdtemp(prefix="sbq-disk-", dir="/tmp"))
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=0755", "tmpfs", str(folder)], capture_output=True).returncode:
        folder.rmdir()
        pytest.skip("a small disk cannot be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)
    folder.rmdir()


@pytest.fixture
def built(disk: Path) -> Iterator[tuple[Site, list[Seat]]]:
    site = Site(disk / "home")
    try:
        yield site, site.build(SENDERS)
    finally:
        site.stop()


def _fill(disk: Path) -> Path:
    ballast = disk / "ballast"
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(b"\0" * 65_536)
    return ballast


def _gone(site: Site) -> bool:
    return site.cluster.status().startswith("未运行")


def test_r6_a_disk_full_to_the_last_block_ends_the_database_which_comes_back_by_itself(disk: Path, built: tuple[Site, list[Seat]]) -> None:
    site, seats = built
    site.start()
    try:
        phones = [Phone(seat, site.port, seed=at) for at, seat in enumerate(seats)]
        for phone in phones:
            for _ in range(100):
                phone.write()
        phones[0].send()  # one batch while there is room
        ballast = _fill(disk)
        with contextlib.suppress(psycopg.Error):
            for _ in range(64):  # the log goes on to its next file, for which there is no room
                site.superuser("select pg_logical_emit_message(false, 'full', repeat(md5(random()::text), 32768), true)")
        stuck = drain_all(phones, 20)
        fell = _gone(site)
        status, said = request(site.port, seats[0].token, {"owes": 0, "sent_at": "2016-06-08T00:00:00Z", "operations": []})
        ballast.unlink()
        started = time.monotonic()
        left = drain_all(phones, 120)
        back = time.monotonic() - started
        found = count(site, phones)
    finally:
        site.kill_server()
    print(
        f"\nR6 whole disk: fell {fell}, answered {status}, waited {stuck}, all in {back:.0f} s after there was room, {vars(found)}",
        flush=True,
    )
    assert fell
    assert stuck > 0
    assert status >= 500
    assert "服务器" in said.decode()
    assert left == 0
    assert (found.bad, found.waiting) == (0, 0)


def test_r6_control_a_database_that_nobody_looks_after_stays_away(built: tuple[Site, list[Seat]]) -> None:
    site, seats = built
    served = site.serve_bare()
    try:
        phone = Phone(seats[0], site.port)
        phone.write()
        site.kill_database()
        assert drain_all([phone], 10) == 1
        assert _gone(site)
        site.start_database()
        assert drain_all([phone], 30) == 0
    finally:
        served.terminate()
        served.wait(30)
