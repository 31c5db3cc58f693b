"""The demonstration as a newcomer sees it: rosters written as Excel files and taken in by the product's own importer.

Three processes: the web server, the worker that imports, and a writer of rosters; this one conducts. The only way into the
database is `imports.actions.upload_roster`, county by county, so that the site answers while the rest is still coming.
"""

import contextlib
import datetime as dt
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import psycopg

from shibaiqian.base.embedded_postgres import Cluster, check_server
from shibaiqian.config.home import Home

BUSINESS_DATE = dt.date(2016, 6, 8)


def show(*, scale: str, port: int, serve_it: bool) -> None:
    """Set up, load what is not loaded yet, serve until interrupted."""
    home = _demonstration_home()
    started = time.monotonic()
    if serve_it:
        _must_be_free(port)
    if not os.environ.get("DATABASE_URL"):
        click.echo("启动数据库…")
        Cluster(home=home.path).ensure()
    subprocess.run([sys.executable, "-m", "shibaiqian", "migrate"], check=True)
    with contextlib.ExitStack() as processes:
        kept = [processes.enter_context(_running("worker", "--concurrency", "1"))]
        if serve_it:
            kept.append(processes.enter_context(_running("serve", "--port", str(port))))
            click.echo(f"网站已启动：http://127.0.0.1:{port} （数据装入时即可登录查看）")
        _load(home, scale=scale)
        click.echo(f"就绪，用时 {time.monotonic() - started:.0f} 秒。")
        _print_accounts(home, port=port)
        if serve_it:
            _wait(kept)


def _demonstration_home() -> Home:
    home = Home.of_environment()
    home.path.mkdir(parents=True, exist_ok=True)
    if not home.demonstration_mark.exists():
        url = os.environ.get("DATABASE_URL")
        if url and _is_installed(url):
            raise SystemExit("DATABASE_URL 指向的数据库里已装有本系统，演示不会写入。请另建一个空数据库运行演示。")
        if (home.path / "pg").exists() and not url:
            raise SystemExit(f"{home.path} 里已有正式数据，演示不会写入。请用 SHIBAIQIAN_HOME=<另一个文件夹> 运行演示。")
        home.demonstration_mark.write_text(BUSINESS_DATE.isoformat())
    return home


def _is_installed(url: str) -> bool:
    """Our tables are in this database; a demonstration must never be mixed with an office's data."""
    check_server(url)
    with psycopg.connect(url) as connection:
        found = connection.execute("select to_regclass('public.access_user')").fetchone()
    return found is not None and found[0] is not None


def _must_be_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise SystemExit(f"端口 {port} 已被占用。请用 make demo PORT=8001 换一个端口。") from None


class _Process:
    """One of our processes. What ends before it is told to, as a worker does whose database fell, is begun again."""

    def __init__(self, arguments: tuple[str, ...]) -> None:
        self.arguments = arguments
        self.begin()

    def begin(self) -> None:
        self.running = subprocess.Popen([sys.executable, "-m", "shibaiqian", *self.arguments], start_new_session=True)

    def look(self) -> None:
        if self.running.poll() is not None:
            click.echo(f"{self.arguments[0]} 意外结束，重新启动。")
            self.begin()


@contextlib.contextmanager
def _running(*arguments: str) -> Iterator[_Process]:
    """A process that is stopped with us."""
    process = _Process(arguments)
    try:
        yield process
    finally:
        process.running.send_signal(signal.SIGTERM)
        try:
            process.running.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.running.kill()


def _load(home: Home, *, scale: str) -> None:
    os.environ["SHIBAIQIAN_DATABASE_ROLE"] = "app"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shibaiqian.config.settings")
    import django  # noqa: PLC0415 - after the demonstration's date was written

    django.setup()
    from shibaiqian.demo.loading import load_rosters  # noqa: PLC0415 - needs Django

    load_rosters(folder=home.rosters, scale=scale, password=_password(home))


def _password(home: Home) -> str:
    """One password for all demonstration accounts, made on this machine."""
    path = home.path / "demonstration-password"
    if not path.exists():
        path.write_text("-".join(secrets.token_hex(2) for _ in range(3)))
        path.chmod(0o600)
    return path.read_text().strip()


def _print_accounts(home: Home, *, port: int) -> None:
    from shibaiqian.demo.loading import accounts  # noqa: PLC0415 - needs Django

    click.echo(f"\n演示账号（口令都是 {_password(home)}，网址 http://127.0.0.1:{port}）：")
    for login, name, role, place in accounts():
        click.echo(f"  {login:<28}{name}\t{role}\t{place}")


def _wait(kept: Sequence[_Process]) -> None:
    click.echo("\n按 Ctrl+C 结束；数据保留，下次 make demo 直接启动。")
    with contextlib.suppress(KeyboardInterrupt):
        signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
        while True:
            time.sleep(5)
            for process in kept:
                process.look()


def clean_up() -> None:
    """Remove the demonstration's data folder, after stopping its database. Refuses a folder that is no demonstration."""
    home = Home.of_environment()
    if not home.demonstration_mark.exists():
        click.echo("没有演示数据。")
        return
    cluster = Cluster(home=home.path)
    cluster.stop()
    for path in _folders_of(home):
        shutil.rmtree(path, ignore_errors=True)
    click.echo(f"已删除演示数据：{home.path}")


def _folders_of(home: Home) -> list[Path]:
    return [home.path]
