"""489,000 people × 25 columns from an .xlsx into the register, against parsing the file and copying its rows into a bare table.

Ours: read in a child process, understand and check every cell and rule, resolve households, seal and blind the ID numbers, write
through the wall with every index and constraint, count the figures again, commit, record. The limit: parse, COPY, commit.
"""

import contextlib
import io
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from bench import Result, people
from bench.database import CACHE, app_url, own_database

PEOPLE = int(os.environ.get("BENCH_PEOPLE", "489000"))
CITY = "6110"


class Watch:
    """Seconds by stage, and the peak memory of this process and of its children."""

    def __init__(self) -> None:
        self.stages: dict[str, float] = {}
        self.child_mb = 0.0

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.stages[name] = self.stages.get(name, 0.0) + time.perf_counter() - start
        print(f"  {name:32}{self.stages[name]:7.2f} s   peak {peak_mb():.0f} MB", file=sys.stderr, flush=True)

    def around(self, module: Any, name: str) -> None:
        """Time a function of ours where it is called from."""
        real: Callable[..., Any] = getattr(module, name)

        def timed(*args: Any, **kwargs: Any) -> Any:
            start = time.perf_counter()
            try:
                return real(*args, **kwargs)
            finally:
                self.stages[name] = self.stages.get(name, 0.0) + time.perf_counter() - start

        setattr(module, name, timed)


def peak_mb(who: int = resource.RUSAGE_SELF) -> float:
    return resource.getrusage(who).ru_maxrss / 1024


@contextmanager
def child_peak(watch: Watch) -> Iterator[None]:
    """Look at the children ten times a second: what the reader's process holds at most."""
    done = threading.Event()

    def look() -> None:
        while not done.wait(0.1):
            for child in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split():
                with contextlib.suppress(OSError, IndexError, ValueError):
                    said = Path(f"/proc/{child}/status").read_text().split("VmHWM:")[1].split()[0]
                    watch.child_mb = max(watch.child_mb, int(said) / 1024)

    looking = threading.Thread(target=look)
    looking.start()
    yield
    done.set()
    looking.join()


def sheets() -> tuple[Path, Path]:
    """The two files, made once and kept."""
    CACHE.mkdir(exist_ok=True)
    files = CACHE / f"households-{PEOPLE}-{people.SEED}.xlsx", CACHE / f"members-{PEOPLE}-{people.SEED}.xlsx"
    if not all(file.exists() for file in files):
        for frame, file in zip(people.roster(PEOPLE), files, strict=True):
            people.write_sheet(frame, file)
    return files


def bare(file: Path) -> float:
    """Parse and COPY as text, and nothing else."""
    import fastexcel  # noqa: PLC0415 - not part of the time

    start = time.perf_counter()
    frame = fastexcel.read_excel(file).load_sheet(0, dtypes="string").to_polars()
    parsed = time.perf_counter()
    with psycopg.connect(app_url()) as connection:
        cursor = connection.cursor()
        cursor.execute("create temporary table bare (" + ", ".join(f"c{at} text" for at in range(frame.width)) + ")")
        buffer = io.BytesIO()
        frame.write_csv(buffer, include_header=False)
        view = buffer.getbuffer()
        with cursor.copy("copy bare from stdin with (format csv)") as copy:
            for at in range(0, len(view), 1 << 20):
                copy.write(view[at : at + (1 << 20)])
    whole = time.perf_counter() - start
    print(
        f"  bare: parse {parsed - start:.2f} s, copy {whole - (parsed - start):.2f} s, peak {peak_mb():.0f} MB", file=sys.stderr, flush=True
    )
    return whole


def bare_seconds(file: Path) -> float:
    """In a process of its own, so that its memory is not counted as ours."""
    code = f"from pathlib import Path; from bench.import_register import bare; print(bare(Path({str(file)!r})))"
    said = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True)
    return float(said.stdout.split()[-1])


def load(kind: str, file: Path) -> tuple[float, Watch, int]:
    """A roster's whole way, as the import's job goes it."""
    from shibaiqian.access.actor import Actor, acting  # noqa: PLC0415 - needs Django
    from shibaiqian.access.roles import Role  # noqa: PLC0415
    from shibaiqian.access.rows import Rows  # noqa: PLC0415
    from shibaiqian.access.scope import Scope  # noqa: PLC0415
    from shibaiqian.base.spreadsheets.reading import read_roster  # noqa: PLC0415
    from shibaiqian.households import actions, excel  # noqa: PLC0415
    from shibaiqian.regions.models import Region  # noqa: PLC0415

    watch = Watch()
    columns = {"households": excel.HOUSEHOLD_COLUMNS, "members": excel.MEMBER_COLUMNS}[kind]
    command = {"households": actions.register_households, "members": actions.register_members}[kind]
    clerk = Actor(user_id=None, name="bench", role=Role.COUNTY_POVERTY_ADMIN, scope=Scope(region=CITY))
    start = time.perf_counter()
    with watch.stage("read_roster (child process)"), child_peak(watch):
        reading = read_roster(file, columns=columns)
    assert not reading.findings.has_refusals, reading.findings.refusals()[:3]
    rows = Rows(reading.frame, sheet=reading.sheet, file_sha256="0" * 64)
    with watch.stage("command and commit"), acting(clerk):
        region = Region.objects.get(pk=CITY)
        written = command(region, rows=rows, by=clerk)
    return time.perf_counter() - start, watch, written.count


def run() -> list[Result]:
    households, members = sheets()
    with own_database():
        before = bare_seconds(members)
        homes, _, _ = load("households", households)
        first, watch, count = load("members", members)
        assert count == PEOPLE, count
        peak = peak_mb()
        # The machine is shared: the bare time is the mean of one run before and one after.
        limit = (before + bare_seconds(members)) / 2
        again, _, count = load("members", members)
        assert count == 0, count
        stages = ", ".join(f"{name} {seconds:.1f}" for name, seconds in watch.stages.items())
        return [
            Result(
                "import-register",
                first,
                limit,
                first / limit,
                "s",
                memory_mb=max(peak, watch.child_mb),
                note=f"{PEOPLE:,} people; {stages}",
            ),
            Result("import-register-unchanged", again, limit, again / limit, "s", memory_mb=peak_mb(), note="the same file again"),
            Result("import-households", homes, limit, homes / limit, "s", note="their households; limit as for the people"),
        ]
