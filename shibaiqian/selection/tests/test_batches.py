"""A programme set up from Excel, batches from draft to close."""

import datetime as dt
from typing import Any

import pytest

from shibaiqian.access.actor import Actor, Forbidden
from shibaiqian.access.command import NotVisible
from shibaiqian.access.flow import StepNotOpen
from shibaiqian.access.rows import RowsRefused
from shibaiqian.cadres.tests.factories import CITY, LUONAN, roster
from shibaiqian.postings.models import Programme, Tier
from shibaiqian.regions.models import Region
from shibaiqian.regions.tests.fixture import agreed, declared
from shibaiqian.selection import batches, programmes
from shibaiqian.selection.batches import (
    PlanMissing,
    QuotaWrong,
    amend_quota,
    approve_plan,
    close_batch,
    open_batch,
    open_batches,
    quota_of,
    set_quota,
    start_batch,
)
from shibaiqian.selection.models import Batch, TierQuota
from shibaiqian.selection.programmes import set_up_programme
from shibaiqian.selection.steps import DateWrong
from shibaiqian.selection.tests.factories import BATCH, OPENED, batch_row, confirmed_needs, opened_batch, running_batch, villages

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_world")]


def tier_row(code: str = "A5", **more: Any) -> dict[str, Any]:
    return {
        "programme": "安康“双百”工程", "starts_on": dt.date(2016, 1, 1), "goal_on": dt.date(2019, 12, 31), "code": code, "label": "县级挂职",
        "host_level": "county", "titles": "县委常委、副县长", "source_levels": "city", "ranks": "R42", "reserve_ranks": None, "max_age": 50,
        "young_age": None, "must_be_party_member": None, "needs_rural_or_skill": False, "decider_level": "city", "quota": 5,
        "number_prefix": "挂县", **more,
    }  # fmt: skip


def test_the_columns_are_those_agreed() -> None:
    assert declared(programmes.COLUMNS) == agreed("tiers")
    assert declared(batches.COLUMNS) == agreed("batches")


class TestProgrammes:
    def test_a_programme_with_its_tiers_comes_from_a_roster_and_changes_by_it(self, city: Region, city_clerk: Actor) -> None:
        rows = roster(
            tier_row(), tier_row("A900", label="村级挂职", host_level="village", titles="驻村书记", quota=900, must_be_party_member=True)
        )
        assert set_up_programme(city, rows=rows, by=city_clerk).count == 2
        programme = Programme.objects.get(name="安康“双百”工程")
        assert list(programme.tiers.order_by("code").values_list("code", "titles", "quota", "must_be_party_member", "reserve_ranks")) == [
            ("A5", "县委常委|副县长", 5, False, ""), ("A900", "驻村书记", 900, True, ""),
        ]  # fmt: skip
        assert set_up_programme(city, rows=rows, by=city_clerk).count == 0
        assert set_up_programme(city, rows=roster(tier_row(quota=6)), by=city_clerk).count == 1
        assert Tier.objects.get(code="A5").quota == 6
        assert Programme.objects.count() == 2

    def test_what_cannot_be_is_refused_by_its_cell(self, city: Region, city_clerk: Actor, subtests: Any) -> None:
        for change, column, why in (
            ({"goal_on": dt.date(2015, 1, 1)}, "目标日期", "不晚于起始日期"),
            ({"quota": 0}, "名额", "不是正数"),
            ({"max_age": 7}, "最大年龄", "不合理"),
        ):
            with subtests.test(why), pytest.raises(RowsRefused, match=why) as refused:
                set_up_programme(city, rows=roster(tier_row(**change)), by=city_clerk)
            assert {f.column for f in refused.value.findings.refusals()} == {column}
        with pytest.raises(RowsRefused, match="层级代码与第 2 行重复"):
            set_up_programme(city, rows=roster(tier_row(), tier_row(label="另一级")), by=city_clerk)
        with pytest.raises(RowsRefused, match="不一致"):
            set_up_programme(city, rows=roster(tier_row(), tier_row("B", label="另", starts_on=dt.date(2016, 2, 1))), by=city_clerk)

    def test_a_county_does_not_set_up_programmes(self, county: Region, city: Region, clerk: Actor) -> None:
        with pytest.raises(RowsRefused, match="由市一级设立"):
            set_up_programme(county, rows=roster(tier_row()), by=clerk)
        with pytest.raises(NotVisible):
            set_up_programme(city, rows=roster(tier_row()), by=clerk)


