"""Somebody of the city's organisation department, on the first day."""

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pypdf
import pytest
from playwright.sync_api import Page, expect

from shibaiqian.base import pinyin
from tests.journeys.conftest import picture

pytestmark = pytest.mark.browser
LOGIN = "shangluo.org"


@pytest.fixture
def page(signed_in: Callable[..., Page]) -> Page:
    return signed_in(LOGIN)


@pytest.fixture
def village(people: dict[str, dict[str, Any]]) -> str:
    return people["zhashui.secretary"]["区划代码"]


def kept(page: Page, button: str) -> Path:
    """The file that a button or link hands over."""
    with page.expect_download() as download:
        page.locator("main").get_by_role("link", name=button).or_(page.get_by_role("button", name=button)).first.click()
    return download.value.path()


def test_the_desk_shows_figures_and_the_counties_on_a_map(page: Page) -> None:
    expect(page.get_by_role("heading", name="工作台")).to_be_visible()
    expect(page.locator(".kpis .kpi")).to_have_count(5)
    expect(page.locator("[data-chart] svg path").first).to_be_visible()
    expect(page.locator("table", has_text="柞水县").get_by_role("link", name="柞水县")).to_be_visible()
    picture(page, "home")


def test_a_figure_opens_down_to_a_household(page: Page) -> None:
    page.locator(".kpi", has_text="增收户").get_by_role("link").click()
    expect(page.get_by_text("按地方")).to_be_visible()
    page.get_by_role("link", name="柞水县").click()
    expect(page.get_by_text("数字由下列记录逐条计得")).to_be_visible()
    picture(page, "figure")
    page.locator("section", has=page.get_by_role("heading", name="记录", exact=True)).locator("tbody a").first.click()
    expect(page.get_by_role("heading", name="人均纯收入")).to_be_visible()
    expect(page.locator("[data-chart] svg")).to_be_visible()
    picture(page, "household")


def test_from_city_to_county_to_town_to_a_village_on_one_printed_page(page: Page, people: dict[str, dict[str, Any]], village: str) -> None:
    page.locator(f"a[href='/regions/{village[:6]}/']").first.click()
    expect(page.get_by_role("heading", name="镇办情况")).to_be_visible()
    picture(page, "county")
    page.locator(f"a[href='/regions/{village[:9]}/']").first.click()
    page.locator(f"a[href='/regions/{village}/']").first.click()
    who = page.locator("section", has=page.get_by_role("heading", name="谁在管"))
    expect(who).to_contain_text(people["zhashui.host"]["姓名"])
    expect(who).to_contain_text(people["zhashui.secretary"]["姓名"])
    picture(page, "village")
    page.emulate_media(media="print")
    sheet = pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    assert len(sheet.pages) == 1
    width, height = (round(float(side) / 72 * 25.4) for side in sheet.pages[0].mediabox[2:])
    assert (width, height) == (210, 297)


def test_a_village_is_found_by_its_initials(page: Page, village: str) -> None:
    page.goto(page.url.rstrip("/") + f"/regions/{village}/")
    name = page.locator("h1").inner_text()
    page.locator("#find").fill(pinyin.initials(name.removesuffix("村").removesuffix("社区")))
    page.locator("#find").press("Enter")
    found = page.locator("section", has=page.get_by_role("heading", name="地方")).locator(f"a[href='/regions/{village}/']")
    expect(found).to_have_text(name)
    picture(page, "search")
    found.click()
    expect(page.locator("h1")).to_have_text(name)


def test_a_list_leaves_as_excel_with_what_was_filtered_and_no_full_number(page: Page, village: str) -> None:
    page.get_by_role("link", name="贫困户台账").click()
    state = page.locator(".filters").get_by_label("状态")
    state.select_option(label="稳定脱贫")
    page.get_by_role("button", name="查找").click()
    page.wait_for_url("**/households/?state=*")
    expect(state.locator("option:checked")).to_have_text("稳定脱贫")
    picture(page, "households")
    page.goto(f"{page.url}&region={village}")
    file = kept(page, "导出 Excel")
    sheet = openpyxl.load_workbook(file.rename(file.with_suffix(".xlsx"))).active
    assert sheet is not None
    cells = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]
    assert "稳定脱贫" in cells
    assert "未脱贫" not in cells
    assert [cell for cell in cells if re.search(r"\d{17}[\dXx]", cell)] == []


def test_a_bulletin_is_issued_and_leaves_as_pdf_and_word(page: Page) -> None:
    page.get_by_role("link", name="工作简报").click()
    page.get_by_role("button", name="编发").click()
    expect(page.locator("article.gongwen")).to_contain_text("万")
    picture(page, "bulletin")
    pdf = pypdf.PdfReader(kept(page, "PDF"))
    assert re.search(r"\d万", re.sub(r"\s", "", "".join(sheet.extract_text() for sheet in pdf.pages)))
    word = docx.Document(str(kept(page, "Word")))
    assert re.search(r"\d\s*万", "\n".join(paragraph.text for paragraph in word.paragraphs))


def test_the_language_is_english_and_chinese_again(page: Page) -> None:
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("navigation").first).not_to_contain_text("工作")
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("heading", name="工作台")).to_be_visible()
