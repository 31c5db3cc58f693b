import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shibaiqian.documents.gongwen import (
    BadDocument,
    BadNumber,
    BulletinHead,
    Column,
    DocumentNumber,
    Heading,
    OfficialDocument,
    Paragraph,
    Table,
    numbered,
)
from shibaiqian.documents.layout import (
    LINE_WIDTH,
    chinese_number,
    em_width,
    fit_head,
    printable,
    signature_indents,
    wrap_title,
)


def test_a_number_prints_with_hexagon_brackets():
    assert str(DocumentNumber("商组发", 2016, 15)) == "商组发〔2016〕15号"
    assert DocumentNumber.read("商组发〔2016〕15号") == DocumentNumber("商组发", 2016, 15)


@pytest.mark.parametrize(
    "printed",
    [
        "商组发〔2016〕015号",
        "商组发〔2016〕第15号",
        "商组发第〔2016〕15号",
        "商组发[2016]15号",
        "商组发（2016）15号",
        "商组发〔16〕15号",
        "商组发〔2016〕0号",
        "商组发〔2016〕15",
    ],
)
def test_a_number_refuses_leading_zeros_ordinals_and_other_brackets(printed):
    with pytest.raises(BadNumber):
        DocumentNumber.read(printed)


@pytest.mark.parametrize(
    ("code", "year", "serial"),
    [("商组发第", 2016, 1), ("商组发", 16, 1), ("商组发", 2016, 0), ("商组发", 2016, "015"), ("", 2016, 1)],
)
def test_a_number_refuses_parts_that_cannot_be_printed(code, year, serial):
    with pytest.raises(BadNumber):
        DocumentNumber(code, year, serial)


@given(st.integers(1949, 2100), st.integers(1, 99_999))
def test_every_number_reads_back(year, serial):
    number = DocumentNumber("商组字", year, serial)
    assert DocumentNumber.read(str(number)) == number


def test_bulletins_count_from_one():
    with pytest.raises(BadNumber):
        BulletinHead(name="工作简报", issue=0, issuer="市委组织部", on=dt.date(2016, 6, 8))


def test_headings_are_counted_and_start_again_under_each_parent():
    blocks = (
        Heading(1, "甲"),
        Heading(2, "子"),
        Heading(2, "丑"),
        Heading(1, "乙"),
        Heading(2, "寅"),
        Heading(3, "卯"),
    )
    assert [block.text for block in numbered(blocks)] == [
        "一、甲",
        "（一）子",
        "（二）丑",
        "二、乙",
        "（一）寅",
        "1. 卯",
    ]


def test_line_breaks_start_another_paragraph():
    assert list(numbered((Paragraph("甲\n\n乙"),))) == [Paragraph("甲"), Paragraph("乙")]


def test_a_table_refuses_rows_of_another_length():
    with pytest.raises(BadDocument):
        Table(columns=(Column("县区"), Column("数")), rows=(("商州区",),))


def test_an_imprint_needs_its_date():
    with pytest.raises(BadDocument):
        OfficialDocument(title="通知", printed_by="办公室")


@pytest.mark.parametrize(("number", "written"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (99, "九十九")])
def test_heading_numbers_in_chinese(number, written):
    assert chinese_number(number) == written


@pytest.mark.parametrize(
    "name",
    ["会议纪要", "商洛市人民政府文件", "中共商洛市委组织部文件", "中共商洛市委办公室商洛市人民政府办公室联合文件"],
)
def test_the_red_name_fits_its_line(name):
    fit = fit_head(name)
    assert (fit.size * em_width(name) + fit.tracking * (len(name) - 1)) * fit.scale / 100 <= LINE_WIDTH
    assert 66 <= fit.scale <= 100


def test_a_short_title_stays_on_one_line():
    assert wrap_title("关于选派挂职干部的通知") == ("关于选派挂职干部的通知",)


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        (
            "关于选派优秀干部到贫困村和软弱涣散村任“第一书记”的通知",
            ("关于选派优秀干部到贫困村", "和软弱涣散村任“第一书记”的通知"),
        ),
        ("商洛市“十百千”工程抓党建促脱贫工作进展情况", ("商洛市“十百千”工程", "抓党建促脱贫工作进展情况")),
        ("甲方案\n乙", ("甲方案", "乙")),
    ],
)
def test_a_long_title_breaks_between_words(title, lines):
    assert wrap_title(title) == lines


@given(st.text(alphabet="关于选派干部到贫困村的通知，《》“”0123456789ab", min_size=1, max_size=90))
def test_wrapping_loses_nothing_and_fits(title):
    lines = wrap_title(title)
    assert "".join(lines) == title
    assert all(em_width(line) <= 20 for line in lines)


def test_the_date_stands_four_characters_in_and_a_long_signature_stays_inside():
    sign_right, date_right = signature_indents("中共商洛市委组织部", "2016年6月8日")
    assert 62 < date_right < 64
    assert 0 < sign_right < date_right
    sign_right, date_right = signature_indents("商洛市干部下基层抓党建促脱贫工程领导小组办公室", "2016年6月8日")
    assert sign_right == pytest.approx(0)
    assert date_right > 64


def test_control_characters_are_dropped():
    assert printable("甲\x00\x0b乙\t丙\ud800\ufffe\uffff") == "甲乙 丙"
