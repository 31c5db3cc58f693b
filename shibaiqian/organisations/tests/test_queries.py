"""Reading units."""

import datetime as dt
import uuid
from typing import Any

import pytest

from shibaiqian.access.actor import Forbidden, acting
from shibaiqian.access.command import NotVisible
from shibaiqian.organisations.actions import bind_partner, register_organisations
from shibaiqian.organisations.excel import COLUMNS
from shibaiqian.organisations.models import Organisation
from shibaiqian.organisations.queries import (
    organisation_file,
    organisation_rows,
    organisations,
    partners,
    search_organisations,
    unit_keys,
)
from shibaiqian.organisations.tests.factories import unit_row, units
from shibaiqian.regions.models import Region

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _world(actor: Any) -> None:
    city, luonan = Region.objects.get(pk="6110"), Region.objects.get(pk="611021")
    rows = [unit_row("SL-001", "商洛市科技局", region_code="6110", level="city", short_name="科技局")]
    register_organisations(city, rows=units(*rows), by=actor("city_org_admin", "6110"))
    rows = [unit_row("LN-001", "洛南县农业局"), unit_row("LN-002", "洛南县水务局", admin_parent_code="LN-001")]
    register_organisations(luonan, rows=units(*rows), by=actor("county_org_admin", "611021"))


def test_everyone_who_may_look_sees_all_units_in_order(actor: Any) -> None:
    for somebody in (actor("village_admin", "611022101201"), actor("sending_unit_admin", unit=uuid.uuid4())):
        with acting(somebody):
            assert [o.code for o in organisations(somebody)] == ["SL-001", "LN-001", "LN-002"]
            assert [o.code for o in organisations(somebody, region="611021")] == ["LN-001", "LN-002"]
    with pytest.raises(Forbidden):
        organisations(actor("helper", households=(uuid.uuid4(),)))


def test_units_are_found_by_name_pinyin_and_initials(actor: Any) -> None:
    by = actor("county_org_admin", "611022")
    for text in ("洛南县农", "luonanxiannong", "LNXN", "洛南县 农业"):
        assert [o.code for o in search_organisations(by, text)] == ["LN-001"]
    assert search_organisations(by, " ") == []


def test_the_file_of_a_unit_says_what_is_below_and_which_villages_it_is_bound_to(actor: Any) -> None:
    clerk = actor("county_org_admin", "611021")
    village = Region.objects.filter(code__gte="611021", code__lt="611021:", level="village")[0]
    bureau = Organisation.objects.get(code="LN-001")
    bind_partner(village, unit=bureau, since=dt.date(2014, 3, 1), by=clerk)

    with acting(clerk):
        found = organisation_file(clerk, bureau.pk)
        assert [o.code for o in found.below] == ["LN-002"]
        assert [p.region_id for p in found.villages] == [village.code]
        assert [n.name for n in found.names] == ["洛南县农业局"]
        with pytest.raises(NotVisible):
            organisation_file(clerk, uuid.uuid4())


def test_an_outsider_does_not_see_which_villages_a_unit_serves(actor: Any) -> None:
    village = Region.objects.filter(code__gte="611021", code__lt="611021:", level="village")[0]
    bureau = Organisation.objects.get(code="LN-001")
    bind_partner(village, unit=bureau, since=dt.date(2014, 3, 1), by=actor("county_org_admin", "611021"))
    for somebody, seen in (
        (actor("county_org_admin", "611022"), 0),
        (actor("city_leader", "6110"), 1),
        (actor("sending_unit_admin", unit=bureau.pk), 1),
    ):
        with acting(somebody):
            assert partners(somebody).count() == seen


def test_as_many_queries_for_one_unit_as_for_three(actor: Any, django_assert_num_queries: Any) -> None:
    by = actor("city_leader", "6110")
    for region in ("6110", "611021"):
        with django_assert_num_queries(1):
            [(o.region.name, o.name) for o in organisations(by, region=region)]
        with django_assert_num_queries(1):
            organisation_rows(by, region=region)
    with django_assert_num_queries(1):
        unit_keys(["LN-001"])


def test_the_rows_for_export_have_the_columns_of_the_roster(actor: Any) -> None:
    frame = organisation_rows(actor("city_leader", "6110"), region="6110")
    assert frame.columns == [c.name for c in COLUMNS]
    assert frame["admin_parent_code"].to_list() == [None, None, "LN-001"]
    assert set(unit_keys()["code"]) == {"SL-001", "LN-001", "LN-002"}
