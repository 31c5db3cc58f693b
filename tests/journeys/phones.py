"""A phone with the field app: a browser that keeps its storage, and what a person does on its screens."""

import contextlib
import hashlib
import os
import re
import shutil
import signal
import struct
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from secrets import randbelow

from playwright.sync_api import Browser, BrowserContext, Error, Page, ViewportSize, expect

from tests.journeys.conftest import ARGUMENTS, CHROMIUM, LISTEN, PHONE, type_in

PIN = "135790"
PATIENCE = 20_000  # milliseconds, for what needs the server
# What the network and a dead server make the browser say is no error of ours.
NETWORK = re.compile(r"net::ERR_|status of (401|403|409|5\d\d)")


LATER = """
(shift => { const Real = Date; globalThis.Date = class extends Real {
  constructor(...said) { if (said.length) super(...said); else super(Real.now() + shift); }
  static now() { return Real.now() + shift; } }; })(%d)
"""


class Phone:
    """Opened and closed like the app on a phone; the folder is its storage."""

    def __init__(self, browser: Browser, folder: Path, site: Callable[[], str]) -> None:
        self._browser, self._folder, self._site = browser, folder, site
        self.wrong: list[str] = []
        self._context: BrowserContext | None = None

    def open(
        self, *, days_on: int = 0, instead: Path | None = None, arguments: Sequence[str] = (), size: ViewportSize = PHONE,
        language: str = "zh-CN", is_timed: bool = False,
    ) -> Page:  # fmt: skip
        """`days_on`: how far the phone's clock has gone on. `instead`: another build of the app, without a service worker.

        `arguments`: more of the browser's. `is_timed`: the page's clock and timers can be put forward by Playwright's clock.
        """
        self._context = self._browser.browser_type.launch_persistent_context(
            self._folder, executable_path=CHROMIUM, args=[*ARGUMENTS, *arguments], viewport=size, is_mobile=True, has_touch=True,
            locale=language, timezone_id="Asia/Shanghai", service_workers="block" if instead else "allow",
        )  # fmt: skip
        self._context.set_default_timeout(15_000)
        self._context.add_init_script(LISTEN)
        if days_on:
            self._context.add_init_script(LATER % (days_on * 86_400_000))
        if instead:
            _serve(self._context, instead)
        if is_timed:
            self._context.clock.install()
        page = self._watched(self._context.pages[0])
        page.goto(f"{self._site()}/m/")
        return page

    def another_tab(self) -> Page:
        """The app once more in the same browser."""
        assert self._context is not None
        page = self._watched(self._context.new_page())
        page.goto(f"{self._site()}/m/")
        return page

    def _watched(self, page: Page) -> Page:
        page.on("console", lambda said: self.wrong.append(said.text) if said.type == "error" and not NETWORK.search(said.text) else None)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        return page

    def die(self) -> None:
        """The browser's processes are killed as they stand, as when a battery comes out."""
        mark = f"--user-data-dir={self._folder}".encode()
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                with contextlib.suppress(OSError):
                    if mark in (entry / "cmdline").read_bytes():
                        os.kill(int(entry.name), signal.SIGKILL)
        with contextlib.suppress(Error):
            self.close()
        self._context = None

    def forget(self) -> None:
        """What the app kept is gone, as when a browser clears storage that it did not promise to keep."""
        shutil.rmtree(self._folder / "Default" / "IndexedDB")

    def close(self) -> None:
        if self._context is not None:
            self._context.close()
            self._context = None


def _serve(context: BrowserContext, built: Path) -> None:
    context.route("**/m/", lambda route: route.fulfill(path=built / "root" / "m" / "index.html"))
    context.route("**/static/built/field/*", lambda route: route.fulfill(path=built / "field" / route.request.url.rpartition("/")[2]))


def sign_in(page: Page, login: str, password: str, role: str = "挂职干部") -> None:
    """By the form; a role is chosen where there are several. Ends on the first screen with what may be written."""
    type_in(page, login, password)
    write = page.get_by_role("button", name="写日志")
    choice = page.get_by_role("button", name=role)
    expect(write.or_(choice)).to_be_visible(timeout=PATIENCE)
    if choice.is_visible():
        choice.click()
    expect(write).to_be_visible(timeout=PATIENCE)


def set_pin(page: Page) -> None:
    tab(page, "设置")
    page.get_by_label("PIN（6 位数字）").fill(PIN)
    page.get_by_label("再输一次").fill(PIN)
    page.get_by_role("button", name="设置 PIN").click()
    expect(page.get_by_role("button", name="现在锁上")).to_be_visible()
    tab(page, "今天")


def unlock(page: Page) -> None:
    page.get_by_label("PIN（6 位数字）").fill(PIN)
    expect(page.get_by_role("button", name="写日志")).to_be_visible()


def tab(page: Page, name: str) -> None:
    page.get_by_role("navigation").get_by_role("button", name=name).click()


def is_kept(page: Page) -> None:
    """Waits until the service worker has the shell and serves this page."""
    page.evaluate(
        "navigator.serviceWorker.ready.then(() => new Promise(done => navigator.serviceWorker.controller ? done() : navigator.serviceWorker.addEventListener('controllerchange', done)))"
    )


def own_words() -> str:
    """Words of a run's own that a picture of the handbook may show."""
    return f"来回走了 {2_000 + randbelow(20_000)} 步"


def write_log(page: Page, words: str, photo: bytes | None = None, on: str = "") -> None:
    page.get_by_role("button", name="写日志").click()
    page.get_by_label("做了什么").fill(words)
    if on:
        page.get_by_label("哪一天").fill(on)
    if photo:
        page.locator("input[type=file]").set_input_files({"name": "photo.png", "mimeType": "image/png", "buffer": photo})
        expect(page.get_by_role("img", name="照片 1")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("button", name="写日志")).to_be_visible()


def counts(page: Page, owed: int, received: int) -> None:
    expect(page.locator(".strip")).to_contain_text(f"手机上 {owed} 条，已收到 {received} 条", timeout=PATIENCE)


def receipts(page: Page) -> dict[str, str]:
    """Number → checksum of every receipt, as the screens show them."""
    tab(page, "上传")
    rows = page.locator("section", has=page.get_by_role("heading", name="回执")).locator("button.row")
    expect(rows.first).to_be_visible()
    found = {}
    for at in range(rows.count()):
        rows.nth(at).click()
        codes = page.locator("dd.code")
        expect(codes).to_have_count(2)
        found[codes.nth(0).inner_text()] = codes.nth(1).inner_text()
        page.get_by_role("button", name="返回").click()
    return found


def photo(seed: str, width: int = 320, height: int = 240) -> bytes:
    """A PNG that is like no other."""
    rows = b"".join(b"\0" + hashlib.shake_256(f"{seed} {row}".encode()).digest(width * 3) for row in range(height))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b"")
