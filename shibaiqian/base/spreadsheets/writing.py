"""Writes a roster as .xlsx: text cells that no program takes for formulas, and that `read_roster` reads back equal.

xlsxwriter makes the workbook (styles, header, widths); the rows are then laid into its sheet column-wise, several
times faster than
cell by cell. Memory stays constant: a slice of rows is written at a time.
"""

import os
import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from shibaiqian.base.spreadsheets.cells import CONTROL, EDGE, FORMULA_STARTS
from shibaiqian.base.spreadsheets.columns import Column, ColumnKind

SLICE = 16_000  # rows
LONGEST = 32_000  # characters; Excel holds 32,767 in a cell
COMPRESSION = 4  # a third of the time of the default for a tenth more bytes
SHEET_NAME_AT_MOST = 31
NUMBERS = (ColumnKind.INTEGER, ColumnKind.DECIMAL, ColumnKind.MONEY)
_WIDTHS = {
    ColumnKind.ID_NUMBER: 21,
    ColumnKind.CODE: 18,
    ColumnKind.DATE: 12,
    ColumnKind.MONTH: 10,
    ColumnKind.MOMENT: 17,
    ColumnKind.MONEY: 14,
}
_PART = "xl/worksheets/sheet1.xml"
_EDGES = f"^[{EDGE}]+|[{EDGE}]+$"
_NOT_XML = CONTROL[:-1] + "\\x{fffe}\\x{ffff}]"


def write_roster(
    path: Path | str,
    *,
    columns: Sequence[Column],
    frame_or_rows: pl.DataFrame | Iterable[Mapping[str, Any]],
    title: str | None = None,
    criteria: str | None = None,
    watermark: str | None = None,
) -> int:
    """Write the declared columns of the frame (others are left out, missing ones stay empty); returns the count of
    rows.

    Values are as `read_roster` gives them: cents, dates, codes of labels. `title` is the first row and the sheet's
    name, `criteria`
    (what was asked for) and `watermark` (who exported, when) the second; the watermark is also at the foot of each
    printed page.
    The file appears under its name only when it is complete. Raises ValueError for a code that has no label.
    """
    path = Path(path)
    frame = _frame(columns, frame_or_rows)
    second = "    ".join(filter(None, (criteria, watermark)))
    with tempfile.TemporaryDirectory(prefix=".roster-", dir=path.parent) as folder:
        skeleton, whole = Path(folder) / "skeleton.xlsx", Path(folder) / "whole.xlsx"
        first = _write_skeleton(skeleton, columns, frame.height, title=title, second=second, watermark=watermark)
        _fill(skeleton, whole, columns, frame, first=first)
        whole.replace(path)
    return frame.height


