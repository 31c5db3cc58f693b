"""The roster of bodies that issue documents (发文机关名册)."""

import polars as pl

from shibaiqian.access.actor import Actor
from shibaiqian.access.rows import Prepared, Rows
from shibaiqian.base.spreadsheets.columns import Column, ColumnKind
from shibaiqian.base.spreadsheets.findings import Findings
from shibaiqian.documents.models import Issuer
from shibaiqian.organisations.queries import unit_keys
from shibaiqian.regions.checks import Checks, completed
from shibaiqian.regions.models import Region

COLUMNS = (
    Column("unit_code", "单位编码", ColumnKind.CODE, required=True),
    Column("sign", "机关代字", required=True),
    Column("red_head", "发文机关标志", required=True),
    Column("seal_name", "落款", required=True),
)


def prepare_issuers(region: Region, *, rows: Rows, by: Actor) -> Prepared:
    """Bodies of a region with the keys of their units; a sign is used once in the whole installation."""
    findings = Findings()
    checks = Checks(findings, rows.sheet)
    frame = completed(rows.frame, COLUMNS)
    checks.refuse_missing(frame, COLUMNS)
    units = unit_keys(frame["unit_code"].drop_nulls().to_list()).select(unit_code="code", unit="id", unit_region="region", unit_name="name")
    frame = frame.with_columns(pl.col("sign", "red_head", "seal_name").str.strip_chars())
    frame = frame.join(units, on="unit_code", how="left", maintain_order="left")
    code, sign = pl.col("unit_code"), pl.col("sign")
    checks.refuse(
        frame, code.is_not_null() & pl.col("unit").is_null(), column="单位编码", code="unit_unknown",
        message=pl.format("单位编码“{}”没有登记过。", code), mend="请先导入单位名册，或改正编码。", value=code,
    )  # fmt: skip
    checks.refuse(
        frame, ~pl.col("unit_region").str.starts_with(region.code), column="单位编码", code="unit_outside",
        message=pl.format(f"{{}}不是{region.name}的单位。", "unit_name"), mend="请把这一行移到该单位所在地的文件中。", value=code,
    )  # fmt: skip
    checks.refuse(
        frame, ~sign.str.contains(r"^[\p{Han}]{1,16}$") | sign.str.ends_with("第"), column="机关代字", code="sign_wrong",
        message=pl.format("机关代字“{}”应只有汉字，不写年份、括号和“第”。", sign), mend="请照文号填写，例如“洛组发”。", value=sign,
    )  # fmt: skip
    checks.refuse_repeated(
        frame, "sign", column="机关代字", code="sign_twice", message="机关代字与第 {} 行重复。", mend="每个机关代字只用于一个发文机关。"
    )
    taken = dict(Issuer.objects.filter(sign__in=frame["sign"].drop_nulls().to_list()).values_list("sign", "seal_name"))
    holder = sign.replace_strict(taken, default=None, return_dtype=pl.String) if taken else pl.lit(None, pl.String)
    checks.refuse(
        frame, holder.is_not_null(), column="机关代字", code="sign_taken",
        message=pl.format("机关代字“{}”已由{}使用。", sign, holder), mend="已登记的不必再次导入；否则请改正机关代字。", value=sign,
    )  # fmt: skip
    return Prepared(frame, findings)
