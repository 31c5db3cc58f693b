"""The page of a village from which households are told who follows."""

import datetime as dt
import io

import pypdf
import pytest

from shibaiqian.base.ids import new_id
from shibaiqian.console.tests import factories
from shibaiqian.console.tests.factories import OTHER_COUNTY, World, sign_in, text
from shibaiqian.postings.models import Pairing

pytestmark = pytest.mark.django_db


def test_a_village_prints_the_slips_and_records_them_once(world: World) -> None:
    home, place = world.households[0], world.village.code
    Pairing.unscoped.filter(household=home).update(until=dt.date(2016, 5, 31))
    new = factories.pairing(home, by=world.unit, name="周接续")
    Pairing.unscoped.filter(pk=new.pk).update(since=dt.date(2016, 6, 1))
    browser, here = sign_in("village_admin", place), f"/regions/{place}/slips/"
    assert here in text(browser.get(f"/regions/{place}/"))
    page = text(browser.get(here))
    assert "周接续" in page and home.head_name in page
    assert "请先勾选" in text(browser.post(here, {"do": "print"}))
    pdf = browser.post(here, {"do": "print", "household": [str(home.pk)]})
    assert pdf["Content-Type"] == "application/pdf" and home.head_name not in pdf["Content-Disposition"]
    assert "周接续" in pypdf.PdfReader(io.BytesIO(pdf.content)).pages[0].extract_text()
    assert browser.post(here, {"do": "word", "household": [str(home.pk)]}).status_code == 200
    said = {"do": "told", "household": [str(home.pk), "nonsense"], "on": "2016-06-02", "told_by": "", "operation": str(new_id())}
    assert browser.post(here, said).status_code == 422
    for _click in range(2):
        assert browser.post(here, said | {"told_by": "村文书李芳"}).status_code == 302
    new.refresh_from_db()
    assert (new.told_on, new.told_by) == (dt.date(2016, 6, 2), "村文书李芳")
    assert "没有待告知的户" in text(browser.get(here))
    assert "已告知本户" in text(browser.get(f"/households/{home.pk}/"))


def test_others_find_no_slips(world: World) -> None:
    here = f"/regions/{world.village.code}/slips/"
    assert sign_in("county_poverty_admin", OTHER_COUNTY).get(here).status_code == 404
    assert sign_in("city_leader", world.village.code[:4]).get(here).status_code == 404
    organisation = sign_in("county_org_admin", world.village.code[:6])
    assert "登记已送达" not in text(organisation.get(here)) and organisation.post(here, {"do": "print"}).status_code == 404
    assert sign_in("town_poverty_admin", world.village.code[:9]).get(f"/regions/{world.village.code[:9]}/slips/").status_code == 404
