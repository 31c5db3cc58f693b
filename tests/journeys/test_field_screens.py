"""Every screen of the field app on small phones, with large type and in English: nothing is cut off, everything can be hit and has a name."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.journeys.phones import PATIENCE, Phone, set_pin, sign_in, tab
from tests.journeys.proxy import Proxy
from tests.journeys.test_field import LOGIN, network, on_server, phone, seen, server

__all__ = ["network", "phone", "server"]

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LARGE: ViewportSize = {"width": 390, "height": 844}
SMALL: ViewportSize = {"width": 360, "height": 640}
# The screen, and what on it is opened besides.
SCREENS: dict[str, tuple[str, ...]] = {
    "today": (), "log": ("main summary", "main .check"), "village": (), "household": (), "visit": (), "services": ("main .btn.wide",),
    "leave": ("main .btn.wide",), "attendance": ("main details:not([open]) summary",), "plans": ("main section > .btn",),
    "requests": ("main .btn.wide",), "drafts": ("main section button.row",), "messages": (), "outbox": (), "record": (), "settings": (),
}  # fmt: skip
# What is smaller than a finger, and what sticks out to the right; a row of chips is meant to be pushed.
WRONG = """() => {
  const found = [], width = document.documentElement.clientWidth;
  for (const one of document.querySelectorAll('button, a[href], input, select, textarea, summary')) {
    const box = (one.closest('label') ?? one).getBoundingClientRect();
    if (box.width && box.height && one.tagName !== 'A' && Math.min(box.width, box.height) < 44)
      found.push(`${Math.round(box.width)} x ${Math.round(box.height)}: ${one.outerHTML.slice(0, 80)}`);
  }
  for (const one of document.querySelectorAll('body *')) {
    const box = one.getBoundingClientRect();
    if (box.width && box.right > width + 1 && !one.closest('.chips.line, dialog:not([open]), .out') && getComputedStyle(one).position !== 'fixed')
      found.push(`sticks out by ${Math.round(box.right - width)}: ${one.outerHTML.slice(0, 80)}`);
  }
  if (document.documentElement.scrollWidth > width || innerWidth > width) found.push(`the page is ${document.documentElement.scrollWidth} wide`);
  return found;
}"""
# What a person sees or is told: words, names of controls, what stands in an empty field.
SAID = """() => {
  const found = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) if (!texts.currentNode.parentElement.closest('textarea, script, noscript, [lang=zh-CN]')) found.push(texts.currentNode.textContent);
  for (const one of document.querySelectorAll('[aria-label], [placeholder], [title], [alt]'))
    for (const name of ['aria-label', 'placeholder', 'title', 'alt']) found.push(one.getAttribute(name) ?? '');
  return found.filter(said => /[\\u3400-\\u9fff\\u3000-\\u303f\\uff00-\\uffef]/.test(said));
}"""
# Names of people, places and units, and what people typed: they stay as they are.
TYPED = """
select name from regions_region union select name from organisations_organisation union select head_name from households_household
union select "group" from households_household union select number from households_household union select name from households_member union select name from access_user
union select cadre_name from postings_posting union select title from postings_posting union select host_name from postings_posting
union select content from fieldwork_worklogitem union select problem from fieldwork_worklogitem union select typed_by from fieldwork_worklogitem
union select content from fieldwork_practicalservice union select beneficiary from fieldwork_practicalservice
union select content from fieldwork_servicepromise union select beneficiary from fieldwork_servicepromise
union select title from voice_upwardrequest union select content from voice_upwardrequest union select answer from voice_upwardrequest
union select done_note from voice_upwardrequest union select text from fieldwork_planitem union select outcome_note from fieldwork_planitem
union select text from fieldwork_monthlysummary union select problems from fieldwork_monthlysummary union select note from fieldwork_attendanceday
union select returned_reason from fieldwork_attendancemonth union select answer from fieldwork_leaverequest
union select content from fieldwork_draft union select problem from fieldwork_draft union select beneficiary from fieldwork_draft
union select typed_by from fieldwork_draft union select word from fieldwork_draft union select official from fieldwork_draft
"""
CONTROLS = frozenset(
    {"button", "link", "textbox", "searchbox", "checkbox", "radio", "combobox", "Date", "InputTime", "DisclosureTriangle", "dialog"}
)


def nameless(page: Page) -> list[str]:
    """Controls without a name in the accessibility tree, as a screen reader meets them."""
    session = page.context.new_cdp_session(page)
    nodes: list[dict[str, Any]] = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    said = [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if not node["ignored"] and "role" in node]
    assert [name for role, name in said if role == "heading"], "no heading"
    return [role for role, name in said if role in CONTROLS and not name.strip()]


def look(page: Page, name: str) -> list[str]:
    """What is wrong with a screen; a picture of it is kept."""
    seen(page, name)
    return [f"{name}: {what}" for what in (*page.evaluate(WRONG), *(f"a {role} without a name" for role in nameless(page)))]


def chinese_of(page: Page, typed: re.Pattern[str]) -> list[str]:
    """What a screen says in Chinese that nobody typed."""
    said = [typed.sub("", words).strip() for words in page.evaluate(SAID)]
    return [words for words in said if re.search(r"[\u3400-\u9fff\u3000-\u303f\uff00-\uffef]", words)]


def typed_here() -> re.Pattern[str]:
    words = sorted({word for (word,) in on_server(TYPED) if word and re.search(r"[\u3400-\u9fff]", word)}, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, words)))


def go(page: Page, screen: str) -> None:
    if screen == "household":
        page.locator("ul.rows button.row").first.click()
    elif screen == "visit":
        page.locator("main .actions .btn").nth(1).click()
    elif screen == "record":
        page.locator("main section button.row").last.click()
    else:
        page.evaluate("name => { location.hash = `#/${name}`; }", screen)
    expect(page.locator("main")).to_be_visible()
    page.wait_for_timeout(250)


@pytest.mark.parametrize(
    ("name", "size", "type_px", "english"),
    [
        ("390", LARGE, 16, False), ("360", SMALL, 16, False), ("360-large", SMALL, 24, False), ("360-double", SMALL, 32, False),
        ("390-english", LARGE, 16, True), ("360-english-large", SMALL, 24, True),
    ],
)  # fmt: skip
def test_every_screen_fits_and_can_be_used(
    phone: Phone, network: Proxy, password: str, name: str, size: ViewportSize, type_px: int, english: bool
) -> None:
    page = phone.open(size=size, arguments=(f"--blink-settings=defaultFontSize={type_px}",))
    wrong: list[str] = []
    assert page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") == type_px
    expect(page.locator("#login")).to_be_visible()
    wrong += look(page, f"field-screen-{name}-sign-in")
    sign_in(page, LOGIN, password)
    set_pin(page)
    page.get_by_role("button", name="写日志").click()
    page.get_by_role("button", name="选农户").click()
    expect(page.locator("dialog[open] label.row").first).to_be_visible()
    page.wait_for_timeout(200)
    wrong += look(page, f"field-screen-{name}-picker")
    page.get_by_role("button", name="选好了").click()
    page.get_by_label("做了什么").fill("入户了解近期生产生活情况，帮着看了香菇大棚，商量了今年的增收打算")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("button", name="写日志")).to_be_visible()
    if english:
        tab(page, "设置")
        page.get_by_role("radio", name="English").click()
        expect(page.locator("html")).to_have_attribute("lang", "en")
        go(page, "log")
        expect(page.get_by_role("radio", name="Household visit")).to_be_visible(timeout=PATIENCE)
    typed = typed_here() if english else re.compile("$^")
    chinese: list[str] = []
    for screen, opened in SCREENS.items():
        go(page, screen)
        wrong += look(page, f"field-screen-{name}-{screen}")
        chinese += [f"{screen}: {words}" for words in chinese_of(page, typed)]
        for what in opened:
            if page.locator(what).count():
                page.locator(what).first.click()
        if opened:
            page.wait_for_timeout(150)
            wrong += look(page, f"field-screen-{name}-{screen}-open")
            chinese += [f"{screen}, opened: {words}" for words in chinese_of(page, typed)]
            page.evaluate("scrollTo(0, document.body.scrollHeight)")
            page.wait_for_timeout(100)
            seen(page, f"field-screen-{name}-{screen}-foot")
    page.reload()
    expect(page.locator("#secret")).to_be_visible()
    wrong += look(page, f"field-screen-{name}-lock")
    chinese += [f"lock: {words}" for words in chinese_of(page, typed)]
    assert wrong == []
    assert bool(chinese) is not english, sorted(set(chinese))
