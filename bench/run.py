"""`python -m bench.run [name …]`: run measurements, print one table, keep them in bench/results.json."""

import json
import os
import platform
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from bench import Result

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "results.json"


def benches() -> list[str]:
    """Modules with a `run()` of their own."""
    return sorted(
        file.stem
        for file in FOLDER.glob("*.py")
        if not file.stem.startswith("__") and file.stem != "run" and "\ndef run() -> list[Result]" in file.read_text(encoding="utf-8")
    )


def machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GB, {platform.system()} {platform.release()}, Python {platform.python_version()}"


def commit() -> str:
    said = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=FOLDER, capture_output=True, text=True)
    return said.stdout.strip()


def _measured(name: str) -> list[Result]:
    """In a process of its own: each has its own database and its own peak of memory."""
    code = f"import json, importlib, dataclasses; print('\\n' + json.dumps([dataclasses.asdict(r) for r in importlib.import_module('bench.{name}').run()]))"
    said = subprocess.run([sys.executable, "-c", code], cwd=FOLDER.parent, stdout=subprocess.PIPE, text=True, check=True)
    return [Result(**row) for row in json.loads(said.stdout.strip().splitlines()[-1])]


def _table(results: list[Result]) -> str:
    head = f"{'measurement':44}{'ours':>10}{'limit':>10}{'ratio':>8}  {'unit':<6}{'p95 ms':>8}{'MB':>7}  note"
    lines = [
        f"{r.name:44}{r.ours:>10.2f}{r.limit:>10.2f}{r.ratio:>7.2f}x  {r.unit:<6}"
        f"{'' if r.p95_ms is None else f'{r.p95_ms:.1f}':>8}{'' if r.memory_mb is None else f'{r.memory_mb:.0f}':>7}  {r.note}"
        for r in results
    ]
    return "\n".join([head, *lines])


def main(names: list[str]) -> None:
    wanted = [name.replace("-", "_") for name in names] or benches()
    kept = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    every: list[Result] = []
    for name in wanted:
        for result in _measured(name):
            every.append(result)
            said = asdict(result)
            kept[said.pop("name")] = {**said, "machine": machine(), "commit": commit()}
    RESULTS.write_text(json.dumps(kept, ensure_ascii=False, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    print(_table(every))


if __name__ == "__main__":
    main(sys.argv[1:])
