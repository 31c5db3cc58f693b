"""The rosters of cadres and promotions as files: written, read again, registered."""

from pathlib import Path
from typing import Any

import pytest

from shibaiqian.cadres.actions import record_promotions, register_cadres
from shibaiqian.cadres.codes import ETHNICITIES
from shibaiqian.cadres.excel import COLUMNS, PROMOTION_COLUMNS
from shibaiqian.cadres.models import Cadre, Promotion
from shibaiqian.cadres.tests.factories import LUONAN, cadre_row, promotion_row, register_units, roster
from shibaiqian.organisations.tests.test_excel import through_a_file
from shibaiqian.regions.models import Region
from shibaiqian.regions.tests.fixture import agreed, declared

pytestmark = pytest.mark.django_db


def test_the_columns_are_those_agreed() -> None:
    assert declared(COLUMNS) == agreed("cadres")
    assert declared(PROMOTION_COLUMNS) == agreed("promotions")


def test_codes_are_written_by_the_name_of_the_standard() -> None:
    labels = {column.name: column.labels for column in COLUMNS if column.choices}
    assert labels["ethnicity"]["01"] == "汉族" and labels["political_status"]["01"] == "中共党员"
    assert set(labels["ethnicity"]) == set(ETHNICITIES.values())


def test_files_of_cadres_and_promotions_are_taken(tmp_path: Path, actor: Any) -> None:
    register_units(actor)
    county, clerk = Region.objects.get(pk=LUONAN), actor("county_org_admin", LUONAN)
    rows = roster(cadre_row(1), cadre_row(2, name="张 丽", is_reserve=True, phone="0914-7322001", rural_years=None))
    assert register_cadres(county, rows=through_a_file(tmp_path, COLUMNS, rows.frame, "干部名册"), by=clerk).count == 2
    cadre = Cadre.unscoped.get(name="张丽")
    assert cadre.is_reserve and cadre.party_join_month == "200107" and cadre.rural_experience_tenths is None

    promoted = through_a_file(tmp_path, PROMOTION_COLUMNS, roster(promotion_row(1)).frame, "提拔使用名册")
    record_promotions(county, rows=promoted, by=clerk)
    assert Promotion.unscoped.get().kind == "section_level"
