"""Registering units, binding them to villages, designating villages."""

import datetime as dt
from typing import Any

import polars as pl
import pytest
import time_machine

from shibaiqian.access.actor import Forbidden
from shibaiqian.access.command import NotVisible, Refused
from shibaiqian.access.rows import Rows, RowsRefused
from shibaiqian.audit.models import Event
from shibaiqian.base import clock
from shibaiqian.organisations.actions import PartnerTooEarly, bind_partner, bind_partners, designate_villages, register_organisations
from shibaiqian.organisations.models import Organisation, OrganisationName, VillagePartner
from shibaiqian.organisations.queries import name_on
from shibaiqian.organisations.tests.factories import unit_row, units, village_row
from shibaiqian.regions.models import Region, VillageProfile

pytestmark = pytest.mark.django_db
LUONAN, DANFENG = "611021", "611022"


@pytest.fixture
def county() -> Region:
    return Region.objects.get(pk=LUONAN)


@pytest.fixture
def clerk(actor: Any) -> Any:
    return actor("county_org_admin", LUONAN)


@pytest.fixture
def stranger(actor: Any) -> Any:
    return actor("county_org_admin", DANFENG)


@pytest.fixture
def villages() -> list[Region]:
    return list(Region.objects.filter(code__gte=LUONAN, code__lt=f"{LUONAN}:", level="village").order_by("code")[:3])


def family() -> list[dict[str, Any]]:
    """A county's committee, a bureau and a station below it, the lower ones first."""
    return [
        unit_row("LN-003", "洛南县农技站", admin_parent_code="LN-002", kind="public_institution"),
        unit_row("LN-002", "洛南县农业局", admin_parent_code="LN-001", party_parent_code="LN-001", short_name="农业局"),
        unit_row("LN-001", "中共洛南县委", kind="party_committee", department_class="party_mass"),
    ]


def state() -> list[tuple[Any, ...]]:
    fields = ("code", "name", "short_name", "kind", "level", "region_id", "admin_parent__code", "party_parent__code",
              "department_class", "head_name", "pinyin", "initials")  # fmt: skip
    return list(Organisation.objects.filter(voided_by__isnull=True).order_by("code").values_list(*fields))


def test_a_roster_registers_units_with_parents_of_the_same_file(county: Region, clerk: Any) -> None:
    written = register_organisations(county, rows=units(*family()), by=clerk)

    assert written.count == 3
    station = Organisation.objects.get(code="LN-003")
    assert station.admin_parent.code == "LN-002" and station.admin_parent.party_parent.code == "LN-001"
    assert (station.pinyin, station.initials) == ("luonanxiannongjizhan", "lnxnjz")
    assert [n.name for n in station.names.all()] == ["洛南县农技站"]
    event = Event.objects.get()
    assert event.details["registered"] == 3 and station.event == event.pk


def test_the_same_roster_again_changes_nothing(county: Region, clerk: Any) -> None:
    register_organisations(county, rows=units(*family()), by=clerk)
    before = state()
    assert register_organisations(county, rows=units(*family()), by=clerk).count == 0
    assert state() == before and OrganisationName.objects.count() == 3


def test_one_by_one_equals_all_at_once(county: Region, clerk: Any) -> None:
    for row in reversed(family()):
        register_organisations(county, rows=Rows.of_form(**row), by=clerk)
    singly = state()
    Organisation.objects.update(admin_parent=None, party_parent=None)
    OrganisationName.objects.all().delete()
    Organisation.objects.all().delete()
    register_organisations(county, rows=units(*family()), by=clerk)
    assert state() == singly


def test_a_changed_name_is_kept_with_its_dates(county: Region, clerk: Any) -> None:
    register_organisations(county, rows=units(*family()), by=clerk)
    first = Organisation.objects.get(code="LN-002")
    renamed = [row | {"name": "洛南县农业农村局"} if row["code"] == "LN-002" else row for row in family()]
    with time_machine.travel(dt.datetime(2019, 3, 20, 9, tzinfo=clock.SHANGHAI)), later(dt.date(2019, 3, 20)):
        assert register_organisations(county, rows=units(*renamed), by=clerk).count == 1

    bureau = Organisation.objects.get(code="LN-002")
    assert bureau.name == "洛南县农业农村局" and bureau.pk == first.pk and bureau.event == first.event
    assert name_on(bureau, on=dt.date(2019, 3, 19)) == "洛南县农业局"
    assert name_on(bureau, on=dt.date(2019, 3, 20)) == "洛南县农业农村局"
    assert name_on(bureau, on=dt.date(2014, 1, 1)) == "洛南县农业局"
    assert Event.objects.order_by("-id")[0].details["changed"] == ["LN-002"]


