"""Background work on rosters: load, call one action, done. A job carries its actor and enters that scope.

A worker that is killed leaves its job standing as being done. `recover` begins such a job again: a roster is written all or not
at all, so the second time finds nothing of the first. A job only thought dead (a machine that slept) is harmless too: both want
the lock of the run, and the slower one finds the roster written.
"""

import contextlib
import logging
import uuid

from asgiref.sync import sync_to_async
from django.conf import settings
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

from shibaiqian.access.actor import Actor, acting, system_actor
from shibaiqian.access.command import Refused
from shibaiqian.access.queries import still_acting
from shibaiqian.access.roles import Role
from shibaiqian.access.rows import Rows, RowsRefused
from shibaiqian.access.scope import Scope
from shibaiqian.base import clock, crypto
from shibaiqian.base.spreadsheets.reading import FileRefused, Reading, read_roster
from shibaiqian.files import store
from shibaiqian.imports import actions, queries, rules
from shibaiqian.imports.kinds import KINDS
from shibaiqian.imports.models import ImportRun
from shibaiqian.regions.models import Region

ATTEMPTS = 3  # a roster that kills its worker every time must not go round for ever
ABANDONED = (
    "后台程序处理这份名册时出错，已停止，没有写入任何数据。请把文件按镇办分成几份后重新上传；仍然不行，请把文件名和上传时间告诉系统管理员。"
)
NO_LONGER = "上传或确认这份名册的人，账号已停用或角色已终止，没有写入任何数据。请由现在负责的人重新上传。"
UNREADABLE = "服务器上的这份文件读不出来：可能磁盘已满、文件缺失或已损坏，没有写入任何数据。请重新上传；仍然不行，请联系系统管理员。"
logger = logging.getLogger(__name__)


def _actor(who: dict[str, str]) -> Actor | None:
    """Who had the job done, if account and role still hold."""
    if not who["user_id"]:
        return system_actor("导入", region=who["region"])
    lender = uuid.UUID(who["lender_id"]) if who.get("lender_id") else None
    return still_acting(who["user_id"], role=Role(who["role"]), scope=Scope(region=who["region"]), lender_id=lender, on=clock.today())


@app.task(queue="imports", name="imports.look_at")
def look_at(run_id: str, who: dict[str, str], write_when_clean: bool = False) -> None:
    """Read a roster in a child process, check it against the register, keep the verdict; perhaps write it."""
    _work(run_id, who, write_it=write_when_clean)


@app.task(queue="imports", name="imports.write")
def write(run_id: str, who: dict[str, str]) -> None:
    """Read a confirmed roster again and write it."""
    _work(run_id, who, write_it=True)


@app.periodic(cron="* * * * * */20", periodic_id="recover")  # the sixth field: seconds
@app.task(queue="recovery", name="imports.recover", queueing_lock="imports.recover", priority=100)
async def recover(timestamp: int = 0) -> None:
    """Begin again what a killed worker left; say of what nobody works on any more that it failed."""
    for job in await app.job_manager.get_stalled_jobs(queue="imports", seconds_since_heartbeat=settings.WORKER_SILENT):
        logger.warning("the worker of %s[%s] is gone, attempt %s", job.task_name, job.id, job.attempts + 1)
        if job.attempts + 1 < ATTEMPTS:
            await app.job_manager.retry_job(job)
        else:
            await app.job_manager.finish_job(job, status=Status.FAILED, delete_job=False)
    await sync_to_async(_say_what_failed)()


def _say_what_failed() -> None:
    by = system_actor("导入恢复")
    with acting(by):
        abandoned = list(queries.abandoned_runs(by=by))
    for run in abandoned:
        with contextlib.suppress(actions.WrongMoment):
            actions.note_failure(run, message=ABANDONED, by=by)


def _work(run_id: str, who: dict[str, str], *, write_it: bool) -> None:
    held = _actor(who)
    by = held or system_actor("导入", region=who["region"])
    with acting(by):
        run = ImportRun.objects.visible_to(by).get(pk=run_id)
    if run.state not in rules.WORKING:
        return  # a job that came back after its work was done
    if held is None:
        actions.note_failure(run, message=NO_LONGER, by=by)
        return
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
    except actions.WrongMoment:
        logger.info("roster %s was taken meanwhile by another job", run_id)
    except Refused as refusal:
        actions.note_failure(run, message=str(refusal), by=by)
    except (OSError, crypto.SealBroken) as failure:
        logger.error("the file of roster %s cannot be read: %s", run_id, failure)
        actions.note_failure(run, message=UNREADABLE, by=by)


def _read(run: ImportRun, by: Actor) -> Reading:
    kind = KINDS[run.kind]
    actions.note_progress(run, state="checking", stage="读取文件", percent=5, by=by)
    with store.opened(run.file_key, suffix=".roster") as path:  # its format goes by its bytes, never by its name
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
