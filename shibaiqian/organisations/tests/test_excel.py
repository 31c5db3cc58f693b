"""The rosters of units and villages as files: written, read again, registered."""

import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from shibaiqian.access.rows import Rows
from shibaiqian.base.spreadsheets.reading import read_roster
from shibaiqian.base.spreadsheets.writing import write_roster
from shibaiqian.organisations.actions import designate_villages, register_organisations
from shibaiqian.organisations.excel import COLUMNS, VILLAGE_COLUMNS
from shibaiqian.organisations.models import Organisation, VillagePartner
from shibaiqian.organisations.queries import organisation_rows
from shibaiqian.organisations.tests.factories import unit_row, units, village_row
from shibaiqian.regions.models import Region, VillageProfile
from shibaiqian.regions.tests.fixture import agreed, declared

pytestmark = pytest.mark.django_db
LUONAN = "611021"


def through_a_file(folder: Path, columns: Any, frame: pl.DataFrame, title: str) -> Rows:
    path = folder / "名册.xlsx"
    write_roster(path, columns=columns, frame_or_rows=frame, title=title)
    reading = read_roster(path, columns=columns)
    assert not reading.findings.has_refusals, [str(f) for f in reading.findings.refusals()]
    return Rows(reading.frame, sheet=reading.sheet)


def test_the_columns_are_those_agreed() -> None:
    assert declared(COLUMNS) == agreed("organisations")
    assert declared(VILLAGE_COLUMNS) == agreed("villages")


def test_a_file_of_units_is_registered_and_its_export_changes_nothing(tmp_path: Path, actor: Any) -> None:
    county, clerk = Region.objects.get(pk=LUONAN), actor("county_org_admin", LUONAN)
    rows = units(unit_row("LN-002", "洛南县农业局", admin_parent_code="LN-001"), unit_row("LN-001", "洛南县人民政府"))
    from_file = through_a_file(tmp_path, COLUMNS, rows.frame, "单位名册")
    assert register_organisations(county, rows=from_file, by=clerk).count == 2
    assert Organisation.objects.get(code="LN-002").admin_parent.code == "LN-001"

    again = through_a_file(tmp_path, COLUMNS, organisation_rows(clerk, region=LUONAN), "单位名册")
    assert register_organisations(county, rows=again, by=clerk).count == 0


def test_a_file_of_villages_is_designated(tmp_path: Path, actor: Any) -> None:
    county, clerk = Region.objects.get(pk=LUONAN), actor("county_org_admin", LUONAN)
    register_organisations(county, rows=units(unit_row("LN-001", "洛南县农业局")), by=clerk)
    village = Region.objects.filter(code__gt=LUONAN, level="village").order_by("code")[0]
    row = village_row(
        village.code, village_types="poor|industry", farmland_mu=1203.45, collective_income=1_234_500,
        partner_code="LN-001", partner_since=dt.date(2014, 3, 1),
    )  # fmt: skip
    from_file = through_a_file(tmp_path, VILLAGE_COLUMNS, units(row).frame, "村（社区）名册")
    assert designate_villages(county, rows=from_file, by=clerk).count == 1
    profile = VillageProfile.unscoped.get(region=village)
    assert (profile.village_types, profile.farmland_centimu, profile.collective_income_cents) == (
        "poor|industry", 120345, 1_234_500,
    )  # fmt: skip
    assert VillagePartner.unscoped.get().unit.code == "LN-001"
