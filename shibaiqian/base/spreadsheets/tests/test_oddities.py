"""What honest offices send is taken, with a note that says what was understood."""

import base64
import datetime as dt
import zlib
from pathlib import Path

import pytest
import xlsxwriter

from shibaiqian.base.spreadsheets import Column, ColumnKind
from shibaiqian.base.spreadsheets.reading import read_roster
from shibaiqian.base.spreadsheets.tests.rosters import (
    COLUMNS,
    HEADERS,
    ID,
    OTHER_ID,
    book,
    codes,
    part,
    read_here,
    repacked,
    roster,
    said,
)

# As a clock on the wall shows it: a roster says no zone.
moment = dt.datetime.fromisoformat

HONEST_ROW = {
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
    "code": "611026001201",
}


def test_a_plain_roster_is_read_by_the_child_without_findings(tmp_path: Path) -> None:
    seen: list[tuple[int, str]] = []
    reading = read_roster(roster(tmp_path, said()), columns=COLUMNS, on_progress=lambda percent, stage: seen.append((percent, stage)))
    assert reading.frame.row(0, named=True) == {"row": 2, **HONEST_ROW}
    assert (reading.sheet, reading.rows, len(reading.findings)) == ("名册", 1, 0)
    assert seen[0][1] == "检查文件" and [p for p, _ in seen] == sorted(p for p, _ in seen)


def test_an_old_xls_is_read_by_the_child(tmp_path: Path) -> None:
    made = base64.b64decode((Path(__file__).parent / "old_xls.txt").read_text())
    (tmp_path / "a.xlsx").write_bytes(zlib.decompress(made))  # named wrongly as well
    reading = read_roster(tmp_path / "a.xlsx", columns=COLUMNS)
    assert reading.frame.row(0, named=True) == {"row": 3, **HONEST_ROW}
    assert not reading.findings.has_refusals
    assert "旧版 Excel（.xls）" in reading.findings.notes()[0].message


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_csv_of_any_usual_encoding_is_read(tmp_path: Path, encoding: str, delimiter: str) -> None:
    lines = [["贫困户名册"], [], HEADERS, said(姓名='"张三"')]
    (tmp_path / "a.csv").write_bytes("\r\n".join(delimiter.join(line) for line in lines).encode(encoding))
    reading = read_here(tmp_path / "a.csv")
    assert reading.frame.row(0, named=True) == {"row": 4, **HONEST_ROW}
    assert not reading.findings.has_refusals
    assert codes(reading) == ([] if encoding.startswith("utf-8") else ["file_kind"])


