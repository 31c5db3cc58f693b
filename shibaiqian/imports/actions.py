"""A roster's way: uploaded, looked at, confirmed, written; or discarded, or undone."""

import hashlib
from pathlib import PurePath
from typing import Any

from django.db import connection, models
from django.db.models import Exists, OuterRef
from procrastinate.contrib.django import app

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused, command, current_event, note_in_event
from shibaiqian.access.grants import MAINTAIN_SINCE
from shibaiqian.access.recorded import Recorded
from shibaiqian.access.roles import Permission
from shibaiqian.access.rows import Rows, Written
from shibaiqian.base import clock
from shibaiqian.base.spreadsheets.findings import Findings
from shibaiqian.files import store
from shibaiqian.imports import queries, rules
from shibaiqian.imports.kinds import KINDS, Kind
from shibaiqian.imports.models import ImportFinding, ImportRun, OpeningBalance
from shibaiqian.indicators.actions import rebuild_rollups
from shibaiqian.regions.models import Region

STORED_FINDINGS = 2000


class WrongMoment(Refused):
    """The run is not in a state that allows this."""


class NotThisRoster(Refused):
    """The role may not take in rosters of this kind."""


class OpeningClosed(Refused):
    """The county's opening balance was closed for good."""


class SomethingStandsOnIt(Refused):
    """Later rows refer to what the import wrote."""


class SourceMissing(Refused):
    """An opening balance is closed by a document."""


class SecondPersonNeeded(Refused):
    """Who loaded the opening balance may not close it."""


@command(Permission.IMPORT_ROSTERS, redact=("data",))
def upload_roster(region: Region, *, kind: str, file_name: str, data: bytes, write_when_clean: bool = False, by: Actor) -> ImportRun:
    """Keep a roster sealed and have it looked at in the background.

    `write_when_clean` lets the same job write it when nothing in it is refused; otherwise it waits to be confirmed.
    """
    found = _kind_for(kind, by=by)
    if found.opening:
        _opening_of(region, by=by)
    run = ImportRun.unscoped.create(
        region=region, kind=kind, file_name=PurePath(file_name).name[:120], file_sha256=hashlib.sha256(data).hexdigest(),
        file_key=store.keep(data), state=ImportRun.State.UPLOADED, uploaded_by=by.user_id, uploaded_by_name=by.name,
        role=by.role.value, uploaded_at=clock.wall_now(), event=current_event(),
    )  # fmt: skip
    note_in_event(file_sha256=run.file_sha256, bytes=len(data))
    _afterwards("look_at", run, write_when_clean=write_when_clean, by=by)
    return run


@command(Permission.IMPORT_ROSTERS)
def confirm_run(run: ImportRun, *, by: Actor) -> ImportRun:
    """Have a previewed roster written; its notes are accepted with it."""
    _kind_for(run.kind, by=by)
    _move(run, "confirm_run")
    _afterwards("write", run, by=by)
    return run


@command(Permission.IMPORT_ROSTERS)
def discard_run(run: ImportRun, *, by: Actor) -> ImportRun:
    """Give up a roster that was not written."""
    _kind_for(run.kind, by=by)
    _move(run, "discard_run")
    return run


@command(Permission.IMPORT_ROSTERS)
def note_verdict(run: ImportRun, *, findings: Findings, row_count: int, by: Actor) -> ImportRun:
    """Keep what a look at the file found: every refusal and note by sheet, row and column."""
    ImportFinding.objects.visible_to(by).filter(run=run).delete()
    kept = [
        ImportFinding(run=run, region_id=run.region_id, severity=f.severity, sheet=f.sheet or "", row=f.row, column=f.column or "",
                      message=f.message, mend=f.mend or "", value=f.value or "")
        for f in findings.stored(STORED_FINDINGS)
    ]  # fmt: skip
    ImportFinding.unscoped.bulk_create(kept, batch_size=500)
    run.row_count, run.refused_count, run.note_count = row_count, findings.refused_count, findings.note_count
    run.message = ""
    _move(run, "refuse_run" if findings.has_refusals else "preview_run")
    return run


