"""The rows behind a number as an Excel file: all that the page counts and nothing else, recorded, for who may open and take them."""

import io
from typing import Any

import openpyxl
import polars as pl
import pytest

from shibaiqian.audit.models import Event
from shibaiqian.console import export, report_pages, rows_files
from shibaiqian.console.tests.factories import COUNTY, OTHER_COUNTY, World, client, posting, service, sign_in, text, village_of
from shibaiqian.policy.actions import install_defaults

pytestmark = pytest.mark.django_db
ORG = "county_org_admin"
SERVICES = f"/figures/{COUNTY}/practical_services/"


@pytest.fixture(autouse=True)
def _policy(db: None) -> None:
    install_defaults()


def read(answer: Any) -> tuple[str, str, pl.DataFrame]:
    """Title, criteria and rows, as two other programs read them."""
    assert answer.status_code == 200, text(answer)
    (title, *_), (criteria, *_), heads, *rows = openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True)
    frame = pl.read_excel(io.BytesIO(answer.content), engine="calamine", read_options={"header_row": 2})
    assert frame.columns == list(heads) and frame.rows() == [tuple(row) for row in rows]
    return str(title), str(criteria), frame


def test_the_records_behind_a_figure_are_taken_all_of_them_and_the_taking_is_recorded(world: World) -> None:
    for number in range(59):
        service(world.posting, content=f"修渠{number}")
    browser = client(ORG, world)
    page = browser.get(SERVICES)
    assert page.context["value"] == 60 and len(page.context["rows"]) == 50 and "导出 Excel" in text(page)
    title, criteria, rows = read(browser.post(f"{SERVICES}export/"))
    assert title == page.context["title"] and "截至 2016-06-08" in criteria
    assert rows.height == 60 and set(rows["村（社区）"]) == {world.village.name}
    assert rows["内容"].to_list()[:50] == [row["label"] for row in page.context["rows"]]
    event = Event.objects.get(action="console.export_sheet")
    assert (event.details["list"], event.details["rows"]) == ("figure_practical_services", 60)
    assert browser.post(f"/figures/{world.village.code}/practical_services/export/").status_code == 200
    elsewhere = village_of(place=1).code
    assert browser.post(f"/figures/{elsewhere}/projects/export/").status_code == 302, "nothing is no file"


def test_more_records_than_a_file_takes_are_asked_for_by_county_or_town(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        service(world.posting, content=f"修渠{number}")
    for module in (export, rows_files):
        monkeypatch.setattr(module, "MOST", 2)
    assert "请先按县区或镇办筛选" in text(client(ORG, world).post(f"{SERVICES}export/", follow=True))


def test_who_may_not_open_the_records_or_stands_elsewhere_takes_none(world: World) -> None:
    service(world.posting, content="修渠")
    assert sign_in(ORG, OTHER_COUNTY).post(f"{SERVICES}export/").status_code == 404
    assert client(ORG, world).post(f"/figures/{COUNTY}/nothing/export/").status_code == 404
    assert client(ORG, world).get(f"{SERVICES}export/").status_code == 405
    for role in ("sys_admin", "posted_cadre"):
        assert sign_in(role, COUNTY if role == "posted_cadre" else "").post(f"{SERVICES}export/").status_code == 404
    assert not Event.objects.filter(action="console.export_sheet", outcome="done").exists()


def test_the_people_behind_a_number_of_the_report_are_those_of_its_page(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    posting(village_of(place=1), sent_by=world.unit, name="李干部")
    monkeypatch.setattr(report_pages, "PAGE", 1)
    browser = client(ORG, world)
    sections = browser.get("/reports/selection/?as_of=2016-06-08").context["sections"]
    links = {(cell["href"], cell["value"]) for part in sections for row in part["rows"] for cell in row if cell["href"] and cell["value"]}
    assert links
    for link, value in links:
        page = browser.get(link)
        assert "导出 Excel" in text(page) and len(page.context["rows"]) == 1
        path, _, asked = link.partition("?")
        _title, criteria, rows = read(browser.post(f"{path}export/?{asked}"))
        assert rows.height == page.context["total"] == value
        assert rows["姓名"][0] == page.context["rows"][0]["name"] and "截至 2016-06-08" in criteria
        assert all(part in criteria for part in page.context["of"])
    assert Event.objects.filter(action="console.export_sheet", outcome="done").count() == len(links)


def test_nobody_takes_the_people_of_another_county_or_of_a_report_they_may_not_read(world: World) -> None:
    path = "/reports/selection/rows/export/?as_of=2016-06-08"
    assert sign_in(ORG, OTHER_COUNTY).post(path).status_code == 302, "there is nothing to take"
    assert sign_in("city_leader", "6110").post(path).status_code == 404
    assert client(ORG, world).post("/reports/arrivals/rows/export/").status_code == 404
