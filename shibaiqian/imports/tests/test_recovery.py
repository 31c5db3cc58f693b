"""Workers that are killed: the roster is in once all the same, and whoever watches is told what happens."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from procrastinate.contrib.django import app

from shibaiqian.access.actor import Actor
from shibaiqian.audit.models import Event, Seal, SealedEvent
from shibaiqian.console.tests.factories import sign_in, text
from shibaiqian.imports import actions, jobs, queries
from shibaiqian.imports.models import ImportRun
from shibaiqian.imports.tests.factories import LUONAN, clerk_of, reloaded, row, villages_of, who, workbook
from shibaiqian.party.models import Overhaul
from shibaiqian.regions.models import Region

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(db: None) -> Actor:
    return clerk_of(LUONAN)


@pytest.fixture
def run(clerk: Actor) -> ImportRun:
    """A roster of three villages, uploaded to be written when it is clean."""
    return _upload(clerk)


def _upload(by: Actor) -> ImportRun:
    data = workbook(*[row(village) for village in villages_of(LUONAN, count=3)])
    county = Region.objects.get(pk=LUONAN)
    return actions.upload_roster(county, kind="overhauls", file_name="台账.xlsx", data=data, write_when_clean=True, by=by)


def _sql(query: str, *values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        found = cursor.fetchone() if cursor.description else None
    return found[0] if found else None


def _worker_takes_the_job(*, silent_for: int) -> None:
    """What a worker leaves in the database that took a job and has not been heard of for so many seconds."""
    worker = _sql("insert into procrastinate_workers (last_heartbeat) values (now() - make_interval(secs => %s)) returning id", silent_for)
    _sql("update procrastinate_jobs set scheduled_at = null")  # begun again "now", which a test's one transaction has not reached
    assert _sql("select (procrastinate_fetch_job_v2(array['imports'], %s)).id", worker) is not None


def _recover() -> None:
    async_to_sync(jobs.recover.func)(0)


def _job() -> tuple[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("select status::text, attempts from procrastinate_jobs where queue_name = 'imports'")
        return cursor.fetchone()


def test_the_job_of_a_silent_worker_is_begun_again(run: ImportRun) -> None:
    _worker_takes_the_job(silent_for=31)
    _recover()
    assert _job() == ("todo", 1)


def test_the_job_of_a_worker_that_lives_is_left_alone(run: ImportRun) -> None:
    _worker_takes_the_job(silent_for=10)
    _recover()
    assert _job() == ("doing", 0)


def test_a_roster_that_kills_every_worker_is_given_up_in_words(run: ImportRun) -> None:
    for _ in range(3):
        _worker_takes_the_job(silent_for=31)
        _recover()
    assert _job()[0] == "failed"
    run = reloaded(run)
    assert (run.state, run.message) == ("failed", jobs.ABANDONED)
    _recover()
    assert Event.objects.filter(action="imports.note_failure", subject_id=str(run.pk)).count() == 1


def test_a_roster_whose_job_broke_in_a_way_nobody_foresaw_does_not_stand_for_ever(run: ImportRun) -> None:
    _sql("update procrastinate_jobs set status = 'failed' where queue_name = 'imports'")
    _recover()
    assert reloaded(run).state == "failed"


def test_a_refusal_while_writing_is_said(run: ImportRun, clerk: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(*_: object, **__: object) -> None:
        raise actions.OpeningClosed("本县区期初数据已封账。")

    monkeypatch.setattr(actions, "rebuild_rollups", closed)
    monkeypatch.setattr(actions, "_analyse", closed)
    jobs.look_at(str(run.pk), who(clerk), write_when_clean=True)
    run = reloaded(run)
    assert (run.state, run.message) == ("failed", "本县区期初数据已封账。")
    assert Overhaul.unscoped.count() == 0


def test_a_job_only_thought_dead_finds_the_roster_written_and_leaves_it(run: ImportRun, clerk: Actor) -> None:
    jobs.look_at(str(run.pk), who(clerk), write_when_clean=True)
    for late in (
        lambda: actions.note_progress(run, state="checking", stage="读取文件", percent=5, by=clerk),
        lambda: actions.write_run(run, rows=None, by=clerk),
    ):
        with pytest.raises(actions.WrongMoment):
            late()
    assert reloaded(run).state == "done"
    assert Overhaul.unscoped.count() == 3


@pytest.mark.parametrize(
    ("silent_for", "another", "said"),
    [(5, True, ""), (31, True, "从头再做"), (31, False, "没有运行")],
    ids=["at work", "killed, another lives", "nobody lives"],
)
def test_the_page_says_what_happens_meanwhile(run: ImportRun, silent_for: int, another: bool, said: str) -> None:
    _worker_takes_the_job(silent_for=silent_for)
    if another:
        _sql("insert into procrastinate_workers (last_heartbeat) values (now())")
    page = text(sign_in("county_org_admin", LUONAN).get(f"/imports/{run.pk}/"))
    assert said in page
    assert ("不用重新上传" in page) == bool(said)


def test_the_page_says_that_the_work_was_begun_again(run: ImportRun) -> None:
    _worker_takes_the_job(silent_for=31)
    _recover()
    _worker_takes_the_job(silent_for=0)
    assert queries.trouble_of(run) == "again"
    assert "后台程序中断过" in text(sign_in("county_org_admin", LUONAN).get(f"/imports/{run.pk}/"))


# A real worker, killed in the middle.


@contextlib.contextmanager
def _worker(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-m", "shibaiqian", "worker"], env=environment, start_new_session=True)
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _until(true: Callable[[], object], *, what: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"never happened: {what}"
        time.sleep(0.1)


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_of_a_roster_leaves_it_to_the_next_one(committed: None, another_process: dict[str, str]) -> None:
    run = _upload(clerk_of(LUONAN))
    held = "select count(*) from pg_locks where relation = 'party_overhaul'::regclass"

    with _worker(another_process) as worker, psycopg.connect(another_process["DATABASE_OWNER_URL"]) as brake:
        brake.execute("lock table party_overhaul in share mode")  # reading goes on, writing stops
        _until(lambda: _sql(held + " and not granted"), what="the worker writes")
        assert reloaded(run).state == "writing"
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        brake.rollback()

    _until(lambda: not _sql(held), what="the database notices")
    assert (reloaded(run).state, Overhaul.unscoped.count(), _job()) == ("writing", 0, ("doing", 0))

    _sql("update procrastinate_workers set last_heartbeat = last_heartbeat - interval '31 seconds'")  # so much later
    with _worker(another_process):
        _until(lambda: reloaded(run).state == "done", what="the next worker finishes it")
    assert Overhaul.unscoped.count() == 3
    assert set(Overhaul.unscoped.values_list("event", flat=True)) == {reloaded(run).written_by_event}
    assert Event.objects.filter(action="imports.write_run", outcome=Event.Outcome.DONE).count() == 1


def test_the_audit_is_sealed_while_a_roster_keeps_its_worker_busy(committed: None, another_process: dict[str, str]) -> None:
    _upload(clerk_of(LUONAN))
    held = "select count(*) from pg_locks where relation = 'imports_importrun'::regclass and not granted"

    with _worker(another_process) as worker, psycopg.connect(another_process["DATABASE_OWNER_URL"]) as brake:
        brake.execute("lock table imports_importrun in exclusive mode")  # the roster waits at its first step
        _until(lambda: _sql(held), what="the worker works on the roster")
        app.configure_task("audit.seal").defer(timestamp=0)
        _until(Seal.objects.exists, what="the seal", seconds=30)
        assert SealedEvent.objects.filter(event__in=Event.objects.filter(action="imports.upload_roster")).exists()
        assert _job() == ("doing", 0)
        brake.rollback()
        _until(lambda: Overhaul.unscoped.count() == 3, what="the roster is written")
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=20) == 0
    assert _sql("select count(*) from procrastinate_workers") == 0, "both have signed off"
