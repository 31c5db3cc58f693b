"""The process that opens an untrusted file. Started by `reading`; limits itself before it looks at a single byte.

Request: JSON on standard input (path, folder, columns, limits). Progress: lines of JSON on standard output. Result:
in the folder,
`frame.arrow` (Arrow IPC) and `verdict.json`; where that is missing, the process did not survive the file.
"""

import contextlib
import ctypes
import json
import resource
import signal
import sys
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1


def _limit(limits: dict[str, int]) -> None:
    """Memory, processor time, no core dump (it would hold personal data); die with the parent; first to go when
    memory is short."""
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory"], limits["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (limits["cpu"], limits["cpu"] + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits["unpacked"], limits["unpacked"]))
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("900")


def _progress(stage: str, percent: int) -> None:
    print(json.dumps({"stage": stage, "percent": percent}), flush=True)


def main() -> None:
    request: dict[str, Any] = json.load(sys.stdin)
    _limit(request["limits"])
    # Only now the libraries that will touch the file: they start threads and allocate under the limits.
    from shibaiqian.base.spreadsheets import columns, findings, roster, tables, vetting  # noqa: PLC0415 see above

    folder, limits = Path(request["folder"]), vetting.Limits(**request["limits"])
    verdict: dict[str, Any]
    try:
        _progress("检查文件", 2)
        format_ = vetting.vet(Path(request["path"]), limits)
        # The reader goes by the name's ending; the ending goes by the bytes.
        source = folder / f"roster.{format_.value}"
        source.symlink_to(request["path"])
        _progress("读取表格", 5)
        declared = [columns.Column.from_json(said) for said in request["columns"]]
        table, header = roster.pick_table(tables.read_tables(source, format_, limits), declared)
        _progress("核对各列", 60)
        found = findings.Findings()
        frame = roster.understand(table, header, declared, limits=limits, findings=found, progress=_progress)
        _progress("交回结果", 97)
        frame.write_ipc(folder / "frame.arrow", compression="uncompressed")
        verdict = {"sheet": table.name, "rows": frame.height, "findings": found.to_json()}
    except vetting.FileRefused as refusal:
        verdict = {"refused": [refusal.message, refusal.mend]}
    (folder / "verdict.json").write_text(json.dumps(verdict, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
