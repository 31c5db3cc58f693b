"""Where the table begins: the header row among titles, its columns, and what is wrong with them."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from shibaiqian.base.spreadsheets.columns import Column
from shibaiqian.base.spreadsheets.findings import Findings, shown

SEARCHED = 30  # rows from the top
IGNORED = frozenset({"序号", "编号序号", "行号", "no", "no."})
_UNIT = re.compile(r"\((元|万元|亿元|亩|平方米|公里|米|人|户|个|月|年|%)\)$")


@dataclass(frozen=True)
class Header:
    """`first` and `last` are the header's rows (0-based); `places` maps a column's name to its position in the
    sheet."""

    first: int
    last: int
    texts: tuple[str, ...]
    places: dict[str, int]


def header_key(text: str) -> str:
    """合 计（元）* → 合计(元): half width, no spaces, no marks of what is required."""
    narrow = unicodedata.normalize("NFKC", text or "").replace("〔", "(").replace("〕", ")").replace("【", "(").replace("】", ")")
    return re.sub(r"[\s*※★:'\"“”]+", "", narrow).lower().removesuffix("(必填)").removeprefix("(必填)")


def _keys(columns: Sequence[Column]) -> dict[str, str]:
    """Header key → column name; with and without the unit, exact headers first."""
    keys: dict[str, str] = {}
    for spelling in (lambda column: (column.header,), lambda column: column.aliases):
        for column in columns:
            for text in spelling(column):
                keys.setdefault(header_key(text), column.name)
    for key, name in list(keys.items()):
        keys.setdefault(_UNIT.sub("", key), name)
    return keys


def find_header(top: Sequence[Sequence[str | None]], columns: Sequence[Column]) -> Header | None:
    """The row, or the pair of rows with merged cells, that names most columns; None if no row names two (or the only
    one)."""
    keys = _keys(columns)
    best: tuple[tuple[int, bool], Header] | None = None
    for index, row in enumerate(top):
        single = tuple(text or "" for text in row)
        candidates = [(index, single)]
        if index + 1 < len(top):
            candidates.append((index + 1, _joined(row, top[index + 1], keys)))
        for last, texts in candidates:
            places = {keys[key]: place for place, key in reversed(list(enumerate(map(header_key, texts)))) if key in keys}
            worth = (len(places), last == index)  # a title above the header is no second row of it
            if best is None or worth > best[0]:
                best = (worth, Header(index, last, texts, places))
    needed = min(2, len(columns))
    return best[1] if best and best[0][0] >= needed else None


def _joined(upper: Sequence[str | None], lower: Sequence[str | None], keys: dict[str, str]) -> tuple[str, ...]:
    """Two header rows as one: under a merged heading the lower word counts, or both together where that is a column."""
    texts, heading = [], ""
    for above, below in zip(upper, lower, strict=True):
        heading = above or heading
        if not below:
            texts.append(above or "")
        elif header_key(heading + below) in keys:
            texts.append(heading + below)
        else:
            texts.append(below)
    return tuple(texts)


def judge_header(header: Header, columns: Sequence[Column], *, sheet: str, findings: Findings) -> None:
    """Missing, duplicate and unknown columns; a missing column is refused only where it is required."""
    keys, row = _keys(columns), header.last + 1
    by_name = {column.name: column for column in columns}
    if header.last > header.first:
        findings.note(
            sheet=sheet,
            row=row,
            code="header_merged",
            message=f"表头占第 {header.first + 1}、{row} 两行（合并单元格），按两行合起来的列名接收。",
        )
    seen: dict[str, list[int]] = {}
    unknown: dict[str, str] = {}
    for place, text in enumerate(header.texts):
        key = header_key(text)
        if key in keys:
            seen.setdefault(keys[key], []).append(place)
        elif key and key not in IGNORED:
            unknown[key] = text
    for name, places in seen.items():
        if len(places) > 1:
            column = by_name[name]
            where = "、".join(f"第 {place + 1} 列“{_flat(header.texts[place])}”" for place in places)
            findings.refuse(
                sheet=sheet,
                column=column.header,
                code="column_duplicate",
                message=f"表头（第 {row} 行）里“{column.header}”出现了 {len(places)} 次：{where}。",
                mend="请只保留一列。",
            )
    units = {_UNIT.sub("", key): text for key, text in unknown.items() if _UNIT.search(key)}
    for column in columns:
        if column.name in seen:
            continue
        other = units.get(_UNIT.sub("", header_key(column.header)))
        if other is not None:
            findings.refuse(
                sheet=sheet,
                column=column.header,
                code="column_unit",
                message=f"表头“{_flat(other)}”的单位与“{column.header}”不同。",
                mend=f"请换算后把表头改为“{column.header}”。",
            )
        elif column.required:
            findings.refuse(
                sheet=sheet,
                column=column.header,
                code="column_missing",
                message=f"表头（第 {row} 行）缺少必填的“{column.header}”列。",
                mend=f"请加上“{column.header}”列，或下载空白模板填写。",
            )
    for text in unknown.values():
        findings.note(
            sheet=sheet,
            row=row,
            column=_flat(text),
            code="column_unknown",
            message=f"“{_flat(text)}”列不在名册格式内，没有读取。",
        )


def _flat(text: str) -> str:
    return shown("".join(text.split()))
