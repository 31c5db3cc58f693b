"""A place on a record: off by default, one at a tap, never in the way of saving, and gone from a record before it is sent."""

import time
from secrets import token_hex
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.phones import PATIENCE, Phone, counts, sign_in, tab, write_log
from tests.journeys.proxy import Proxy
from tests.journeys.test_field import LOGIN, network, on_server, phone, seen, server, things
from tests.journeys.test_field_screens import look

__all__ = ["network", "phone", "server"]

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ADD = "附上现在的位置"
SWITCH = "写日志、核实农户时，给我一个“附上现在的位置”按钮"
# What the page asks the phone is counted; a phone that cannot find itself is one that never answers.
COUNT = """
asked = []; const places = navigator.geolocation;
for (const name of ['getCurrentPosition', 'watchPosition']) {
  const real = places[name].bind(places);
  places[name] = (...said) => { asked.push(name); return real(...said); };
}
"""


# Records are sent and no answer comes: those that are written meanwhile wait.
STALL = """
real = fetch; stalled = 0;
fetch = (to, how) => /inbox/.test(to) && ++stalled ? new Promise((_, fail) => how.signal.addEventListener('abort', () => fail(new Error('late')))) : real(to, how);
true;
"""


def points() -> list[tuple[Any, ...]]:
    """Millionths of a degree and metres, in the order in which they came."""
    return on_server("select latitude_e6, longitude_e6, accuracy_m from fieldwork_logpoint order by id")


def begin(page: Page, words: str) -> None:
    page.get_by_role("button", name="写日志").click()
    page.get_by_label("做了什么").fill(words)


def save(page: Page) -> None:
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("button", name="写日志")).to_be_visible()


def switched_on(phone: Phone, password: str, *, accuracy: float) -> Page:
    """The first screen of an official whose phone may say where it is, and who wants the button."""
    page = phone.open()
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 33.681237, "longitude": 109.114451, "accuracy": accuracy})
    sign_in(page, LOGIN, password)
    tab(page, "设置")
    page.get_by_role("checkbox", name=SWITCH).check()
    tab(page, "今天")
    return page


def test_a_place_is_given_by_who_wants_to_once_at_a_tap(phone: Phone, network: Proxy, password: str) -> None:
    mark, before = token_hex(4), len(points())
    page = phone.open()
    page.context.add_init_script(COUNT)
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 33.681237, "longitude": 109.114451, "accuracy": 24.2})
    page.reload()
    sign_in(page, LOGIN, password)

    # Off: no button, nothing asked, no place.
    begin(page, f"{mark} 没开")
    expect(page.get_by_role("button", name=ADD)).to_have_count(0)
    save(page)
    counts(page, 0, 1)
    assert things(mark) and points()[before:] == [] and page.evaluate("asked") == []

    tab(page, "设置")
    box = page.get_by_role("checkbox", name=SWITCH)
    expect(box).not_to_be_checked()
    box.check()
    assert look(page, "field-place-setting") == []
    tab(page, "今天")

    # On: nothing is asked until the tap; then once, to ten metres, with its accuracy.
    begin(page, f"{mark} 附上")
    expect(page.get_by_role("button", name=ADD)).to_be_visible()
    assert page.evaluate("asked") == []
    page.get_by_role("button", name=ADD).click()
    expect(page.get_by_text("已附上位置，误差约 25 米")).to_be_visible()
    page.get_by_role("button", name="去掉", exact=True).scroll_into_view_if_needed()
    assert look(page, "field-place-added") == []
    save(page)
    counts(page, 0, 2)
    assert points()[before:] == [(33_681_200, 109_114_500, 25)] and page.evaluate("asked") == ["getCurrentPosition"]

    # On, and not tapped: none.
    write_log(page, f"{mark} 没点")
    counts(page, 0, 3)
    assert len(points()[before:]) == 1


def test_a_place_goes_from_a_record_that_waits_and_without_leave_the_record_is_saved(phone: Phone, network: Proxy, password: str) -> None:
    mark, before = token_hex(4), len(points())
    page = switched_on(phone, password, accuracy=24.2)
    page.evaluate(STALL)
    write_log(page, f"{mark} 在路上")
    end = time.monotonic() + PATIENCE / 1000
    while not page.evaluate("stalled"):  # the page's policy lets nothing be waited for in it
        assert time.monotonic() < end
        page.wait_for_timeout(100)
    begin(page, f"{mark} 又去掉")
    page.get_by_role("button", name=ADD).click()
    expect(page.get_by_text("已附上位置")).to_be_visible()
    save(page)
    page.locator("main section button.row", has_text="又去掉").first.click()
    expect(page.get_by_text("北纬 33.6812，东经 109.1145，误差约 25 米")).to_be_visible()
    seen(page, "field-place-record")
    page.get_by_role("button", name="去掉位置").click()
    expect(page.get_by_text("北纬")).to_have_count(0)
    page.get_by_role("button", name="返回").click()
    page.evaluate("fetch = real; true")

    # Not allowed: said in words, saved all the same.
    page.context.clear_permissions()
    begin(page, f"{mark} 不允许")
    page.get_by_role("button", name=ADD).click()
    expect(page.get_by_text("手机没有允许取位置。这条不带位置，照常保存")).to_be_visible()
    page.get_by_role("button", name=ADD).scroll_into_view_if_needed()
    assert look(page, "field-place-denied") == []
    save(page)
    expect(page.locator(".strip")).to_contain_text("手机上 0 条，已收到 3 条", timeout=3 * PATIENCE)
    assert len(things(mark)) == 3 and points()[before:] == []


def test_a_place_may_go_with_a_visit_and_a_phone_that_does_not_answer_holds_nobody_up(phone: Phone, network: Proxy, password: str) -> None:
    mark, before = token_hex(4), len(points())
    page = switched_on(phone, password, accuracy=40)
    tab(page, "我的村")
    page.locator("ul.rows button.row").first.click()
    page.get_by_role("button", name="入户核实").click()
    page.get_by_label("还说了什么（可不写）").fill(f"{mark} 核实")
    page.get_by_label("眼下的需要").or_(page.get_by_label("户主不在时找谁")).first.fill(f"{mark}")
    page.get_by_role("button", name=ADD).click()
    expect(page.get_by_text("已附上位置，误差约 40 米")).to_be_visible()
    page.get_by_role("button", name="保存").click()
    counts(page, 0, 1)
    assert points()[before:] == [(33_681_200, 109_114_500, 40)]

    page.evaluate("navigator.geolocation.getCurrentPosition = () => undefined")
    page.evaluate("location.hash = '#/today'")
    begin(page, f"{mark} 没信号")
    page.get_by_role("button", name=ADD).click()
    expect(page.get_by_role("button", name="正在取位置")).to_be_disabled()
    save(page)
    expect(page.locator(".strip")).to_contain_text("已收到 2 条", timeout=PATIENCE)
    assert len(points()[before:]) == 1
