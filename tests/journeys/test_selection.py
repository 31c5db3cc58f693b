"""From an empty batch to printed appointments for three officials, by keyboard alone; each step is a picture of the handbook."""

import functools
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

from tests.journeys.conftest import picture
from tests.journeys.keys import Hands

pytestmark = pytest.mark.browser
MEETING = "县委常委会第9次会议"
GAZETTEER = Path(__file__).parents[2] / "shibaiqian/regions/data/regions_6110.csv"


@pytest.fixture(scope="session")
def office(site: str, environment: dict[str, str], people: dict[str, dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> str:
    """The county as it is for who begins: communities without an official, a body that signs. The login of its discipline inspection."""
    county, officer = people["zhashui.org"]["区划代码"], "zhashui.discipline"
    places = tmp_path_factory.mktemp("places") / "places.csv"
    write_new_communities(places, county=county)
    run = functools.partial(subprocess.run, env=environment, check=True)
    run([sys.executable, "-m", "shibaiqian", "regions", "load", str(places)])
    run([sys.executable, "-m", "tests.journeys.office", county, officer])
    return officer


def write_new_communities(file: Path, *, county: str) -> None:
    """The county's part of the gazetteer with a new community in each of its first two towns: in the demonstration nearly every village is served."""
    known = pl.read_csv(GAZETTEER, infer_schema=False)
    here = known.filter(pl.col("code").str.starts_with(county) | pl.col("code").is_in([county[:2], county[:4]]))
    towns = here.filter(pl.col("code").str.len_bytes() == 9)["code"].sort()[:2]
    new = {"code": [f"{town}980" for town in towns], "name": ["新安社区", "新乐社区"], "level": "village", "kind": "community"}
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


def test_three_officials_are_appointed_by_keyboard_alone(signed_in: Callable[..., Page], office: str) -> None:
    city = Clerk(signed_in("shangluo.org"))
    batch = plan_a_batch(city)
    clerk = Clerk(signed_in("zhashui.org"))
    enter(clerk, batch)
    villages = raise_posts(clerk)
    names = nominate(clerk)
    review(clerk, names)
    inspect(Clerk(signed_in(office)), batch)
    match(clerk)
    decide(clerk, names)
    publish(clerk)
    appoint(clerk, names)
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


def decide(clerk: Clerk, names: list[str]) -> None:
    clerk.send(clerk.page.locator("#nav").get_by_role("link", name="上会与任命"))
    clerk.go("拟制呈批件")
    boxes = clerk.page.locator("input[name=nomination]")
    expect(boxes).to_have_count(3)
    clerk.tick(*(boxes.nth(n) for n in range(3)))
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


def publish(clerk: Clerk) -> None:
    clerk.date(clerk.field("公示开始"), "2016-05-13")
    clerk.to(clerk.field("受理单位和办公电话"))
    clerk.page.keyboard.press("End")
    clerk.page.keyboard.type("0914-4321234")
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


def stand_on_the_list(clerk: Clerk, names: list[str], villages: list[str]) -> None:
    clerk.send(clerk.page.locator("#nav").get_by_role("link", name="上会与任命"))
    clerk.send(clerk.page.locator("tbody tr[data-href]").first)
    clerk.date(clerk.field("开具日期"), "2016-05-24")
    clerk.do("开具介绍信")
    clerk.shot("letters")
    clerk.send(clerk.page.locator("tbody a").first)
    assert names[0] in (printed := pages_of(clerk, "PDF")) or any(name in printed for name in names)
    clerk.send(clerk.page.locator("#nav").get_by_role("link", name="挂职干部", exact=True))
    clerk.shot("postings")


def file_of(clerk: Clerk, link: str) -> bytes:
    clerk.to(clerk.link(link))
    with clerk.page.expect_download() as download:
        clerk.page.keyboard.press("Enter")
    return download.value.path().read_bytes()


def pages_of(clerk: Clerk, link: str) -> str:
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(file_of(clerk, link))).pages)
