"""From an empty batch to printed appointments for three officials, by keyboard alone; each step is a picture of the handbook."""

import io
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import polars as pl
import pypdf
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import PHONE, picture
from tests.journeys.keys import Hands

pytestmark = [pytest.mark.browser, pytest.mark.slow]
MEETING = "县委常委会第9次会议"
GAZETTEER = Path(__file__).parents[2] / "shibaiqian/regions/data/regions_6110.csv"


@pytest.fixture(scope="session")
def new_places(site: str, environment: dict[str, str], people: dict[str, dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> None:
    """Three communities set up lately: in the demonstration every other village is served or about to be."""
    places = tmp_path_factory.mktemp("places") / "places.csv"
    write_new_communities(places, county=people["zhashui.org"]["区划代码"])
    subprocess.run([sys.executable, "-m", "shibaiqian", "regions", "load", str(places)], env=environment, check=True)


def write_new_communities(file: Path, *, county: str) -> None:
    """The county's part of the gazetteer with a new community in each of its first three towns."""
    known = pl.read_csv(GAZETTEER, infer_schema=False)
    here = known.filter(pl.col("code").str.starts_with(county) | pl.col("code").is_in([county[:2], county[:4]]))
    towns = here.filter(pl.col("code").str.len_bytes() == 9)["code"].sort()[:3]
    new = {"code": [f"{town}980" for town in towns], "name": ["新安社区", "新乐社区", "新民社区"], "level": "village", "kind": "community"}
    pl.concat([here, pl.DataFrame(new)], how="diagonal").write_csv(file)


class Clerk(Hands):
    """Somebody of an office, by the names of what stands on the page."""

    def link(self, name: str | re.Pattern[str]) -> Locator:
        return self.page.locator("main").get_by_role("link", name=name).first

    def button(self, name: str) -> Locator:
        return self.page.locator("main").get_by_role("button", name=name, exact=True)

    def field(self, label: str) -> Locator:
        return self.page.locator("main").get_by_label(label).and_(self.page.locator("input, select, textarea")).first

    def go(self, name: str | re.Pattern[str]) -> None:
        self.send(self.link(name))

    def do(self, name: str) -> None:
        self.send(self.button(name))
        assert self.page.locator("main [role=alert]").count() == 0, self.page.locator("main").inner_text()

    def unfold(self, summary: str) -> None:
        self.press(self.page.locator("summary", has_text=summary))

    def tick_all(self) -> None:
        self.tick(self.page.get_by_label("全选"))

    def shot(self, name: str) -> None:
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is wider than the window"
        picture(self.page, f"selection-{name}")


@pytest.mark.usefixtures("new_places")
def test_three_officials_are_appointed_by_keyboard_alone(signed_in: Callable[..., Page]) -> None:
    city = Clerk(signed_in("shangluo.org"))
    batch = plan_a_batch(city)
    clerk = Clerk(signed_in("zhashui.org"))
    enter(clerk, batch)
    villages = raise_posts(clerk)
    names = nominate(clerk)
    review(clerk, names)
    inspect(Clerk(signed_in("zhashui.discipline")), batch)
    match(clerk)
    sheet = decide(clerk, names)
    publish(clerk)
    appoint(clerk, names)
    open_letters(clerk, names, sheet)
    stand_on_the_list(clerk, names, villages)


def enter(clerk: Clerk, batch: str) -> None:
    clerk.send(clerk.page.locator("#nav").get_by_role("link", name="批次", exact=True))
    clerk.go(batch)


def plan_a_batch(city: Clerk) -> str:
    city.send(city.page.locator("#nav").get_by_role("link", name="批次", exact=True))
    name = city.field("批次名称").input_value()
    city.date(city.field("启动日期"), "2016-04-18")
    city.shot("open-batch")
    city.do("设立")
    city.unfold("分配名额")
    city.choose(city.field("层级"), "村级")
    city.choose(city.field("县区"), "柞水县")
    city.write(city.field("名额"), "3")
    city.shot("quota")
    city.do("保存")
    city.write(city.field("方案文号"), "商组发〔2016〕31号")
    city.date(city.field("批准日期"), "2016-04-18")
    city.shot("plan")
    city.do("批准方案")
    city.date(city.field("办理日期"), "2016-04-20")
    city.do("启动选派")
    expect(city.page.locator("main")).to_contain_text("选派中")
    city.shot("batch")
    return name


def raise_posts(clerk: Clerk) -> list[str]:
    clerk.go("提出岗位")
    boxes = clerk.page.locator("input[name=place]")
    codes = [boxes.nth(n).get_attribute("value") or "" for n in range(3)]
    clerk.tick(*(boxes.nth(n) for n in range(3)))
    clerk.shot("raise-posts")
    clerk.do("提出")
    clerk.tick_all()
    clerk.shot("posts")
    clerk.do("上报")
    clerk.go("已上报")
    clerk.tick_all()
    clerk.date(clerk.field("办理日期"), "2016-04-25")
    clerk.do("确认")
    clerk.go("已确认")
    return codes


def nominate(clerk: Clerk) -> list[str]:
    clerk.go(re.compile("批$"))
    clerk.go("推荐人选")
    clerk.choose(clerk.field("单位"), "果业局")
    clerk.do("列出干部")
    boxes = clerk.page.locator("input[name=cadre]")
    clerk.tick(*(boxes.nth(n) for n in range(3)))
    names = [clerk.page.locator(f"label[for={boxes.nth(n).get_attribute('id')}]").inner_text() for n in range(3)]
    clerk.write(clerk.field("党组会议纪要文号"), "柞果党纪〔2016〕7号")
    clerk.date(clerk.field("会议日期"), "2016-04-27")
    clerk.date(clerk.field("推荐日期"), "2016-04-28")
    clerk.shot("nominate")
    clerk.do("推荐勾选的干部")
    clerk.tick_all()
    clerk.do("推荐")
    return names


def review(clerk: Clerk, names: list[str]) -> None:
    clerk.go("单位已推荐")
    clerk.tick_all()
    clerk.date(clerk.field("办理日期"), "2016-05-03")
    clerk.shot("screen")
    clerk.do("资格审查")
    clerk.go("资格已审")
    clerk.tick_all()
    clerk.unfold("登记审查结果")
    clerk.date(clerk.field("审查日期"), "2016-05-05")
    clerk.shot("gates")
    clerk.do("登记审查结果")
    clerk.go("四关审查中")
    clerk.tick_all()
    clerk.date(clerk.field("办理日期"), "2016-05-09")
    clerk.do("核对回避关系")
    clerk.go(names[0])
    clerk.shot("nomination")


def inspect(officer: Clerk, batch: str) -> None:
    enter(officer, batch)
    officer.go("四关审查中")
    officer.tick_all()
    officer.unfold("登记审查结果")
    officer.date(officer.field("审查日期"), "2016-05-06")
    officer.shot("integrity")
    officer.do("登记审查结果")


def match(clerk: Clerk) -> None:
    clerk.go(re.compile("批$"))
    clerk.go("因村派人")
    clerk.date(clerk.field("方案日期"), "2016-05-10")
    clerk.shot("match")
    clerk.do("生成方案")
    clerk.shot("plan-of-match")
    clerk.date(clerk.field("办理日期"), "2016-05-10")
    clerk.do(f"确定{clerk.page.locator('h1').inner_text()}")


def decide(clerk: Clerk, names: list[str]) -> str:
    clerk.send(clerk.page.locator("#nav").get_by_role("link", name="上会与任命"))
    clerk.go("拟制呈批件")
    clerk.tick(*(clerk.page.get_by_role("checkbox", name=name) for name in names))
    clerk.date(clerk.field("呈报日期"), "2016-05-11")
    clerk.shot("sheet")
    clerk.do("拟制呈批件")
    printed = pages_of(clerk, "打印呈批件")
    assert all(name in printed for name in names)
    clerk.write(clerk.field("会议名称"), MEETING)
    clerk.date(clerk.field("会议日期"), "2016-05-12")
    clerk.write(clerk.field("会议纪要号"), "柞常纪〔2016〕9号")
    clerk.shot("decision")
    clerk.do("登记会议决定")
    return clerk.page.locator("h1").inner_text()


def publish(clerk: Clerk) -> None:
    clerk.date(clerk.field("公示开始"), "2016-05-13")
    expect(clerk.field("受理单位和办公电话")).to_have_value(re.compile("组织部.*电话"))  # as last time
    clerk.shot("publish")
    clerk.do("发布公示")
    expect(clerk.page.locator("main")).to_contain_text("2016-05-19")
    clerk.shot("notice")
    clerk.do("结束公示")
    clerk.go("呈批件")


def appoint(clerk: Clerk, names: list[str]) -> None:
    clerk.go(re.compile("^任命$"))
    clerk.date(clerk.field("任命日期"), "2016-05-23")
    clerk.do("预览")
    clerk.shot("appoint")
    clerk.do("印发任职通知")
    printed = pages_of(clerk, "PDF")
    word = docx.Document(io.BytesIO(file_of(clerk, "Word")))
    said = "".join(cell.text for table in word.tables for row in table.rows for cell in row.cells)
    assert all(name in printed and name in said for name in names) and "2018" in printed
    clerk.shot("appointment")


def open_letters(clerk: Clerk, names: list[str], sheet: str) -> None:
    clerk.send(clerk.page.locator("#nav").get_by_role("link", name="上会与任命"))
    clerk.go(sheet)
    clerk.date(clerk.field("开具日期"), "2016-05-24")
    clerk.do("开具介绍信")
    clerk.shot("letters")
    letters = pages_of(clerk, "打印全部 PDF")
    assert all(name in letters for name in names), letters


def stand_on_the_list(clerk: Clerk, names: list[str], villages: list[str]) -> None:
    """All three wait for their arrival, each in a village of their own."""
    clerk.send(clerk.page.locator("#nav").get_by_role("link", name="挂职干部", exact=True))
    clerk.choose(clerk.page.locator(".filters").get_by_label("状态"), "待到岗")
    clerk.do("查找")
    rows = clerk.page.locator("tbody tr", has_text="2016-05-23")
    expect(rows).to_have_count(len(villages))
    assert all(name in "".join(rows.all_inner_texts()) for name in names)
    clerk.shot("postings")


@pytest.mark.parametrize("desk", ["needs", "nominations"])
def test_the_desks_fit_a_phone(signed_in: Callable[..., Page], site: str, desk: str) -> None:
    page = signed_in("zhashui.org", PHONE)
    page.goto(f"{site}/selection/")
    page.get_by_role("link", name=re.compile("^2016年第.批")).first.click()
    page.locator(f"main tbody a[href*='/selection/{desk}/']").last.click()
    expect(page.locator("h1")).to_be_visible()
    boxes = page.locator("tbody input[type=checkbox]")
    if boxes.count():
        expect(boxes.first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def file_of(clerk: Clerk, link: str) -> bytes:
    clerk.to(clerk.link(link))
    with clerk.page.expect_download() as download:
        clerk.page.keyboard.press("Enter")
    return download.value.path().read_bytes()


def pages_of(clerk: Clerk, link: str) -> str:
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(file_of(clerk, link))).pages)
