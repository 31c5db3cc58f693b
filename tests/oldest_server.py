"""The oldest PostgreSQL we serve, set up as docs/operations.md tells an administrator to: `python -m tests.oldest_server MODULE …`.

Runs `python -m MODULE …` (pytest, shibaiqian) against a throw-away cluster of PostgreSQL 15, named to it by DATABASE_URL and
DATABASE_OWNER_URL. The roles and the database are made by the very SQL of the handbook, so that it stays true. Where no
PostgreSQL 15 is installed it says so and succeeds, unless SHIBAIQIAN_DEMAND_POSTGRESQL_15 is set.
"""

import contextlib
import os
import pwd
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from shibaiqian.base.embedded_postgres import OLDEST

PROJECT = Path(__file__).resolve().parents[1]
HANDBOOK = PROJECT / "docs" / "operations.md"
# Debian and Ubuntu, Red Hat and its kin, Homebrew.
FOLDERS = (f"/usr/lib/postgresql/{OLDEST}/bin", f"/usr/pgsql-{OLDEST}/bin", f"/opt/homebrew/opt/postgresql@{OLDEST}/bin")
# `fsync` and `synchronous_commit` stay on: the product refuses a server without them.
OPTIONS = "-c listen_addresses= -c max_connections=60 -c shared_buffers=256MB -c max_wal_size=2GB -c jit=off"


def binaries() -> Path | None:
    """The folder with the programs of that version, or None."""
    return next((folder for folder in map(Path, FOLDERS) if (folder / "initdb").exists()), None)


def handbook_sql() -> str:
    """What the handbook has an administrator run: the first block of SQL after the heading "PostgreSQL"."""
    chapter = HANDBOOK.read_text().partition("\n## PostgreSQL\n")[2]
    found = re.search(r"```sql\n(.*?)```", chapter, re.DOTALL)
    if found is None:
        raise SystemExit(f"{HANDBOOK}: no SQL under the heading PostgreSQL")
    return found[1]


@contextlib.contextmanager
def running(programs: Path) -> Iterator[dict[str, str]]:
    """A cluster of its own, provisioned; yields the variables that name it, and throws it away at the end."""
    place = Path(tempfile.mkdtemp(prefix="sbq-oldest-", dir="/tmp"))  # short: a socket's path has 107 bytes at most
    password = secrets.token_hex(8)
    try:
        _own(place)
        note = place / "password"
        note.write_text(password)
        _own(note)
        _as_server(
            programs / "initdb", "-D", place / "data", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8",
            "--auth=scram-sha-256", f"--pwfile={note}", "--no-sync",
        )  # fmt: skip
        _as_server(programs / "pg_ctl", "start", "-w", "-D", place / "data", "-l", place / "log", "-o", f"{OPTIONS} -k {place}")
        try:
            yield _provisioned(programs, place, password)
        finally:
            _as_server(programs / "pg_ctl", "stop", "-w", "-m", "immediate", "-D", place / "data")
    finally:
        shutil.rmtree(place)


def _provisioned(programs: Path, place: Path, password: str) -> dict[str, str]:
    """Run the handbook's SQL as the superuser; tests also make databases of their own."""
    said = handbook_sql().replace("…", password) + "alter role shibaiqian_owner createdb;\n"
    command = [programs / "psql", "-q", "-X", "-v", "ON_ERROR_STOP=1", "-h", place, "-U", "postgres", "-d", "postgres"]
    subprocess.run(list(map(str, command)), input=said, text=True, env={"PGPASSWORD": password}, check=True)
    where = f"{password}@/shibaiqian?host={quote(str(place), safe='')}"
    return {"DATABASE_URL": f"postgresql://shibaiqian_app:{where}", "DATABASE_OWNER_URL": f"postgresql://shibaiqian_owner:{where}"}


def _account() -> pwd.struct_passwd:
    """Who runs the server: we, or, as PostgreSQL refuses root, somebody without rights."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def _own(path: Path) -> None:
    os.chown(path, _account().pw_uid, _account().pw_gid)


def _as_server(*command: str | Path) -> None:
    account = _account()
    lent = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    # The server would inherit a pipe and keep it open: what is said goes nowhere unless it fails.
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(list(map(str, command)), cwd="/", env={"LC_ALL": "C"}, stdout=output, stderr=output, **lent)
        if done.returncode:
            output.seek(0)
            raise SystemExit(f"{command[0]}: {output.read().decode(errors='replace')}")


def main() -> int:
    programs = binaries()
    if programs is None:
        print(f"未在 PostgreSQL {OLDEST} 上测试：没有找到它的程序（Debian 12：apt-get install postgresql-{OLDEST}）。")
        return 1 if os.environ.get("SHIBAIQIAN_DEMAND_POSTGRESQL_15") else 0
    with running(programs) as variables:
        print(f"在 PostgreSQL {OLDEST} 上运行（{programs}）：", " ".join(sys.argv[1:]), flush=True)
        return subprocess.run([sys.executable, "-m", *sys.argv[1:]], env={**os.environ, **variables}, cwd=PROJECT).returncode


if __name__ == "__main__":
    sys.exit(main())