def test_a_name_corrected_on_its_first_day_leaves_no_trace_in_the_names(county: Region, clerk: Any) -> None:
    register_organisations(county, rows=units(unit_row("LN-001", "洛南县农也局")), by=clerk)
    register_organisations(county, rows=units(unit_row("LN-001", "洛南县农业局")), by=clerk)
    assert list(OrganisationName.objects.values_list("name", "valid_to")) == [("洛南县农业局", None)]


def later(day: dt.date) -> Any:
    from django.test import override_settings

    return override_settings(BUSINESS_DATE=day)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"region_code": "611022"}, "本文件只能导入洛南县的数据"),
        ({"region_code": "611099"}, "查不到"),
        ({"level": "town"}, "级别不一致"),
        ({"admin_parent_code": "没有"}, "没有登记过"),
        ({"party_parent_code": "LN-003", "admin_parent_code": None}, "互为上级"),
        ({"code": "LN-003"}, "重复"),
    ],
)
def test_rows_that_cannot_be_are_refused_and_nothing_is_written(county: Region, clerk: Any, change: dict[str, Any], why: str) -> None:
    rows = family()
    rows[0]["party_parent_code"] = "LN-002"
    rows[1] = rows[1] | change
    with pytest.raises(RowsRefused) as refused:
        register_organisations(county, rows=units(*rows), by=clerk)
    assert any(why in f.message for f in refused.value.findings.refusals())
    assert not Organisation.objects.exists()


def test_a_unit_does_not_move(county: Region, clerk: Any, actor: Any) -> None:
    register_organisations(county, rows=units(*family()), by=clerk)
    city = Region.objects.get(pk="6110")
    moved = unit_row("LN-001", "中共洛南县委", region_code="6110", level="city")
    with pytest.raises(RowsRefused, match="已登记为中共洛南县委"):
        register_organisations(city, rows=units(moved), by=actor("city_org_admin", "6110"))


def test_a_form_that_leaves_out_what_is_required_is_told(county: Region, clerk: Any) -> None:
    with pytest.raises(RowsRefused, match="没有填写单位名称"):
        register_organisations(county, rows=Rows.of_form(**unit_row("LN-009", " ")), by=clerk)


def test_an_outsider_registers_nothing(county: Region, stranger: Any, actor: Any) -> None:
    with pytest.raises(NotVisible):
        register_organisations(county, rows=units(*family()), by=stranger)
    with pytest.raises(Forbidden):
        register_organisations(county, rows=units(*family()), by=actor("town_party_admin", LUONAN))
    assert not Organisation.objects.exists()


