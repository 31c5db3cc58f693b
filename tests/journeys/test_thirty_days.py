"""R5: a phone without a network for thirty days, its browser killed each day, two updates, a dead token and a posting that moved."""

import datetime as dt
import gzip
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex

import psycopg
import pytest
from playwright.sync_api import Page, expect

from shibaiqian.base.embedded_postgres import Cluster
from shibaiqian.base.ids import new_id
from tests.journeys.conftest import HOME, type_in
from tests.journeys.phones import PATIENCE, Phone, is_kept, photo, set_pin, sign_in, tab, unlock, write_log
from tests.journeys.proxy import Proxy
from tests.journeys.test_field import LOGIN, Server, network, on_server, phone, server, things, uploads

pytestmark = [pytest.mark.browser, pytest.mark.slow]
__all__ = ["network", "phone", "server"]
SHELL = Path(__file__).resolve().parents[2] / "shibaiqian" / "static" / "built" / "root" / "m"
FIRST_DAY = dt.date(2016, 5, 9)
DAYS, A_DAY, WITH_PHOTO = 30, 3, 2


class Release:
    """Another version of the shell on the server, and the old one again afterwards."""

    def __init__(self) -> None:
        self._kept = {name: (SHELL / name).read_bytes() for name in ("index.html", "sw.js")}

    def publish(self, number: int) -> None:
        page = self._kept["index.html"] + f"<!-- {number} -->".encode()
        revision = self._kept["sw.js"].split(b'"url":"/m/","revision":"')[1].split(b'"')[0]
        self._write({"index.html": page, "sw.js": self._kept["sw.js"].replace(revision, b"%016d" % number)})

    def restore(self) -> None:
        self._write(self._kept)

    def _write(self, files: dict[str, bytes]) -> None:
        for name, content in files.items():
            (SHELL / name).write_bytes(content)
            (SHELL / f"{name}.gz").write_bytes(gzip.compress(content, 9))


@pytest.fixture
def release() -> Iterator[Release]:
    release = Release()
    yield release
    release.restore()


def change(sql: str, *values: object) -> None:
    with psycopg.connect(Cluster(home=HOME).url("owner")) as connection:
        connection.execute(sql, values)


def role_now() -> tuple[str, str, str, str]:
    """Id, user, region and name of the scope of the running role."""
    sql = """select a.id::text, a.user_id::text, a.region, a.scope_name from access_assignment a join access_user u on u.id = a.user_id
              where u.login = %s and a.role = 'posted_cadre' and a.ended_at is null"""
    return on_server(sql, LOGIN)[0]


def move_posting() -> None:
    """The role in the village ends, and one in a neighbouring village begins."""
    key, user, region, _ = role_now()
    other, name = on_server(
        "select code, name from regions_region where code like %s and code <> %s order by code limit 1", f"{region[:9]}___", region
    )[0]
    change("update access_assignment set ended_at = now() where id = %s", key)
    change(
        """insert into access_assignment (id, user_id, role, region, scope_name, valid_from, helper_name, groups)
           values (%s, %s, 'posted_cadre', %s, %s, '2016-06-01', '', '{}')""",
        new_id(), user, other, name,
    )  # fmt: skip


@pytest.fixture
def roles_restored(site: str) -> Iterator[None]:
    key = role_now()[0]
    yield
    change(
        "update access_assignment set ended_at = now() where user_id = (select user_id from access_assignment where id = %s) and id <> %s and ended_at is null and role = 'posted_cadre'",
        key,
        key,
    )
    change("update access_assignment set ended_at = null where id = %s", key)


def update(page: Page, network: Proxy, server: Server, release: Release, number: int) -> None:
    """A new version is there, the API is not; the person taps it in."""
    release.publish(number)
    server.kill()
    server.wait()
    network.only_files = True
    network.mend()
    page.evaluate("navigator.serviceWorker.getRegistration().then(made => made.update())")
    with page.expect_navigation():
        page.get_by_role("button", name="点这里更新").click(timeout=PATIENCE)
    network.cut()
    network.only_files = False
    unlock(page)


def upload(page: Page, until: str) -> None:
    """Tap until the screen says so."""
    tab(page, "上传")
    button = page.get_by_role("button", name="现在上传")
    for _ in range(120):
        if until in page.locator("main").inner_text() + page.locator(".strip").inner_text():
            return
        if button.is_visible() and button.is_enabled():
            button.click()
        page.wait_for_timeout(500)
    raise AssertionError(page.locator("main").inner_text()[:400])


def test_thirty_days_without_a_network_lose_nothing(
    phone: Phone, network: Proxy, server: Server, release: Release, roles_restored: None, password: str
) -> None:
    mark, before, begun = token_hex(4), uploads(), on_server("select now()")[0][0]
    page = phone.open()
    sign_in(page, LOGIN, password)
    is_kept(page)
    set_pin(page)
    network.cut()
    phone.die()
    for day in range(DAYS):
        page = phone.open(days_on=day)
        unlock(page)
        if day in {10, 20}:
            update(page, network, server, release, day)
        for at in range(A_DAY):
            words, picture = f"第 {day} 天第 {at} 件（{mark} {day:02d}-{at}）", photo(f"{mark} {day} {at}", 64, 48)
            write_log(page, words, picture if at < WITH_PHOTO else None, on=(FIRST_DAY + dt.timedelta(days=day)).isoformat())
        expect(page.locator(".strip")).to_contain_text(f"手机上 {(day + 1) * A_DAY} 条")
        phone.die()

    # The token has died meanwhile. Half of the records get through under the old role, then the posting moves.
    change("update sync_device set token_hash = null, ended_at = now() where user_id = %s", role_now()[1])
    page = phone.open(days_on=DAYS)
    unlock(page)
    network.mend()
    tab(page, "上传")
    page.get_by_role("button", name="重新登录").click(timeout=60_000)
    network.fates["inbox"] = [*["pass"] * 5, "cut"]
    type_in(page, LOGIN, password)
    expect(page.locator(".strip")).to_contain_text("手机上 40 条，已收到 50 条", timeout=60_000)
    while not network.is_cut:  # the sixth request is on its way
        page.wait_for_timeout(100)
    move_posting()
    network.mend()
    upload(page, "重新登录")
    page.get_by_role("button", name="重新登录").click()
    type_in(page, LOGIN, password)
    upload(page, "手机上 0 条，已收到 90 条")

    rows = on_server("select status, count(*) from sync_inboxrecord where received_at >= %s group by 1", begun)
    assert dict(rows) == {"created": DAYS * A_DAY}
    assert len(things(mark)) == len(set(things(mark))) == DAYS * A_DAY
    assert uploads() - before == DAYS * WITH_PHOTO


def test_a_phone_whose_browser_keeps_no_storage_loses_what_it_had_not_sent(phone: Phone, network: Proxy, password: str) -> None:
    """The control of R5: without the storage that the app asks the browser to keep, the same counting finds the loss."""
    mark = token_hex(4)
    page = phone.open()
    sign_in(page, LOGIN, password)
    is_kept(page)
    network.cut()
    for at in range(A_DAY):
        write_log(page, f"没有留下的（{mark} {at}）")
    expect(page.locator(".strip")).to_contain_text(f"手机上 {A_DAY} 条")
    phone.die()
    phone.forget()
    network.mend()
    page = phone.open()
    sign_in(page, LOGIN, password)
    write_log(page, f"后来写的（{mark}）")
    expect(page.locator(".strip")).to_contain_text("手机上 0 条，已收到 1 条", timeout=60_000)
    assert len(things(mark)) == 1
