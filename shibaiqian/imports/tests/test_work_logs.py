"""Undoing a ledger of work logs: it takes its visits and logs with it, unless somebody wrote more on those days."""

import datetime as dt
import io

import pytest
import xlsxwriter

from shibaiqian.access.actor import Actor, acting
from shibaiqian.access.roles import Role
from shibaiqian.assistance.tests.factories import LUONAN, posted, registered, villages
from shibaiqian.fieldwork.actions import LogEntry, log_day
from shibaiqian.fieldwork.excel import LOG_COLUMNS
from shibaiqian.fieldwork.models import Visit, WorkLog, WorkLogItem
from shibaiqian.imports import actions, jobs
from shibaiqian.imports.models import ImportRun
from shibaiqian.imports.tests.factories import clerk_of, reloaded, who
from shibaiqian.postings.models import Posting
from shibaiqian.regions.models import Region

pytestmark = pytest.mark.django_db
DAY = dt.date(2015, 9, 1)


@pytest.fixture
def posting() -> Posting:
    village = villages(LUONAN)[0]
    registered(village.code, "H1")
    return posted(village.code, "P1")


@pytest.fixture
def clerk(db: None) -> Actor:
    return clerk_of(LUONAN, Role.COUNTY_POVERTY_ADMIN)


def written(by: Actor) -> ImportRun:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet("台账")
        sheet.write_row(0, 0, [column.header for column in LOG_COLUMNS])
        sheet.write_row(1, 0, ["P1", "", "", "", "", "2015-09-01", "入户走访", "H1", "看望老人", "2015-09-01 20:15"])
    region = Region.objects.get(pk=LUONAN)
    run = actions.upload_roster(region, kind="work_logs", file_name="日志.xlsx", data=buffer.getvalue(), write_when_clean=True, by=by)
    jobs.look_at(str(run.pk), who(by), True)
    run = reloaded(run)
    assert run.state == "done", run.message
    return run


def test_an_undone_ledger_leaves_nothing_to_be_seen(clerk: Actor, posting: Posting) -> None:
    run = written(clerk)
    actions.undo_run(run, reason="传错了文件", by=clerk)
    with acting(clerk):
        assert not any(table.objects.visible_to(clerk).exists() for table in (WorkLog, WorkLogItem, Visit))
    assert written(clerk).pk != run.pk  # and it can come in again


def test_a_day_with_more_on_it_keeps_the_ledger(clerk: Actor, posting: Posting) -> None:
    run = written(clerk)
    log_day(posting, on=DAY, items=[LogEntry("meeting", "开会")], by=clerk)
    with pytest.raises(actions.SomethingStandsOnIt):
        actions.undo_run(run, reason="传错了文件", by=clerk)
    assert reloaded(run).state == "done" and not WorkLogItem.unscoped.filter(voided_by__isnull=False).exists()
