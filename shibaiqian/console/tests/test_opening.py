"""The opening balance on the page of rosters and on the desk."""

import pytest

from shibaiqian.base import clock
from shibaiqian.console.tests.factories import COUNTY, OTHER_COUNTY, World, client, sign_in, text
from shibaiqian.imports.models import ImportRun, OpeningBalance
from shibaiqian.regions.models import Region

pytestmark = pytest.mark.django_db
POVERTY = "county_poverty_admin"
CLOSE = f"/imports/opening/{COUNTY}/"


@pytest.fixture
def loaded(world: World) -> ImportRun:
    """A roster of the county's opening balance that somebody brought in."""
    county = Region.objects.get(pk=COUNTY)
    OpeningBalance.unscoped.create(region=county, event=1)
    return ImportRun.unscoped.create(
        region=county, kind="households", file_name="期初.xlsx", file_sha256="0", file_key="0", state="done", uploaded_by_name="甲",
        role=POVERTY, uploaded_at=clock.wall_now(), written_by_event=1, event=1,
    )  # fmt: skip


def test_it_waits_on_the_desk_and_is_closed_on_the_page(world: World, loaded: ImportRun) -> None:
    browser = client(POVERTY, world)
    assert "期初数据待封账" in text(browser.get("/"))
    assert "洛南县封账" in text(browser.get("/imports/"))
    assert "没有填写依据文件" in text(browser.post(CLOSE, {"source_document": " "}, follow=True))

    page = text(browser.post(CLOSE, {"source_document": "洛扶发〔2016〕3号"}, follow=True))
    assert "洛南县的期初数据已封账" in page
    assert "洛扶发〔2016〕3号" in page and "洛南县封账" not in page
    assert "期初数据待封账" not in text(browser.get("/"))
    assert "已于 2016-06-08 封账" in text(browser.post(CLOSE, {"source_document": "再来"}, follow=True))


def test_who_loaded_it_is_told_that_another_closes_it(world: World, loaded: ImportRun) -> None:
    browser = client(POVERTY, world)
    ImportRun.unscoped.update(uploaded_by=browser.session["_auth_user_id"])
    page = text(browser.get("/imports/"))
    assert "由导入人以外的人封账" in page and "洛南县封账" not in page
    assert "期初数据待封账" not in text(browser.get("/"))


def test_strangers_find_no_balance_to_close(world: World, loaded: ImportRun) -> None:
    assert sign_in(POVERTY, OTHER_COUNTY).post(CLOSE, {"source_document": "x"}).status_code == 404
    assert client("county_org_admin", world).post(CLOSE, {"source_document": "x"}).status_code == 404
    assert "洛南县封账" not in text(client("county_org_admin", world).get("/imports/"))
    assert OpeningBalance.unscoped.get().closed_on is None


def test_a_town_is_not_offered_the_rosters_of_the_opening_balance(world: World) -> None:
    page = text(sign_in("town_poverty_admin", f"{COUNTY}001").get("/imports/"))
    assert 'value="incomes"' in page
    assert 'value="households"' not in page and 'value="members"' not in page


def test_the_steps_of_a_roster_are_offered_to_those_who_may_take_it_in(world: World, loaded: ImportRun) -> None:
    assert "撤销导入" in text(client(POVERTY, world).get(f"/imports/{loaded.pk}/"))
    assert "撤销导入" not in text(client("county_org_admin", world).get(f"/imports/{loaded.pk}/"))
