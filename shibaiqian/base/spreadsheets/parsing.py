"""Columns of text become typed columns: column-wise for what is written plainly, text by text for the rest."""

from collections.abc import Callable, Iterable
from typing import Any

import polars as pl

from shibaiqian.base.spreadsheets.cells import UNTIDY, Outcome, tidy_code, tidy_text
from shibaiqian.base.spreadsheets.columns import Column, ColumnKind
from shibaiqian.base.spreadsheets.dates import plain_dates, plain_moments, tidy_date, tidy_moment
from shibaiqian.base.spreadsheets.findings import Finding, Findings, Severity, shown
from shibaiqian.base.spreadsheets.id_numbers import ROUNDED, plain_id_numbers, tidy_id_number
from shibaiqian.base.spreadsheets.labels import TICKS, label_keys, plain_labels, tidy_label, tidy_truth
from shibaiqian.base.spreadsheets.numbers import plain_numbers, tidy_number


def _plain_texts(raw: pl.Series) -> pl.Series:
    return _kept(raw, ~raw.str.contains(UNTIDY))


def _plain_codes(raw: pl.Series) -> pl.Series:
    digits = raw.str.contains(r"^[0-9A-Za-z][0-9A-Za-z_/#-]*$")
    # 6E10 may be a rounded number: such texts take the slow way.
    scientific = raw.str.contains(r"^\d[eE]\d+$")
    return _kept(raw, digits & ~scientific)


def _kept(raw: pl.Series, keep: pl.Series) -> pl.Series:
    if keep.null_count() == 0 and keep.all():
        return raw
    return raw.to_frame("v").select(pl.when(keep).then(pl.col("v")).alias(raw.name)).to_series()


def _ways(column: Column) -> tuple[Callable[[pl.Series], pl.Series], Callable[[str], Outcome]]:
    """How plain cells of a column are parsed together, and how any other is parsed alone."""
    kind = column.kind
    if kind in (ColumnKind.DATE, ColumnKind.MONTH):
        month = kind is ColumnKind.MONTH
        return lambda raw: plain_dates(raw, month=month), lambda text: tidy_date(text, month=month)
    if kind is ColumnKind.MOMENT:
        return plain_moments, tidy_moment
    if kind in (ColumnKind.INTEGER, ColumnKind.DECIMAL, ColumnKind.MONEY):
        return lambda raw: plain_numbers(raw, kind), lambda text: tidy_number(text, kind)
    if kind is ColumnKind.BOOLEAN:
        return lambda raw: plain_labels(raw, column), tidy_truth
    if kind in (ColumnKind.CHOICE, ColumnKind.CHOICES):
        keys = label_keys(column)
        return lambda raw: plain_labels(raw, column), lambda text: tidy_label(text, column, keys)
    if kind is ColumnKind.ID_NUMBER:
        return plain_id_numbers, tidy_id_number
    if kind is ColumnKind.CODE:
        return _plain_codes, tidy_code
    return _plain_texts, tidy_text


def parse_column(
    raw: pl.Series, column: Column, *, rows: pl.Series, sheet: str, findings: Findings, refused: Iterable[int] = ()
) -> pl.Series:
    """The typed column. `rows` are Excel row numbers; what was tidied is noted, what cannot be understood is null and
    refused.

    `refused` are rows whose cell was refused before: they are not called empty as well.
    """
    fast, slow = _ways(column)
    told = list(refused)
    if column.kind in (ColumnKind.TEXT, ColumnKind.CODE):
        raw, more = _without_too_long(raw, column, rows=rows, sheet=sheet, findings=findings)
        told += more
    parsed = fast(raw).alias(column.name)
    is_rest = raw.is_not_null() & parsed.is_null()
    if is_rest.any():
        parsed, more = _parse_rest(raw, parsed, is_rest, slow, column, rows=rows, sheet=sheet, findings=findings)
        told += more
    if column.kind is ColumnKind.BOOLEAN and parsed.null_count() and _is_ticked(raw, parsed):
        findings.note(sheet=sheet, column=column.header, code="truth_ticks", message="本列用 √ 表示“是”，空白按“否”接收。")
        parsed = parsed.fill_null(value=False)
    if column.required and parsed.null_count():
        _refuse_empty(parsed, told, column, rows=rows, sheet=sheet, findings=findings)
    return parsed


