"""Background work on rosters: load, call one action, done. A job carries its actor and enters that scope."""

from typing import Any

from procrastinate.contrib.django import app

from shibaiqian.access.actor import Actor, acting, system_actor
from shibaiqian.access.models import User
from shibaiqian.access.roles import Role
from shibaiqian.access.rows import Rows, RowsRefused
from shibaiqian.access.scope import Scope
from shibaiqian.base.spreadsheets.reading import FileRefused, Reading, read_roster
from shibaiqian.files import store
from shibaiqian.imports import actions
from shibaiqian.imports.kinds import KINDS
from shibaiqian.imports.models import ImportRun
from shibaiqian.regions.models import Region


def queue(job: str, run: ImportRun, *, by: Actor, **more: Any) -> None:
    """Put a job into the queue within the caller's transaction; one roster of a region at a time."""
    task: Any = {"look_at": look_at, "write": write}[job]
    who = {"user_id": str(by.user_id or ""), "role": by.role.value, "region": by.scope.region}
    task.configure(lock=f"imports-{run.region_id[:6]}").defer(run_id=str(run.pk), who=who, **more)


def _actor(who: dict[str, str]) -> Actor:
    if not who["user_id"]:
        return system_actor("导入", region=who["region"])
    user = User.objects.get(pk=who["user_id"])
    return Actor(user_id=user.pk, name=user.name, role=Role(who["role"]), scope=Scope(region=who["region"]))


@app.task(queue="imports", name="imports.look_at")
def look_at(run_id: str, who: dict[str, str], write_when_clean: bool = False) -> None:
    """Read a roster in a child process, check it against the register, keep the verdict; perhaps write it."""
    _work(run_id, _actor(who), write_it=write_when_clean)


@app.task(queue="imports", name="imports.write")
def write(run_id: str, who: dict[str, str]) -> None:
    """Read a confirmed roster again and write it."""
    _work(run_id, _actor(who), write_it=True)


def _work(run_id: str, by: Actor, *, write_it: bool) -> None:
    with acting(by):
        run = ImportRun.objects.visible_to(by).get(pk=run_id)
    if run.state not in ("uploaded", "checking", "confirmed", "writing"):
        return  # a job that came back after its work was done
    try:
        reading = _read(run, by)
        rows = Rows(reading.frame, sheet=reading.sheet, file_sha256=run.file_sha256)
        if reading.findings.has_refusals or not write_it:
            _preview(run, reading, rows, by)
        else:
            _write(run, reading, rows, by)
    except FileRefused as refusal:
        actions.note_failure(run, message=f"{refusal.message}{refusal.mend}", by=by)
    except RowsRefused as refusal:
        actions.note_verdict(run, findings=refusal.findings, row_count=run.row_count or 0, by=by)
    except (OSError, store.SealBroken) as failure:  # type: ignore[attr-defined]
        actions.note_failure(run, message=f"文件不能读取（{failure}）。请重新上传。", by=by)


def _read(run: ImportRun, by: Actor) -> Reading:
    kind = KINDS[run.kind]
    actions.note_progress(run, state="checking", stage="读取文件", percent=5, by=by)
    suffix = "." + run.file_name.rsplit(".", 1)[-1].lower() if "." in run.file_name else ".xlsx"
    with store.opened(run.file_key, suffix=suffix) as path:
        return read_roster(path, columns=kind.columns)


def _preview(run: ImportRun, reading: Reading, rows: Rows, by: Actor) -> None:
    findings = reading.findings
    actions.note_progress(run, state="checking", stage="核对名册", percent=45, by=by)
    if not findings.has_file_refusal:
        with acting(by):
            region = Region.objects.get(pk=run.region_id)
            prepared = KINDS[run.kind].check(region, rows=rows, by=by)
            findings = findings.merged_with(prepared.findings)
    actions.note_verdict(run, findings=findings, row_count=rows.frame.height, by=by)


def _write(run: ImportRun, reading: Reading, rows: Rows, by: Actor) -> None:
    actions.note_progress(run, state="writing", stage=f"写入 {rows.frame.height:,} 行", percent=50, by=by)
    with acting(by):
        run.row_count, run.note_count, run.refused_count = rows.frame.height, reading.findings.note_count, 0
        run.save(update_fields=["row_count", "note_count", "refused_count"])
    actions.write_run(run, rows=rows, by=by)
