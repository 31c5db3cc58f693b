"""A vetted file as tables of text: every cell a String, row i of the frame is row i + 1 of the sheet. Child process
only."""

import contextlib
import csv
import ctypes
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import fastexcel
import polars as pl

from shibaiqian.base.spreadsheets.vetting import FileFormat, FileRefused, Limits, password_needed

CSV_BATCH = 20_000  # records
CSV_COLUMNS = 300
OLD_EXCEL = "这是旧版 Excel（.xls）文件，按内容接收。"
NOT_UTF8 = {"gb18030": "这是 GBK 编码的 CSV 文件，按中文接收。", "utf-16": "这是 UTF-16 编码的文本文件，按中文接收。"}
DAMAGED = ("文件内容不完整或已损坏，读不出表格。", "请用 Excel 或 WPS 打开后另存为“Excel 工作簿（.xlsx）”再上传。")


@dataclass(frozen=True)
class Table:
    """One sheet. `errors` are (row, column) positions, 0-based, of cells such as #N/A or #REF!, which are null in the
    frame. `oddity` says what is unusual about the file as a whole, empty for what is usual."""

    name: str
    frame: pl.DataFrame
    errors: tuple[tuple[int, int], ...] = ()
    oddity: str = ""


def read_tables(path: Path, format_: FileFormat, limits: Limits) -> Iterator[Table]:
    """Visible sheets that hold something, in the order of the workbook. `path` must end as the format says."""
    if format_ is FileFormat.CSV:
        yield _read_csv(path, limits)
        return
    try:
        book = fastexcel.read_excel(path)
        for index, name in enumerate(book.sheet_names):
            table = _read_sheet(book, index, name, oddity=OLD_EXCEL if format_ is FileFormat.XLS else "")
            if table is not None:
                yield table
    except fastexcel.FastExcelError as error:
        if "password" in str(error).lower():
            raise password_needed() from error
        raise FileRefused(*DAMAGED) from error


def _read_sheet(book: fastexcel.ExcelReader, index: int, name: str, *, oddity: str) -> Table | None:
    # skip_rows=0 keeps the empty rows on top, so that row numbers are Excel's.
    sheet = book.load_sheet(index, header_row=None, skip_rows=0, dtypes="string")
    if sheet.visible != "visible" or not sheet.total_height:
        return None
    batch, errors = sheet.to_arrow_with_errors()
    del sheet
    _give_back_memory()
    frame = pl.DataFrame(pl.from_arrow(batch))
    frame.columns = [f"c{place}" for place in range(frame.width)]
    return Table(name, frame, tuple(error.offset_position for error in errors.errors) if errors else (), oddity)


def _give_back_memory() -> None:
    """The reader's cells were millions of small pieces; without this they stay with the process (half a gigabyte)."""
    with contextlib.suppress(OSError, AttributeError):  # not glibc
        ctypes.CDLL(None).malloc_trim(0)


def _read_csv(path: Path, limits: Limits) -> Table:
    data = path.read_bytes()
    encoding = _encoding(data)
    with io.TextIOWrapper(io.BytesIO(data), encoding=encoding, newline="") as text:
        del data
        sample = text.read(8192)
        text.seek(0)
        delimiter = max(",\t;", key=sample.count)
        frames: list[pl.DataFrame] = []
        try:
            batch: list[list[str]] = []
            for number, record in enumerate(csv.reader(text, delimiter=delimiter)):
                if len(record) > CSV_COLUMNS or number > limits.rows + 1_000:
                    raise FileRefused(
                        f"第 {number + 1} 行超出名册的范围（{len(record)} 列）。",
                        "请确认文件是以逗号分隔的名册，或拆成几个文件上传。",
                    )
                batch.append(record)
                if len(batch) == CSV_BATCH:
                    frames.append(_columns(batch))
                    batch = []
        except (csv.Error, UnicodeDecodeError) as error:
            raise FileRefused("CSV 文件里有读不懂的内容。", "请用 Excel 或 WPS 打开后另存为“Excel 工作簿（.xlsx）”再上传。") from error
        frames.append(_columns(batch))
    return Table("", pl.concat(frames, how="diagonal"), oddity=NOT_UTF8.get(encoding, ""))


def _encoding(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    raise FileRefused("CSV 文件的文字编码既不是 UTF-8 也不是 GBK。", "请用 Excel 或 WPS 打开后另存为“Excel 工作簿（.xlsx）”再上传。")


def _columns(records: list[list[str]]) -> pl.DataFrame:
    """Records of unequal length as columns of text; what is empty is null."""
    width = max((len(record) for record in records), default=0)
    padded = [record if len(record) == width else record + [""] * (width - len(record)) for record in records]
    columns = {f"c{place}": pl.Series(cells, dtype=pl.String) for place, cells in enumerate(zip(*padded, strict=True))}
    return pl.DataFrame(columns).with_columns(pl.all().replace("", None)) if columns else pl.DataFrame()
