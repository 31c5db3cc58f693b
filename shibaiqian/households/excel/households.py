"""The roster of households: checked, placed, and told apart from what the register has."""

import datetime as dt

import polars as pl

from shibaiqian.access.actor import Actor
from shibaiqian.access.rows import Prepared, Rows
from shibaiqian.base import clock, crypto, pinyin
from shibaiqian.base.spreadsheets import Findings
from shibaiqian.households.excel.columns import HOUSEHOLD_COLUMNS
from shibaiqian.households.excel.register import complete, is_form, without_known
from shibaiqian.households.models import Household
from shibaiqian.households.queries import frame_of
from shibaiqian.households.rules import check, form_rules, household_rules
from shibaiqian.regions.models import Region
from shibaiqian.regions.places import resolve_places
from shibaiqian.regions.rules import bounds

HEADERS = {column.name: column.header for column in HOUSEHOLD_COLUMNS}
COMPARED = {
    "region": "村代码", "farmland_centimu": HEADERS["farmland_mu"], "woodland_centimu": HEADERS["woodland_mu"],
    "house_square_decimetres": HEADERS["house_square_metres"], "road_metres": HEADERS["road_km"],
    **{name: HEADERS[name] for name in (
        "group", "head_name", "member_count", "attribute", "standard", "identified_on", "source", "main_cause", "other_causes",
        "house_danger", "safe_water", "electricity", "state", "exited_on", "stable_on", "relapsed_on", "phone",
    )},
}  # fmt: skip
KNOWN = """
select h.number as household_number, h.id::text as id, h.region, h."group", h.head_name, h.member_count, h.attribute, h.standard,
    h.identified_on, h.source, h.main_cause, coalesce(c.others, '') as other_causes, h.farmland_centimu, h.woodland_centimu,
    h.house_square_decimetres, h.house_danger, h.safe_water, h.road_metres, h.electricity, h.state,
    s.exited_on, s.stable_on, s.relapsed_on, encode(p.phone_sealed, 'hex') as phone
from households_household h
left join (
    select household_id, min(since) filter (where state = 'exited') as exited_on,
        min(since) filter (where state = 'stable_exit') as stable_on, max(since) filter (where state = 'relapsed') as relapsed_on
    from households_householdstate where region >= %(low)s and region < %(high)s and voided_by is null group by household_id
) s on s.household_id = h.id
left join (
    select household_id, string_agg(cause, '|' order by id) as others
    from households_cause
    where region >= %(low)s and region < %(high)s and voided_by is null and until is null and not is_main group by household_id
) c on c.household_id = h.id
left join households_householdprivate p on p.household_id = h.id and p.voided_by is null
where h.region >= %(low)s and h.region < %(high)s and h.voided_by is null
"""
KNOWN_TYPES = {
    "household_number": pl.String, "id": pl.String, "region": pl.String, "group": pl.String, "head_name": pl.String, "member_count": pl.Int64,
    "attribute": pl.String, "standard": pl.String, "identified_on": pl.Date, "source": pl.String, "main_cause": pl.String,
    "other_causes": pl.String, "farmland_centimu": pl.Int64, "woodland_centimu": pl.Int64, "house_square_decimetres": pl.Int64,
    "house_danger": pl.String, "safe_water": pl.Boolean, "road_metres": pl.Int64, "electricity": pl.Boolean, "state": pl.String,
    "exited_on": pl.Date, "stable_on": pl.Date, "relapsed_on": pl.Date, "phone": pl.String,
}  # fmt: skip


def prepare_households(region: Region, *, rows: Rows, by: Actor) -> Prepared:
    """The households that are new to the register, as its columns want them."""
    findings, sheet = Findings(), rows.sheet
    frame = complete(rows, HOUSEHOLD_COLUMNS)
    frame = resolve_places(frame, region=region, findings=findings, sheet=sheet)
    checks = [*(form_rules(HOUSEHOLD_COLUMNS) if is_form(rows) else []), *household_rules(clock.today())]
    check(frame, checks, findings=findings, sheet=sheet)
    frame, unchanged = without_known(
        _as_kept(frame), _known(region), key=["household_number"], compared=COMPARED, findings=findings, sheet=sheet, column="户编号",
        mend="已在册的户不能用名册改写，请在该户页面按程序变更；编号写错的请改正。",
    )  # fmt: skip
    return Prepared(frame=frame.sort("region", "household_number"), findings=findings, extra={"unchanged": unchanged})


def _as_kept(frame: pl.DataFrame) -> pl.DataFrame:
    """In the units and with the blanks of the table."""
    col = pl.col
    names = frame["head_name"].drop_nulls().unique()
    full = pl.Series([pinyin.full(name) for name in names], dtype=pl.String)
    initials = pl.Series([pinyin.initials(name) for name in names], dtype=pl.String)
    # A stable exit or a relapse on the day of the exit itself leaves no day of having left.
    afterwards = pl.coalesce(pl.min_horizontal("stable_on", "relapsed_on"), pl.lit(dt.date.max))
    exited = pl.when(col("exited_on") < afterwards).then(col("exited_on"))
    return frame.select(
        "row", "household_number", "region",
        col("group").fill_null(""),
        "head_name",
        col("head_name").replace_strict(names, full, default=None, return_dtype=pl.String).alias("pinyin"),
        col("head_name").replace_strict(names, initials, default=None, return_dtype=pl.String).alias("initials"),
        "member_count", "attribute",
        col("standard").fill_null(""),
        "identified_on",
        col("source").fill_null(Household.Source.REGISTRATION.value),
        "main_cause",
        col("other_causes").fill_null(""),
        _whole(col("farmland_mu") * 100, "farmland_centimu"),
        _whole(col("woodland_mu") * 100, "woodland_centimu"),
        _whole(col("house_square_metres") * 100, "house_square_decimetres"),
        col("house_danger").fill_null(""),
        "safe_water",
        _whole(col("road_km") * 1000, "road_metres"),
        "electricity", "state",
        exited.alias("exited_on"),
        "stable_on", "relapsed_on", "phone",
    )  # fmt: skip


def _whole(value: pl.Expr, name: str) -> pl.Expr:
    return value.round().cast(pl.Int64).alias(name)


def _known(region: Region) -> pl.DataFrame:
    low, high = bounds(region.code)
    known = frame_of(KNOWN, {"low": low, "high": high}, KNOWN_TYPES)
    phones = [
        None if sealed is None else crypto.unseal(bytes.fromhex(sealed), row=key) for key, sealed in known.select("id", "phone").iter_rows()
    ]
    return known.with_columns(phone=pl.Series(phones, dtype=pl.String))
