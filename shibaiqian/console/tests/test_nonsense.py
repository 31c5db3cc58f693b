"""What a browser, a broken file or an empty register may bring to a page, and the page still answers."""

import pytest
from django.test import Client, RequestFactory

from shibaiqian.base import clock
from shibaiqian.config.wsgi import application
from shibaiqian.console.tests.factories import COUNTY, World, client, text
from shibaiqian.console.tests.test_pages import LISTS, ORG, POVERTY
from shibaiqian.imports.models import ImportRun
from shibaiqian.regions.models import Region, VillageProfile

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("typed", ["\0", "陈\0新"])
def test_a_null_character_in_a_search_is_as_if_not_typed(world: World, typed: str) -> None:
    browser = client(POVERTY, world)
    assert browser.post("/search/", {"q": typed}).status_code == 200
    for path in LISTS:
        assert client(ORG, world).post(f"{path}?region={world.village.code[:9]}", {"name": typed}).status_code in (200, 404)
    assert "陈新志" in text(browser.post("/search/", {"q": "陈\0新"}))


@pytest.mark.parametrize("after", ["%00:%00", "611021:zzz", "x", ":", "611021:", "%00:00000000-0000-0000-0000-000000000000"])
@pytest.mark.parametrize("code", ["practical_services", "towns"])
def test_a_figure_opened_after_nonsense_begins_anew(world: World, after: str, code: str) -> None:
    browser = client(ORG, world)
    assert browser.get(f"/figures/{COUNTY}/{code}/?after={after}").status_code == 200


@pytest.mark.parametrize("state", ImportRun.State.values)
def test_rosters_are_listed_before_their_rows_were_counted(world: World, state: str) -> None:
    """A file that could not be read has no rows; one just uploaded has none yet."""
    ImportRun.unscoped.create(
        region=Region.objects.get(pk=COUNTY), kind="members", file_name="坏的.xlsx", file_sha256="0", file_key="0", state=state,
        uploaded_by_name="甲", role=POVERTY, uploaded_at=clock.wall_now(), event=1,
    )  # fmt: skip
    answer = client(POVERTY, world).get("/imports/")
    assert answer.status_code == 200
    assert "坏的.xlsx" in text(answer)


def test_a_village_whose_roster_has_not_come_yet_has_its_page(world: World) -> None:
    VillageProfile.objects.all().delete()
    assert client(ORG, world).get(f"/regions/{world.village.code}/").status_code == 200


def through_wsgi(method: str, path: str, *, body: bytes, kind: str) -> tuple[str, str]:
    """Status and page as the web server gets them."""
    started: list[str] = []
    environ = {**RequestFactory().generic(method, path, body).environ, "CONTENT_TYPE": kind}
    answer = b"".join(application(environ, lambda status, headers, *_: started.append(status)))
    return started[0][:3], answer.decode()


@pytest.mark.parametrize("charset", ["utf-7", "utf-16", "hex", "rot13", "gbk", "x\0", "nonsense", ""])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"])
def test_a_request_in_another_charset_is_refused_in_words(charset: str, kind: str) -> None:
    for method, path in (("POST", "/signin/"), ("POST", "/search/"), ("GET", "/households/?state=%2B2AA-%80")):
        status, page = through_wsgi(method, path, body=b"login=%2B2AA-", kind=f"{kind}; charset={charset}")
        assert status == "400"
        assert "没有保存任何东西" in page


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", "utf8"])
def test_a_request_in_our_charset_is_taken(charset: str) -> None:
    assert through_wsgi("GET", "/signin/", body=b"", kind=f"text/plain; charset={charset}")[0] == "200"


def test_a_name_that_is_not_ours_is_refused_in_words() -> None:
    answer = Client().get("/signin/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert "请用单位公布的网址打开" in text(answer) and "SHIBAIQIAN_HOSTS" in text(answer) and "evil" not in text(answer)