@command(Permission.IMPORT_ROSTERS)
def note_failure(run: ImportRun, *, message: str, by: Actor) -> ImportRun:
    """The file could not be read or written; nothing was changed."""
    run.message = message
    _move(run, "fail_run")
    return run


@command(Permission.IMPORT_ROSTERS)
def note_progress(run: ImportRun, *, state: str, stage: str, percent: int, by: Actor) -> ImportRun:
    """Where the work stands, for those who watch. Refused when the work was done meanwhile: by a job that was only thought dead."""
    rules.require(run.state, "note_progress", refuse=WrongMoment)
    run.state, run.stage, run.percent = state, stage, percent
    run.save(update_fields=["state", "stage", "percent"])
    return run


@command(Permission.IMPORT_ROSTERS)
def write_run(run: ImportRun, *, rows: Rows, by: Actor) -> ImportRun:
    """Write a roster by its command, all or nothing; the command moves the figures that depend on it."""
    rules.require(run.state, "finish_run", refuse=WrongMoment)  # before anything is written: another job may have been faster
    kind = KINDS[run.kind]
    region = Region.objects.get(pk=run.region_id)
    if kind.opening:
        _opening_of(region, by=by)
    written: Written = kind.command(region, rows=rows, by=by)
    if kind.recount:
        rebuild_rollups(run.region_id, codes=kind.figures)
    _analyse(kind)
    run.written_by_event, run.finished_at, run.percent = current_event(), clock.wall_now(), 100
    run.message = f"写入 {written.count:,} 行。"
    _move(run, "finish_run")
    note_in_event(written=written.count, kind=run.kind, file_sha256=run.file_sha256)
    return run


@command(Permission.IMPORT_ROSTERS)
def undo_run(run: ImportRun, *, reason: str, by: Actor) -> ImportRun:
    """Void every row an import wrote, while nothing later stands on them; an opening balance, until it is closed."""
    kind = _kind_for(run.kind, by=by)
    rules.require(run.state, "undo_run", refuse=WrongMoment)
    if kind.opening:
        _opening_of(Region.objects.get(pk=run.region_id), by=by)
    if not kind.tables:
        raise WrongMoment(f"“{kind.label}”不能撤销导入。")
    _refuse_if_built_upon(kind, event=run.written_by_event or 0)
    voided = sum(_void(table, event=run.written_by_event or 0) for table in kind.tables)
    if kind.after_undo is not None:
        kind.after_undo(run.written_by_event or 0)
    if kind.take_back is not None:
        kind.take_back(Region.objects.get(pk=run.region_id), event=run.written_by_event or 0, by=by)
    if kind.figures:
        rebuild_rollups(run.region_id, codes=kind.figures)
    run.message = f"已撤销，作废 {voided:,} 行。原因：{reason}"
    _move(run, "undo_run")
    note_in_event(voided=voided)
    return run


@command(Permission.CLOSE_OPENING)
def close_opening(region: Region, *, source_document: str, by: Actor) -> OpeningBalance:
    """Close a county's opening balance for good; by a second person, naming the source document."""
    if not source_document.strip():
        raise SourceMissing("没有填写依据文件。请写明文号，例如“洛扶发〔2016〕3号”。")
    opening = _opening_of(region, by=by)
    loaded = queries.opening_runs(by=by).filter(region_id__gte=opening.region_id, region_id__lt=f"{opening.region_id}:")
    if not loaded.exists():
        raise WrongMoment("还没有导入期初数据，不能封账。请先导入贫困户名册和贫困人口名册。")
    if loaded.filter(uploaded_by=by.user_id).exists():
        raise SecondPersonNeeded("期初数据由您导入，须由另一人封账。")
    opening.closed_by, opening.closed_on, opening.source_document = by.user_id, clock.today(), source_document.strip()
    opening.save(update_fields=["closed_by", "closed_on", "source_document"])
    return opening


