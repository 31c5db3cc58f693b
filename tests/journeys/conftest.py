"""One county of the demonstration, served as a newcomer sees it, and a browser that notices every error of the console."""

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

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from shibaiqian.base.embedded_postgres import Cluster

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
]  # fmt: skip
HOME = Path(tempfile.gettempdir()) / f"shibaiqian-journeys-{os.getuid()}"
PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
DESKTOP, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def environment() -> dict[str, str]:
    """The surroundings of the served product: a data folder of its own, made anew."""
    if HOME.exists():
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
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def opened(browser: Browser) -> Iterator[Callable[[dict[str, int]], Page]]:
    """`opened(DESKTOP)`: a page of that size. Any console error or refused resource fails the test."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def open_page(size: dict[str, int]) -> Page:
        phone = size is PHONE
        context = browser.new_context(viewport=size, is_mobile=phone, has_touch=phone, locale="zh-CN", timezone_id="Asia/Shanghai")
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    # An answer of 404 or 422 that a test provokes is logged by the browser itself.
    assert [text for text in wrong if not re.search(r"status of (404|422)", text)] == []


@pytest.fixture
def signed_in(opened: Callable[[dict[str, int]], Page], site: str, password: str) -> Callable[..., Page]:
    """`signed_in("zhashui.org", DESKTOP)`: a page of somebody who signed in by the form."""

    def sign_in(login: str, size: dict[str, int] = DESKTOP) -> Page:
        page = opened(size)
        page.goto(f"{site}/signin/")
        page.get_by_label("登录名").fill(login)
        page.get_by_label("口令").fill(password)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(lambda url: "signin" not in url)
        return page

    return sign_in


def picture(page: Page, name: str, *, whole: bool = False) -> None:
    """Keep a picture for the README and handbook."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png", full_page=whole)
