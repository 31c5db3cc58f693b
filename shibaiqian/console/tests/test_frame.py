"""What a person meets on every page: one form over a list, a page that is not there, acts in words, figures in English."""

from urllib.parse import urlsplit

import pytest
from django.test import Client

from shibaiqian.console.tests.factories import COUNTY, World, client, text

pytestmark = pytest.mark.django_db
ORG, POVERTY = "county_org_admin", "county_poverty_admin"


def test_filters_sent_without_a_name_go_into_the_address(world: World) -> None:
    answer = client(POVERTY, world).post("/households/", {"narrow": "1", "name": " ", "state": "registered", "cause": "", "region": COUNTY})
    assert answer.status_code == 302
    assert set(urlsplit(answer.headers["Location"]).query.split("&")) == {"state=registered", f"region={COUNTY}"}


def test_a_name_and_filters_are_sent_together_and_neither_is_lost(world: World) -> None:
    answer = client(POVERTY, world).post(
        "/households/", {"narrow": "1", "name": world.household.head_name, "region": COUNTY, "water": "yes"}
    )
    assert answer.status_code == 200
    said = text(answer)
    assert f'name="name" value="{world.household.head_name}"' in said
    assert '<option value="yes" selected>' in said
    assert f"export/?region={COUNTY}&amp;water=yes" in said
    assert world.household.head_name not in answer.headers.get("Location", "")


def test_a_page_that_is_not_there_keeps_the_frame_of_who_is_here(world: World) -> None:
    browser = client(ORG, world)
    for path in ("/nowhere/", f"/regions/{COUNTY[:4]}99/"):
        answer = browser.get(path)
        assert answer.status_code == 404
        assert 'id="nav"' in text(answer)
        assert 'href="/postings/"' in text(answer)


def test_a_stranger_stays_at_the_door(db: None) -> None:
    answer = Client().get("/nowhere/")
    assert answer.status_code == 404
    assert 'id="nav"' not in text(answer)


def test_the_audit_page_says_acts_roles_and_places_in_words(world: World) -> None:
    client(POVERTY, world).post("/households/export/")
    auditor = client("audit_admin", world)
    said = text(auditor.get("/audit/?act=console.export_list"))
    assert "<td>导出名册</td>" in said
    assert "<td>县区扶贫部门</td>" in said
    assert "<td>洛南县</td>" in said
    assert "county_poverty_admin" not in said
    assert "<td>导出名册</td>" not in text(auditor.get("/audit/?act=access.sign_out"))


def test_acts_have_english(world: World) -> None:
    client(POVERTY, world).post("/households/export/")
    assert "<td>Export a list</td>" in text(client("audit_admin", world, language="en").get("/audit/"))
