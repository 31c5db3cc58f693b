"""Reports on pages: read as of a day, opened to the rows, taken away, frozen; each only by those who may."""

import io
from typing import Any

import openpyxl
import pypdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shibaiqian.console.tests.factories import OTHER_COUNTY, World, client, posting, sign_in, text, village_of
from shibaiqian.policy.actions import install_defaults
from shibaiqian.reports.models import Snapshot

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _policy(db: None) -> None:
    install_defaults()


ORG = "county_org_admin"


def test_a_report_is_read_and_its_numbers_open_their_rows(world: World) -> None:
    browser = client(ORG, world)
    assert "挂职干部选派情况统计表" in text(browser.get("/reports/"))
    page = browser.get("/reports/selection/?as_of=2016-06-08")
    said = text(page)
    assert "全部批次" in said and "截至 <time>2016-06-08</time>" in said
    link = next(cell["href"] for part in page.context["sections"] for row in part["rows"] for cell in row if cell["href"])
    rows = browser.get(link)
    assert world.posting.cadre_name in text(rows) and rows.context["total"] == 1
    assert f"/postings/{world.posting.pk}/" in text(rows)


def test_before_anybody_was_appointed_there_is_nobody(world: World) -> None:
    page = client(ORG, world).get("/reports/selection/?as_of=2014-12-31")
    assert not any(cell["href"] for part in page.context["sections"] for row in part["rows"] for cell in row)
    assert client(ORG, world).get("/reports/selection/?as_of=2030-01-01").status_code == 422


@pytest.mark.parametrize("report", ["selection", "arrivals", "target_letters"])
def test_a_report_is_taken_away_with_its_criteria(world: World, report: str) -> None:
    browser = client(ORG, world)
    book = openpyxl.load_workbook(io.BytesIO(browser.get(f"/reports/{report}/xlsx/?as_of=2016-06-08").content))
    assert "截至：2016-06-08" in str(book.worksheets[0]["A2"].value)
    pdf = pypdf.PdfReader(io.BytesIO(browser.get(f"/reports/{report}/pdf/").content))
    assert "范围" in pdf.pages[0].extract_text()
    assert browser.get(f"/reports/{report}/docx/").content[:2] == b"PK"
    assert browser.get(f"/reports/{report}/exe/").status_code == 404


@pytest.mark.parametrize("report", ["selection", "arrivals", "target_letters"])
def test_a_frozen_report_is_read_by_those_who_see_reports(world: World, report: str) -> None:
    answer = client(ORG, world).post(f"/reports/{report}/freeze/", {"as_of": "2016-06-08"})
    kept = Snapshot.unscoped.get()
    assert answer.status_code == 302 and answer.url == f"/reports/issued/{kept.pk}/"
    leader = sign_in("city_leader", "6110")
    assert "已封存" in text(leader.get(answer.url)) and "截至 <time>2016-06-08</time>" in text(leader.get(answer.url))
    assert pypdf.PdfReader(io.BytesIO(leader.get(f"{answer.url}pdf/").content)).pages
    stranger = sign_in(ORG, OTHER_COUNTY)
    assert stranger.get(answer.url).status_code == stranger.get(f"{answer.url}xlsx/").status_code == 404
    assert str(kept.pk) not in text(stranger.get("/reports/"))
    assert str(kept.pk) not in text(leader.get("/bulletins/"))


def test_who_may_not_count_gates_reads_frozen_reports_only(world: World) -> None:
    leader: Any = sign_in("city_leader", "6110")
    assert leader.get("/reports/selection/").status_code == 404
    assert leader.get("/reports/target_letters/").status_code == 200
    assert leader.post("/reports/target_letters/freeze/", {"as_of": "2016-06-08"}).status_code == 404
    for role, scope in (("sending_unit_admin", {"unit": world.posting.unit_id}), ("village_admin", {"region": world.village.code})):
        assert sign_in(role, **scope).get("/reports/").status_code == 404
    assert not Snapshot.unscoped.exists()


def test_a_place_outside_is_not_a_place_to_ask_for(world: World) -> None:
    answer = client(ORG, world).get(f"/reports/selection/?region={OTHER_COUNTY}")
    assert answer.context["report"].scope == "洛南县，全部批次"


def test_the_roster_of_a_day_is_in_its_address(world: World) -> None:
    browser = client(ORG, world)
    now = browser.get("/reports/roster/?as_of=2016-06-08")
    assert (
        world.posting.cadre_name in text(now) and world.posting.document_number in text(now) and "截至 <time>2016-06-08</time>" in text(now)
    )
    assert [row["key"] for row in browser.get("/reports/roster/").context["rows"]] == [row["key"] for row in now.context["rows"]]
    earlier = browser.get("/reports/roster/?as_of=2015-07-19")
    assert not earlier.context["rows"] and "2015年7月19日" not in text(earlier)  # the clock of the page stays where it is
    for wrong in ("2030-01-01", "gestern"):
        assert browser.get(f"/reports/roster/?as_of={wrong}").status_code == 422
    book = openpyxl.load_workbook(io.BytesIO(
        browser.post("/lists/", {"kind": "roster", "as_of": "2016-06-08", "form": "xlsx", "region": world.village.code}).content
    ))  # fmt: skip
    assert any(world.posting.cadre_name in row for row in book.active.iter_rows(values_only=True))  # type: ignore[union-attr]


def test_the_roster_shows_what_is_in_scope_only(world: World) -> None:
    stranger = sign_in(ORG, OTHER_COUNTY)
    for asked in ("", f"?region={world.village.code}"):
        assert world.posting.cadre_name not in text(stranger.get(f"/reports/roster/{asked}"))
    assert (
        stranger.post("/lists/", {"kind": "roster", "as_of": "2016-06-08", "form": "pdf", "region": world.village.code}).status_code == 404
    )
    mine = sign_in("sending_unit_admin", unit=world.posting.unit_id).get("/reports/roster/")
    assert world.posting.cadre_name in text(mine) and not mine.context["forms"]
    assert sign_in("discipline_officer", "611021").get("/reports/roster/").status_code == 404


def test_as_many_questions_for_one_as_for_three(world: World, django_assert_num_queries: Any) -> None:
    browser = client(ORG, world)
    browser.get("/reports/roster/")
    with CaptureQueriesContext(connection) as one:
        assert len(browser.get("/reports/roster/").context["rows"]) == 1
    for at in (1, 2):
        posting(village_of(place=at), sent_by=world.posting.unit, name=f"李{at}")
    with django_assert_num_queries(len(one)):
        assert len(browser.get("/reports/roster/").context["rows"]) == 3
