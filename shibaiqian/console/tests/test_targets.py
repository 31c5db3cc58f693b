"""Target letters on pages: proposed from the records, signed by three, printed; nobody else's."""

import io
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from shibaiqian.console.tests.factories import COUNTY, OTHER_COUNTY, World, sign_in, text
from shibaiqian.postings.models import TargetItem, TargetLetter

pytestmark = pytest.mark.django_db


def written(page: Any, **more: str) -> dict[str, str]:
    """What a browser would send back of the form as it was proposed."""
    form, items = page.context["form"], page.context["items"]
    said = {field.html_name: str(field.value() or "") for field in form}
    said |= {field.html_name: str(field.value()) for field in items.management_form}
    for row in items:
        said |= {field.html_name: "" if field.value() is None else str(field.value()) for field in row}
    return {**said, **more}


def drafted(world: World) -> tuple[Client, TargetLetter]:
    browser = sign_in("town_party_admin", world.village.code[:9])
    url = f"/postings/{world.posting.pk}/targets/"
    answer = browser.post(url, written(browser.get(url)))
    assert answer.status_code == 302, text(answer)
    return browser, TargetLetter.unscoped.get()


def signers(world: World) -> list[Client]:
    place = world.posting.region_id
    return [
        sign_in("posted_cadre", place),
        sign_in("host_unit_leader", place, name="书记"),
        sign_in("sending_unit_admin", unit=world.posting.unit_id),
    ]


def test_a_proposal_from_the_records_can_be_saved_as_it_stands(world: World) -> None:
    _browser, letter = drafted(world)
    assert TargetItem.unscoped.filter(letter=letter).count() == 4


def test_a_form_that_is_refused_keeps_what_was_typed(world: World) -> None:
    browser = sign_in("town_party_admin", world.village.code[:9])
    url = f"/postings/{world.posting.pk}/targets/"
    answer = browser.post(url, written(browser.get(url), **{"item-0-weight": "31", "item-0-text": "多办实事"}))
    assert answer.status_code == 422
    assert "权重合计 101" in text(answer) and "多办实事" in text(answer)


def test_three_sign_and_the_letter_is_printed(world: World) -> None:
    browser, letter = drafted(world)
    page = f"/target-letters/{letter.pk}/"
    browser.post(f"{page}offer_targets/")
    for who in signers(world):
        assert "签字" in text(who.get(page))
        who.post(f"{page}sign_targets/")
    letter.refresh_from_db()
    assert letter.state == "signed"
    said = "".join(p.extract_text() for p in PdfReader(io.BytesIO(browser.get(f"{page}paper.pdf").content)).pages)
    assert world.posting.cadre_name in said and "为群众办实事" in said
    assert browser.get(f"{page}paper.docx").content.startswith(b"PK")


def test_an_amendment_says_why(world: World) -> None:
    browser, letter = drafted(world)
    page = f"/target-letters/{letter.pk}/"
    browser.post(f"{page}offer_targets/")
    for who in signers(world):
        who.post(f"{page}sign_targets/")
    form = browser.get(f"{page}amend/")
    assert browser.post(f"{page}amend/", written(form, reason="")).status_code == 422
    assert browser.post(f"{page}amend/", written(form, reason="省道改线")).status_code == 302
    assert TargetLetter.unscoped.get(version=2).reason == "省道改线"


def test_the_official_reports_what_no_record_counts(world: World) -> None:
    _browser, letter = drafted(world)
    TargetItem.unscoped.filter(letter=letter, seq=1).update(indicator="")
    item = TargetItem.unscoped.get(letter=letter, seq=1)
    official = signers(world)[0]
    official.post(f"/target-items/{item.pk}/", {"reached": "七"})
    official.post(f"/target-items/{item.pk}/", {"reached": "7"})
    item.refresh_from_db()
    assert item.reached == 7


def test_nobody_else_finds_the_letter(world: World) -> None:
    _browser, letter = drafted(world)
    for who in (sign_in("county_org_admin", OTHER_COUNTY), sign_in("county_poverty_admin", COUNTY)):
        assert who.get(f"/target-letters/{letter.pk}/").status_code == 404
        assert who.post(f"/target-letters/{letter.pk}/sign_targets/").status_code == 404
    assert sign_in("posted_cadre", world.posting.region_id).get(f"/target-letters/{letter.pk}/amend/").status_code == 404
