"""Reading the register."""

import datetime as dt
import uuid
from typing import Any

import pytest

from shibaiqian.access.actor import acting
from shibaiqian.access.command import NotVisible
from shibaiqian.base import crypto
from shibaiqian.cadres.actions import record_promotions, register_cadres
from shibaiqian.cadres.excel import COLUMNS
from shibaiqian.cadres.models import Cadre, CadreIdentity
from shibaiqian.cadres.queries import cadre_file, cadre_keys, cadre_rows, cadres, promotions, search_cadres
from shibaiqian.cadres.tests.factories import (
    CITY,
    DANFENG,
    LUONAN,
    cadre_row,
    id_number,
    promotion_row,
    register_units,
    roster,
)
from shibaiqian.organisations.models import Organisation
from shibaiqian.regions.models import Region

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _world(actor: Any) -> None:
    register_units(actor)
    city = Region.objects.get(pk=CITY)
    rows = [
        cadre_row(1, name="王朝辉"),
        cadre_row(2, name="张丽"),
        cadre_row(3, name="王超", unit_code="LN-101"),
        cadre_row(4, name="李明", unit_code="DF-001"),
        cadre_row(5, name="赵强", unit_code="SL-001"),
    ]
    register_cadres(city, rows=roster(*rows), by=actor("city_org_admin", CITY))


def seen(actor: Any, **options: Any) -> list[str]:
    with acting(actor):
        return [cadre.name for cadre in cadres(actor, **options)]


def test_each_sees_the_cadres_of_their_own_units(actor: Any) -> None:
    assert seen(actor("city_leader", CITY)) == ["赵强", "王朝辉", "张丽", "王超", "李明"]
    assert seen(actor("county_org_admin", LUONAN)) == ["王朝辉", "张丽", "王超"]
    assert seen(actor("town_party_admin", "611021101")) == ["王超"]
    assert seen(actor("sending_unit_admin", unit=Organisation.objects.get(code="SL-001").pk)) == ["赵强"]
    assert seen(actor("city_leader", CITY), region=DANFENG) == ["李明"]
    assert seen(actor("county_poverty_admin", LUONAN)) == []


def test_the_host_sees_who_is_posted_there(actor: Any) -> None:
    Cadre.unscoped.filter(name="赵强").update(host_region=LUONAN)
    assert "赵强" in seen(actor("county_org_admin", LUONAN))


def test_a_voided_cadre_is_gone(actor: Any) -> None:
    Cadre.unscoped.filter(name="张丽").update(voided_by=1)
    assert seen(actor("county_org_admin", LUONAN)) == ["王朝辉", "王超"]


def test_cadres_are_found_by_name_pinyin_and_initials_within_the_scope(actor: Any) -> None:
    clerk = actor("county_org_admin", LUONAN)
    with acting(clerk):
        for text, found in (
            ("王", ["王朝辉", "王超"]),
            ("王 超", ["王超"]),
            ("wangchao", ["王超", "王朝辉"]),
            ("WCH", ["王朝辉"]),
            ("lm", []),
            ("  ", []),
        ):
            assert sorted(c.name for c in search_cadres(clerk, text)) == sorted(found)


def test_the_file_of_a_cadre_holds_promotions_and_is_absent_outside(actor: Any) -> None:
    clerk, stranger = actor("county_org_admin", LUONAN), actor("county_org_admin", DANFENG)
    record_promotions(Region.objects.get(pk=LUONAN), rows=roster(promotion_row(1)), by=clerk)
    key = Cadre.unscoped.get(name="王朝辉").pk
    with acting(clerk):
        assert [p.new_post for p in cadre_file(clerk, key).promotions] == ["局长"]
        assert promotions(clerk).count() == 1
    with acting(stranger):
        for absent in (key, uuid.uuid4()):
            with pytest.raises(NotVisible):
                cadre_file(stranger, absent)
        assert promotions(stranger).count() == 0


def test_keys_are_found_by_blind_index_for_those_who_may_identify(actor: Any) -> None:
    blinds = [crypto.blind(id_number(serial=n)) for n in (1, 4, 99)]
    for by, found in (
        (actor("city_org_admin", CITY), {"王朝辉", "李明"}),
        (actor("county_org_admin", LUONAN), {"王朝辉"}),
        (actor("city_leader", CITY), set()),
    ):
        with acting(by):
            assert set(cadre_keys(by, blinds)["name"]) == found
    CadreIdentity.unscoped.update(voided_by=1)
    by = actor("city_org_admin", CITY)
    with acting(by):
        assert cadre_keys(by, blinds).height == 0


def test_the_wall_keeps_identities_from_those_without_the_permission(actor: Any) -> None:
    leader = actor("city_leader", CITY)
    with acting(leader):
        assert CadreIdentity.unscoped.count() == 0
    with acting(actor("city_org_admin", CITY)):
        assert CadreIdentity.unscoped.count() == 5


def test_the_rows_for_export_mask_the_number(actor: Any) -> None:
    clerk = actor("county_org_admin", LUONAN)
    with acting(clerk):
        frame = cadre_rows(clerk, region=LUONAN)
    assert sorted(frame.columns) == sorted(c.name for c in COLUMNS)
    assert frame["id_number"][0] == "*" * 14 + id_number(serial=1)[-4:]
    assert frame["party_join"][0] == dt.date(2001, 7, 1) and frame["rural_years"][0] == 6.5


def test_as_many_queries_for_one_cadre_as_for_three(actor: Any, django_assert_num_queries: Any) -> None:
    clerk = actor("county_org_admin", LUONAN)
    key = Cadre.unscoped.get(name="王朝辉").pk
    with acting(clerk):
        for region in ("611021101", LUONAN):
            with django_assert_num_queries(1):
                [(c.unit.name, c.name) for c in cadres(clerk, region=region)]
            with django_assert_num_queries(1):
                cadre_rows(clerk, region=region)
        for serials in ([1], [1, 2, 3]):
            with django_assert_num_queries(1):
                cadre_keys(clerk, [crypto.blind(id_number(serial=n)) for n in serials])
        with django_assert_num_queries(6):
            cadre_file(clerk, key)
