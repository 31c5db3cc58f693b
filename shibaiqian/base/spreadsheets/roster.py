"""From a table of text to a typed roster: header, rows that are no data, cells."""

from collections.abc import Callable, Iterable, Sequence

import polars as pl

from shibaiqian.base.spreadsheets.columns import Column
from shibaiqian.base.spreadsheets.findings import Findings
from shibaiqian.base.spreadsheets.headers import SEARCHED, Header, find_header, header_key, judge_header
from shibaiqian.base.spreadsheets.parsing import parse_column
from shibaiqian.base.spreadsheets.tables import Table
from shibaiqian.base.spreadsheets.vetting import FileRefused, Limits

TOTALS = r"^\s*(合\s*计|总\s*计|小\s*计|累\s*计|本\s*页\s*合\s*计|本\s*页\s*小\s*计)\s*[:：]?\s*$"
TOTALS_IN = 4  # columns from the left
FOOTERS = (
    r"^\s*(填\s*表|制\s*表|填\s*报"
    r"|审\s*核|复\s*核|审\s*批|单位负责人|负责人签|注\s*[:：]|备\s*注\s*[:：]|说\s*明\s*[:：]|第\s*\d+\s*页)"
)
FOOTER_ROWS = 12  # from the bottom
BLANK = r"^[\s\x{3000}]*$"
Progress = Callable[[str, int], None]  # stage in Chinese, percent


def pick_table(tables: Iterable[Table], columns: Sequence[Column]) -> tuple[Table, Header]:
    """The first table with the roster's header; FileRefused where there is none."""
    names: list[str] = []
    for table in tables:
        if table.frame.is_empty():
            continue
        names.append(table.name)
        header = find_header(table.frame.head(SEARCHED).rows(), columns)
        if header is not None:
            return table, header
    if not names:
        raise FileRefused("文件里没有数据。", "请确认数据在可见的工作表里，再重新上传。")
    expected = "、".join(column.header for column in columns if column.required) or "、".join(c.header for c in columns)
    where = "、".join(f"“{name}”" for name in names if name)
    raise FileRefused(
        f"{'工作表' + where if where else '文件'}的前 {SEARCHED} 行里没有找到表头。",
        f"请确认选对了名册种类；表头应有：{expected}。",
    )


