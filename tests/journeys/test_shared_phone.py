"""Two people share a phone: each with an account, a PIN and a queue of their own; a draft goes from one to the other by way of the server."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import picture, type_in
from tests.journeys.phones import PATIENCE, Phone, counts, is_kept, own_words, tab
from tests.journeys.proxy import Proxy
from tests.journeys.test_field import LOGIN, network, on_server, phone, server, things
from tests.journeys.test_field_screens import look

__all__ = ["network", "phone", "server"]

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CLERK = "zhashui.village"
PINS = {CLERK: "246802", LOGIN: "135790"}


def keep_pin(page: Page, pin: str) -> None:
    page.get_by_label("PIN（6 位数字）").fill(pin)
    page.get_by_label("再输一次").fill(pin)
    page.get_by_role("button", name="设置 PIN").click()


def move_in(page: Page, login: str, password: str, first: str) -> None:
    """Somebody signs in and has a PIN, which a second person must set at once; ends on the first screen."""
    type_in(page, login, password)
    begin, wanted = page.get_by_role("button", name=first), page.get_by_role("button", name="设置 PIN")
    expect(begin.or_(wanted)).to_be_visible(timeout=PATIENCE)
    is_first = begin.is_visible()
    if is_first:
        tab(page, "设置")
    keep_pin(page, PINS[login])
    if is_first:
        expect(page.get_by_role("button", name="现在锁上")).to_be_visible()
        tab(page, "今天")
    expect(begin).to_be_visible(timeout=PATIENCE)


def switch(page: Page, name: str, pin: str, first: str) -> None:
    """Two taps and the own PIN."""
    if page.get_by_role("button", name="换人").is_visible():
        page.get_by_role("button", name="换人").click()
    page.get_by_role("radio", name=name).click()
    page.get_by_label("PIN（6 位数字）").fill(pin)
    expect(page.get_by_role("button", name=first)).to_be_visible(timeout=PATIENCE)


def type_draft(page: Page, official: str, words: str) -> str:
    """A visit typed for the official from the page of the first household; its head."""
    tab(page, "我的村")
    page.locator("ul.rows button.row").first.click()
    head = page.get_by_role("heading", level=1).inner_text()
    page.get_by_role("button", name="代记").click()
    expect(page.get_by_role("radio", name=official)).to_be_checked()
    page.get_by_label("做了什么").fill(words)
    assert look(page, "shared-phone-draft") == []
    page.get_by_role("button", name="保存").click()
    page.get_by_role("button", name="返回").click()
    tab(page, "今天")
    return head


def accept(page: Page, words: str, corrected: str) -> None:
    page.get_by_role("button", name="有人替您记了").click()
    page.get_by_role("button", name=words).click()
    page.get_by_label("做了什么").fill(corrected)
    assert look(page, "shared-phone-accept") == []
    page.get_by_role("button", name="采用").click()
    counts(page, 0, 2)
    page.get_by_role("button", name="返回").click()


def file_names_both(page: Page, address: str, head: str, words: str, both: str) -> None:
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_contain_text(head)
    expect(page.locator("li", has_text=words)).to_contain_text(both)
    page.locator("li", has_text=words).scroll_into_view_if_needed()
    picture(page, "household-typed-by")


def test_two_people_share_a_phone_and_a_draft_becomes_a_record_with_both_names(
    phone: Phone, network: Proxy, password: str, people: dict[str, dict[str, Any]], signed_in: Callable[..., Page], site: str
) -> None:
    clerk, official = (people[login]["姓名"] for login in (CLERK, LOGIN))
    mark = own_words()
    words, own = f"送药上门，陪老人量血压，{mark}", f"镇上开会，{mark}"
    page = phone.open()
    move_in(page, CLERK, password, "代记 替挂职干部")
    is_kept(page)
    tab(page, "设置")
    page.get_by_role("button", name="别的人登录").click()
    move_in(page, LOGIN, password, "写日志")

    network.cut()
    switch(page, clerk, PINS[CLERK], "代记 替挂职干部")
    assert look(page, "shared-phone-clerk") == []
    head = type_draft(page, official, words)
    counts(page, 1, 0)

    switch(page, official, PINS[LOGIN], "写日志")
    assert mark not in page.content()
    page.get_by_role("button", name="写日志").click()
    page.get_by_role("radio", name="会议", exact=True).click()
    page.get_by_label("做了什么").fill(own)
    page.get_by_role("button", name="保存").click()
    tab(page, "上传")
    counts(page, 1, 0)
    expect(page.get_by_text(f"{clerk} 1 条")).to_be_visible()
    assert words not in page.content()

    phone.die()
    page = phone.open()
    for name in (clerk, official):
        expect(page.get_by_role("radio", name=name)).to_contain_text("1 条未发")
    assert look(page, "shared-phone-who") == []
    page.get_by_role("radio", name=clerk).click()
    page.get_by_label("PIN（6 位数字）").fill(PINS[LOGIN])
    expect(page.get_by_role("alert")).to_contain_text("PIN 不对")

    network.mend()
    switch(page, official, PINS[LOGIN], "写日志")
    counts(page, 0, 1)
    assert things(mark) == [own]
    assert on_server("select count(*) from fieldwork_draft where content = %s", words) == [(0,)]
    switch(page, clerk, PINS[CLERK], "代记 替挂职干部")
    counts(page, 0, 1)
    assert on_server("select state, typed_by, official from fieldwork_draft where content = %s", words) == [("waiting", clerk, official)]

    switch(page, official, PINS[LOGIN], "写日志")
    accept(page, words, f"{words}，已转镇卫生院")
    assert things(mark) == sorted([own, f"{words}，已转镇卫生院"])
    ((household, typed, who),) = on_server(
        "select household_id::text, typed_by, official from fieldwork_visit where content like %s", f"{words}%"
    )
    assert (typed, who) == (clerk, official)

    switch(page, clerk, PINS[CLERK], "代记 替挂职干部")
    page.get_by_role("button", name="我代记的").click()
    expect(page.locator("section", has_text=words).get_by_text("已采用")).to_be_visible()

    file_names_both(signed_in(LOGIN), f"{site}/households/{household}/", head, words, f"记录人 {clerk}，责任人 {official}")
