"""Reads a roster from an untrusted file: the work is done by a child process with limits, so a bad file can hurt only
itself."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from shibaiqian.base.spreadsheets.columns import Column
from shibaiqian.base.spreadsheets.findings import Findings
from shibaiqian.base.spreadsheets.vetting import FileRefused, Limits

__all__ = ["FileRefused", "Limits", "Reading", "read_roster"]

CHILD = "shibaiqian.base.spreadsheets.child"
SOURCES = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Reading:
    """A roster as read. `frame`: `row` (UInt32, the row number Excel shows) and one typed column per declared column,
    in their
    order; refused cells are null. `sheet` is empty for CSV. `rows` is the frame's height."""

    frame: pl.DataFrame
    findings: Findings
    sheet: str
    rows: int


def read_roster(
    path: Path | str,
    *,
    columns: Sequence[Column],
    limits: Limits | None = None,
    on_progress: Callable[[int, str], None] | None = None,
) -> Reading:
    """Read an .xlsx, .xls or .csv file (told apart by its bytes). `on_progress(percent, stage)` is called as the work
    goes on.

    What is wrong with cells, rows and columns is in `findings`. Raises FileRefused where no table can be had: not a
    workbook,
    damaged, protected, a bomb, no header, or the child died or took too long.
    """
    limits = limits or Limits()
    with tempfile.TemporaryDirectory(prefix="roster-") as name:
        folder = Path(name)  # mode 0700, gone afterwards; the mapped frame outlives its name
        request = {
            "path": str(Path(path).resolve()),
            "folder": name,
            "limits": asdict(limits),
            "columns": [column.to_json() for column in columns],
        }
        code, was_late = _run_child(request, folder, limits, on_progress)
        verdict = _verdict(folder, code, was_late=was_late, limits=limits)
        frame = pl.read_ipc(folder / "frame.arrow")
    return Reading(frame=frame, findings=Findings.from_json(verdict["findings"]), sheet=verdict["sheet"], rows=frame.height)


def _run_child(request: dict[str, Any], folder: Path, limits: Limits, on_progress: Callable[[int, str], None] | None) -> tuple[int, bool]:
    """(exit code, whether it was ended for taking too long)."""
    late = threading.Event()
    # Nothing of the parent's environment but what an interpreter needs: no secrets beside untrusted data.
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": str(SOURCES),
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "TMPDIR": str(folder),
        "POLARS_MAX_THREADS": str(min(os.cpu_count() or 1, 4)),
    }
    child = subprocess.Popen(
        [sys.executable, "-P", "-m", CHILD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env=environment,
        start_new_session=True,
        text=True,
        encoding="utf-8",
    )

    def end() -> None:
        late.set()
        _kill(child)

    clock = threading.Timer(limits.wall, end)
    clock.daemon = True
    clock.start()
    try:
        assert child.stdin is not None and child.stdout is not None
        try:
            child.stdin.write(json.dumps(request))
            child.stdin.close()
        except BrokenPipeError:
            pass  # it died at once; its exit code says so
        for line in child.stdout:
            if on_progress is not None:
                said = json.loads(line)
                on_progress(said["percent"], said["stage"])
        return child.wait(), late.is_set()
    finally:
        clock.cancel()
        _kill(child)
        child.wait()
        if child.stdout is not None:
            child.stdout.close()


def _kill(child: "subprocess.Popen[str]") -> None:
    """The whole group, while its leader is not yet reaped (afterwards the number may be another's)."""
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)


def _verdict(folder: Path, code: int, *, was_late: bool, limits: Limits) -> dict[str, Any]:
    file = folder / "verdict.json"
    if was_late or code in (-signal.SIGXCPU,):
        raise FileRefused(f"读取文件超过 {limits.wall} 秒，已停止。", "请删去多余的工作表、公式和格式，或按县区拆成几个文件分别上传。")
    if code != 0 or not file.exists():
        raise FileRefused(
            "读取文件时超出内存上限，或文件内容已损坏，已停止。",
            "请把数据复制到新的工作簿另存为 .xlsx；数据很多时请按县区拆成几个文件。",
        )
    verdict: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    if "refused" in verdict:
        raise FileRefused(*verdict["refused"])
    return verdict