def _without_too_long(raw: pl.Series, column: Column, *, rows: pl.Series, sheet: str, findings: Findings) -> tuple[pl.Series, list[int]]:
    """The cells that are not too long, and the rows of those that are: half a book in a cell is a mistake of pasting."""
    lengths = raw.str.len_chars()
    too_long = (lengths > column.longest).fill_null(value=False)
    if not too_long.any():
        return raw, []
    refused = rows.filter(too_long).to_list()
    for row, length, text in zip(refused, lengths.filter(too_long), raw.filter(too_long), strict=True):
        findings.refuse(
            sheet=sheet,
            row=row,
            column=column.header,
            code="too_long",
            message=f"“{column.header}”有 {length:,} 个字，最多 {column.longest} 个字。",
            mend="请缩短，或确认没有把别处的内容粘贴进来。",
            value=text,
        )
    return _kept(raw, ~too_long), refused


def _is_ticked(raw: pl.Series, parsed: pl.Series) -> bool:
    return bool(raw.str.strip_chars().is_in(list(TICKS)).any()) and not (~parsed).any()


def _refuse_empty(parsed: pl.Series, told: list[int], column: Column, *, rows: pl.Series, sheet: str, findings: Findings) -> None:
    """Required cells that are empty; not those already refused for what stands in them."""
    empty = rows.filter(parsed.is_null())
    if told:
        empty = empty.filter(~empty.is_in(pl.Series(told, dtype=rows.dtype).implode()))
    code = "required_empty"
    room = findings.room(Severity.REFUSE, code, column.header)
    for row in empty.head(room):
        findings.refuse(
            sheet=sheet,
            row=row,
            column=column.header,
            code=code,
            message=f"必填的“{column.header}”是空的。",
            mend="请补填。",
        )
    findings.count_more(Severity.REFUSE, code, column.header, len(empty) - room)


def _parse_rest(
    raw: pl.Series,
    parsed: pl.Series,
    is_rest: pl.Series,
    slow: Callable[[str], Outcome],
    column: Column,
    *,
    rows: pl.Series,
    sheet: str,
    findings: Findings,
) -> tuple[pl.Series, list[int]]:
    """The column with the rest understood text by text, and the rows that were refused. Each distinct text is looked
    at once."""
    rest = raw.filter(is_rest)
    texts = rest.unique(maintain_order=True)
    outcomes: list[Outcome] = [slow(text) for text in texts]
    values = pl.Series([outcome.value for outcome in outcomes], dtype=column.dtype)
    numbers = pl.int_range(len(texts), dtype=pl.UInt32, eager=True)
    position = rest.replace_strict(texts, numbers, return_dtype=pl.UInt32)
    parsed = parsed.clone().scatter(is_rest.arg_true(), values.gather(position))
    said = pl.DataFrame({"position": position, "row": rows.filter(is_rest)})
    kinds: dict[tuple[str, str], list[int]] = {}
    for index, outcome in enumerate(outcomes):
        if outcome.refusal:
            kinds.setdefault((Severity.REFUSE.value, outcome.refusal[0]), []).append(index)
        elif outcome.note:
            kinds.setdefault((Severity.NOTE.value, outcome.note[0]), []).append(index)
    refused: list[int] = []
    for (severity, code), indexes in kinds.items():
        chosen = said.filter(pl.col("position").is_in(pl.Series(indexes, dtype=pl.UInt32).implode()))
        room = findings.room(severity, code, column.header)
        for index, row in chosen.head(room).iter_rows():
            findings.add(_finding(severity, outcomes[index], texts[index], column, row=row, sheet=sheet))
        findings.count_more(severity, code, column.header, chosen.height - room)
        if severity == Severity.REFUSE:
            refused += chosen["row"].to_list()
    if (Severity.REFUSE.value, ROUNDED[0]) in kinds:
        parsed, more = _refuse_doubtful(parsed, column, rows=rows, sheet=sheet, findings=findings)
        refused += more
    return parsed, refused


def _finding(severity: str, outcome: Outcome, text: str, column: Column, *, row: int, sheet: str) -> Finding:
    said: tuple[Any, str, str] | None = outcome.refusal or outcome.note
    assert said is not None
    return Finding(
        severity=severity,
        message=said[1],
        sheet=sheet,
        row=row,
        column=column.header,
        code=said[0],
        mend=said[2],
        value=shown(text),
    )


def _refuse_doubtful(parsed: pl.Series, column: Column, *, rows: pl.Series, sheet: str, findings: Findings) -> tuple[pl.Series, list[int]]:
    """In a column that Excel has rounded, one number in eleven still has the right checksum: all that end in 000 are
    refused."""
    doubtful = parsed.str.ends_with("000").fill_null(value=False)
    refused = rows.filter(doubtful).to_list()
    for row, number in zip(refused, parsed.filter(doubtful), strict=True):
        findings.refuse(
            sheet=sheet,
            row=row,
            column=column.header,
            code=ROUNDED[0],
            message=f"{ROUNDED[1]}，",
            mend=ROUNDED[2],
            value=number,
        )
    return _kept(parsed, ~doubtful), refused
