"""The roster of gate reviews (四关审查名册)."""

import datetime as dt

import polars as pl

from shibaiqian.access.actor import Actor
from shibaiqian.access.roles import Permission
from shibaiqian.access.rows import Prepared, Rows
from shibaiqian.base import clock
from shibaiqian.base.spreadsheets.columns import Column, ColumnKind
from shibaiqian.base.spreadsheets.findings import Findings
from shibaiqian.cadres.sight import RELATIVE, ties
from shibaiqian.policy.queries import parameters_over
from shibaiqian.postings.rules import months_after
from shibaiqian.regions.checks import Checks, completed
from shibaiqian.regions.models import Region
from shibaiqian.selection.models import GateReview, Nomination
from shibaiqian.selection.rules import GATES, NOMINATION

RESULTS = {label: code for code, label in GateReview.Result.choices}
COLUMNS = (
    Column("number", "推荐编号", required=True),
    Column("gate", "关口", ColumnKind.CHOICE, required=True, choices={label: code for code, label in GATES.items()}),
    Column("result", "结果", ColumnKind.CHOICE, required=True, choices=RESULTS),
    Column("opinion", "意见"),
    Column("reviewer_unit", "审查单位", required=True),
    Column("reviewer", "审查人", required=True),
    Column("reviewed_on", "审查日期", ColumnKind.DATE, required=True),
    Column("valid_until", "有效期至", ColumnKind.DATE, help="留空按规定的有效期"),
    Column("reply_number", "回复文号", help="组织部门登记廉政关时填写纪委回复的文号"),
)
INTEGRITY = "integrity"
FIELDS = (
    "number", "pk", "state", "cadre_id", "cadre_name", "unit_name", "nominated_on", "region_id", "home_region", "inquiry__sent_on", "batch_id",
)  # fmt: skip


def prepare_reviews(region: Region, *, rows: Rows, by: Actor) -> Prepared:
    """Reviews with the key of the nomination, valid as long as the policy of the place says. Five queries, and one a reviewer."""
    findings = Findings()
    checks = Checks(findings, rows.sheet)
    frame = completed(rows.frame, COLUMNS)
    checks.refuse_missing(frame, COLUMNS)
    frame = _with_nominations(frame, by=by)
    _check_nominations(checks, frame)
    frame = _valid(checks, frame, region)
    _check_dates(checks, frame)
    _check_integrity(checks, frame, by=by)
    _check_reviewers(checks, frame)
    opinion = pl.col("opinion").fill_null("").str.strip_chars()
    checks.refuse(
        frame, (pl.col("result") != "pass") & (opinion == "") & ~pl.lit("from_package" in rows.frame.columns), column="意见",
        code="opinion_missing", message="结果不是“通过”而没有写明意见。", mend="请写明原因或要补充的材料。",
    )  # fmt: skip
    return Prepared(frame, findings)


def _with_nominations(frame: pl.DataFrame, *, by: Actor) -> pl.DataFrame:
    rows = Nomination.objects.visible_to(by).filter(number__in=frame["number"].drop_nulls().unique().to_list())
    names = (
        "number",
        "nomination",
        "state",
        "cadre",
        "cadre_name",
        "unit_name",
        "nominated_on",
        "region",
        "home_region",
        "asked_on",
        "batch_id",
    )
    schema = {name: pl.Date if name in ("nominated_on", "asked_on") else pl.String for name in names}
    found = [
        (number, str(pk), state, str(cadre), name, unit, day, region, home, asked, str(batch or ""))
        for number, pk, state, cadre, name, unit, day, region, home, asked, batch in rows.values_list(*FIELDS)
    ]
    return frame.join(pl.DataFrame(found, schema=schema, orient="row"), on="number", how="left", maintain_order="left")


def _check_nominations(checks: Checks, frame: pl.DataFrame) -> None:
    number, state = pl.col("number"), pl.col("state")
    checks.refuse(
        frame, number.is_not_null() & pl.col("nomination").is_null(), column="推荐编号", code="nomination_unknown",
        message=pl.format("没有编号为“{}”的推荐。", number), mend="请核对推荐编号。", value=number,
    )  # fmt: skip
    checks.refuse(
        frame, state.is_not_null() & ~state.is_in(NOMINATION.states_open_to("review_gates")), column="推荐编号", code="not_open",
        message=pl.format("{}的推荐现在是“{}”，不能办理四关审查。", "cadre_name", state.replace_strict(dict(NOMINATION.states), default="")),
        mend="请先完成资格审查，已办结的请删去。", value=number,
    )  # fmt: skip
    once = frame.with_columns(_key=pl.concat_str("number", "gate", separator="|"))
    checks.refuse_repeated(
        once, "_key", column="关口", code="gate_twice", message="与第 {} 行是同一人同一关。", mend="每人每关只保留一行。",
    )  # fmt: skip


