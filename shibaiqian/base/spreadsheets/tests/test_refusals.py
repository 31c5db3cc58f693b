"""What cannot be taken is refused with sheet, row, column and mend; what is right beside it is still read."""

from dataclasses import replace
from pathlib import Path

import pytest
import xlsxwriter

from shibaiqian.base.spreadsheets import Column, ColumnKind, Finding, Findings
from shibaiqian.base.spreadsheets.id_numbers import IdNumberWrong, check_id_number, id_birth, id_checksum_ok, id_sex
from shibaiqian.base.spreadsheets.reading import FileRefused, read_roster
from shibaiqian.base.spreadsheets.tests.rosters import COLUMNS, HEADERS, ID, OTHER_ID, book, read_here, roster, said

REFUSED_CELLS = [
    ("身份证号", "110105194912310021", "id_checksum", "校验不符"),
    ("身份证号", "110105491231002", "id_15_digits", "15 位"),
    ("身份证号", "1101051949123100", "id_length", "16 位"),
    ("身份证号", "11010519491231O02X", "id_characters", "字符"),
    ("身份证号", "110105194913310021", "id_birth", "出生日期不存在"),
    ("身份证号", 110105194912310021, "id_rounded", "后三位已丢失"),
    ("身份证号", "440524188001011000", "id_rounded", "后三位已丢失"),
    ("身份证号", "4.40524E+17", "id_rounded", "后三位已丢失"),
    ("身份证号", None, "required_empty", "是空的"),
    ("身份证号", "—", "required_empty", "是空的"),
    ("姓名", " ", "required_empty", "是空的"),
    ("性别", "汉", "label_unknown", "不在可填的内容里"),
    ("致贫原因", "因病、因懒", "label_unknown", "“因懒”不在"),
    ("是否贫困户", "也许", "truth_unknown", "只能填"),
    ("出生日期", "1975-02-30", "date_impossible", "没有这一天"),
    ("出生日期", "1975", "date_year_only", "只写了年份"),
    ("出生日期", "不详", "date_unreadable", "看不懂"),
    ("出生日期", "3075-01-01", "date_implausible", "不合常理"),
    ("家庭人口", "4.5", "number_not_whole", "整数"),
    ("家庭人口", "四口", "number_unreadable", "不是数字"),
    ("工资性收入（元）", "1.2万", "number_unit", "万"),
    ("工资性收入（元）", "9" * 20, "number_too_large", "太大"),
    ("工资性收入（元）", "nan0", "number_unreadable", "不是数字"),
    ("工资性收入（元）", "inf", "number_unreadable", "不是数字"),
    ("村代码", "6.11026E+11", "code_rounded", "科学记数"),
    ("村代码", "城关村", "code_characters", "字符"),
]


@pytest.mark.parametrize(("header", "cell", "code", "words"), REFUSED_CELLS)
def test_a_wrong_cell_is_refused_by_sheet_row_and_column(tmp_path: Path, header: str, cell: object, code: str, words: str) -> None:
    reading = read_here(roster(tmp_path, said(), said(**{header: cell})))
    name = next(column.name for column in COLUMNS if column.header == header)
    (finding,) = reading.findings.refusals()
    assert (finding.code, finding.sheet, finding.row, finding.column) == (code, "名册", 3, header)
    assert (
        str(finding).startswith(f"工作表“名册”第 3 行“{header}”列：")
        and words in finding.message
        and finding.mend.startswith(("请", "编码", "是不是"))
    )
    assert reading.frame[name].to_list()[1] is None and reading.frame[name].to_list()[0] is not None
    assert reading.rows == 2 and not reading.findings.has_file_refusal


def test_an_id_number_rounded_by_excel_is_told_in_one_sentence_and_masked(tmp_path: Path) -> None:
    (finding,) = read_roster(roster(tmp_path, said(身份证号=610100199001011234)), columns=COLUMNS).findings.refusals()
    assert f"{finding.message}{finding.mend}" == "Excel 把身份证号变成了数字，后三位已丢失，请把该列设为文本后重新录入。"
    assert finding.value == "610100********1200"


def test_in_a_rounded_column_a_number_that_happens_to_be_right_is_refused_too(tmp_path: Path) -> None:
    lucky = next(n for n in (f"6110021990{m:02d}{d:02d}1000" for m in range(1, 13) for d in range(1, 29)) if _is_right(n))
    reading = read_here(roster(tmp_path, said(身份证号=lucky), said(身份证号="440524188001011000"), said()))
    assert reading.frame["id_number"].to_list() == [None, None, ID]
    assert [finding.row for finding in reading.findings.refusals()] == [3, 2] or reading.findings.refused_count == 2
    assert not read_here(roster(tmp_path, said(身份证号=lucky))).findings.has_refusals


def _is_right(number: str) -> bool:
    try:
        return check_id_number(number) == number
    except IdNumberWrong:
        return False


