"""A small roster and files made for tests: honest, odd and malicious ones."""

import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from shibaiqian.base.spreadsheets import Column, ColumnKind, Findings
from shibaiqian.base.spreadsheets.reading import Reading
from shibaiqian.base.spreadsheets.roster import pick_table, understand
from shibaiqian.base.spreadsheets.tables import read_tables
from shibaiqian.base.spreadsheets.vetting import Limits, vet

ID, OTHER_ID = "11010519491231002X", "440524188001010014"  # the two examples printed in GB 11643
COLUMNS = (
    Column("name", "姓名", required=True),
    Column("id_number", "身份证号", ColumnKind.ID_NUMBER, required=True, aliases=("身份证号码", "公民身份号码")),
    Column("sex", "性别", ColumnKind.CHOICE, choices={"男": "male", "女": "female"}),
    Column("born", "出生日期", ColumnKind.DATE),
    Column("since", "参加工作时间", ColumnKind.MONTH),
    Column("size", "家庭人口", ColumnKind.INTEGER),
    Column("land", "耕地面积（亩）", ColumnKind.DECIMAL),
    Column("wage", "工资性收入（元）", ColumnKind.MONEY),
    Column("poor", "是否贫困户", ColumnKind.BOOLEAN),
    Column("causes", "致贫原因", ColumnKind.CHOICES, choices={"因病": "ill", "因残": "disabled", "因学": "school"}),
    Column("code", "村代码", ColumnKind.CODE),
)
HEADERS = [column.header for column in COLUMNS]
HONEST = {
    "姓名": "张三",
    "身份证号": ID,
    "性别": "男",
    "出生日期": "1949-12-31",
    "参加工作时间": "1970-05",
    "家庭人口": "4",
    "耕地面积（亩）": "3.5",
    "工资性收入（元）": "1234.56",
    "是否贫困户": "是",
    "致贫原因": "因病、因残",
    "村代码": "611026001201",
}


def said(**cells: Any) -> list[Any]:
    """One row under HEADERS: the honest one with some cells replaced."""
    return [{**HONEST, **cells}[header] for header in HEADERS]


def book(path: Path, rows: Sequence[Sequence[Any]], *, sheet: str = "名册") -> Path:
    """A workbook with these rows; numbers stay numbers, texts texts."""
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as made:
        page = made.add_worksheet(sheet)
        for index, row in enumerate(rows):
            for place, cell in enumerate(row):
                if isinstance(cell, str):
                    page.write_string(index, place, cell)
                elif cell is not None:
                    page.write(index, place, cell)
    return path


def roster(path: Path, *rows: Sequence[Any]) -> Path:
    """A workbook with the header and these rows."""
    return book(path / "roster.xlsx", [HEADERS, *rows])


def repacked(path: Path, changes: Mapping[str, bytes | None], *, to: Path) -> Path:
    """The workbook with parts replaced, added or (None) left out."""
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if name not in changes:
                target.writestr(name, source.read(name))
        for name, data in changes.items():
            if data is not None:
                target.writestr(name, data)
    return to


def part(path: Path, name: str) -> bytes:
    with zipfile.ZipFile(path) as source:
        return source.read(name)


def read_here(path: Path, columns: Sequence[Column] = COLUMNS, limits: Limits | None = None) -> Reading:
    """What the child does, in this process: many small cases without starting a process for each."""
    limits = limits or Limits()
    format_, findings = vet(path, limits), Findings()
    table, header = pick_table(read_tables(path, format_, limits), [Column.from_json(column.to_json()) for column in columns])
    frame = understand(table, header, columns, limits=limits, findings=findings, progress=lambda *_: None)
    back = Findings.from_json(json.loads(json.dumps(findings.to_json())))
    return Reading(frame=frame, findings=back, sheet=table.name, rows=frame.height)


def codes(reading: Reading) -> list[str]:
    return [finding.code for finding in reading.findings]
