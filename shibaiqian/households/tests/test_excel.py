"""The rosters as the fixture says; a file of each goes all the way through the reader."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter

from shibaiqian.access.actor import acting
from shibaiqian.access.rows import Rows
from shibaiqian.base.spreadsheets.reading import read_roster
from shibaiqian.households.actions import keep_incomes, register_households, register_members
from shibaiqian.households.excel import HOUSEHOLD_COLUMNS, INCOME_COLUMNS, MEMBER_COLUMNS, prepare_households, prepare_members
from shibaiqian.households.models import Household, IncomeYear, Member
from shibaiqian.households.tests.rosters import household, households_sheet, id_number, member, members_sheet
from shibaiqian.regions.models import Region

FIXTURE = Path(__file__).resolve().parents[3] / "docs" / "fixture.md"


@pytest.mark.parametrize(("kind", "columns"), [("households", HOUSEHOLD_COLUMNS), ("members", MEMBER_COLUMNS), ("incomes", INCOME_COLUMNS)])
def test_columns_are_those_of_the_fixture(kind: str, columns: Any) -> None:
    (line,) = [line for line in FIXTURE.read_text(encoding="utf-8").splitlines() if f"| `{kind}` |" in line]
    said = [header.strip() for header in line.split("|")[4].removesuffix("(25 columns)").replace("(25 columns)", "").split(",")]
    assert [column.header for column in columns] == [header.rstrip("*") for header in said]
    places = {"村代码"}  # a code or the names: required is one of them
    assert {column.header for column in columns if column.required} == {h.rstrip("*") for h in said if h.endswith("*")} - places


def written(path: Path, columns: Any, *rows: dict[str, str]) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet("名册")
        headers = [column.header for column in columns]
        page.write_row(0, 0, headers)
        for at, row in enumerate(rows, start=1):
            page.write_row(at, 0, [row.get(header, "") for header in headers])
    return path


@pytest.mark.django_db
def test_files_of_an_office_go_all_the_way(tmp_path: Path, luonan: Region, village: str, clerk: Any) -> None:
    place = Region.objects.get(pk=village)
    number = id_number(member("x")["birth_date"], sequence=1, male=True)
    home = {"户编号": "H1", "镇办": Region.objects.get(pk=village[:9]).name, "村（社区）": place.name, "户主姓名": "王 建国", "家庭人口": "1", "贫困户属性": "低保贫困户",
            "识别日期": "2014年3月20日", "主要致贫原因": "因病", "其他致贫原因": "缺技术、缺资金", "耕地面积（亩）": "3.5", "当前状态": "未脱贫"}  # fmt: skip
    person = {"户编号": "H1", "姓名": "王建国", "性别": "男", "身份证号": number, "出生日期": "1960-05-04", "与户主关系": "户主", "民族": "汉",
              "文化程度": "小学", "健康状况": "残疾", "残疾证号": number + "43", "劳动能力": "弱劳动力或半劳动力", "低保": "是"}  # fmt: skip
    money = {"户编号": "H1", "年度": "2015", "家庭人口": "1", "工资性收入（元）": "1,200.50", "人均纯收入（元）": "1200.5"}
    for columns, command, row in (
        (HOUSEHOLD_COLUMNS, register_households, home), (MEMBER_COLUMNS, register_members, person), (INCOME_COLUMNS, keep_incomes, money),
    ):  # fmt: skip
        reading = read_roster(written(tmp_path / "名册.xlsx", columns, row), columns=columns)
        assert not reading.findings.has_refusals, reading.findings.refusals()
        with acting(clerk):
            assert command(luonan, rows=Rows(reading.frame, sheet=reading.sheet), by=clerk).count == 1
    kept = Household.unscoped.get()
    assert (kept.region_id, kept.head_name, kept.farmland_centimu) == (village, "王建国", 350)
    assert (Member.unscoped.get().dibao, IncomeYear.unscoped.get().net_per_head_cents) == (True, 120_050)


@pytest.mark.django_db
def test_a_member_in_another_village_than_the_household_is_refused(luonan: Region, village: str, clerk: Any) -> None:
    register_households(luonan, rows=households_sheet(household("H1", village)), by=clerk)
    elsewhere = Region.objects.filter(code__gt=village, code__lt="611021:", level="village").order_by("code")[0].code
    with acting(clerk):
        prepared = prepare_members(luonan, rows=members_sheet(member("H1", village_code=elsewhere)), by=clerk)
    assert [(f.code, f.row, f.column) for f in prepared.findings.refusals()] == [("household_place", 2, "村代码")]


@pytest.mark.django_db
def test_cells_the_reader_refused_do_not_trouble_the_preview(luonan: Region, village: str, clerk: Any) -> None:
    empty = dict.fromkeys((c.name for c in HOUSEHOLD_COLUMNS), None)
    with acting(clerk):
        homes = prepare_households(luonan, rows=households_sheet({**empty, "village_code": village}, household("H1", village)), by=clerk)
        persons = prepare_members(luonan, rows=members_sheet(dict.fromkeys((c.name for c in MEMBER_COLUMNS), None)), by=clerk)
    assert not homes.findings.has_refusals
    assert not persons.findings.has_refusals


@pytest.mark.django_db
def test_the_preview_writes_nothing(luonan: Region, village: str, clerk: Any) -> None:
    with acting(clerk):
        prepared = prepare_households(luonan, rows=households_sheet(household("H1", village)), by=clerk)
    assert (prepared.frame.height, prepared.frame.schema["identified_on"], Household.unscoped.count()) == (1, pl.Date, 0)
