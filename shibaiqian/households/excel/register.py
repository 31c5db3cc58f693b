"""What rosters share: empty columns filled up, rows led to their household, rows the register already has set aside."""

from collections.abc import Mapping, Sequence

import polars as pl

from shibaiqian.access.rows import Rows
from shibaiqian.base.spreadsheets import Column, Findings
from shibaiqian.households.queries import household_keys
from shibaiqian.households.rules import EVERY_ROW, Rule, check
from shibaiqian.regions.models import Region
from shibaiqian.regions.places import NAMES, resolve_places

HOUSEHOLD_RULES = (
    Rule("household_unknown", "户编号", pl.col("household_id").is_null() & pl.col("household_number").is_not_null(),
         "户编号 {household_number} 不在本级的贫困户名册中。", "请改正户编号；新户请先导入贫困户名册。"),
    Rule("household_head", "户主姓名", pl.col("said_head") != pl.col("register_head"),
         "户 {household_number} 在册的户主不是本行写的户主。", "请核对户编号是否写错，或改正户主姓名。"),
)  # fmt: skip
PLACE_RULE = Rule(
    "household_place",
    "村代码",
    pl.col("region") != pl.col("home"),
    "本行写的村（社区）不是户 {household_number} 所在的村（社区）。",
    "请核对户编号和村代码。",
)


def is_form(rows: Rows) -> bool:
    """One row that somebody typed: required cells and code lists are not settled yet, and a household may come person by person."""
    return not rows.sheet and not rows.file_sha256


def complete(rows: Rows, columns: Sequence[Column]) -> pl.DataFrame:
    """The frame with every column of the roster and its type; a form has no row number and need not send what it leaves empty."""
    frame = rows.frame
    said = [pl.col(c.name).cast(c.dtype) if c.name in frame.columns else pl.lit(None, c.dtype).alias(c.name) for c in columns]
    number = pl.lit(None, pl.UInt32).alias("row") if is_form(rows) else pl.col("row")
    return frame.select(number, *said)


def with_households(frame: pl.DataFrame, *, region: Region, findings: Findings, sheet: str) -> pl.DataFrame:
    """Add what the register says of each row's household: `household_id`, `home` (its village), `register_head`, `member_count`…

    The household number leads; head and place in the row must agree with it where they are written.
    """
    homes = household_keys(region.code).rename(
        {
            "number": "household_number",
            "id": "household_id",
            "region": "home",
            "head_name": "register_head",
            "member_count": "register_members",
        }
    )
    frame = frame.rename({"head_name": "said_head"}).join(homes, on="household_number", how="left", maintain_order="left")
    check(frame, HOUSEHOLD_RULES, findings=findings, sheet=sheet)
    _check_places(frame, region=region, findings=findings, sheet=sheet)
    return frame


def _check_places(frame: pl.DataFrame, *, region: Region, findings: Findings, sheet: str) -> None:
    """Each different spelling of a place once; the rows themselves only when something is wrong with theirs."""
    written = [name for name in NAMES if name in frame.columns]
    places = frame.lazy().select(*written, "home").unique().filter(pl.any_horizontal(pl.col(written).is_not_null())).collect()
    places = places.with_columns(row=pl.int_range(pl.len()))
    resolved = resolve_places(places, region=region, findings=Findings())
    wrong = resolved.filter(pl.col("region").ne_missing(pl.col("home"))).select(*written, "home")
    if wrong.is_empty():
        return
    rows = frame.join(wrong, on=[*written, "home"], how="semi", nulls_equal=True, maintain_order="left")
    rows = resolve_places(rows, region=region, findings=findings, sheet=sheet)
    check(rows, [PLACE_RULE], findings=findings, sheet=sheet)


def without_known(
    frame: pl.DataFrame,
    known: pl.DataFrame,
    *,
    key: Sequence[str],
    compared: Mapping[str, str],
    findings: Findings,
    sheet: str,
    column: str,
    mend: str,
) -> tuple[pl.DataFrame, int]:
    """Rows that are new, and how many the register has just so. Rows it has with other contents are refused.

    `compared` maps columns to their headers. A roster loaded twice is recognised here and writes nothing.
    """
    if known.is_empty():
        return frame, 0
    kept = known.select(*key, *(pl.col(name).alias(f"kept_{name}") for name in compared), is_known=pl.lit(value=True))
    joined = frame.join(kept, on=list(key), how="left", maintain_order="left")
    differs = {header: pl.col(name).ne_missing(pl.col(f"kept_{name}")) for name, header in compared.items()}
    is_known = joined["is_known"].fill_null(value=False)
    if not is_known.any():
        return frame, 0
    is_other = joined.select((pl.col("is_known") & pl.any_horizontal(*differs.values())).fill_null(value=False)).to_series()
    if is_other.any():
        said = [pl.when(differ).then(pl.lit(header)) for header, differ in differs.items()]
        others = joined.filter(is_other).with_columns(differing=pl.concat_str(said, separator="、", ignore_nulls=True))
        rule = Rule("known_otherwise", column, EVERY_ROW, "已经登记在册，与本行不同的有：{differing}。", mend)
        check(others, [rule], findings=findings, sheet=sheet)
    unchanged = int((is_known & ~is_other).sum())
    if unchanged:
        findings.note(sheet=sheet, column=column, code="unchanged", message=f"{unchanged:,} 行与在册内容相同，不再写入。")
    return frame.filter(~is_known), unchanged