def test_formula_errors_are_refused_where_they_stand(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as made:
        page = made.add_worksheet("名册")
        page.write_row(0, 0, HEADERS)
        page.write_row(1, 0, said())
        page.write_formula(1, 0, "=NA()", None, "#N/A")
    (finding,) = read_here(tmp_path / "a.xlsx").findings.refusals()
    assert (finding.code, finding.row, finding.column) == ("cell_error", 2, "姓名")


def test_missing_and_duplicate_columns_refuse_the_sheet(tmp_path: Path) -> None:
    rows = [["户主", *HEADERS[2:], "出生 日期"], ["张三", *said()[2:], "1949-12-31"]]
    findings = read_here(book(tmp_path / "a.xlsx", rows)).findings
    assert findings.has_file_refusal
    assert {(f.code, f.sheet, f.column) for f in findings.refusals()} == {
        ("column_duplicate", "名册", "出生日期"),
        ("column_missing", "名册", "姓名"),
        ("column_missing", "名册", "身份证号"),
    }
    assert all("第 1 行" in finding.message for finding in findings.refusals())


def test_another_unit_in_the_header_is_refused(tmp_path: Path) -> None:
    header = [text.replace("工资性收入（元）", "工资性收入（万元）") for text in HEADERS]
    (finding,) = read_here(book(tmp_path / "a.xlsx", [header, said()])).findings.refusals()
    assert (finding.code, finding.column) == ("column_unit", "工资性收入（元）")


def test_another_roster_or_an_empty_one_says_what_was_expected(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="“项目”") as refused:
        read_roster(book(tmp_path / "a.xlsx", [["项目编号", "项目名称"], ["1", "路"]], sheet="项目"), columns=COLUMNS)
    assert "姓名、身份证号" in refused.value.mend
    with pytest.raises(FileRefused, match="没有数据"):
        read_here(book(tmp_path / "b.xlsx", []))
    assert [f.code for f in read_here(roster(tmp_path)).findings] == ["no_rows"]


def test_one_bad_column_does_not_hide_the_others(tmp_path: Path) -> None:
    findings = read_here(roster(tmp_path, *[said(出生日期="不详")] * 3000, said(性别="汉"))).findings
    assert findings.counts["refuse", "date_unreadable", "出生日期"] == 3000 and findings.refused_count == 3001
    assert len(findings.refusals()) == 201 and findings.refusals()[0].row is not None
    assert "性别" in {finding.column for finding in findings.stored()}


def test_findings_are_merged_counted_and_survive_json() -> None:
    one, two = Findings(), Findings()
    one.note(sheet="甲", row=3, column="姓名", code="a", message="x")
    two.refuse(sheet="甲", code="b", message="y", value=ID)
    merged = Findings.from_json(one.merged_with(two).to_json())
    assert (merged.refused_count, merged.note_count, len(merged), merged.has_file_refusal) == (1, 1, 2, True)
    assert merged.stored(1) == [Finding(severity="refuse", message="y", sheet="甲", code="b", value="110105********002X")]


def test_parts_of_an_id_number_are_read_column_wise() -> None:
    import polars as pl

    number = pl.col("n")
    frame = pl.DataFrame({"n": [ID, OTHER_ID, "110105194912310021", "x", None]})
    said_ = frame.select(ok=id_checksum_ok(number), born=id_birth(number).cast(pl.String), sex=id_sex(number))
    assert said_["ok"].to_list() == [True, True, False, False, None]
    assert said_["born"].to_list()[:2] == ["1949-12-31", "1880-01-01"]
    assert said_["sex"].to_list() == [2, 1, 2, None, None]


def test_a_column_of_labels_needs_labels() -> None:
    with pytest.raises(ValueError, match="choices"):
        Column("x", "某", ColumnKind.CHOICE)


def test_id_numbers_never_stand_unmasked_in_findings(tmp_path: Path) -> None:
    reading = read_here(roster(tmp_path, said(性别=ID, 村代码=f"{ID} 11", 出生日期=ID, 家庭人口=ID, 身份证号=ID[:-1] + "1")))
    assert len(reading.findings) == 5
    assert "4912310" not in "".join(f"{finding}{finding.value}" for finding in reading.findings)


@pytest.mark.parametrize(("header", "text"), [("姓名", "张" * 201), ("村代码", "6" * 201)])
def test_half_a_book_in_a_cell_is_refused_and_shown_short(tmp_path: Path, header: str, text: str) -> None:
    """It would not fit an index, and no page."""
    reading = read_here(roster(tmp_path, said(), said(**{header: text})))
    (refusal,) = reading.findings.refusals()
    assert (refusal.sheet, refusal.row, refusal.column, refusal.code) == ("名册", 3, header, "too_long")
    assert refusal.message == f"“{header}”有 201 个字，最多 200 个字。"
    assert refusal.mend and len(refusal.value) < 60


def test_a_sentence_may_be_longer_where_its_column_says_so(tmp_path: Path) -> None:
    columns = [replace(column, longest=500) if column.header == "姓名" else column for column in COLUMNS]
    reading = read_roster(roster(tmp_path, said(姓名="张" * 500)), columns=columns)
    assert not reading.findings.has_refusals
