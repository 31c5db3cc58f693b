"""A First Secretary's evening: the day typed once, on a phone or at a desk."""

from collections.abc import Callable
from secrets import token_hex
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESKTOP, PHONE, figure_at, picture

pytestmark = pytest.mark.browser
FIGURE = "practical_services"


@pytest.mark.parametrize("name", ["phone", "desktop"])
def test_a_day_is_written_once_and_counts_everywhere_once_confirmed(
    signed_in: Callable[..., Page], people: dict[str, dict[str, Any]], name: str
) -> None:
    size = {"phone": PHONE, "desktop": DESKTOP}[name]
    village = people["zhashui.secretary"]["区划代码"]
    places = [village, village[:6], village[:4]]
    city = signed_in("shangluo.org")
    before = [figure_at(city, place, FIGURE) for place in places]

    page = signed_in("zhashui.secretary", size)
    expect(page.get_by_role("heading", name="我的农户")).to_be_visible()
    if size is PHONE:
        picture(page, "field-phone")
    content = f"送去卫生室开的药，教会在手机上缴费（{name} {token_hex(2)}）"
    write(page, content)
    page.get_by_role("button", name="保存").dblclick()
    expect(page.get_by_role("heading", name="已保存")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("生成入户走访 1 次、为民办实事 1 件")
    assert reached(page) == [(one, one) for one in before]
    made = page.url

    clerk = signed_in("zhashui.village", size)
    clerk.locator("li", has_text=content).get_by_role("link", name="确认").click()
    clerk.get_by_label("签字").check()
    clerk.get_by_role("button", name="确认这件实事").dblclick()
    expect(clerk.get_by_text("已确认，这件实事已计入统计数字")).to_be_visible()
    assert [figure_at(city, place, FIGURE) for place in places] == [one + 1 for one in before]

    page.goto(made)
    assert reached(page) == [(one, one + 1) for one in before]
    page.get_by_role("link", name="返回我的村").click()
    log = page.locator("section", has=page.get_by_role("heading", name="最近的日志"))
    expect(log.get_by_text(content)).to_have_count(1)


def test_going_back_shows_the_form_anew_with_the_log_below_it(signed_in: Callable[..., Page]) -> None:
    page = signed_in("zhashui.secretary")
    content = f"入户核对收入台账，约好下周看香菇大棚（{token_hex(2)}）"
    write(page, content, service=False)
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", name="已保存")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="写工作日志")).to_be_visible()
    log = page.locator("section", has=page.get_by_role("heading", name="最近的日志"))
    expect(log.get_by_text(content)).to_have_count(1)
    page.go_forward()
    expect(page.get_by_role("heading", name="已保存")).to_be_visible()


def write(page: Page, content: str, *, service: bool = True) -> None:
    """One thing of the day: the visit to a household not yet visited today and, if it was one, the practical service."""
    thing = page.locator("form.daily .thing").first
    mine = page.locator("section", has=page.get_by_role("heading", name="我的农户")).locator("tbody tr")
    unvisited = next(place for place, row in enumerate(mine.all_inner_texts(), start=1) if "2016-06-08" not in row)
    thing.get_by_label("哪一户").select_option(index=unvisited)
    thing.get_by_label("做了什么").fill(content)
    if service:
        thing.get_by_text("这也是一件为民办实事").click()
        thing.get_by_label("实事类别").select_option(label="政策代办")


def reached(page: Page) -> list[tuple[int, int]]:
    """The figures before and after, of village, county and city, as the page of what was made says them."""
    lines = page.locator("section", has=page.get_by_role("heading", name="为民办实事")).locator("tbody tr")
    numbers = [[int("".join(filter(str.isdigit, cell))) for cell in line.locator("td.n").all_inner_texts()] for line in lines.all()]
    return [(before, after) for before, after in numbers]
