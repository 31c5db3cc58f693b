"""Without a mouse: every step by Tab, arrows and Enter, the focus always in sight."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESKTOP
from tests.journeys.keys import tab_to

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_newcomer_signs_in_filters_and_opens_a_household_by_keyboard_alone(opened: Callable[..., Page], site: str, password: str) -> None:
    page = opened(DESKTOP)
    page.goto(f"{site}/signin/")
    tab_to(page, page.get_by_label("登录名"))
    page.keyboard.type("zhashui.poverty")
    tab_to(page, page.get_by_label("口令"), at_most=1)
    page.keyboard.type(password)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site}/")

    tab_to(page, page.get_by_role("link", name="跳到正文"), at_most=1)
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")

    page.goto(f"{site}/")
    tab_to(page, page.get_by_role("link", name="贫困户台账"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="贫困户台账")).to_be_visible()
    state = page.locator(".filters").get_by_label("状态")
    tab_to(page, state)
    page.keyboard.press("ArrowDown")
    chosen = state.locator("option:checked").inner_text()
    tab_to(page, page.get_by_role("button", name="查找"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/households/?*state=*")
    expect(state.locator("option:checked")).to_have_text(chosen)
    row = page.locator("tbody tr[data-href]").first
    head = row.locator("a").first.inner_text()
    tab_to(page, row)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(f"{head}户")
