"""A whole product for itself: its own data folder, database server and web server, which tests kill as they like."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from shibaiqian.base.embedded_postgres import Cluster

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 90


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


@dataclass
class Seat:
    """One official's phone: its token, and what its records are about."""

    token: str
    posting: str
    household: str
    village: str


@dataclass
class Site:
    home: Path
    port: int = field(default_factory=free_port)
    processes: int = 1  # that answer
    source: "subprocess.Popen[str] | None" = None  # what servers are forked from
    server: int | None = None

    @property
    def cluster(self) -> Cluster:
        return Cluster(home=self.home)

    def environment(self, role: str = "app") -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DATABASE_OWNER_URL")}
        said = {"SHIBAIQIAN_HOME": str(self.home), "SHIBAIQIAN_BUSINESS_DATE": "2016-06-08", "SHIBAIQIAN_DATABASE_ROLE": role}
        return {**own, **said, "DJANGO_SETTINGS_MODULE": "shibaiqian.config.settings", "PYTHONPATH": str(ROOT)}

    def build(self, phones: int) -> list[Seat]:
        """Tables, places, and so many officials in villages of their own, each with a phone that is signed in."""
        self.home.mkdir(parents=True, exist_ok=True)
        self._run("-m", "shibaiqian", "migrate")
        said = self._run("-m", "tests.field.world", str(phones))
        return [Seat(**seat) for seat in json.loads(said.splitlines()[-1])]

    def _run(self, *words: str) -> str:
        return subprocess.run(
            [sys.executable, *words], cwd=ROOT, env=self.environment("owner"), check=True, stdout=subprocess.PIPE, text=True
        ).stdout

    # --- The web server -----------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start serving and wait until the API answers in our own words."""
        if self.source is None:
            words = [sys.executable, "-m", "tests.field.server", str(self.port), str(self.processes)]
            self.source = subprocess.Popen(
                words, cwd=ROOT, env=self.environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
            )
        assert self.source.stdin and self.source.stdout
        self.source.stdin.write("one\n")
        self.source.stdin.flush()
        self.server = int(self.source.stdout.readline())
        self._until_it_answers()

    def serve_bare(self) -> "subprocess.Popen[bytes]":
        """The pages alone, by the web server's own command: nobody looks after the database server."""
        words = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(self.port), "shibaiqian.config.wsgi:application"]
        served = subprocess.Popen(words, cwd=ROOT, env=self.environment(), stderr=subprocess.DEVNULL)
        self._until_it_answers()
        return served

    def _until_it_answers(self) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            with contextlib.suppress(OSError):
                if self.answers():
                    return
            time.sleep(0.05)
        raise RuntimeError("the server does not come up")

    def answers(self) -> bool:
        asked = urllib.request.Request(f"http://127.0.0.1:{self.port}/api/v1/me", headers={"X-Client": "1"})
        try:
            urllib.request.urlopen(asked, timeout=2)
        except urllib.error.HTTPError as said:
            return said.code == 401
        return False

    def kill_server(self) -> None:
        """At once and with everything it started."""
        if self.server is not None:
            os.killpg(self.server, signal.SIGKILL)
            with contextlib.suppress(ProcessLookupError):
                while True:
                    os.kill(self.server, 0)
                    time.sleep(0.01)
            self.server = None

    def answering(self) -> list[int]:
        """The processes that answer, the one that was started first in front."""
        return [int(pid) for pid in Path(f"/proc/{self.server}/task/{self.server}/children").read_text().split()]

    # --- The database server ------------------------------------------------------------------------------------------

    def kill_database(self) -> None:
        pid = int((self.cluster._data / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)

    def start_database(self) -> None:
        """After a kill, the memory of the one before may stand in the way for a moment."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                self.cluster.ensure()
            except Exception:
                if time.monotonic() > end:
                    raise
                time.sleep(0.5)
            else:
                return

    def sql(self, text: str, *values: Any) -> list[tuple[Any, ...]]:
        """As the tables' owner, beyond the wall."""
        with psycopg.connect(self.cluster.url("owner"), autocommit=True) as connection:
            cursor = connection.execute(text, values)
            return cursor.fetchall() if cursor.description else []

    def superuser(self, text: str) -> None:
        with psycopg.connect(self.cluster.url("postgres"), autocommit=True) as connection:
            connection.execute(text)

    def stop(self) -> None:
        self.kill_server()
        if self.source is not None:
            self.source.communicate()
        self.cluster.stop()
