"""The pages of rosters: an upload sent twice, an undo that is refused, an empty workbook to begin with."""

import datetime as dt
import io
import uuid

import openpyxl
import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from shibaiqian.access.actor import system_actor
from shibaiqian.base.ids import new_id
from shibaiqian.base.spreadsheets.blank import GUIDE, blank_workbook
from shibaiqian.base.spreadsheets.tests.rosters import read_here
from shibaiqian.console.tests.factories import COUNTY, World, client, sign_in, text
from shibaiqian.fieldwork.actions import LogEntry, log_day
from shibaiqian.imports import actions, jobs
from shibaiqian.imports.kinds import KINDS
from shibaiqian.imports.models import ImportRun, OpeningBalance
from shibaiqian.imports.tests.factories import row, villages_of, workbook
from shibaiqian.regions.models import Region

pytestmark = pytest.mark.django_db
ORG = "county_org_admin"


def send(browser: Client, data: bytes, *, operation: uuid.UUID | None = None) -> int:
    said = {
        "kind": "overhauls",
        "region": COUNTY,
        "file": SimpleUploadedFile("台账.xlsx", data),
        **({"operation": operation} if operation else {}),
    }
    return browser.post("/imports/", said).status_code


def test_the_form_carries_an_id_and_a_double_click_makes_one_roster(world: World) -> None:
    browser, data, operation = client(ORG, world), workbook(row(villages_of(COUNTY, count=1)[0])), new_id()
    first, second = (text(browser.get("/imports/")).split('name="operation" value="')[1][:36] for _ in range(2))
    assert uuid.UUID(first) != uuid.UUID(second)
    assert [send(browser, data, operation=operation) for _ in range(2)] == [302, 302]
    assert ImportRun.unscoped.count() == 1
    assert send(browser, data, operation=new_id()) == 302
    assert ImportRun.unscoped.count() == 2


def test_another_file_under_the_same_id_is_refused_and_the_next_try_is_taken(world: World) -> None:
    browser, operation = client(ORG, world), new_id()
    one, other = (workbook(row(village)) for village in villages_of(COUNTY, count=2))
    assert send(browser, one, operation=operation) == 302
    answer = browser.post(
        "/imports/", {"kind": "overhauls", "region": COUNTY, "file": SimpleUploadedFile("台账.xlsx", other), "operation": operation}
    )
    assert answer.status_code == 422 and "内容不同" in text(answer)
    assert str(operation) not in text(answer)  # the form has a new id
    assert ImportRun.unscoped.count() == 1


def test_a_refused_undo_keeps_the_reason_that_was_typed(world: World) -> None:
    browser, by = client("county_poverty_admin", world), system_actor("测试")
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet("台账")
        sheet.write_row(0, 0, ["任职编号", "日期", "类别", "内容"])
        sheet.write_row(1, 0, [world.posting.number, "2016-05-03", "会议", "村两委会议"])
    county = Region.objects.get(pk=COUNTY)
    run = actions.upload_roster(county, kind="work_logs", file_name="日志.xlsx", data=buffer.getvalue(), write_when_clean=True, by=by)
    jobs.look_at(str(run.pk), {"user_id": "", "role": "system", "region": "6110"}, write_when_clean=True)
    log_day(world.posting, on=dt.date(2016, 5, 3), items=[LogEntry("study", "学习")], by=by)

    page = f"/imports/{run.pk}/undo/"
    blank = browser.post(page, {"reason": " "})
    assert blank.status_code == 422 and "请填写撤销原因" in text(blank)
    refused = browser.post(page, {"reason": "传错了文件"})
    assert refused.status_code == 422 and "不能撤销" in text(refused) and 'value="传错了文件"' in text(refused)
    ImportRun.unscoped.filter(pk=run.pk).update(state="undone")  # somebody else was faster
    assert "不能进行这一步" in text(browser.post(page, {"reason": "传错了文件"}))


def test_the_county_s_balance_knows_who_opened_it(world: World) -> None:
    browser = client("county_poverty_admin", world)
    said = {"kind": "households", "region": COUNTY, "file": SimpleUploadedFile("期初.xlsx", b"x")}
    assert browser.post("/imports/", said).status_code == 302
    assert str(OpeningBalance.unscoped.get().opened_by) == browser.session["_auth_user_id"]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_an_empty_workbook_has_the_headers_and_what_each_takes(kind: str, tmp_path: object) -> None:
    columns = KINDS[kind].columns
    book = openpyxl.load_workbook(io.BytesIO(blank_workbook(columns, title=KINDS[kind].label)))
    first, guide, lists = book.worksheets
    assert [cell.value for cell in first[1]] == [c.header + ("*" if c.required else "") for c in columns]
    assert (guide.title, lists.sheet_state) == (GUIDE, "hidden")
    for column, said in zip(columns, list(guide.iter_rows(min_row=2, max_col=5, values_only=True)), strict=True):
        assert said[0] == column.header
        for label in dict.fromkeys(column.labels.values()):
            assert label in (said[3] or "").split("、")


def test_a_filled_workbook_is_read_and_an_empty_one_has_no_rows(world: World, tmp_path: object) -> None:
    columns = KINDS["overhauls"].columns
    path = tmp_path / "a.xlsx"  # type: ignore[operator]
    path.write_bytes(client(ORG, world).get("/rosters/overhauls/blank/").content)
    assert "下面没有数据" in "".join(f.message for f in read_here(path, columns).findings)
    book = openpyxl.load_workbook(path)
    filled = row(villages_of(COUNTY, count=1)[0])
    for place, column in enumerate(columns, start=1):
        book.worksheets[0].cell(2, place, filled.get(column.header))
    book.save(path)
    reading = read_here(path, columns)
    assert reading.rows == 1 and not reading.findings.has_refusals
    assert read_here(path, KINDS["members"].columns).findings.has_refusals


def test_empty_workbooks_are_for_those_who_import(world: World) -> None:
    assert client(ORG, world).get("/rosters/nonsense/blank/").status_code == 404
    assert sign_in("audit_admin").get("/rosters/overhauls/blank/").status_code == 404
