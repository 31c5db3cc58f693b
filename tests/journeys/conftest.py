"""One county of the demonstration, served as a newcomer sees it, and a browser that notices every error of the console."""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, ViewportSize, sync_playwright

from shibaiqian.base.embedded_postgres import Cluster

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
]  # fmt: skip
# Fields of dates speak the browser's own language, if it has that: Chinese with Debian's chromium-l10n, else English.
LANGUAGE = {"LANGUAGE": "zh_CN"}
# A home that is named is kept and used again: for who works on these tests. An account that a test locks stays locked for its minutes.
KEPT = os.environ.get("SHIBAIQIAN_JOURNEYS_HOME")
HOME = Path(KEPT or Path(tempfile.gettempdir()) / f"shibaiqian-journeys-{os.getuid()}")
# Kept in the repository only when asked for (SHIBAIQIAN_PICTURES=docs/pictures), so that a run of the tests changes nothing.
PICTURES = Path(os.environ.get("SHIBAIQIAN_PICTURES") or HOME.with_name(HOME.name + "-pictures"))
DESKTOP: ViewportSize = {"width": 1366, "height": 768}
PHONE: ViewportSize = {"width": 390, "height": 844}
# A refusal by the pages' policy is an error like any other; the browser itself words some of them as mere notes.
LISTEN = "addEventListener('securitypolicyviolation', e => console.error(`refused by the policy: ${e.violatedDirective} ${e.blockedURI}`))"


@pytest.fixture(scope="session")
def environment() -> dict[str, str]:
    """The surroundings of the served product: a data folder of its own, made anew."""
    if HOME.exists() and not KEPT:
        Cluster(home=HOME).stop()
        shutil.rmtree(HOME)
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("SHIBAIQIAN_", "DJANGO_", "DATABASE_"))}
    return {**kept, "SHIBAIQIAN_HOME": str(HOME)}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def site(environment: dict[str, str]) -> Iterator[str]:
    """The address of the product with one county of the demonstration in it."""
    command = [sys.executable, "-m", "shibaiqian"]
    subprocess.run([*command, "demo", "--scale", "county", "--no-serve"], env=environment, check=True)
    port = _free_port()
    processes = [
        subprocess.Popen([*command, "serve", "--port", str(port)], env=environment),
        subprocess.Popen([*command, "worker"], env=environment),
    ]
    try:
        _wait_for(f"http://127.0.0.1:{port}/signin/")
        yield f"http://127.0.0.1:{port}"
    finally:
        for process in processes:
            process.terminate()
            process.wait(timeout=20)
        Cluster(home=HOME).stop()


def _wait_for(address: str) -> None:
    for _ in range(150):
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(address)


@pytest.fixture(scope="session")
def password() -> str:
    return (HOME / "demonstration-password").read_text().strip()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS, env={**os.environ, **LANGUAGE})
        yield browser
        browser.close()


@pytest.fixture
def opened(browser: Browser) -> Iterator[Callable[..., Page]]:
    """`opened(DESKTOP)`: a page of that size. Any console error or refused resource fails the test."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def open_page(size: ViewportSize, cookies: StorageState | None = None) -> Page:
        phone = size is PHONE
        context = browser.new_context(
            viewport=size, is_mobile=phone, has_touch=phone, locale="zh-CN", timezone_id="Asia/Shanghai", storage_state=cookies
        )
        context.set_default_timeout(15_000)
        context.add_init_script(LISTEN)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    # An answer of 404, 422 or 429 that a test provokes is logged by the browser itself.
    assert [text for text in wrong if not re.search(r"status of (404|422|429)", text)] == []


@pytest.fixture(scope="session")
def sessions() -> dict[str, StorageState]:
    """Who has signed in: login → cookies. The form is filled in once a person."""
    return {}


@pytest.fixture
def signed_in(opened: Callable[..., Page], sessions: dict[str, StorageState], site: str, password: str) -> Callable[..., Page]:
    """`signed_in("zhashui.org", DESKTOP)`: the first page of somebody who signed in by the form."""

    def sign_in(login: str, size: ViewportSize = DESKTOP, password: str = password) -> Page:
        page = opened(size, sessions.get(login))
        page.goto(f"{site}/signin/")
        if login not in sessions:
            type_in(page, login, password)
            page.wait_for_url(lambda url: "signin" not in url)
            sessions[login] = page.context.storage_state()
        return page

    return sign_in


def type_in(page: Page, login: str, password: str) -> None:
    """Fill in and send the form of the sign-in page."""
    page.get_by_label("登录名").fill(login)
    page.get_by_label("口令").fill(password)
    page.get_by_role("button", name="登录").click()


@pytest.fixture(scope="session")
def rows(site: str) -> Callable[..., list[dict[str, Any]]]:
    """`rows("账号名册")`: the first rows of a county's roster as it was loaded, by its headers."""

    def read(roster: str, first: int = 20) -> list[dict[str, Any]]:
        file = next(path for path in (HOME / "rosters").glob(f"*-{roster}.xlsx") if not path.name.startswith("6110-"))
        with contextlib.closing(openpyxl.load_workbook(file, read_only=True)) as book:
            _title, head, *found = book.worksheets[0].iter_rows(max_row=first + 2, values_only=True)
        return [dict(zip(map(str, head), row, strict=True)) for row in found]

    return read


@pytest.fixture(scope="session")
def people(rows: Callable[..., list[dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    """The county's accounts: login → name (姓名) and place (区划代码)."""
    return {row["登录名"]: row for row in rows("账号名册")}


def figure_at(page: Page, region: str, code: str) -> int:
    """A figure as its page counts it now, live."""
    site = re.match(r"https?://[^/]+", page.url)
    assert site is not None
    page.goto(f"{site[0]}/figures/{region}/{code}/")
    return int(re.sub(r"\D", "", page.locator(".kpi dd").evaluate("dd => dd.firstChild.textContent")))


def picture(page: Page, name: str, *, whole: bool = False) -> None:
    """Keep a picture for the README and handbook."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png", full_page=whole)