class TestVillages:
    @pytest.fixture(autouse=True)
    def _units(self, county: Region, clerk: Any) -> None:
        register_organisations(county, rows=units(*family()), by=clerk)

    def test_a_village_is_designated_and_its_unit_bound(self, county: Region, clerk: Any, villages: list[Region]) -> None:
        rows = units(
            village_row(villages[0].code, village_types="weak_org|poor", farmland_mu=1203.5, collective_income=350_000,
                        partner_code="LN-002", partner_since=dt.date(2014, 3, 1), secretary="刘建民"),
            village_row(villages[1].code, poor_village=False),
        )  # fmt: skip
        assert designate_villages(county, rows=rows, by=clerk).count == 2

        profile = VillageProfile.unscoped.get(region=villages[0])
        assert profile.poor_village and profile.village_types == "weak_org|poor"
        assert (profile.farmland_centimu, profile.collective_income_cents) == (120350, 350_000)
        partner = VillagePartner.unscoped.get()
        assert (partner.region_id, partner.unit.code, partner.until) == (villages[0].code, "LN-002", None)

    def test_an_older_profile_is_voided_only_where_it_differs(self, county: Region, clerk: Any, villages: list[Region]) -> None:
        first = [village_row(v.code) for v in villages]
        designate_villages(county, rows=units(*first), by=clerk)
        changed = [first[0] | {"poor_village": False}, *first[1:]]
        assert designate_villages(county, rows=units(*changed), by=clerk).count == 1

        event = Event.objects.order_by("-id")[0].pk
        held = VillageProfile.unscoped.filter(region=villages[0]).order_by("event")
        assert [(p.poor_village, p.voided_by) for p in held] == [(True, event), (False, None)]
        assert VillageProfile.objects.visible_to(clerk).count() == 3

    def test_the_next_unit_takes_over_the_day_after(self, clerk: Any, villages: list[Region]) -> None:
        bureau, station = Organisation.objects.get(code="LN-002"), Organisation.objects.get(code="LN-003")
        first = bind_partner(villages[0], unit=bureau, since=dt.date(2014, 3, 1), by=clerk)
        assert bind_partner(villages[0], unit=bureau, since=dt.date(2015, 3, 1), by=clerk) == first
        second = bind_partner(villages[0], unit=station, since=dt.date(2016, 3, 1), by=clerk)

        first.refresh_from_db()
        assert (first.until, second.until) == (dt.date(2016, 2, 29), None)
        with pytest.raises(PartnerTooEarly, match="须晚于该日"):
            bind_partner(villages[0], unit=bureau, since=dt.date(2016, 3, 1), by=clerk)

    @pytest.mark.parametrize(
        ("change", "why"),
        [
            ({"partner_code": "没有", "partner_since": dt.date(2014, 3, 1)}, "没有登记过"),
            ({"partner_code": "LN-002"}, "没有填写包村起始日期"),
            ({"partner_since": dt.date(2014, 3, 1)}, "没有填写包村单位"),
            ({"partner_code": "LN-002", "partner_since": dt.date(2017, 1, 1)}, "晚于今天"),
            ({"rural_population": 3}, "少于户数"),
            ({"farmland_mu": -1.0}, "不能是负数"),
        ],
    )
    def test_rows_that_cannot_be_are_refused(
        self, county: Region, clerk: Any, villages: list[Region], change: dict[str, Any], why: str
    ) -> None:
        with pytest.raises(RowsRefused, match=why):
            designate_villages(county, rows=units(village_row(villages[0].code) | change), by=clerk)
        assert not VillageProfile.unscoped.exists()

    def test_a_village_stands_once_in_a_file(self, county: Region, clerk: Any, villages: list[Region]) -> None:
        row = village_row(villages[0].code)
        with pytest.raises(RowsRefused, match="与第 2 行重复"):
            designate_villages(county, rows=units(row, row), by=clerk)

    def test_only_villages_are_bound(self, county: Region, clerk: Any, villages: list[Region]) -> None:
        bureau = Organisation.objects.get(code="LN-002")
        with pytest.raises(Refused, match="不是村"):
            bind_partner(county, unit=bureau, since=dt.date(2014, 3, 1), by=clerk)
        with pytest.raises(Refused, match="晚于今天"):
            bind_partner(villages[0], unit=bureau, since=dt.date(2019, 3, 1), by=clerk)

    def test_many_villages_are_bound_at_once(self, county: Region, clerk: Any, stranger: Any, villages: list[Region]) -> None:
        unit = Organisation.objects.get(code="LN-002")
        rows = units(*[{"region": v.code, "unit_id": str(unit.pk), "since": dt.date(2015, 3, 1)} for v in villages[:2]])
        with pytest.raises(NotVisible):
            bind_partners(county, rows=rows, by=stranger)
        assert bind_partners(county, rows=rows, by=clerk).count == 2
        assert bind_partners(county, rows=rows, by=clerk).count == 0
        assert set(VillagePartner.unscoped.values_list("region_id", flat=True)) == {v.code for v in villages[:2]}

    def test_an_outsider_designates_and_binds_nothing(self, county: Region, stranger: Any, villages: list[Region]) -> None:
        with pytest.raises(NotVisible):
            designate_villages(county, rows=units(village_row(villages[0].code)), by=stranger)
        with pytest.raises(NotVisible):
            bind_partner(villages[0], unit=Organisation.objects.get(code="LN-002"), since=dt.date(2014, 3, 1), by=stranger)
        assert not VillagePartner.unscoped.exists() and not VillageProfile.unscoped.exists()

    def test_as_many_queries_for_one_row_as_for_three(
        self, county: Region, clerk: Any, villages: list[Region], django_assert_max_num_queries: Any
    ) -> None:
        counts = []
        for rows in ([village_row(villages[0].code)], [village_row(v.code, poor_village=False) for v in villages]):
            with django_assert_max_num_queries(60) as captured:
                designate_villages(county, rows=units(*rows), by=clerk)
            counts.append(len(captured))
        assert counts[0] == counts[1]


def test_a_frame_without_optional_columns_is_a_roster_too(county: Region, clerk: Any) -> None:
    frame = pl.DataFrame(
        {
            "row": [2],
            "code": ["LN-1"],
            "name": ["甲 局"],
            "kind": ["gov_department"],
            "level": ["county"],
            "region_code": [LUONAN],
        }
    )
    register_organisations(county, rows=Rows(frame, sheet="名册"), by=clerk)
    assert Organisation.objects.get().name == "甲局"
