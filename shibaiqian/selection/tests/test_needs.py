"""Posts raised by hosts, confirmed within quotas, poor and weak villages first, bound to partner units."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from shibaiqian.access.actor import Actor, Forbidden
from shibaiqian.access.command import NotVisible
from shibaiqian.access.flow import StepNotOpen
from shibaiqian.access.rows import RowsRefused
from shibaiqian.cadres.tests.factories import DANFENG, LUONAN, of_form, roster
from shibaiqian.organisations.actions import designate_villages
from shibaiqian.organisations.models import VillagePartner
from shibaiqian.organisations.tests.factories import village_row
from shibaiqian.party.models import Overhaul
from shibaiqian.policy.actions import set_parameter
from shibaiqian.postings.actions import appoint_officials
from shibaiqian.postings.models import Posting
from shibaiqian.postings.tests.factories import posting_row
from shibaiqian.regions.models import Region
from shibaiqian.regions.tests.fixture import agreed, declared
from shibaiqian.selection.excel.needs import COLUMNS, UNIT_COLUMNS
from shibaiqian.selection.models import PostNeed
from shibaiqian.selection.needs import (
    CoverageFirst,
    QuotaExceeded,
    ReasonMissing,
    bind_units,
    close_needs,
    confirm_needs,
    raise_needs,
    reopen_needs,
    return_needs,
    submit_needs,
)
from shibaiqian.selection.steps import NothingChosen, take_numbers
from shibaiqian.selection.tests.factories import CONFIRMED, TOWN, confirmed_needs, need_row, raised, running_batch, villages

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_world")]


@pytest.fixture
def _batch(_world: None, actor: Any) -> None:
    running_batch(actor)


def test_the_columns_are_those_agreed() -> None:
    assert declared(COLUMNS) == agreed("needs")
    assert declared(UNIT_COLUMNS) == agreed("need_units")


@pytest.mark.usefixtures("_batch")
class TestRaising:
    def test_a_town_raises_posts_and_the_register_says_what_the_village_is(self, actor: Any, county: Region, clerk: Actor) -> None:
        poor, weak, plain = villages(3)
        rows = roster(village_row(poor, village_types="poor|industry"), village_row(weak, poor_village=False))
        designate_villages(county, rows=rows, by=clerk)
        Overhaul.unscoped.create(
            region_id=weak,
            organisation_name="村党支部",
            label="lagging",
            kinds="W01",
            listed_on=dt.date(2015, 4, 1),
            state="in_rectification",
            event=1,
        )
        town = actor("town_party_admin", TOWN, name="镇党建办")
        rows = roster(need_row(poor, need_tags="crop|law"), need_row(weak), need_row(plain, number="洛南-村-2015-0007"))
        assert raise_needs(Region.objects.get(pk=TOWN), rows=rows, by=town).count == 3

        found = {n.region_id: n for n in PostNeed.unscoped.all()}
        assert (found[poor].poor_village, found[poor].village_types, found[poor].weak_organisation) == (True, "poor|industry", False)
        assert (found[weak].poor_village, found[weak].weak_organisation) == (False, True)
        assert found[poor].need_tags == "crop|law" and found[poor].requested_by == "镇党建办" and found[poor].state == "draft"
        assert [found[v].number for v in (poor, weak, plain)] == ["洛南-村-2015-0008", "洛南-村-2015-0009", "洛南-村-2015-0007"]

    def test_numbers_go_on_from_postings_that_came_by_roster(self, county: Region, clerk: Actor, actor: Any) -> None:
        taken, free = villages(2)
        appoint_officials(county, rows=roster(posting_row(1, taken, number="洛南-村-2015-0041")), by=clerk)
        assert [need.number for need in raised(actor, need_row(free))] == ["洛南-村-2015-0042"]
        assert take_numbers("洛南-村", year=2015, count=2) == ["洛南-村-2015-0043", "洛南-村-2015-0044"]
        assert take_numbers("洛南-村", year=2016, count=1) == ["洛南-村-2016-0001"]

    def test_towns_and_counties_are_numbered_by_the_city(self, actor: Any) -> None:
        needs = raised(actor, need_row(TOWN), need_row(LUONAN))
        assert {need.tier_code: need.number for need in needs} == {"T100": "商洛-镇-2015-0001", "T10": "商洛-县-2015-0001"}

    def test_the_first_secretary_who_serves_is_the_one_replaced(self, county: Region, clerk: Actor, actor: Any) -> None:
        served, free = villages(2)
        appoint_officials(county, rows=roster(posting_row(1, served)), by=clerk)
        posting = Posting.unscoped.get()
        assert {n.region_id: n.predecessor_id for n in raised(actor, need_row(served), need_row(free))} == {served: posting.pk, free: None}
        with pytest.raises(RowsRefused, match="不是在"):
            raise_needs(county, rows=roster(need_row(villages(3)[2], predecessor=posting.number)), by=clerk)

    def test_rows_that_cannot_be_are_refused_by_their_cell(self, county: Region, clerk: Actor, subtests: Any) -> None:
        village = villages(1)[0]
        elsewhere = Region.objects.filter(code__gt=DANFENG, level="village").order_by("code")[0].pk
        for change, column, why in (
            ({"batch": "2013年"}, "批次", "没有“2013年”这个批次"), ({"tier": "省级"}, "层级", "没有“省级”"),
            ({"host_code": "611021101999"}, "挂职地代码", "查不到"), ({"host_code": elsewhere}, "挂职地代码", "不在洛南县"),
            ({"host_code": TOWN}, "挂职地代码", "岗位设在村（社区）"), ({"title": "副镇长"}, "挂职职务", "没有“副镇长”这个职务"),
            ({"batch": None}, "需求理由", "没有写明理由"), ({"batch": None, "reason": "  "}, "需求理由", "没有写明理由"),
        ):  # fmt: skip
            with subtests.test(why):
                with pytest.raises(RowsRefused, match=why) as refused:
                    raise_needs(county, rows=roster(need_row(village) | change), by=clerk)
                assert {f.column for f in refused.value.findings.refusals()} == {column}
        assert not PostNeed.unscoped.exists()

    def test_outside_a_batch_a_post_wants_a_reason(self, county: Region, clerk: Actor) -> None:
        row = need_row(villages(1)[0], batch=None, reason="第一书记因病离任")
        assert raise_needs(county, rows=of_form(row), by=clerk).count == 1
        need = PostNeed.unscoped.get()
        assert need.batch is None and need.number == "洛南-村-2016-0001"

    def test_a_village_has_one_open_post(self, county: Region, clerk: Actor, actor: Any) -> None:
        village = villages(1)[0]
        with pytest.raises(RowsRefused, match="与第 2 行是同一个村"):
            raise_needs(county, rows=roster(need_row(village), need_row(village)), by=clerk)
        need = raised(actor, need_row(village))[0]
        with pytest.raises(RowsRefused, match="已有一个没有派人的第一书记岗位"):
            raise_needs(county, rows=roster(need_row(village)), by=clerk)
        close_needs(county, needs=[need.pk], reason="村已合并", by=clerk)
        assert raised(actor, need_row(village))
        with pytest.raises(RowsRefused, match="已经使用"):
            raise_needs(county, rows=roster(need_row(villages(2)[1], number=need.number)), by=clerk)

    def test_who_may_not_raise(self, county: Region, stranger: Actor, actor: Any) -> None:
        rows = roster(need_row(villages(1)[0]))
        with pytest.raises(NotVisible):
            raise_needs(county, rows=rows, by=stranger)
        with pytest.raises(Forbidden):
            raise_needs(county, rows=rows, by=actor("county_poverty_admin", LUONAN))


@pytest.mark.usefixtures("_batch")
class TestConfirming:
    def test_poor_and_weak_villages_are_covered_first(self, actor: Any, county: Region, clerk: Actor) -> None:
        poor, plain = villages(2)
        designate_villages(county, rows=roster(village_row(poor), village_row(plain, poor_village=False)), by=clerk)
        first, second = confirmed_needs(actor, poor, plain)
        assert {n.region_id: n.priority for n in (first, second)} == {poor: 1, plain: 0}
        assert first.confirmed_by and first.confirmed_on == CONFIRMED

    def test_the_quota_holds_until_the_plan_is_amended_or_the_policy_only_warns(
        self, actor: Any, county: Region, city: Region, clerk: Actor, city_clerk: Actor
    ) -> None:
        needs = raised(actor, *[need_row(v) for v in villages(4)])
        keys = [need.pk for need in needs]
        submit_needs(county, needs=keys, by=clerk)
        with pytest.raises(QuotaExceeded, match="洛南县在2015年第二批有村级名额 3 个，已确认 0 个，再确认 4 个就超出 1 个"):
            confirm_needs(county, needs=keys, on=CONFIRMED, by=clerk)
        assert set(PostNeed.unscoped.values_list("state", flat=True)) == {"submitted"}
        set_parameter(
            county, key="quota_exceeded_blocks", value=Decimal(0), valid_from=dt.date(2015, 1, 1), source="洛组发〔2015〕1号", by=clerk
        )
        written = confirm_needs(county, needs=keys, on=CONFIRMED, by=clerk)
        assert written.count == 4 and "超出 1 个" in written.notes[0]

    def test_another_village_is_noted_while_poor_ones_would_go_without(self, actor: Any, county: Region, clerk: Actor) -> None:
        poor, plain = villages(2)[0], villages(2)[1]
        others = villages(4)[2:]
        designate_villages(
            county, rows=roster(village_row(poor), *[village_row(v, poor_village=False) for v in (plain, *others)]), by=clerk
        )
        keys = [need.pk for need in raised(actor, *[need_row(v) for v in (plain, *others)])]
        submit_needs(county, needs=keys, by=clerk)
        set_parameter(
            county, key="coverage_first_blocks", value=Decimal(1), valid_from=dt.date(2015, 7, 1), source="洛组发〔2015〕1号", by=clerk
        )
        with pytest.raises(CoverageFirst, match="还有 1 个贫困村或后进村没有第一书记"):
            confirm_needs(county, needs=keys, on=dt.date(2015, 7, 2), by=clerk)
        written = confirm_needs(county, needs=keys, on=CONFIRMED, by=clerk)
        assert len(written.notes) == 1 and "名额只剩 0 个" in written.notes[0]

    def test_needs_go_back_with_a_reason_and_close_and_open_again(self, actor: Any, county: Region, clerk: Actor) -> None:
        need = raised(actor, need_row(villages(1)[0]))[0]
        submit_needs(county, needs=[need.pk], by=clerk)
        with pytest.raises(ReasonMissing):
            return_needs(county, needs=[need.pk], reason=" ", by=clerk)
        return_needs(county, needs=[need.pk], reason="请写明需求专长", by=clerk)
        need.refresh_from_db()
        assert (need.state, need.note) == ("draft", "请写明需求专长")
        submit_needs(county, needs=[need.pk], by=clerk)
        confirm_needs(county, needs=[need.pk], on=CONFIRMED, by=clerk)
        PostNeed.unscoped.update(state="filled")  # by an appointment
        reopen_needs(county, needs=[need.pk], reason="未到岗", by=clerk)
        close_needs(county, needs=[need.pk], reason="改派工作队", by=clerk)
        need.refresh_from_db()
        assert (need.state, need.note) == ("closed", "改派工作队")

    def test_a_set_is_all_or_nothing_and_names_the_one(self, actor: Any, county: Region, clerk: Actor) -> None:
        one, other = raised(actor, *[need_row(v) for v in villages(2)])
        submit_needs(county, needs=[one.pk], by=clerk)
        with pytest.raises(StepNotOpen, match=f"{other.host_name} 第一书记"):
            confirm_needs(county, needs=[one.pk, other.pk], on=CONFIRMED, by=clerk)
        assert PostNeed.unscoped.get(pk=one.pk).state == "submitted"
        with pytest.raises(NothingChosen):
            confirm_needs(county, needs=[], on=CONFIRMED, by=clerk)


@pytest.mark.usefixtures("_batch")
class TestBinding:
    def test_units_are_bound_to_villages_and_needs_together(self, actor: Any, county: Region, clerk: Actor) -> None:
        one, other = confirmed_needs(actor, *villages(2))
        rows = roster(
            {"number": one.number, "unit_code": "LN-001", "since": dt.date(2015, 6, 12)},
            {"number": other.number, "unit_code": "SL-001", "since": dt.date(2015, 6, 12)},
        )
        assert bind_units(county, rows=rows, by=clerk).count == 2
        assert {n.region_id: n.unit.code for n in PostNeed.unscoped.select_related("unit") if n.unit} == {
            one.region_id: "LN-001",
            other.region_id: "SL-001",
        }
        assert set(VillagePartner.unscoped.values_list("region_id", "unit__code")) == {
            (one.region_id, "LN-001"),
            (other.region_id, "SL-001"),
        }

    def test_rows_that_cannot_be_are_refused(self, actor: Any, county: Region, clerk: Actor, stranger: Actor, subtests: Any) -> None:
        village, town = confirmed_needs(actor, villages(1)[0], TOWN)
        if village.tier_code != "T1000":
            village, town = town, village
        good = {"number": village.number, "unit_code": "LN-001", "since": dt.date(2015, 6, 12)}
        for change, why in (
            ({"number": "X-1"}, "没有编号为“X-1”的岗位"), ({"number": town.number}, "不在村"), ({"unit_code": "NO-1"}, "不在单位名册"),
            ({"since": dt.date(2016, 6, 9)}, "晚于今天"),
        ):  # fmt: skip
            with subtests.test(why), pytest.raises(RowsRefused, match=why):
                bind_units(county, rows=roster(good | change), by=clerk)
        with pytest.raises(NotVisible):
            bind_units(county, rows=roster(good), by=stranger)
        with pytest.raises(Forbidden):
            bind_units(county, rows=roster(good), by=actor("town_party_admin", TOWN))
