"""The rosters of selection as files: written, read again, taken by their commands in the order of life."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from shibaiqian.access.actor import Actor
from shibaiqian.cadres.tests.factories import CITY, roster
from shibaiqian.organisations.tests.test_excel import through_a_file
from shibaiqian.postings.models import Tier
from shibaiqian.regions.models import Region
from shibaiqian.selection import batches, gates, needs, nominations, programmes
from shibaiqian.selection.excel import gates as gates_excel
from shibaiqian.selection.excel import needs as needs_excel
from shibaiqian.selection.excel import nominations as nominations_excel
from shibaiqian.selection.models import Batch, GateReview, Nomination, PostNeed, TierQuota
from shibaiqian.selection.tests.factories import OPENED, SCREENED, batch_row, need_row, nomination_row, review_row, villages
from shibaiqian.selection.tests.test_batches import tier_row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_world")]


def test_files_of_selection_are_taken_one_after_the_other(
    tmp_path: Path, city: Region, county: Region, city_clerk: Actor, clerk: Actor
) -> None:
    def read(columns: Any, *rows: dict[str, Any]) -> Any:
        return through_a_file(tmp_path, columns, roster(*rows).frame, "名册")

    tiers = read(programmes.COLUMNS, tier_row(starts_on=dt.date(2013, 1, 1), source_levels="city|county", ranks="R42|R51"))
    assert programmes.set_up_programme(city, rows=tiers, by=city_clerk).count == 1
    assert Tier.objects.get(code="A5").ranks == "R42|R51" and Tier.objects.get(code="A5").titles == "县委常委|副县长"

    assert batches.open_batches(city, rows=read(batches.COLUMNS, batch_row(), batch_row(CITY, "县级")), by=city_clerk).count == 2
    batch = Batch.objects.get()
    batches.approve_plan(batch, by=city_clerk)
    batches.start_batch(batch, on=OPENED, by=city_clerk)
    assert TierQuota.objects.count() == 2

    wanted = read(needs_excel.COLUMNS, need_row(villages(1)[0], number="洛南-村-2015-0007", need_tags="crop|law"), need_row(villages(2)[1]))
    assert needs.raise_needs(county, rows=wanted, by=clerk).count == 2
    assert dict(PostNeed.unscoped.values_list("number", "need_tags")) == {"洛南-村-2015-0007": "crop|law", "洛南-村-2015-0008": ""}
    bound = read(needs_excel.UNIT_COLUMNS, {"number": "洛南-村-2015-0007", "unit_code": "LN-001", "since": dt.date(2015, 6, 12)})
    assert needs.bind_units(county, rows=bound, by=clerk).count == 1

    proposed = read(
        nominations_excel.COLUMNS, nomination_row(1, number="洛南-荐-2015-0003", wishes="611021、" + villages(1)[0], unit_code="LN-001")
    )
    assert nominations.nominate(county, rows=proposed, by=clerk).count == 1
    one = Nomination.unscoped.get()
    assert one.wishes == f"611021|{villages(1)[0]}" and one.minute_number == "洛农党组纪要〔2015〕6号"
    nominations.recommend(county, nominations=[one.pk], by=clerk)
    nominations.screen(county, nominations=[one.pk], on=SCREENED, by=clerk)

    reviewed = read(gates_excel.COLUMNS, review_row("洛南-荐-2015-0003"), review_row("洛南-荐-2015-0003", "ability"))
    assert gates.review_gates(county, rows=reviewed, by=clerk).count == 2
    assert set(GateReview.unscoped.values_list("gate", flat=True)) == {"political", "ability"}
