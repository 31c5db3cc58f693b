"""Handing the demonstration's rosters to the importer, and watching them go in."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from shibaiqian.access.actor import Actor, acting, system_actor
from shibaiqian.access.models import Assignment
from shibaiqian.access.queries import Hat, actor_for
from shibaiqian.access.roles import ROLES, Role
from shibaiqian.base import clock
from shibaiqian.demo import open_round, programme
from shibaiqian.demo.clues import write_clues
from shibaiqian.demo.daily import write_daily
from shibaiqian.demo.plan import CITY
from shibaiqian.demo.rosters import RosterFile
from shibaiqian.imports import actions
from shibaiqian.imports.kinds import KINDS
from shibaiqian.imports.models import ImportRun
from shibaiqian.regions.models import Region

WAITING = ("uploaded", "checking", "confirmed", "writing", "previewed")
POVERTY_KINDS = {
    "households",
    "members",
    "incomes",
    "pairings",
    "industry_entities",
    "benefit_links",
    "projects",
    "practical_services",
    "work_logs",
}


class DemonstrationFailed(SystemExit):
    """A roster of the demonstration was not taken: a fault of ours, shown with what the importer said."""


@dataclass
class _Sent:
    run: ImportRun
    by: Actor
    bar: TaskID


def load_rosters(*, folder: Path, scale: str, password: str) -> None:
    """Write the rosters in a process of their own and upload each as it appears; returns when all are in."""
    if _is_complete(scale):
        click.echo("演示数据已在库中。")
    else:
        _load(folder, scale, password)
    write_daily()
    write_clues()


def _load(folder: Path, scale: str, password: str) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[said]}"), TimeElapsedColumn())
    with Progress(*columns) as progress:
        _finish_what_was_left(progress)
        done, sent = _rosters(state=ImportRun.State.DONE), list[_Sent]()
        for file in _files(folder, scale, password):
            if (file.kind, file.region) in done:
                continue
            if len(file.region) > 4:
                _wait_for(sent, progress, region=CITY)
            _before(file, sent, progress)
            sent.append(_send(file, progress))
            _watch(sent, progress)
        while any(item.run.state in WAITING for item in sent):
            time.sleep(0.3)
            _watch(sent, progress)


def _is_complete(scale: str) -> bool:
    """The last roster of every county is in, and none that was sent is missing."""
    done, counties = _rosters(state=ImportRun.State.DONE), 7 if scale == "city" else 1
    return len({region for kind, region in done if kind == "work_logs"}) >= counties and _rosters() == done


def _rosters(**of: str) -> set[tuple[str, str]]:
    """Kind and region of the rosters that were sent."""
    by = system_actor("演示装入")
    with acting(by):
        return set(ImportRun.objects.visible_to(by).filter(**of).values_list("kind", "region_id"))


def _finish_what_was_left(progress: Progress) -> None:
    """Let the worker end the rosters of an interrupted demonstration. One that was cut short begins again after those behind it,
    which may be refused for want of its rows: they are sent once more.
    """
    by = system_actor("演示装入")
    with acting(by):
        runs = list(ImportRun.objects.visible_to(by).filter(state__in=WAITING).order_by("uploaded_at"))
    left = [_Sent(run, by, progress.add_task(KINDS[run.kind].label, total=100, said="")) for run in runs]
    while any(item.run.state in WAITING for item in left):
        time.sleep(0.3)
        _look(left, progress)


def _files(folder: Path, scale: str, password: str) -> Iterator[RosterFile]:
    """Each roster as soon as its file is complete."""
    command = [sys.executable, "-m", "shibaiqian.demo.writing", str(folder), scale]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdin is not None
        assert writer.stdout is not None
        writer.stdin.write(password + "\n")
        writer.stdin.close()
        for line in writer.stdout:
            said = json.loads(line)
            yield RosterFile(**{**said, "path": Path(said["path"])})
    if writer.returncode:
        raise DemonstrationFailed("写名册时出错，见上面的信息。")


def _send(file: RosterFile, progress: Progress) -> _Sent:
    by = _uploader(file)
    region = Region.objects.get(pk=file.region)
    run = actions.upload_roster(region, kind=file.kind, file_name=file.path.name, data=file.path.read_bytes(), write_when_clean=True, by=by)
    bar = progress.add_task(f"{region.name} {KINDS[file.kind].label}", total=100, said="")
    return _Sent(run, by, bar)


def _uploader(file: RosterFile) -> Actor:
    """The clerk whose roster it is, once accounts are in; before that, and for accounts, the installation itself."""
    role = Role.COUNTY_POVERTY_ADMIN if file.kind in POVERTY_KINDS else Role.COUNTY_ORG_ADMIN
    if len(file.region) == 4:
        role = Role.CITY_ORG_ADMIN
    found = Assignment.objects.filter(role=role, region=file.region).select_related("user").first()
    if found is None or file.kind in ("organisations", "villages", "cadres", "accounts"):
        return system_actor("演示装入")
    return actor_for(found.user, Hat(found), on=clock.today())


# What clerks do before a roster can be taken: kind → the rosters that must be in, and the steps.
BEFORE: dict[str, tuple[tuple[str, ...], Callable[[str], None] | None]] = {
    "batches": (("accounts",), None),
    "needs": (("accounts",), None),
    "nominations": (("batches",), lambda region: programme.start_batches() if region == CITY else None),
    "gate_reviews": (("needs", "need_units", "nominations"), programme.until_review),
    "arrivals": (("gate_reviews",), programme.until_appointed),
    "practical_services": (("arrivals",), open_round.until_today),
}


def _before(file: RosterFile, sent: list[_Sent], progress: Progress) -> None:
    kinds, steps = BEFORE.get(file.kind, ((), None))
    if kinds:
        _wait_for(sent, progress, region=file.region, kinds=kinds)
    if steps is not None:
        steps(file.region)


def _wait_for(sent: list[_Sent], progress: Progress, *, region: str, kinds: tuple[str, ...] = ()) -> None:
    """Wait until rosters of a region are in: all of them, or some kinds. County rosters name the city's units and officials."""
    while any(i.run.state in WAITING and i.run.region_id == region and (not kinds or i.run.kind in kinds) for i in sent):
        time.sleep(0.25)
        _watch(sent, progress)


