"""Registering cadres, recording promotions, revealing an ID number."""

import datetime as dt
import time
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shibaiqian.access.actor import Forbidden, acting
from shibaiqian.access.command import NotVisible
from shibaiqian.access.reasons import ReasonMissing
from shibaiqian.access.rows import RowsRefused
from shibaiqian.audit.models import Event
from shibaiqian.base import crypto
from shibaiqian.cadres.actions import record_promotions, register_cadres, reveal_id_number
from shibaiqian.cadres.models import Cadre, CadreIdentity, Promotion
from shibaiqian.cadres.tests.factories import (
    CITY,
    DANFENG,
    LUONAN,
    cadre_row,
    id_number,
    of_form,
    promotion_row,
    register_units,
    roster,
)
from shibaiqian.regions.models import Region

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _units(actor: Any) -> None:
    register_units(actor)


@pytest.fixture
def county() -> Region:
    return Region.objects.get(pk=LUONAN)


@pytest.fixture
def stranger(actor: Any) -> Any:
    return actor("county_org_admin", DANFENG)


def state() -> list[tuple[Any, ...]]:
    """The register without what differs between two writings of the same: keys, events, ciphertexts."""
    left_out = {"id", "event", "voided_by", "unit"}
    fields = [f.name for f in Cadre._meta.fields if f.name not in left_out]
    numbers = {
        i.cadre_id: (crypto.unseal(i.id_sealed, row=str(i.cadre_id)), bytes(i.id_blind), i.region_id, i.host_region)
        for i in CadreIdentity.unscoped.all()
    }
    rows = Cadre.unscoped.values_list("id", "unit__code", *fields)
    return sorted(((numbers[key], unit, *map(str, values)) for key, unit, *values in rows), key=str)


def test_a_roster_registers_cadres_with_their_numbers_sealed(county: Region, clerk: Any) -> None:
    written = register_cadres(county, rows=roster(cadre_row(1, name="王 朝辉"), cadre_row(2, name="张丽")), by=clerk)

    assert written.count == 2
    cadre = Cadre.unscoped.get(name="王朝辉")
    assert (cadre.birth_date, cadre.pinyin, cadre.initials) == (dt.date(1975, 6, 12), "wangchaohui", "wch")
    assert (cadre.party_join_month, cadre.work_start_month, cadre.rural_experience_tenths) == ("200107", "199609", 65)
    assert (cadre.region_id, cadre.unit.code, cadre.host_region) == (LUONAN, "LN-001", "")
    identity = CadreIdentity.unscoped.get(cadre=cadre)
    assert crypto.unseal(identity.id_sealed, row=str(cadre.pk)) == id_number(serial=1)
    assert crypto.unseal(identity.phone_sealed, row=str(cadre.pk)) == "13900000001"
    event = Event.objects.get(action="cadres.register_cadres")
    assert cadre.event == event.pk and id_number(serial=1) not in event.canonical


people = st.lists(
    st.tuples(
        st.integers(0, 400),
        st.sampled_from(["王朝辉", "欧阳 明", "张丽", "李 伟"]),
        st.sampled_from("12"),
        st.dates(dt.date(1960, 1, 1), dt.date(1985, 12, 31)),
        st.sampled_from([("01", dt.date(2006, 7, 1)), ("13", None)]),
        st.sampled_from(["LN-001", "LN-101"]),
        st.sampled_from([None, 0.0, 2.5]),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda person: person[0],
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=people)
def test_one_by_one_equals_all_at_once(county: Region, clerk: Any, people: list[Any]) -> None:
    rows = [
        cadre_row(serial, name=name, sex=sex, birth=birth, political_status=status, party_join=joined, unit_code=unit,
                  work_start=dt.date(2004, 7, 1), rural_years=years)
        for serial, name, sex, birth, (status, joined), unit, years in people
    ]  # fmt: skip
    states = []
    for one_by_one in (True, False):
        with transaction.atomic():
            if one_by_one:
                for row in rows:
                    register_cadres(county, rows=of_form(row), by=clerk)
            else:
                register_cadres(county, rows=roster(*rows), by=clerk)
            states.append(state())
            transaction.set_rollback(True)
    assert states[0] == states[1] and len(states[0]) == len(rows)


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"id_number": id_number()[:17] + ("0" if id_number()[17] != "0" else "1")}, "身份证号", "不正确"),
    (
        {"id_number": id_number(dt.date(2012, 1, 1)), "work_start": None, "political_status": "13", "party_join": None},
        "身份证号",
        "不满 16 周岁",
    ),
    ({"sex": "2", "id_number": id_number()}, "性别", "不一致"),
    ({"party_join": None}, "入党时间", "没有填写入党时间"),
    ({"political_status": "13"}, "入党时间", "不是党员而填写了入党时间"),
    ({"party_join": dt.date(1992, 1, 1)}, "入党时间", "早于 18 周岁"),
    ({"party_join": dt.date(2017, 1, 1)}, "入党时间", "晚于今天"),
    ({"work_start": dt.date(1990, 1, 1)}, "参加工作时间", "早于 16 周岁"),
    ({"work_start": dt.date(2017, 1, 1), "rank_since": None}, "参加工作时间", "晚于今天"),
    ({"rank_since": dt.date(1995, 1, 1)}, "任现职级时间", "早于参加工作时间"),
    ({"rank_since": dt.date(2017, 1, 1)}, "任现职级时间", "晚于今天"),
    ({"rural_years": 75.0}, "农村工作年限", "不合理"),
    ({"unit_code": "LN-999"}, "工作单位编码", "没有登记过"),
    ({"unit_code": "DF-001"}, "工作单位编码", "本文件只能导入洛南县的数据"),
    ({"name": "王"}, "姓名", "不足两个字"),
    ({"phone": "123"}, "联系电话", "不是 11 位手机号"),
]