def understand(
    table: Table, header: Header, columns: Sequence[Column], *, limits: Limits, findings: Findings, progress: Progress
) -> pl.DataFrame:
    """The typed roster: `row` (UInt32, Excel's row number) and one column per declared column. Cells that are refused
    are null."""
    if table.oddity:
        findings.note(sheet=table.name, code="file_kind", message=table.oddity)
    judge_header(header, columns, sheet=table.name, findings=findings)
    chosen = _data_rows(table, header, findings)
    if chosen.is_empty() and not findings.has_refusals:
        findings.refuse(sheet=table.name, code="no_rows", message="表头下面没有数据。", mend="请填写数据后再上传。")
    if chosen.height > limits.rows:
        raise FileRefused(f"名册有 {chosen.height:,} 行，超过 {limits.rows:,} 行的上限。", "请按县区或镇办拆成几个文件分别上传。")
    rows = chosen["row"]
    broken = _note_errors(table, header, columns, rows, findings)
    parsed: dict[str, pl.Series] = {"row": rows}
    for done, column in enumerate(columns):
        progress("核对各列", 60 + 35 * done // len(columns))
        place = header.places.get(column.name)
        if place is None:
            parsed[column.name] = pl.repeat(None, chosen.height, dtype=column.dtype, eager=True)
            continue
        raw = chosen[f"c{place}"]
        chosen = chosen.drop(f"c{place}") if list(header.places.values()).count(place) == 1 else chosen
        parsed[column.name] = parse_column(raw, column, rows=rows, sheet=table.name, findings=findings, refused=broken.get(column.name, ()))
    return pl.DataFrame(parsed)


def _data_rows(table: Table, header: Header, findings: Findings) -> pl.DataFrame:
    """Rows below the header that are data, with their row numbers."""
    frame = table.frame.with_row_index("row", offset=1).slice(header.last + 1)
    places = sorted(set(header.places.values()))
    used = [f"c{place}" for place in places]
    is_empty = pl.all_horizontal(pl.col(used).is_null())
    left = [pl.col(f"c{place}").str.contains(TOTALS) for place in range(min(TOTALS_IN, table.frame.width))]
    is_total = pl.any_horizontal(left).fill_null(value=False)
    first = places[0]
    key = header_key(header.texts[first])
    is_header = pl.col(f"c{first}").str.starts_with(header.texts[first].strip()[:1] or key[:1])
    marks = frame.select("row", empty=is_empty, total=is_total, maybe=is_header.fill_null(value=False))
    drop = marks.filter(pl.col("empty") | pl.col("total"))
    dropped = set() if drop.is_empty() else set(drop["row"])
    for row in drop.filter(pl.col("total"))["row"]:
        findings.note(sheet=table.name, row=row, code="row_total", message="合计（小计、总计）行，没有读取。")
    dropped |= _repeated_headers(frame, marks, header, table.name, findings)
    dropped |= _footers(frame, used, dropped, table.name, findings)
    dropped |= _blank_rows(frame, used)
    if not dropped:
        return frame.select("row", *used)
    return frame.filter(~pl.col("row").is_in(pl.Series(sorted(dropped), dtype=pl.UInt32).implode())).select("row", *used)


def _repeated_headers(frame: pl.DataFrame, marks: pl.DataFrame, header: Header, sheet: str, findings: Findings) -> set[int]:
    """The header printed again at the top of each page."""
    maybe = frame.filter(marks["maybe"])
    words = {f"c{place}": header_key(header.texts[place]) for place in header.places.values()}
    found: set[int] = set()
    if maybe.is_empty() or maybe.height > frame.height // 2 + 5:
        return found
    first = next(iter(words))
    near = maybe.filter(pl.col(first).str.len_chars() <= len(words[first]) + 6)
    for said in near.iter_rows(named=True):
        same = sum(header_key(said[place] or "") == word for place, word in words.items())
        if same * 2 > len(words) and same > 1:
            findings.note(sheet=sheet, row=said["row"], code="row_header", message="重复的表头，没有读取。")
            found.add(said["row"])
    return found


def _footers(frame: pl.DataFrame, used: list[str], dropped: set[int], sheet: str, findings: Findings) -> set[int]:
    """填表人, 审核人, notes: rows at the bottom with few cells that begin with such words."""
    found: set[int] = set()
    left = 0
    for said in frame.tail(200 + FOOTER_ROWS).reverse().iter_rows(named=True):
        row = said.pop("row")
        cells = [text for text in said.values() if text and text.strip()]
        if row in dropped or not cells:
            continue
        left += 1
        if left > FOOTER_ROWS or len(cells) * 2 > max(len(used), 4) or not _begins_as_footer(cells[0]):
            break
        findings.note(sheet=sheet, row=row, code="row_footer", message="表下的说明或签字行，没有读取。", value=cells[0])
        found.add(row)
    return found


def _begins_as_footer(text: str) -> bool:
    return bool(pl.Series([text]).str.contains(FOOTERS).all())


def _blank_rows(frame: pl.DataFrame, used: list[str]) -> set[int]:
    """Rows of spaces: their first cell is blank, and so is each other."""
    blank = pl.col(used[0]).is_null() | pl.col(used[0]).str.contains(BLANK)
    few = frame.filter(blank)
    if few.is_empty():
        return set()
    return set(few.filter(pl.all_horizontal(pl.col(used).is_null() | pl.col(used).str.contains(BLANK)))["row"])


def _note_errors(table: Table, header: Header, columns: Sequence[Column], rows: pl.Series, findings: Findings) -> dict[str, list[int]]:
    """Refuse cells such as #N/A in columns that are read; name → row numbers."""
    if not table.errors:
        return {}
    names = {place: column for column in columns if (place := header.places.get(column.name)) is not None}
    present = set(rows)
    broken: dict[str, list[int]] = {}
    for index, place in table.errors:
        column = names.get(place)
        if column is None or index + 1 not in present:
            continue
        broken.setdefault(column.name, []).append(index + 1)
        findings.refuse(
            sheet=table.name,
            row=index + 1,
            column=column.header,
            code="cell_error",
            message="单元格是公式错误（如 #N/A、#REF!）。",
            mend="请改正公式，或直接填写数值。",
        )
    return broken
