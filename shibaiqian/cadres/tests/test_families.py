"""Families: taken by a roster, each relative once, seen by organisation departments only."""

import datetime as dt
from typing import Any

import pytest

from shibaiqian.access.actor import Forbidden, acting
from shibaiqian.access.command import NotVisible
from shibaiqian.access.rows import RowsRefused
from shibaiqian.cadres.actions import register_cadres
from shibaiqian.cadres.families import COLUMNS, record_families
from shibaiqian.cadres.models import Cadre, FamilyMember
from shibaiqian.cadres.queries import cadre_file
from shibaiqian.cadres.tests.factories import CITY, DANFENG, LUONAN, cadre_row, id_number, of_form, roster
from shibaiqian.regions.models import Region
from shibaiqian.regions.tests.fixture import agreed, declared

pytestmark = pytest.mark.django_db
TOWN = f"{LUONAN}101"


def family_row(serial: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "name": "王朝辉", "id_number": id_number(serial=serial), "relation": "妻子", "relative": "李秀兰", "born": dt.date(1977, 3, 1),
        "political_status": "群众", "unit_post": "洛南县医院护士", "place": None, "standing": None, **more,
    }  # fmt: skip


def a_village() -> str:
    return str(Region.objects.filter(code__startswith=TOWN, level="village").order_by("code").values_list("code", flat=True)[0])


def test_the_columns_are_those_agreed() -> None:
    assert declared(COLUMNS) == agreed("families")


def test_a_family_stands_in_the_file_in_the_order_of_the_roster(county: Region, clerk: Any) -> None:
    brother = {"relation": "哥哥", "relative": "王 朝阳", "born": None, "place": a_village(), "standing": "village_committee"}
    assert record_families(county, rows=roster(family_row(), family_row(**brother)), by=clerk).count == 2
    record_families(county, rows=of_form(family_row(relation="父亲", relative="王有才", born=dt.date(1948, 1, 1))), by=clerk)
    cadre = Cadre.unscoped.get(id_last4=id_number(serial=1)[-4:])
    with acting(clerk):
        found = [(m.seq, m.relation, m.name, m.birth_month, m.place, m.standing) for m in cadre_file(clerk, cadre.pk).family]
    assert found == [
        (0, "妻子", "李秀兰", "197703", "", ""), (1, "哥哥", "王朝阳", "", a_village(), "village_committee"), (2, "父亲", "王有才", "194801", "", ""),
    ]  # fmt: skip


def test_rows_that_cannot_be_are_refused(county: Region, clerk: Any, subtests: Any) -> None:
    record_families(county, rows=roster(family_row(2)), by=clerk)
    for rows, why in (
        ([family_row(born=dt.date(2030, 1, 1))], "晚于今天"),
        ([family_row(place="611099")], "查不到"),
        ([family_row(place=TOWN)], "只填了一项"),
        ([family_row(standing="enterprise")], "只填了一项"),
        ([family_row(place=TOWN, standing="village_committee")], "应是村（社区）"),
        ([family_row(), family_row()], "同一名成员"),
        ([family_row(), family_row(2)], "已经登记过"),
        ([family_row(9)], "不在本级的干部名册中"),
        ([family_row(name="别人")], "不一致"),
    ):
        with subtests.test(why):
            with pytest.raises(RowsRefused, match=why):
                record_families(county, rows=roster(*rows), by=clerk)
            assert FamilyMember.unscoped.count() == 1


def test_who_considers_or_hosts_the_cadre_sees_the_family_too(county: Region, actor: Any, clerk: Any) -> None:
    cadre = Cadre.unscoped.get(id_last4=id_number(serial=1)[-4:])
    Cadre.unscoped.filter(pk=cadre.pk).update(candidate_region=DANFENG)
    record_families(county, rows=roster(family_row()), by=clerk)
    there = actor("county_org_admin", DANFENG)
    with acting(there):
        assert [m.name for m in FamilyMember.objects.visible_to(there)] == ["李秀兰"]


def test_an_outsider_records_and_sees_nothing(county: Region, actor: Any, clerk: Any) -> None:
    stranger = actor("county_org_admin", DANFENG)
    with pytest.raises(NotVisible):
        record_families(county, rows=roster(family_row()), by=stranger)
    with pytest.raises(RowsRefused, match="不在本级的干部名册中"):
        record_families(Region.objects.get(pk=DANFENG), rows=roster(family_row()), by=stranger)
    with pytest.raises(Forbidden):
        record_families(county, rows=roster(family_row()), by=actor("city_leader", CITY))
    record_families(county, rows=roster(family_row()), by=clerk)
    for who in (stranger, actor("town_party_admin", TOWN), actor("city_leader", CITY)):
        with acting(who):
            assert not FamilyMember.objects.for_everyone(because="the wall alone must hold").exists()


def test_what_a_cadre_can_do_comes_with_the_roster_of_cadres(county: Region, clerk: Any) -> None:
    register_cadres(county, rows=roster(cadre_row(3, skills="livestock|veterinary")), by=clerk)
    assert set(Cadre.unscoped.values_list("skills", flat=True)) == {"", "livestock|veterinary"}