def test_a_row_that_cannot_be_refuses_the_set_and_names_its_cell(county: Region, clerk: Any, subtests: Any) -> None:
    for change, column, why in REFUSED:
        with subtests.test(why):
            with pytest.raises(RowsRefused) as refused:
                register_cadres(county, rows=roster(cadre_row(7), cadre_row(8) | change), by=clerk)
            found = refused.value.findings.refusals()
            assert [(f.row, f.column) for f in found] == [(3, column)] and why in found[0].message
            assert found[0].mend and not Cadre.unscoped.exists()


def test_a_person_stands_once_in_a_file(county: Region, clerk: Any) -> None:
    with pytest.raises(RowsRefused, match="与第 2 行重复"):
        register_cadres(county, rows=roster(cadre_row(1), cadre_row(1)), by=clerk)


def test_a_person_registered_elsewhere_is_refused_without_naming_the_place(county: Region, clerk: Any, stranger: Any) -> None:
    register_cadres(Region.objects.get(pk=DANFENG), rows=roster(cadre_row(1, unit_code="DF-001")), by=stranger)

    with pytest.raises(RowsRefused) as refused:
        register_cadres(county, rows=roster(cadre_row(2), cadre_row(1)), by=clerk)
    (found,) = refused.value.findings.refusals()
    assert found.row == 3 and found.message == "该身份证号已在干部名册中。"
    assert "丹凤" not in str(found) and id_number(serial=1) not in str(found)
    assert Cadre.unscoped.count() == 1
    event = Event.objects.order_by("-id")[0]
    assert event.outcome == "refused" and "该身份证号已在干部名册中" in event.details["why"]


def test_a_person_registered_here_is_refused_the_same_way(county: Region, clerk: Any) -> None:
    register_cadres(county, rows=roster(cadre_row(1)), by=clerk)
    with pytest.raises(RowsRefused, match="该身份证号已在干部名册中"):
        register_cadres(county, rows=roster(cadre_row(1)), by=clerk)


def test_unusual_words_are_noted_and_kept(county: Region, clerk: Any) -> None:
    from shibaiqian.cadres.excel import prepare_cadres

    rows = roster(cadre_row(1, edu_in_service="函授本科", health="亚健康", rural_years=35.0))
    with acting(clerk):
        findings = prepare_cadres(county, rows=rows, by=clerk).findings
    assert not findings.has_refusals
    assert {f.code for f in findings.notes()} == {"education_unknown", "health_other", "rural_years_long"}


def test_an_outsider_registers_nobody(county: Region, stranger: Any, actor: Any) -> None:
    with pytest.raises(NotVisible):
        register_cadres(county, rows=roster(cadre_row(1)), by=stranger)
    with pytest.raises(Forbidden):
        register_cadres(county, rows=roster(cadre_row(1)), by=actor("town_party_admin", LUONAN))
    assert not Cadre.unscoped.exists()


def test_as_many_queries_for_one_row_as_for_three(county: Region, clerk: Any, django_assert_max_num_queries: Any) -> None:
    counts = []
    for serials in ([1], [2, 3, 4]):
        with django_assert_max_num_queries(40) as captured:
            register_cadres(county, rows=roster(*map(cadre_row, serials)), by=clerk)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_two_thousand_cadres_come_in_at_once_quickly(county: Region, clerk: Any) -> None:
    births = [dt.date(1970, 1, 1) + dt.timedelta(days=n) for n in range(5)]
    rows = roster(*[cadre_row(serial, birth=birth) for birth in births for serial in range(400)])
    started = time.perf_counter()
    assert register_cadres(county, rows=rows, by=clerk).count == 2000
    assert time.perf_counter() - started < 3


