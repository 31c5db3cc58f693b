"""The roster of members: every person checked against the ID number, the household and the register."""

import polars as pl

from shibaiqian.access.actor import Actor
from shibaiqian.access.rows import Prepared, Rows
from shibaiqian.base import clock, crypto
from shibaiqian.base.spreadsheets import Findings
from shibaiqian.households.excel.columns import MEMBER_COLUMNS
from shibaiqian.households.excel.register import complete, is_form, with_households, without_known
from shibaiqian.households.queries import frame_of
from shibaiqian.households.rules import age_on, check, form_rules, id_facts, kin, kin_rules, member_rules
from shibaiqian.regions.models import Region
from shibaiqian.regions.rules import bounds

PUBLIC = (
    "name", "sex", "birth_date", "relation", "ethnicity", "political_status", "education", "student_status", "labour", "work_place",
    "work_months", "medical_insurance", "pension", "dibao", "in_service", "residence_months",
)  # fmt: skip
BLANK = ("political_status", "student_status", "work_place", "medical_insurance", "pension")
HEADERS = {column.name: column.header for column in MEMBER_COLUMNS}
COMPARED = {"household_id": "户编号", **{name: HEADERS[name] for name in (*PUBLIC, "health", "disability_number")}}
THERE = """
select household_id::text as household_id, count(*) as there, count(*) filter (where relation = '户主') as heads_there
from households_member
where region >= %(low)s and region < %(high)s and voided_by is null and left_on is null group by household_id
"""
THERE_TYPES = {"household_id": pl.String, "there": pl.Int64, "heads_there": pl.Int64}
KNOWN = f"""
select encode(p.id_blind, 'hex') as id_blind, m.id::text as id, m.household_id::text as household_id, {", ".join(f"m.{name}" for name in PUBLIC)},
    p.health, encode(p.disability_sealed, 'hex') as disability_number
from households_member m join households_memberprivate p on p.member_id = m.id
where m.region >= %(low)s and m.region < %(high)s and m.voided_by is null and p.voided_by is null
"""  # noqa: S608 - our own column names
_TYPED = {column.name: column.dtype for column in MEMBER_COLUMNS}
KNOWN_TYPES = {
    "id_blind": pl.String, "id": pl.String, "household_id": pl.String, **{name: _TYPED[name] for name in PUBLIC},
    "health": pl.String, "disability_number": pl.String,
}  # fmt: skip


def prepare_members(region: Region, *, rows: Rows, by: Actor) -> Prepared:
    """The persons that are new to the register, each with the household's key. ID numbers stay plain until they are written."""
    findings, sheet, on = Findings(), rows.sheet, clock.today()
    low, high = bounds(region.code)
    frame = with_households(complete(rows, MEMBER_COLUMNS), region=region, findings=findings, sheet=sheet)
    there = frame_of(THERE, {"low": low, "high": high}, THERE_TYPES)
    unchanged = 0
    if there.height:
        frame, unchanged = without_known(
            _with_blind(_as_kept(frame)), _known(low, high), key=["id_blind"], compared=COMPARED, findings=findings, sheet=sheet,
            column="身份证号", mend="已在册的人员不能用名册改写，请在该户页面变更。",
        )  # fmt: skip
    else:
        frame = _as_kept(frame)
    if frame.is_empty():
        return Prepared(frame=frame, findings=findings, extra={"unchanged": unchanged})
    facts = frame.with_columns(age_on(on).alias("age"), *id_facts())
    check(
        facts,
        [*(form_rules(c for c in MEMBER_COLUMNS if c.name in facts.columns) if is_form(rows) else []), *member_rules(on)],
        findings=findings,
        sheet=sheet,
    )
    together = kin(facts.rename({"register_members": "member_count"}).join(there, on="household_id", how="left", maintain_order="left")
                   .with_columns(pl.col("there", "heads_there").fill_null(0)))  # fmt: skip
    check(together, kin_rules(whole=not is_form(rows)), findings=findings, sheet=sheet)
    if not frame["household_id"].is_sorted():
        frame = frame.sort("household_id", maintain_order=True)
    return Prepared(frame=frame, findings=findings, extra={"unchanged": unchanged})


def _as_kept(frame: pl.DataFrame) -> pl.DataFrame:
    """With the blanks of the table, and only the columns that are still needed."""
    col = pl.col
    return frame.select(
        "row", "household_id", "home", "household_number", "register_members", "register_head", "attribute",
        *(col(name) for name in PUBLIC if name not in (*BLANK, "dibao", "in_service")),
        col(BLANK).fill_null(""),
        col("dibao", "in_service").fill_null(value=False),
        "id_number", "health", "disability_number",
    )  # fmt: skip


def _with_blind(frame: pl.DataFrame) -> pl.DataFrame:
    blinds = pl.Series("id_blind", crypto.blind_all(frame["id_number"].to_list()), dtype=pl.Binary)
    return frame.with_columns(blinds.bin.encode("hex"))


def _known(low: str, high: str) -> pl.DataFrame:
    known = frame_of(KNOWN, {"low": low, "high": high}, KNOWN_TYPES)
    sealed = known.filter(pl.col("disability_number").is_not_null()).select("id", "disability_number")
    numbers = pl.Series([crypto.unseal(bytes.fromhex(text), row=key) for key, text in sealed.iter_rows()], dtype=pl.String)
    opened = sealed.select("id", disability_number=numbers)
    return known.drop("disability_number").join(opened, on="id", how="left", maintain_order="left")