def _frame(columns: Sequence[Column], said: pl.DataFrame | Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    if not isinstance(said, pl.DataFrame):
        rows = list(said)
        said = pl.DataFrame({c.name: pl.Series([row.get(c.name) for row in rows], dtype=c.dtype, strict=False) for c in columns})
    return said.select(
        pl.col(column.name).cast(column.dtype) if column.name in said.columns else pl.lit(None, column.dtype).alias(column.name)
        for column in columns
    )


def _write_skeleton(path: Path, columns: Sequence[Column], height: int, *, title: str | None, second: str, watermark: str | None) -> int:
    """A workbook with everything but the rows, and one row that shows each column's style. Returns that row's
    number."""
    last = len(columns) - 1
    with xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet(_sheet_name(title or "名册"))
        heading = book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})
        small = book.add_format({"font_color": "#595959", "font_size": 9})
        head = {
            "bold": True,
            "bg_color": "#F2F2F2",
            "border": 1,
            "text_wrap": True,
            "align": "center",
            "valign": "vcenter",
            "num_format": "@",
        }
        optional, required = book.add_format(head), book.add_format({**head, "font_color": "#9C0006"})
        styles = {
            "text": book.add_format({"num_format": "@"}),
            ColumnKind.MONEY: book.add_format({"num_format": "0.00"}),
            ColumnKind.INTEGER: book.add_format({"num_format": "0"}),
            ColumnKind.DECIMAL: book.add_format({"num_format": "0.##"}),
        }
        row = 0
        for place, column in enumerate(columns):
            width = _WIDTHS.get(column.kind, min(max(2 * len(column.header) + 2, 9), 30))
            sheet.set_column(place, place, width, styles.get(column.kind, styles["text"]))
        if title:
            sheet.set_row(row, 30)
            if last:
                sheet.merge_range(row, 0, row, last, _guarded_text(title), heading)
            else:
                sheet.write_string(row, 0, _guarded_text(title), heading)
            row += 1
        if second:
            sheet.write_string(row, 0, _guarded_text(second), small)
            row += 1
        for place, column in enumerate(columns):
            sheet.write_string(row, place, column.header + ("*" if column.required else ""), required if column.required else optional)
        sheet.freeze_panes(row + 1, 0)
        sheet.repeat_rows(row)
        sheet.autofilter(row, 0, row + max(height, 1), last)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer(f"&L{(watermark or '').replace('&', '&&')[:200]}&R第 &P 页，共 &N 页")
        row += 1
        for place, column in enumerate(columns):
            style = styles.get(column.kind, styles["text"])
            if column.kind in NUMBERS:
                sheet.write_number(row, place, 0, style)
            else:
                sheet.write_string(row, place, "x", style)
    return row + 1


def _sheet_name(title: str) -> str:
    return re.sub(r"[\[\]:*?/\\']", " ", title).strip()[:SHEET_NAME_AT_MOST] or "名册"


def _guarded_text(text: str) -> str:
    return str(pl.Series("t", [text]).to_frame().select(_guarded(_plain(pl.col("t")))).item() or "")


@dataclass(frozen=True)
class _Sample:
    """The skeleton's sheet around its sample row, and the style of each column."""

    before: str
    after: str
    styles: tuple[str, ...]


def _sample(xml: str, row: int, columns: Sequence[Column], height: int) -> _Sample:
    start = xml.index(f'<row r="{row}"')
    end = xml.index("</row>", start) + len("</row>")
    styles = tuple(re.findall(r'<c r="[A-Z]+\d+" s="(\d+)"', xml[start:end]))
    extent = f'<dimension ref="A1:{xl_col_to_name(len(columns) - 1)}{max(row - 1 + height, 1)}"/>'
    before = re.sub(r"<dimension [^>]*/>", extent, xml[:start], count=1)
    return _Sample(before, xml[end:], styles)


def _fill(skeleton: Path, whole: Path, columns: Sequence[Column], frame: pl.DataFrame, *, first: int) -> None:
    with (
        zipfile.ZipFile(skeleton) as source,
        zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED, compresslevel=COMPRESSION) as target,
    ):
        for part in source.infolist():
            if part.filename != _PART:
                target.writestr(part, source.read(part), zipfile.ZIP_DEFLATED)
        sample = _sample(source.read(_PART).decode(), first, columns, frame.height)
        part = zipfile.ZipInfo(_PART, (1980, 1, 1, 0, 0, 0))
        part.compress_type = zipfile.ZIP_DEFLATED
        part._compresslevel = COMPRESSION  # type: ignore[attr-defined]  # ZipInfo takes it in no other way before 3.13
        with target.open(part, "w", force_zip64=frame.height > SLICE) as sheet:
            sheet.write(sample.before.encode())
            for rows in _ahead(_slices(frame, columns, sample.styles, first)):
                sheet.write(rows)
            sheet.write(sample.after.encode())
    os.chmod(whole, 0o600)


def _ahead(slices: Iterator[bytes]) -> Iterator[bytes]:
    """The next slice is made while the last is compressed."""
    with ThreadPoolExecutor(1) as maker:
        coming = maker.submit(next, slices, b"")
        while rows := coming.result():
            coming = maker.submit(next, slices, b"")
            yield rows