def _watch(sent: list[_Sent], progress: Progress) -> None:
    """Look once at all rosters that are not in yet; one that was not taken ends the demonstration."""
    for item in _look(sent, progress):
        if item.run.state in ("refused", "failed"):
            raise DemonstrationFailed(_why(item))


def _look(sent: list[_Sent], progress: Progress) -> list[_Sent]:
    """Read anew how far those are that are not in yet; these."""
    waiting = {item.run.pk: item for item in sent if item.run.state in WAITING}
    if not waiting:
        return []
    by = system_actor("演示装入")
    with acting(by):
        runs = list(ImportRun.objects.visible_to(by).filter(pk__in=waiting))
    for run in runs:
        item = waiting[run.pk]
        item.run = run
        progress.update(item.bar, completed=run.percent, said=run.message or run.stage)
    return list(waiting.values())


def _why(item: _Sent) -> str:
    with acting(item.by):
        findings = list(item.run.findings.all()[:20])
    lines = [f"  {f.sheet} 第{f.row}行 {f.column}：{f.message} {f.mend} [{f.value}]" for f in findings if f.severity == "refuse"]
    return "\n".join([f"{item.run.file_name} 未能导入：{item.run.message}", *lines])


def accounts() -> list[tuple[str, str, str, str]]:
    """Login, name, role and place of one account for each role."""
    shown: dict[str, tuple[str, str, str, str]] = {}
    for assignment in Assignment.objects.select_related("user").order_by("region", "pk"):
        label = str(ROLES[Role(assignment.role)][0])
        shown.setdefault(assignment.role, (assignment.user.login, assignment.user.name, label, assignment.scope_name))
    return list(shown.values())