class TestPromotions:
    @pytest.fixture(autouse=True)
    def _cadres(self, county: Region, clerk: Any, _units: None) -> None:
        register_cadres(county, rows=roster(cadre_row(1), cadre_row(2)), by=clerk)

    def test_a_promotion_counts_where_the_new_unit_is(self, actor: Any) -> None:
        city = Region.objects.get(pk=CITY)
        rows = roster(promotion_row(1, unit_code="SL-001", kind="town_secretary_up"))
        assert record_promotions(city, rows=rows, by=actor("city_org_admin", CITY)).count == 1
        found = Promotion.unscoped.get()
        assert (found.region_id, found.origin_region, found.unit.code) == (CITY, LUONAN, "SL-001")
        assert Cadre.unscoped.get(pk=found.cadre_id).post == "副局长"

    def test_a_person_is_promoted_once_a_day(self, county: Region, clerk: Any) -> None:
        record_promotions(county, rows=roster(promotion_row(1)), by=clerk)
        with pytest.raises(RowsRefused, match="已经登记过"):
            record_promotions(county, rows=roster(promotion_row(2), promotion_row(1)), by=clerk)
        with pytest.raises(RowsRefused, match="同一人同一天"):
            record_promotions(county, rows=roster(promotion_row(2), promotion_row(2, kind="town_secretary_up")), by=clerk)
        assert Promotion.unscoped.count() == 1

    def test_one_by_one_equals_all_at_once(self, county: Region, clerk: Any) -> None:
        fields = (
            "cadre_id",
            "kind",
            "old_post",
            "new_post",
            "unit_id",
            "region_id",
            "origin_region",
            "on",
            "document_number",
        )
        rows, states = [promotion_row(1), promotion_row(2, new_post="党组书记")], []
        for batches in ([rows[:1], rows[1:]], [rows]):
            with transaction.atomic():
                for batch in batches:
                    record_promotions(county, rows=roster(*batch), by=clerk)
                states.append(sorted(Promotion.unscoped.values_list(*fields), key=str))
                transaction.set_rollback(True)
        assert states[0] == states[1]

    def test_rows_that_cannot_be_are_refused(self, county: Region, clerk: Any, subtests: Any) -> None:
        for change, why in (
            ({"id_number": id_number(serial=99)}, "不在本级的干部名册中"),
            ({"name": "别人"}, "不一致"),
            ({"unit_code": "SL-001"}, "不是洛南县的单位"),
            ({"on": dt.date(2017, 1, 1)}, "晚于今天"),
            ({"new_post": "副局长"}, "相同"),
        ):
            with subtests.test(why):
                with pytest.raises(RowsRefused, match=why):
                    record_promotions(county, rows=roster(promotion_row(1) | change), by=clerk)
                assert not Promotion.unscoped.exists()

    def test_an_outsider_records_nothing(self, county: Region, stranger: Any, actor: Any) -> None:
        with pytest.raises(NotVisible):
            record_promotions(county, rows=roster(promotion_row(1)), by=stranger)
        danfeng = Region.objects.get(pk=DANFENG)
        with pytest.raises(RowsRefused, match="不在本级的干部名册中"):
            record_promotions(danfeng, rows=roster(promotion_row(1, unit_code="DF-001")), by=stranger)
        with pytest.raises(Forbidden):
            record_promotions(county, rows=roster(promotion_row(1)), by=actor("city_leader", CITY))

    def test_an_id_number_is_shown_for_a_recorded_reason(self, clerk: Any) -> None:
        cadre = Cadre.unscoped.order_by("id")[0]
        number = reveal_id_number(cadre, reason="核对任免文件", by=clerk)
        assert number in (id_number(serial=1), id_number(serial=2)) and number.endswith(cadre.id_last4)
        event = Event.objects.order_by("-id")[0]
        assert event.details["reason"] == "核对任免文件" and event.subject_id == str(cadre.pk)
        assert number not in event.canonical

        with pytest.raises(ReasonMissing):
            reveal_id_number(cadre, reason=" 看看 ", by=clerk)

    def test_an_outsider_is_shown_nothing(self, stranger: Any, actor: Any) -> None:
        cadre = Cadre.unscoped.order_by("id")[0]
        with pytest.raises(NotVisible):
            reveal_id_number(cadre, reason="核对任免文件", by=stranger)
        with pytest.raises(Forbidden):
            reveal_id_number(cadre, reason="核对任免文件", by=actor("city_leader", CITY))
        assert [e.outcome for e in Event.objects.order_by("-id")[:2]] == ["refused", "refused"]