def test_a_gbk_csv_is_read_by_the_child(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("\n".join(map(",".join, [HEADERS, said()])).encode("gbk"))
    reading = read_roster(tmp_path / "a.csv", columns=COLUMNS)
    assert reading.frame["name"].to_list() == ["张三"]
    assert [finding.message for finding in reading.findings.notes()] == ["这是 GBK 编码的 CSV 文件，按中文接收。"]


ODD_CELLS = [
    ("姓名", "张 三", "name", "张三", "inner_space"),
    ("姓名", "  张三\u3000", "name", "张三", None),
    ("姓名", "买买提·吐尔逊", "name", "买买提·吐尔逊", None),
    ("姓名", "Ａ１", "name", "A1", "full_width"),
    ("身份证号", "11010519491231002x", "id_number", ID, "id_tidied"),
    ("身份证号", "１１０１０５１９４９１２３１００２Ｘ", "id_number", ID, "id_tidied"),
    ("身份证号", "110105 19491231 002X", "id_number", ID, "id_tidied"),
    ("身份证号", "'" + ID, "id_number", ID, "id_tidied"),
    ("性别", " 男 ", "sex", "male", None),
    ("家庭人口", "４", "size", 4, "number_written"),
    ("家庭人口", "4人", "size", 4, "number_written"),
    ("家庭人口", 4, "size", 4, None),
    ("家庭人口", "-", "size", None, "empty_mark"),
    ("耕地面积（亩）", "3.5亩", "land", 3.5, "number_written"),
    ("耕地面积（亩）", "3.456", "land", 3.46, "number_rounded"),
    ("工资性收入（元）", "1,234.56", "wage", 123456, "number_written"),
    ("工资性收入（元）", "１２，３４５", "wage", 1234500, "number_written"),
    ("工资性收入（元）", "¥1,234.5元", "wage", 123450, "number_written"),
    ("工资性收入（元）", "-12.5", "wage", -1250, None),
    ("工资性收入（元）", 3456.66666667, "wage", 345667, "number_rounded"),
    ("是否贫困户", "√", "poor", True, "truth_written"),
    ("是否贫困户", "无", "poor", False, "truth_written"),
    ("是否贫困户", "Y", "poor", True, "truth_written"),
    ("是否贫困户", False, "poor", False, "truth_written"),
    ("致贫原因", "因残,因学", "causes", "disabled|school", None),
    ("致贫原因", "因病", "causes", "ill", None),
    ("村代码", "６１１０２６００１２０１", "code", "611026001201", "code_tidied"),
    ("村代码", 611026001201, "code", "611026001201", None),
    ("出生日期", "1975.6", "born", dt.date(1975, 6, 1), "date_no_day"),
    ("出生日期", "1975.1", "born", dt.date(1975, 1, 1), "date_october"),
    ("出生日期", "1975.06", "born", dt.date(1975, 6, 1), "date_no_day"),
    ("出生日期", "１９７５．６", "born", dt.date(1975, 6, 1), "date_no_day"),
    ("出生日期", "197506", "born", dt.date(1975, 6, 1), "date_no_day"),
    ("出生日期", "19750601", "born", dt.date(1975, 6, 1), "date_written"),
    ("出生日期", "1975-6-1", "born", dt.date(1975, 6, 1), None),
    ("出生日期", "1975/6/1", "born", dt.date(1975, 6, 1), "date_written"),
    ("出生日期", "1975.6.1", "born", dt.date(1975, 6, 1), "date_written"),
    ("出生日期", "1975年6月", "born", dt.date(1975, 6, 1), "date_no_day"),
    ("出生日期", "1975年6月1日", "born", dt.date(1975, 6, 1), "date_written"),
    ("出生日期", "一九七五年六月", "born", dt.date(1975, 6, 1), "date_no_day"),
    ("出生日期", "二〇一五年十二月三十一日", "born", dt.date(2015, 12, 31), "date_written"),
    ("出生日期", "二○一五年十月二十日", "born", dt.date(2015, 10, 20), "date_written"),
    ("出生日期", "42369", "born", dt.date(2015, 12, 31), "date_serial"),
    ("出生日期", 42369, "born", dt.date(2015, 12, 31), "date_serial"),
    ("出生日期", "2015-12-31 08:30", "born", dt.date(2015, 12, 31), "date_written"),
    ("参加工作时间", "1975.06", "since", dt.date(1975, 6, 1), "date_written"),
    ("参加工作时间", "1975-06-18", "since", dt.date(1975, 6, 1), None),
]


@pytest.mark.parametrize(("header", "cell", "name", "value", "note"), ODD_CELLS)
def test_an_odd_cell_is_taken(tmp_path: Path, header: str, cell: object, name: str, value: object, note: str | None) -> None:
    reading = read_here(roster(tmp_path, said(), said(**{header: cell})))
    assert reading.frame[name].to_list()[1] == value
    assert not reading.findings.has_refusals, list(map(str, reading.findings))
    if note:
        (finding,) = reading.findings.notes()
        assert (finding.code, finding.sheet, finding.row, finding.column) == (note, "名册", 3, header)
        assert finding.where == f"工作表“名册”第 3 行“{header}”列"


@pytest.mark.parametrize(
    ("cell", "value", "note"),
    [
        ("2016-03-01 20:15", moment("2016-03-01 20:15"), None),
        (moment("2016-03-01 20:15"), moment("2016-03-01 20:15"), None),
        ("2016.3.1 20:15:30", moment("2016-03-01 20:15"), "moment_written"),
        ("2016年3月1日20时15分", moment("2016-03-01 20:15"), "moment_written"),
        ("2016/3/1 8点", moment("2016-03-01 08:00"), "moment_written"),
        ("２０１６－０３－０１　２０：１５", moment("2016-03-01 20:15"), "moment_written"),
        ("无", None, None),
        ("2016-03-01", None, "moment_no_time"),
        ("2016-03-01 25:15", None, "moment_impossible"),
        ("2016-02-30 20:15", None, "date_impossible"),
        ("晚上", None, "date_unreadable"),
    ],
)
def test_a_moment_is_taken_with_its_hour_or_refused(tmp_path: Path, cell: object, value: dt.datetime | None, note: str | None) -> None:
    columns = (COLUMNS[0], Column("told", "登记时间", ColumnKind.MOMENT))
    with xlsxwriter.Workbook(tmp_path / "a.xlsx", {"default_date_format": "yyyy-mm-dd hh:mm"}) as made:
        page = made.add_worksheet("名册")
        page.write_row(0, 0, ["姓名", "登记时间"])
        page.write_row(1, 0, ["张三", cell])
    reading = read_here(tmp_path / "a.xlsx", columns)
    assert reading.frame["told"].to_list() == [value]
    assert [finding.code for finding in reading.findings] == ([note] if note else [])


def test_ticks_make_blanks_mean_no(tmp_path: Path) -> None:
    reading = read_here(roster(tmp_path, said(是否贫困户="√"), said(是否贫困户=None)))
    assert reading.frame["poor"].to_list() == [True, False]
    assert "truth_ticks" in codes(reading)


def test_titles_merged_headers_totals_and_signatures_are_no_data(tmp_path: Path) -> None:
    upper = [*HEADERS[:6], "家庭情况", None, *HEADERS[8:]]
    lower = [None] * 6 + ["耕地面积\n(亩)", "工资性收入（元）*"] + [None] * 3
    rows: list[list[object]] = [
        ["柞水县贫困户名册"],
        [],
        ["序号", *upper],
        [None, *lower],
        [1, *said()],
        [],
        [2, *said(身份证号=OTHER_ID)],
        ["序号", *upper],
        [3, *said()],
        ["合 计", None, None, None, None, None, 12],
        ["  "],
        ["填表人：李四", None, "审核人："],
    ]
    reading = read_here(book(tmp_path / "a.xlsx", rows))
    assert reading.frame["row"].to_list() == [5, 7, 9]
    assert reading.frame["land"].to_list() == [3.5, 3.5, 3.5]
    assert sorted(codes(reading)) == ["header_merged", "row_footer", "row_header", "row_total"]
    assert [finding.row for finding in reading.findings.notes()] == [4, 8, 10, 12]
    assert reading.findings.notes()[0].message == "表头占第 3、4 两行（合并单元格），按两行合起来的列名接收。"


def test_headers_are_known_by_other_spellings(tmp_path: Path) -> None:
    header = [
        "姓 名*",
        "公民身份号码",
        "性别 ",
        "出生日期",
        "参加工作\n时间",
        "家庭人口",
        "耕地面积",
        "工资性收入(元)",
        "是否贫困户",
        "致贫原因",
        "村代码",
        "备注",
    ]
    reading = read_here(book(tmp_path / "a.xlsx", [header, [*said(), "x"]]))
    assert reading.frame.row(0, named=True) == {"row": 2, **HONEST_ROW}
    assert [(f.code, f.row, f.column) for f in reading.findings] == [("column_unknown", 1, "备注")]


def test_the_first_visible_sheet_with_the_header_is_read(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as made:
        made.add_worksheet("空")
        hidden = made.add_worksheet("旧")
        cover, data = made.add_worksheet("说明"), made.add_worksheet("数据")
        data.activate()
        cover.write(0, 0, "填表说明")
        for page, row in ((hidden, said(姓名="李四")), (data, said())):
            page.write_row(0, 0, HEADERS)
            page.write_row(1, 0, row)
        hidden.hide()
    reading = read_here(tmp_path / "a.xlsx")
    assert (reading.sheet, reading.frame["name"].to_list()) == ("数据", ["张三"])


def test_formats_far_out_and_a_doctored_dimension_do_not_matter_when_the_cells_are_near(tmp_path: Path) -> None:
    made = roster(tmp_path, said())
    name = "xl/worksheets/sheet1.xml"
    xml = part(made, name).decode()
    xml = xml.replace("A1:K2", "A1:XFD1048576").replace("</sheetData>", '<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>')
    reading = read_here(repacked(made, {name: xml.encode()}, to=tmp_path / "b.xlsx"))
    assert reading.rows == 1