def _slices(frame: pl.DataFrame, columns: Sequence[Column], styles: Sequence[str], first: int) -> Iterator[bytes]:
    row = pl.col("_row").cast(pl.String)
    cells = [_cell(column, xl_col_to_name(place), style, row) for place, (column, style) in enumerate(zip(columns, styles, strict=True))]
    whole = pl.concat_str(pl.lit('<row r="'), row, pl.lit('">'), *cells, pl.lit("</row>"))
    for done in range(0, frame.height, SLICE):
        numbered = frame.slice(done, SLICE).with_row_index("_row", offset=first + done)
        try:
            yield "".join(numbered.select(whole).to_series()).encode()
        except pl.exceptions.InvalidOperationError as error:
            raise ValueError("a code in the frame has no label in its column's choices") from error


def _cell(column: Column, letters: str, style: str, row: pl.Expr) -> pl.Expr:
    """The cell's XML, empty text for null."""
    start = pl.concat_str(pl.lit(f'<c r="{letters}'), row, pl.lit(f'" s="{style}"'))
    value = pl.col(column.name)
    if column.kind in NUMBERS:
        number = (value / 100).round(2) if column.kind is ColumnKind.MONEY else value
        if column.kind is ColumnKind.DECIMAL:
            number = pl.when(value.is_finite()).then(value)
        return pl.concat_str(start, pl.lit("><v>"), number.cast(pl.String), pl.lit("</v></c>")).fill_null("")
    text = _escaped(_guarded(_words(column)))
    return pl.concat_str(start, pl.lit(' t="inlineStr"><is><t>'), text, pl.lit("</t></is></c>")).fill_null("")


def _words(column: Column) -> pl.Expr:
    """The value as a person writes it; null stays null."""
    value = pl.col(column.name)
    if column.kind is ColumnKind.DATE:
        return value.dt.strftime("%Y-%m-%d")
    if column.kind is ColumnKind.MOMENT:
        return value.dt.strftime("%Y-%m-%d %H:%M")
    if column.kind is ColumnKind.MONTH:
        return value.dt.strftime("%Y-%m")
    if column.kind is ColumnKind.BOOLEAN:
        return pl.when(value.is_null()).then(None).when(value).then(pl.lit("是")).otherwise(pl.lit("否"))
    if column.kind is ColumnKind.CHOICE:
        return _labelled(value, column)
    if column.kind is ColumnKind.CHOICES:
        labels = {str(code): label for code, label in column.labels.items()}
        return value.str.split("|").list.eval(pl.element().replace_strict(labels, return_dtype=pl.String)).list.join("、")
    return _plain(value)


def _labelled(value: pl.Expr, column: Column) -> pl.Expr:
    codes = pl.Series(list(column.labels), dtype=column.dtype)
    return value.replace_strict(codes, pl.Series(list(column.labels.values())), return_dtype=pl.String)


def _plain(text: pl.Expr) -> pl.Expr:
    """Without characters that XML cannot hold, blank edges and what Excel would not show; blank text is null."""
    plain = text.str.replace_all("\\r\\n?", "\n").str.replace_all(_NOT_XML, "").str.replace_all(_EDGES, "")
    return pl.when(plain != "").then(plain.str.slice(0, LONGEST))


def _guarded(text: pl.Expr) -> pl.Expr:
    """An apostrophe before what could become a formula by copying, saving as CSV or editing; `read_roster` takes it
    off again."""
    return pl.when(text.str.contains(f"^'*\\s*[{FORMULA_STARTS}]")).then(pl.lit("'") + text).otherwise(text)


def _escaped(text: pl.Expr) -> pl.Expr:
    """For XML; a literal _x0041_ is kept from being read as an escape."""
    return text.str.replace_all("_(x[0-9A-Fa-f]{4}_)", "_x005F_${1}").str.replace_many(["&", "<", ">"], ["&amp;", "&lt;", "&gt;"])
