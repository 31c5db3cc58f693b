"""Who must not get in, and who watches."""

import re
import secrets
from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESKTOP, type_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]
OTHER_COUNTY = "611023"


def test_a_clerk_of_another_county_finds_a_household_as_little_as_nonsense(signed_in: Callable[..., Page], site: str) -> None:
    poverty = signed_in("zhashui.poverty")
    poverty.goto(f"{site}/households/")
    household = poverty.locator("tbody tr[data-href]").first.get_attribute("data-href")
    login, first = f"shangnan.{secrets.token_hex(3)}", secrets.token_urlsafe(12)
    open_account(signed_in("sysadmin"), login, first)
    grant(signed_in("secadmin"), login, role="县区扶贫部门", region=OTHER_COUNTY)

    page = signed_in(login, password=first)
    expect(page.get_by_role("heading", name="工作台")).to_be_visible()
    said = []
    for path in (household, f"/households/{uuid4()}/"):
        answer = page.goto(f"{site}{path}")
        assert answer is not None
        assert answer.status == 404
        said.append(page.locator("body").inner_text())
    assert said[0] == said[1]
    assert "没有找到这个页面" in said[0]


def open_account(page: Page, login: str, password: str) -> None:
    page.get_by_role("link", name="账号", exact=True).click()
    page.get_by_role("link", name="开设账号").click()
    page.get_by_label("登录名").fill(login)
    page.get_by_label("姓名").fill("邻县人")
    page.get_by_label("初始口令").fill(password)
    page.get_by_role("button", name="开设").click()
    expect(page.get_by_text(f"账号“{login}”已开设")).to_be_visible()


def grant(page: Page, login: str, *, role: str, region: str) -> None:
    page.get_by_role("link", name="角色授权").click()
    page.get_by_label("登录名或姓名的开头").fill(login)
    page.get_by_role("button", name="查找").click()
    page.locator("tr", has_text=login).get_by_role("button", name="授予角色").click()
    page.locator("main form").get_by_label("角色").select_option(label=role)
    page.get_by_label("区划代码").fill(region)
    page.get_by_role("button", name="授予").click()
    expect(page.get_by_text("已授予邻县人角色")).to_be_visible()


def test_the_audit_administrator_sees_who_did_what_and_verifies_the_chain(signed_in: Callable[..., Page]) -> None:
    page = signed_in("auditadmin")
    expect(page.get_by_role("heading", name="审计", exact=True)).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(50)
    page.get_by_role("button", name="核验审计链").click()
    expect(page.get_by_role("status")).to_contain_text(re.compile(r"审计链完好：\d+ 环，\d+ 条事件"))
    expect(page.get_by_role("link", name="贫困户台账")).to_have_count(0)


def test_a_wrong_password_is_said_in_words_and_the_fifth_locks_even_the_right_one_out(
    opened: Callable[..., Page], site: str, password: str
) -> None:
    page = opened(DESKTOP)
    page.goto(f"{site}/signin/")
    for _ in range(4):
        type_in(page, "zhashui.helper", "not-the-password")
        expect(page.get_by_text("登录名或口令不正确")).to_be_visible()
    type_in(page, "zhashui.helper", "not-the-password")
    expect(page.get_by_role("heading", name="登录已锁定")).to_be_visible()
    expect(page.get_by_text("同一办公室的其他同事不受影响")).to_be_visible()
    page.get_by_role("link", name="返回登录").click()
    type_in(page, "zhashui.helper", password)
    expect(page.get_by_role("heading", name="登录已锁定")).to_be_visible()
