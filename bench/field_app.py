"""The field app on a cheap phone: Chromium slowed six times on 1.6 Mbit with 150 ms, against the budgets of docs/handbook/field.md.

Its own files over HTTP/1.1 as the product serves them (gzip), and a stand-in for the server that keeps the contract of docs/sync.md
with a village of 300 households. Three figures: what the first visit loads, the first visit until the sign-in can be typed into,
and the app opened from its cache without a network until a log can be written.
"""

import contextlib
import gzip
import http.server
import json
import re
import shutil
import socketserver
import statistics
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bench import Result

BUILT = Path(__file__).resolve().parents[1] / "shibaiqian" / "static" / "built"
RUNS = 5
CPU, MBIT, LATENCY_MS = 6, 1.6, 150
# Budgets: kB after gzip, milliseconds.
FIRST_LOAD, FIRST_VISIT, FROM_CACHE = 150.0, 2200.0, 1100.0
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript",
    ".css": "text/css",
    ".webmanifest": "application/manifest+json",
    ".png": "image/png",
}
# Notes when something can be used: it is there, it was painted, and the main thread has come to rest once.
WATCH = """
const wanted = %s;
const look = () => document.querySelector(wanted)
  ? requestAnimationFrame(() => setTimeout(() => { window.usable = performance.now(); })) : requestAnimationFrame(look);
look();
"""
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; manifest-src 'self'; worker-src 'self'"
NOW = {"server_time": "2016-06-08T10:00:00+08:00", "business_date": "2016-06-08"}


def village(households: int = 300) -> dict[str, Any]:
    """A slice with as many households, two people in each."""
    rows = [
        {
            "id": f"01550000-0000-7000-8000-{at:012d}", "version": at, "number": f"6110261012{at:06d}", "place": "611026101201",
            "group": f"{at % 6 + 1}组", "head": "王李张刘陈杨"[at % 6] + "建志秀大小"[at % 5] + "军英强兰平"[at % 7 % 5], "size": 2, "state": "poor",
            "causes": ["01"], "phone": f"139{at:08d}", "last_visit": f"2016-05-{at % 28 + 1:02d}", "services_open": 0,
            "members": [{"id": f"m{at}-{n}", "name": f"成员{at}", "relation": "户主", "born": "1964-03-02", "labour": "普通劳动力", "health": "健康"} for n in range(2)],
        }
        for at in range(households)
    ]  # fmt: skip
    lists = {
        "category": {"visit": "入户走访", "policy": "政策宣传"},
        "service_kind": {"medical": "就医帮扶"},
        "state": {"poor": "未脱贫"},
        "phrases": ["看望慰问"],
    }
    posting = {"id": "01550000-0000-7000-8000-0000000000ff", "title": "第一书记", "host": "药王堂村", "place": "611026101201"}
    return {
        "cursor": "1", "whole": True, "places": [{"code": "611026101201", "name": "药王堂村"}], "posting": posting, "households": rows,
        "services": [], "logs": [], "sections": {}, "gone": [], "revoked": [], "lists": lists,
    }  # fmt: skip


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    files: dict[str, tuple[str, bytes]]

    def do_GET(self) -> None:
        name = self.path.partition("?")[0]
        if name in self.files:
            kind, body = self.files[name]
            self._say(body, kind, gzipped=not kind.startswith("image"))
        elif name == "/api/v1/me":
            self._say_json({"name": "白建宁", "kinds": ["log"], "role": {"id": "1", "title": "挂职干部", "place": "药王堂村"}})
        elif name == "/api/v1/slice":
            self._say_json(village())
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        roles = [{"id": "r", "title": "挂职干部", "place": "药王堂村"}]
        self._say_json({"token": "t", "device": "d", "name": "白建宁", "roles": roles, "role": "r"})

    def _say_json(self, answer: dict[str, Any]) -> None:
        self._say(gzip.compress(json.dumps({**answer, **NOW}).encode()), "application/json", gzipped=True)

    def _say(self, body: bytes, kind: str, *, gzipped: bool) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Cache-Control", "no-cache" if self.path.startswith(("/m/", "/api/")) else "max-age=315360000, public, immutable")
        if gzipped:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def handle(self) -> None:
        with contextlib.suppress(ConnectionError):
            super().handle()

    def log_message(self, *_: object) -> None:
        """Quiet."""