class TestBatches:
    def test_a_batch_goes_from_draft_to_close(self, actor: Any, city_clerk: Actor) -> None:
        batch = opened_batch(actor)
        assert (batch.state, batch.plan_number, batch.year) == ("draft", "商组发〔2015〕18号", 2015)
        assert approve_plan(batch, by=city_clerk, scan="key").state == "approved"
        assert Batch.objects.get().plan_scan == "key"
        assert start_batch(batch, on=OPENED, by=city_clerk).opened_on == OPENED
        assert close_batch(batch, on=dt.date(2015, 12, 1), by=city_clerk).state == "closed"
        with pytest.raises(StepNotOpen, match="已结束"):
            start_batch(batch, on=OPENED, by=city_clerk)

    def test_a_form_opens_one_and_sets_its_quotas(self, city: Region, county: Region, city_clerk: Actor) -> None:
        batch = open_batch(city, name="2016年第一批", year=2016, opened_on=dt.date(2016, 2, 1), by=city_clerk)
        with pytest.raises(PlanMissing):
            approve_plan(batch, by=city_clerk)
        approve_plan(batch, number="商组发〔2016〕2号", on=dt.date(2016, 1, 29), by=city_clerk)
        with pytest.raises(QuotaWrong, match="还没有名额"):
            start_batch(batch, on=dt.date(2016, 2, 1), by=city_clerk)
        with pytest.raises(QuotaWrong, match="已经批准"):
            set_quota(batch, tier=Tier.objects.get(code="T1000"), place=county, count=4, by=city_clerk)
        draft = open_batch(city, name="2016年第二批", year=2016, opened_on=dt.date(2016, 2, 1), by=city_clerk)
        assert set_quota(draft, tier=Tier.objects.get(code="T1000"), place=county, count=4, by=city_clerk).count == 4
        with pytest.raises(QuotaWrong, match="不是本批次的县区"):
            set_quota(draft, tier=Tier.objects.get(code="T1000"), place=Region.objects.get(pk=villages(1)[0]), count=4, by=city_clerk)

    def test_quotas_change_by_a_plan_amendment_and_never_below_what_is_confirmed(
        self, actor: Any, county: Region, city_clerk: Actor
    ) -> None:
        batch = running_batch(actor)
        confirmed_needs(actor, *villages(2))
        tier = Tier.objects.get(code="T1000")
        with pytest.raises(QuotaWrong, match="已确认 2 个"):
            amend_quota(batch, tier=tier, place=county, count=1, plan_number="商组发〔2015〕30号", on=dt.date(2015, 7, 1), by=city_clerk)
        with pytest.raises(PlanMissing):
            amend_quota(batch, tier=tier, place=county, count=9, plan_number=" ", on=dt.date(2015, 7, 1), by=city_clerk)
        written = amend_quota(
            batch, tier=tier, place=county, count=1300, plan_number="商组发〔2015〕30号", on=dt.date(2015, 7, 1), by=city_clerk
        )
        assert written.notes == ["2015年第二批村级名额合计 1300 个，超过工程的 1280 个。"]
        kept = TierQuota.objects.get(batch=batch, tier=tier, region=county)
        assert (kept.count, kept.plan_number) == (1300, "商组发〔2015〕30号")

    def test_the_narrowest_quota_holds(self, actor: Any) -> None:
        batch = opened_batch(actor, batch_row(), batch_row(CITY, count=50))
        tier = Tier.objects.get(code="T1000").pk
        mine, theirs = quota_of(batch, tier_id=tier, county=LUONAN), quota_of(batch, tier_id=tier, county="611022")
        assert mine and theirs and (mine.count, theirs.count) == (3, 50)

    def test_rows_that_cannot_be_are_refused(self, city: Region, actor: Any, city_clerk: Actor, subtests: Any) -> None:
        for change, why in (
            ({"place": "611021101"}, "不是商洛市的县区"), ({"tier": "省级"}, "没有“省级”这个层级"), ({"count": -1}, "是负数"),
            ({"opened_on": dt.date(2016, 6, 9)}, "晚于今天"), ({"plan_on": dt.date(2016, 6, 9)}, "晚于今天"),
        ):  # fmt: skip
            with subtests.test(why), pytest.raises(RowsRefused, match=why):
                open_batches(city, rows=roster(batch_row(**change)), by=city_clerk)
        with pytest.raises(RowsRefused, match="不一致"):
            open_batches(city, rows=roster(batch_row(), batch_row("611022", year=2014)), by=city_clerk)
        with pytest.raises(RowsRefused, match="同一批次、同一地方、同一层级"):
            open_batches(city, rows=roster(batch_row(), batch_row(count=5)), by=city_clerk)
        opened_batch(actor)
        with pytest.raises(RowsRefused, match="已经设立"):
            open_batches(city, rows=roster(batch_row()), by=city_clerk)
        assert not TierQuota.objects.exclude(batch__name=BATCH).exists()

    def test_dates_are_in_order(self, actor: Any, city_clerk: Actor) -> None:
        batch = opened_batch(actor)
        with pytest.raises(DateWrong, match="晚于今天"):
            approve_plan(batch, on=dt.date(2016, 6, 9), by=city_clerk)
        approve_plan(batch, by=city_clerk)
        with pytest.raises(DateWrong, match="早于方案日期"):
            start_batch(batch, on=dt.date(2015, 5, 1), by=city_clerk)

    def test_batches_are_the_citys(self, actor: Any, county: Region, clerk: Actor, stranger: Actor) -> None:
        batch = opened_batch(actor)
        for by in (clerk, stranger):
            with pytest.raises(NotVisible):
                approve_plan(batch, by=by)
        with pytest.raises(Forbidden):
            approve_plan(batch, by=actor("city_leader", CITY))
        assert Batch.objects.get().state == "draft"
