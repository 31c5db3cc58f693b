"""Ankang (安康, 6109) runs a programme of 5/60/900 with other titles: from its gazetteer, its setting and Excel files only."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from shibaiqian.access.rows import RowsRefused
from shibaiqian.cadres.actions import register_cadres
from shibaiqian.cadres.tests.factories import cadre_row, roster
from shibaiqian.organisations.actions import register_organisations
from shibaiqian.organisations.tests.factories import unit_row, units
from shibaiqian.organisations.tests.test_excel import through_a_file
from shibaiqian.policy.actions import install_defaults
from shibaiqian.postings.actions import install_programme
from shibaiqian.postings.models import Programme
from shibaiqian.regions.actions import load_regions
from shibaiqian.regions.models import Region
from shibaiqian.selection.batches import approve_plan, open_batches, start_batch
from shibaiqian.selection.models import Batch, Nomination, PostNeed
from shibaiqian.selection.needs import confirm_needs, raise_needs, submit_needs
from shibaiqian.selection.nominations import nominate, recommend, screen
from shibaiqian.selection.programmes import COLUMNS, set_up_programme
from shibaiqian.selection.tests.factories import CONFIRMED, OPENED, SCREENED, batch_row, need_row, nomination_row, through_gates
from shibaiqian.selection.tests.test_batches import tier_row

pytestmark = pytest.mark.django_db
ANKANG, BAIHE, TOWN, VILLAGE = "6109", "610929", "610929100", "610929100201"
NAME = "安康“五六九”驻村工程"
GAZETTEER = f"""code,name,level,kind
61,陕西省,province,
{ANKANG},安康市,city,
{BAIHE},白河县,county,
{TOWN},城关镇,town,town
{VILLAGE},安坪村,village,village
"""


@pytest.fixture
def ankang(settings: Any, tmp_path: Path) -> Region:
    settings.ROOT_REGION = ANKANG
    (tmp_path / "regions.csv").write_text(GAZETTEER, encoding="utf-8")
    load_regions(tmp_path / "regions.csv", under=ANKANG)
    install_defaults()
    assert install_programme() == 0  # Shangluo's programme stays in Shangluo
    return Region.objects.get(pk=ANKANG)


def test_its_programme_comes_from_excel_and_its_officials_are_judged_by_its_rules(ankang: Region, tmp_path: Path, actor: Any) -> None:
    city_clerk, clerk, baihe = actor("city_org_admin", ANKANG), actor("county_org_admin", BAIHE), Region.objects.get(pk=BAIHE)
    rows = roster(
        tier_row("A5", programme=NAME, label="挂县", titles="县委常委", quota=5, number_prefix="挂县"),
        tier_row("A60", programme=NAME, label="挂镇", host_level="town", titles="镇长助理", source_levels="city|county", ranks="R51|R52", quota=60, number_prefix="挂镇", young_age=40, max_age=None),
        tier_row("A900", programme=NAME, label="驻村", host_level="village", titles="驻村工作队长", source_levels="county|town", ranks=None, quota=900, decider_level="county", max_age=50, number_prefix="驻村"),
    )  # fmt: skip
    set_up_programme(ankang, rows=through_a_file(tmp_path, COLUMNS, rows.frame, "工程与层级"), by=city_clerk)
    assert list(Programme.objects.get(region=ankang).tiers.order_by("quota").values_list("quota", flat=True)) == [5, 60, 900]

    register_organisations(ankang, rows=units(unit_row("BH-001", "白河县林业局", region_code=BAIHE)), by=city_clerk)
    people = roster(
        cadre_row(1, name="罗文", unit_code="BH-001", political_status="13", party_join=None), cadre_row(2, name="贺军", unit_code="BH-001")
    )
    register_cadres(baihe, rows=people, by=clerk)
    open_batches(
        ankang,
        rows=roster(batch_row(BAIHE, "驻村", batch="2015年首批", count=900), batch_row(BAIHE, "挂镇", batch="2015年首批", count=9)),
        by=city_clerk,
    )
    batch = Batch.objects.get()
    approve_plan(batch, by=city_clerk)
    start_batch(batch, on=OPENED, by=city_clerk)

    with pytest.raises(RowsRefused, match="驻村没有“第一书记”这个职务"):
        raise_needs(baihe, rows=roster(need_row(VILLAGE, batch="2015年首批", tier="驻村")), by=clerk)
    raise_needs(baihe, rows=roster(need_row(VILLAGE, batch="2015年首批", tier="驻村", title="驻村工作队长")), by=clerk)
    need = PostNeed.unscoped.get()
    assert (need.number, need.tier_code) == ("白河-驻村-2015-0001", "A900")
    submit_needs(baihe, needs=[need.pk], by=clerk)
    confirm_needs(baihe, needs=[need.pk], on=CONFIRMED, by=clerk)

    # No party member: an eligible team leader here, never a First Secretary there.
    nominate(baihe, rows=roster(nomination_row(1, batch="2015年首批", tier="驻村", name="罗文")), by=clerk)
    one = Nomination.unscoped.get()
    recommend(baihe, nominations=[one.pk], by=clerk)
    screen(baihe, nominations=[one.pk], on=SCREENED, by=clerk)
    assert through_gates(actor, [one], region=BAIHE)[0].state == "gate_review"
    assert one.number == "白河-荐-2015-0001"
    assert dt.date(2015, 6, 12) == one.nominated_on
