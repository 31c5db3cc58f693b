"""Build the front end: `make front`, and the build hook of the wheel. A machine needs Python and a network, no Node.js.

Writes `shibaiqian/static/built/` (see README.md) and the fonts of the documents. Does nothing when the sources are
those of the last build.
"""

import fcntl
import hashlib
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import data_step

FRONTEND = data_step.FRONTEND
BUILT = data_step.PRODUCT / "static" / "built"
STAMP = BUILT / ".sources"
# What stands here is made by a build, or is no source of one.
NO_SOURCES = {"node_modules", ".cache", "__pycache__", "tests", "README.md"}


def build() -> bool:
    """Build unless the sources are unchanged; True when something was built. Two builds at once wait for each other."""
    data_step.CACHE.mkdir(exist_ok=True)
    with (data_step.CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        sources = digest_of_sources()
        if _is_complete() and STAMP.read_text() == sources:
            return False
        print("正在构建前端（首次需要联网，约一分钟）…", file=sys.stderr)
        STAMP.unlink(missing_ok=True)
        data_step.main()
        _install()
        for script in _scripts():
            _run("run", script)
        _write_manifest()
        _write_licences()
        STAMP.write_text(sources)
        return True


def digest_of_sources() -> str:
    """SHA-256 over the names and contents of everything that decides what is built."""
    digest = hashlib.sha256()
    for path in sorted(_sources()):
        digest.update(f"{path.relative_to(FRONTEND).as_posix()}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _sources() -> Iterator[Path]:
    for path in FRONTEND.rglob("*"):
        if path.is_file() and NO_SOURCES.isdisjoint(path.relative_to(FRONTEND).parts):
            yield path


def _is_complete() -> bool:
    fonts = [data_step.FONTS / Path(file).name for p in (data_step.SERIF, data_step.SANS) for file in p.files[:2]]
    shell = BUILT / "root" / "m" / "sw.js"
    return all(path.exists() for path in (STAMP, BUILT / "manifest.json", shell, data_step.OUTLINES, *fonts))


def _install() -> None:
    """`npm ci`, skipped while the lock file is the one that was installed."""
    wanted = hashlib.sha256((FRONTEND / "package-lock.json").read_bytes()).hexdigest()
    installed = FRONTEND / "node_modules" / ".installed"
    if installed.exists() and installed.read_text() == wanted:
        return
    _run("ci", "--ignore-scripts", "--no-audit", "--no-fund")
    installed.write_text(wanted)


def _scripts() -> list[str]:
    """The scripts build:… of package.json in their order. They cannot call npm: the wheel's `bin/npm` is broken."""
    package = json.loads((FRONTEND / "package.json").read_text(encoding="utf-8"))
    return [name for name in package["scripts"] if name.startswith("build:")]


def _run(*arguments: str) -> None:
    if data_step.npm(*arguments, folder=FRONTEND, quiet=True):
        raise SystemExit(
            f"前端构建失败（npm {' '.join(arguments)}）。如果上面是网络错误，请检查网络或 npm 的设置后重试。\n"
            f"The front end was not built (npm {' '.join(arguments)}). If the lines above tell of the network, "
            "check it or npm's settings, then try again."
        )


def _write_manifest() -> None:
    """One map for Django: the name a template says → the file under static/built/."""
    names: dict[str, str] = {"map/611000.json": "map/611000.json"}
    for manifest in sorted(BUILT.glob("*/manifest.json")):
        surface = manifest.parent.name
        for source, entry in json.loads(manifest.read_text(encoding="utf-8")).items():
            if not entry.get("isEntry"):
                continue
            ending = Path(entry["file"]).suffix
            names[f"{Path(source).stem}{ending}"] = f"{surface}/{entry['file']}"
    (BUILT / "manifest.json").write_text(json.dumps(names, indent=1, sort_keys=True), encoding="utf-8")


def _write_licences() -> None:
    """The licences of what is bundled travel with it."""
    lock = json.loads((FRONTEND / "package-lock.json").read_text(encoding="utf-8"))
    parts = []
    for path, package in sorted(lock["packages"].items()):
        if not path or package.get("dev") or package.get("optional"):
            continue
        texts = [
            file.read_text(encoding="utf-8")
            for file in sorted((FRONTEND / path).iterdir())
            if file.name.upper().startswith(("LICENSE", "LICENCE", "NOTICE", "COPYING")) and file.is_file()
        ]
        title = f"{path.removeprefix('node_modules/')} {package['version']} ({package.get('license', '?')})"
        parts.append("\n\n".join([title, *texts]))
    (BUILT / "licences.txt").write_text(f"\n\n{'-' * 72}\n\n".join(parts), encoding="utf-8")


def clean() -> None:
    shutil.rmtree(BUILT, ignore_errors=True)


if __name__ == "__main__":
    if "--clean" in sys.argv:
        clean()
    build()
