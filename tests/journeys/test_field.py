"""The field app in a yard without a signal: nothing lost, nothing doubled, each record with its receipt."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect

from shibaiqian.base.embedded_postgres import Cluster
from tests.journeys.conftest import HOME, _free_port, picture
from tests.journeys.phones import Phone, counts, is_kept, photo, receipts, set_pin, sign_in, tab, unlock, write_log
from tests.journeys.proxy import Proxy

pytestmark = pytest.mark.browser
LOGIN = "zhashui.secretary"


class Server:
    """A server of the product that can be killed with everything it started, and comes back by itself."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment
        self.port = _free_port()
        self.killed = 0
        self._start()

    def _start(self) -> None:
        command = [sys.executable, "-m", "shibaiqian", "serve", "--port", str(self.port)]
        self._process = subprocess.Popen(command, env=self._environment, start_new_session=True)

    def is_there(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/m/", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False

    def wait(self) -> None:
        end = time.monotonic() + 30
        while not self.is_there():
            assert time.monotonic() < end, "the server did not come back"
            time.sleep(0.1)

    def kill(self) -> None:
        """kill -9, and a new one."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self.killed += 1
        self._start()

    def stop(self) -> None:
        os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


@pytest.fixture
def server(environment: dict[str, str], site: str) -> Iterator[Server]:
    server = Server(environment)
    server.wait()
    yield server
    server.stop()


@pytest.fixture
def network(server: Server) -> Iterator[Proxy]:
    proxy = Proxy(lambda: server.port, server.kill)
    yield proxy
    proxy.close()


@pytest.fixture
def phone(browser: Browser, network: Proxy, tmp_path: Path) -> Iterator[Phone]:
    phone = Phone(browser, tmp_path / "phone", lambda: f"http://127.0.0.1:{network.port}")
    yield phone
    phone.close()
    assert phone.wrong == []


def on_server(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(Cluster(home=HOME).url("owner")) as connection:
        return connection.execute(sql, values).fetchall()


def things(mark: str) -> list[str]:
    return sorted(content for (content,) in on_server("select content from fieldwork_worklogitem where content like %s", f"%{mark}%"))


def uploads() -> int:
    return on_server("select count(*) from sync_upload")[0][0]


def persist(page: Page, network: Proxy, server: Server, received: int) -> None:
    """Tap the button whenever it can be tapped, until everything has its receipt."""
    tab(page, "上传")
    button = page.get_by_role("button", name="现在上传")
    end = time.monotonic() + 60
    while f"已收到 {received} 条" not in page.locator(".strip").inner_text():
        assert time.monotonic() < end, (network.happened, page.locator("main").inner_text())
        if server.is_there() and button.is_enabled():
            button.click()
        page.wait_for_timeout(300)


def test_three_logs_with_photos_survive_no_network_a_closed_browser_a_killed_server_and_lost_answers(
    phone: Phone, network: Proxy, server: Server, password: str
) -> None:
    mark, before = token_hex(4), uploads()
    page = phone.open()
    sign_in(page, LOGIN, password)
    is_kept(page)
    set_pin(page)

    network.cut()
    page.reload()
    unlock(page)
    for at in range(3):
        write_log(page, f"送去卫生室开的药，看了香菇大棚（{mark} {at}）", photo(at))
    counts(page, 3, 0)
    expect(page.locator(".strip")).to_contain_text("没有网络")
    picture(page, "field-app-offline")
    phone.close()

    page = phone.open()
    unlock(page)
    counts(page, 3, 0)
    assert things(mark) == []

    network.fates = {"photos": ["kill"], "inbox": ["lose", "kill", "lose", "kill"]}
    network.mend()
    persist(page, network, server, 3)
    counts(page, 0, 3)
    assert network.happened == ["kill photos", "lose inbox", "kill inbox", "lose inbox", "kill inbox"]
    assert server.killed == 3

    assert len(things(mark)) == 3
    assert len(set(things(mark))) == 3
    assert uploads() - before == 3
    shown = receipts(page)
    picture(page, "field-app-receipts")
    kept = on_server("select id::text, encode(hash, 'hex'), status from sync_inboxrecord where id = any(%s::uuid[])", list(shown))
    assert {number: checksum for number, checksum, _ in kept} == shown
    assert {status for _, _, status in kept} == {"created"}


@pytest.mark.parametrize("name", ["log"])
def test_a_log_of_a_visit_takes_six_taps(phone: Phone, password: str, name: str) -> None:
    page = phone.open()
    sign_in(page, LOGIN, password)
    page.evaluate("window.taps = 0; addEventListener('click', event => { if (event.isTrusted && event.detail) window.taps += 1; }, true)")
    begun = time.monotonic()
    page.get_by_role("button", name="写日志").click()
    page.get_by_role("button", name="选农户").click()
    page.locator("dialog[open] label.row").first.click()
    page.get_by_role("button", name="选好了").click()
    page.get_by_role("group", name="常用语").get_by_role("button").first.click()
    page.get_by_role("button", name="保存").click()
    counts(page, 0, 1)
    assert page.evaluate("window.taps") <= 7  # a label's tap is told twice: on the label and on its box
    assert time.monotonic() - begun < 30