def _analyse(kind: Kind) -> None:
    """Tell the planner of the rows just written; before PostgreSQL 17 only autovacuum may, a little later."""
    if connection.pg_version < MAINTAIN_SINCE:  # type: ignore[attr-defined]
        return
    with connection.cursor() as cursor:
        for table in kind.tables:
            cursor.execute(f"analyze {connection.ops.quote_name(table._meta.db_table)}")


def _kind_for(code: str, *, by: Actor) -> Kind:
    """The kind of roster, for a role that may take such rosters in: each step of one needs what its rows need."""
    kind = KINDS.get(code)
    if kind is None or not by.may(kind.permission):
        raise NotThisRoster("您的角色不能导入这种名册。请选择本页列出的名册种类。")
    return kind


def _opening_of(region: Region, *, by: Actor) -> OpeningBalance:
    """The county's open opening balance, made at first use; refused once closed."""
    county = region.code[:6]
    if len(county) < 6:
        raise NotThisRoster("期初数据按县区导入，请选择县区。")
    if not by.scope.holds_region(county):
        raise NotThisRoster("期初数据由县区统一导入和封账。请把名册交给县区扶贫部门。")
    OpeningBalance.unscoped.bulk_create(
        [OpeningBalance(region_id=county, opened_by=by.user_id, event=current_event())], ignore_conflicts=True
    )
    opening = OpeningBalance.unscoped.select_for_update().get(region_id=county)
    if opening.closed_on is not None:
        raise OpeningClosed(f"本县区期初数据已于 {opening.closed_on} 封账，今后只能按程序变更。")
    return opening


def _move(run: ImportRun, step: str) -> None:
    run.state = rules.require(run.state, step, refuse=WrongMoment)
    run.save()


def _afterwards(job: str, run: ImportRun, *, by: Actor, **more: Any) -> None:
    """Queue a job of `jobs.py` by its name, in this transaction; rosters of one county go one after the other."""
    who: Any = {
        "user_id": str(by.user_id or ""), "role": by.role.value, "region": by.scope.region, "standing_in_for": by.standing_in_for,
        "lender_id": str(by.lender_id or ""),
    }  # fmt: skip
    task = app.configure_task(f"imports.{job}", allow_unknown=False, lock=f"imports-{run.region_id[:6]}")
    task.defer(run_id=str(run.pk), who=who, **more)


def _void(table: type[models.Model], *, event: int) -> int:
    rows = table._base_manager.filter(event=event, voided_by__isnull=True)
    return rows.update(voided_by=current_event())


def _refuse_if_built_upon(kind: Kind, *, event: int) -> None:
    """Look for live rows of other events that refer to what this event wrote."""
    for table in kind.tables:
        for relation in _referring(table):
            mine = table._base_manager.filter(pk=OuterRef(relation.column), event=event)
            later = relation.model._base_manager.filter(Exists(mine), voided_by__isnull=True).exclude(event=event)
            if later.exists():
                raise SomethingStandsOnIt(
                    f"不能撤销：之后登记的“{_called(relation.model)}”用到了本次导入的数据。请先撤销后来的导入，或改用更正。"
                )


def _called(model: type[models.Model]) -> str:
    """What offices call the roster that writes such rows."""
    return next((kind.label for kind in KINDS.values() if model in kind.tables), str(model._meta.verbose_name))


def _referring(table: type[models.Model]) -> list["_Reference"]:
    found: list[_Reference] = []
    for model in _recorded_models():
        found += [
            _Reference(model, field.attname)
            for field in model._meta.concrete_fields
            if field.is_relation and field.related_model is table and model is not table
        ]
    return found


class _Reference:
    def __init__(self, model: type[models.Model], column: str) -> None:
        self.model, self.column = model, column


def _recorded_models() -> list[type[models.Model]]:
    from django.apps import apps  # noqa: PLC0415 - the registry is full only after start

    return [m for m in apps.get_models() if issubclass(m, Recorded)]
