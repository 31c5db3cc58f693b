"""The clerk of a county's poverty office brings rosters, wrong and right."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from playwright.sync_api import Page, expect

from shibaiqian.imports.kinds import KINDS
from tests.journeys.conftest import figure_at, picture

pytestmark = [pytest.mark.browser, pytest.mark.slow]
Rows = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def page(signed_in: Callable[..., Page]) -> Page:
    return signed_in("zhashui.poverty")


def written(file: Path, kind: str, rows: list[dict[str, Any]]) -> Path:
    """A workbook with the columns of the roster, as a clerk fills it in."""
    heads = [column.header for column in KINDS[kind].columns]
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet(KINDS[kind].label[:31])
        for place, head in enumerate(heads):
            sheet.write_string(0, place, head)
        for line, row in enumerate(rows, start=1):
            for place, head in enumerate(heads):
                if row.get(head) is not None:
                    sheet.write(line, place, row[head])
    return file


def bring(page: Page, kind: str, file: Path) -> None:
    page.get_by_role("link", name="名册导入").click()
    page.get_by_label("名册种类").select_option(kind)
    page.get_by_label("属于哪里").select_option(label="柞水县")
    page.locator("#id_file").set_input_files(file)
    page.get_by_role("button", name="上传并检查").click()


def test_a_roster_with_a_wrong_number_and_an_unknown_village_is_refused_whole(page: Page, rows: Rows, tmp_path: Path) -> None:
    first = {**rows("贫困人口名册", 1)[0], "与户主关系": "其他"}
    wrong = first["身份证号"][:-1] + ("1" if first["身份证号"][-1] != "1" else "2")
    people = [{**first, "姓名": "校验错", "身份证号": wrong}, {**first, "姓名": "村名错", "村（社区）": "桃花源村", "村代码": None}]
    bring(page, "members", written(tmp_path / "贫困人口.xlsx", "members", people))
    expect(page.get_by_text("有错误", exact=False).first).to_be_visible()
    found = page.locator("section", has=page.get_by_role("heading", name="检查结果")).locator("tbody tr")
    number = found.filter(has_text="身份证号").filter(has_text="校验").first
    for place, said in enumerate(["错误", "贫困人口名册", "2", "身份证号"]):
        expect(number.locator("td").nth(place)).to_have_text(said)
    expect(number.locator("td").nth(5)).not_to_be_empty()
    village = found.filter(has_text="桃花源村").first
    for place, said in enumerate(["错误", "贫困人口名册", "3", "村（社区）"]):
        expect(village.locator("td").nth(place)).to_have_text(said)
    expect(village.locator("td").nth(5)).not_to_be_empty()
    picture(page, "import-findings")
    page.goto(page.url.split("/imports/")[0] + f"/members/?region={first['村代码']}")
    for name in ("校验错", "村名错"):
        page.locator("#f-name").fill(name)
        page.get_by_role("button", name="查找").click()
        expect(page.get_by_role("status")).to_contain_text("没有符合条件")


def test_a_clean_roster_is_previewed_confirmed_counted_and_undone(page: Page, rows: Rows, tmp_path: Path) -> None:
    example = rows("为民办实事台账", 1)[0]
    region = example["村代码"]
    site = page.url.rstrip("/")
    before = figure_at(page, region, "practical_services")
    done = [{**example, "受益群众": f"受益人{who}", "户编号": None, "办理日期": "2016-06-01", "确认日期": "2016-06-02"} for who in "甲乙丙"]
    bring(page, "practical_services", written(tmp_path / "为民办实事六月.xlsx", "practical_services", done))
    expect(page.get_by_text("可以离开本页").or_(page.get_by_role("button", name="确认导入")).first).to_be_visible()
    page.get_by_role("button", name="确认导入").click(timeout=20_000)
    expect(page.locator("#run .tag").first).to_have_class("tag ok", timeout=20_000)
    run = page.url
    assert figure_at(page, region, "practical_services") == before + 3
    page.goto(run)
    page.get_by_label("撤销原因").fill("月份填错，重新整理后再导入")
    page.get_by_role("button", name="撤销导入").click()
    expect(page.locator("#run .tag").first).to_contain_text("撤销")
    assert figure_at(page, region, "practical_services") == before
    page.goto(f"{site}/imports/")
    expect(page.locator("tr", has_text="为民办实事六月.xlsx").first).to_contain_text("撤销")