def built() -> dict[str, tuple[str, bytes]]:
    """What the product serves, compressed: address → (type, bytes)."""
    shell = {f"/m/{file.name}": file for file in (BUILT / "root" / "m").iterdir() if file.suffix != ".gz"}
    assets = {f"/static/built/field/{file.name}": file for file in (BUILT / "field").iterdir()}
    found = {}
    for name, file in {**shell, **assets}.items():
        kind, body = TYPES[file.suffix], file.read_bytes()
        found[name] = (kind, body if kind.startswith("image") else gzip.compress(body, 9))
    found["/m/"] = found.pop("/m/index.html")
    return found


@contextmanager
def served(files: dict[str, tuple[str, bytes]]) -> Iterator[str]:
    class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
        daemon_threads = True

    server = Server(("127.0.0.1", 0), type("Files", (Handler,), {"files": files}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def first_load(files: dict[str, tuple[str, bytes]]) -> float:
    """kB of the page and everything it names, and of the service worker."""
    page = gzip.decompress(files["/m/"][1]).decode()
    named = {"/m/", "/m/sw.js", *re.findall(r'(?:src|href)="(/static/[^"]+)"', page)}
    return sum(len(files[name][1]) for name in named) / 1000


def slowed(context: BrowserContext, *, offline: bool = False) -> Page:
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    bytes_a_second = MBIT * 1_000_000 / 8
    session.send(
        "Network.emulateNetworkConditions",
        {"offline": offline, "latency": LATENCY_MS, "downloadThroughput": bytes_a_second, "uploadThroughput": bytes_a_second},
    )
    session.send("Emulation.setCPUThrottlingRate", {"rate": CPU})
    return page


def usable(page: Page, address: str, selector: str) -> float:
    page.add_init_script(WATCH % json.dumps(selector))
    page.goto(address, wait_until="commit")
    for _ in range(300):  # the page's policy forbids a waiting function of Playwright's
        if (found := page.evaluate("window.usable")) is not None:
            return float(found)
        page.wait_for_timeout(100)
    raise TimeoutError(selector)


def cold(browser: Browser, site: str) -> float:
    context = browser.new_context(viewport={"width": 390, "height": 844}, is_mobile=True, locale="zh-CN")
    try:
        return usable(slowed(context), f"{site}/m/", "#login")
    finally:
        context.close()


def from_cache(context: BrowserContext, site: str) -> float:
    page = slowed(context, offline=True)
    try:
        return usable(page, f"{site}/m/", "button.big")
    finally:
        page.close()


def run() -> list[Result]:
    files, chromium = built(), shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        with served(files) as site:
            first = sorted(cold(browser, site) for _ in range(RUNS))
            context = browser.new_context(viewport={"width": 390, "height": 844}, is_mobile=True, locale="zh-CN")
            page = context.new_page()
            page.goto(f"{site}/m/")
            page.fill("#login", "bai")
            page.fill("#password", "password")
            page.click("form button.primary")
            page.wait_for_selector("button.big")
            page.evaluate("navigator.serviceWorker.ready")
            page.wait_for_timeout(1500)  # the worker has put the last file away
            page.close()
        # The server is gone: what opens now comes from the phone.
        again = sorted(from_cache(context, site) for _ in range(RUNS))
        browser.close()
    load = first_load(files)
    slow = f"{CPU}x CPU; median of {RUNS}, worst"
    return [
        Result("field-app first load", load, FIRST_LOAD, load / FIRST_LOAD, "kB", note="page, script, style, service worker; gzip"),
        Result("field-app first visit", statistics.median(first), FIRST_VISIT, statistics.median(first) / FIRST_VISIT, "ms", p95_ms=first[-1], note=f"until the sign-in can be typed into; {MBIT} Mbit, {LATENCY_MS} ms, {slow} in p95"),
        Result("field-app from cache", statistics.median(again), FROM_CACHE, statistics.median(again) / FROM_CACHE, "ms", p95_ms=again[-1], note=f"offline, until a log can be written; 300 households; {slow} in p95"),
    ]  # fmt: skip