def _valid(checks: Checks, frame: pl.DataFrame, region: Region) -> pl.DataFrame:
    """`valid_until` as given, else as long as the policy allows; longer is refused."""
    days = frame["reviewed_on"].drop_nulls().unique().to_list()
    held = parameters_over(("gate_valid_months", "gate_valid_months_integrity"), region=region.code, days=days)
    last: list[dt.date | None] = []
    for day, gate in frame.select("reviewed_on", "gate").iter_rows():
        key = "gate_valid_months_integrity" if gate == INTEGRITY else "gate_valid_months"
        last.append(None if day is None else months_after(day, int(held[key, day])))
    frame = frame.with_columns(pl.Series("_last", last, dtype=pl.Date)).with_columns(_said="valid_until")
    checks.refuse(
        frame, pl.col("_said") > pl.col("_last"), column="有效期至", code="valid_too_long",
        message=pl.format("有效期至 {}，超过规定的 {}。", "_said", "_last"), mend="请改正，或留空按规定的有效期。", value=pl.col("_said"),
    )  # fmt: skip
    checks.refuse(
        frame, pl.col("_said") < pl.col("reviewed_on"), column="有效期至", code="valid_early",
        message=pl.format("有效期至 {}，早于审查日期 {}。", "_said", "reviewed_on"), mend="请核对日期。", value=pl.col("_said"),
    )  # fmt: skip
    return frame.with_columns(valid_until=pl.coalesce("_said", "_last"))


def _check_dates(checks: Checks, frame: pl.DataFrame) -> None:
    day = pl.col("reviewed_on")
    checks.refuse(
        frame, day > clock.today(), column="审查日期", code="in_future", message=pl.format("审查日期 {} 晚于今天。", day),
        mend="请改正审查日期。", value=day,
    )  # fmt: skip
    checks.refuse(
        frame, day < pl.col("nominated_on"), column="审查日期", code="review_early",
        message=pl.format("审查日期 {} 早于推荐日期 {}。", day, "nominated_on"), mend="请核对日期。", value=day,
    )  # fmt: skip


def _check_integrity(checks: Checks, frame: pl.DataFrame, *, by: Actor) -> None:
    """Discipline inspection judges integrity; others record its written reply to a letter that was sent."""
    integrity, reply = pl.col("gate") == INTEGRITY, pl.col("reply_number").fill_null("").str.strip_chars()
    checks.refuse(
        frame, ~integrity & (not by.may(Permission.REVIEW_NOMINATIONS)), column="关口", code="gate_not_yours",
        message="纪检监察机关只审查廉政关。", mend="请删去这一行，由组织部门审查。",
    )  # fmt: skip
    if by.may(Permission.REVIEW_INTEGRITY):
        return
    checks.refuse(
        frame, integrity & (reply == ""), column="回复文号", code="reply_missing",
        message="廉政关由纪检监察机关审查，组织部门只能登记其书面回复，须有文号。", mend="请填写纪委回复的文号。",
    )  # fmt: skip
    checks.refuse(
        frame, integrity & (reply != "") & pl.col("asked_on").is_null(), column="推荐编号", code="not_asked",
        message=pl.format("还没有就{}发过廉政意见征求函。", "cadre_name"), mend="请先登记征求函，再登记回复。", value=pl.col("number"),
    )  # fmt: skip
    checks.refuse(
        frame, integrity & (pl.col("reviewed_on") < pl.col("asked_on")), column="审查日期", code="reply_early",
        message=pl.format("回复日期 {} 早于征求函日期 {}。", "reviewed_on", "asked_on"), mend="请核对日期。", value=pl.col("reviewed_on"),
    )  # fmt: skip


def _check_reviewers(checks: Checks, frame: pl.DataFrame) -> None:
    """Who signs is not the candidate, no relative, and not of the candidate's own unit."""
    signed, unit = pl.col("reviewer").str.replace_all(r"\s", ""), pl.col("reviewer_unit").str.replace_all(r"\s", "")
    checks.refuse(
        frame, signed == pl.col("cadre_name"), column="审查人", code="reviewer_is_candidate",
        message=pl.format("{}不能审查自己。", "cadre_name"), mend="请由其他审查人审查；同名同姓的，请在姓名后注明单位。", value=pl.col("reviewer"),
    )  # fmt: skip
    checks.refuse(
        frame, unit == pl.col("unit_name"), column="审查单位", code="reviewer_own_unit",
        message=pl.format("{}是{}的干部，本单位的意见只能作为材料，不能作为审查结果。", "cadre_name", "unit_name"), mend="请由组织部门或其他单位审查。",
        value=pl.col("reviewer_unit"),
    )  # fmt: skip
    related: set[tuple[str, str]] = set()
    pairs = frame.select("reviewer", "cadre").drop_nulls().unique()
    for (reviewer,), group in pairs.group_by("reviewer"):
        tied = ties(None, called=str(reviewer), cadres=group["cadre"].to_list())
        related |= {(str(reviewer), str(cadre)) for cadre, kinds in tied.items() if RELATIVE in kinds}
    hit = [(reviewer, cadre) in related for reviewer, cadre in frame.select("reviewer", "cadre").iter_rows()]
    frame = frame.with_columns(pl.Series("_related", hit, dtype=pl.Boolean))
    checks.refuse(
        frame, pl.col("_related"), column="审查人", code="reviewer_related",
        message=pl.format("审查人{}与{}有亲属关系，应当回避。", "reviewer", "cadre_name"), mend="请由其他审查人审查。", value=pl.col("reviewer"),
    )  # fmt: skip
