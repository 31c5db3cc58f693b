import dataclasses
import datetime as dt
import io

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from shibaiqian.documents.gongwen import BulletinHead, OfficialDocument
from shibaiqian.documents.tests.conftest import NASTY
from shibaiqian.documents.word import render_docx


def opened(document):
    return Document(io.BytesIO(render_docx(document)))


def fonts_of(element):
    return element.find(qn("w:rPr")).find(qn("w:rFonts"))


def test_the_page_is_that_of_the_standard(notice):
    section = opened(notice).sections[0]
    assert section.page_width == pytest.approx(Mm(210), abs=Pt(0.1))
    assert section.page_height == pytest.approx(Mm(297), abs=Pt(0.1))
    for margin, mm in (("top", 37), ("bottom", 35), ("left", 28), ("right", 26)):
        assert getattr(section, f"{margin}_margin") == pytest.approx(Mm(mm), abs=Pt(0.1))


def test_the_office_fonts_are_named_for_every_script(notice):
    styles = opened(notice).styles
    for name, font in (
        ("Normal", "仿宋_GB2312"),
        ("公文标题", "方正小标宋简体"),
        ("发文机关标志", "方正小标宋简体"),
        ("Heading 1", "黑体"),
        ("Heading 2", "楷体_GB2312"),
        ("Heading 3", "仿宋_GB2312"),
        ("页码", "宋体"),
    ):
        fonts = fonts_of(styles[name].element)
        assert fonts.get(qn("w:eastAsia")) == fonts.get(qn("w:ascii")) == font
        assert not [key for key in fonts.attrib if "Theme" in key]
    assert styles["Normal"].font.size == Pt(16)
    assert styles["Normal"].paragraph_format.line_spacing == Pt(28.95)
    assert styles["公文标题"].font.size == Pt(22)


def test_every_part_is_in_the_file(notice):
    word = opened(notice)
    texts = [paragraph.text for paragraph in word.paragraphs]
    for expected in (
        "中共商洛市委组织部文件",
        "商组发〔2016〕15号",
        "关于选派挂职干部的通知",
        "一、选派条件",
        "（一）基本条件",
        "各县区委组织部、市直各部门党组（党委）：",
        "附件：1.\t名额分配表",
        "2.\t推荐表",
        "2016年6月8日",
        "附件2",
    ):
        assert expected in texts
    assert [[cell.text for cell in row.cells] for row in word.tables[0].rows] == [
        ["县区", "第一书记"],
        ["商州区", "188"],
        ["洛南县", "182"],
    ]
    imprint = [cell.text for row in word.tables[-1].rows for cell in row.cells]
    assert imprint == ["抄送：市委办公室、市政府办公室。", "中共商洛市委组织部办公室\t2016年6月8日印发"]


def test_the_head_is_red_with_a_red_rule(notice):
    paragraphs = opened(notice).paragraphs
    name = next(paragraph for paragraph in paragraphs if paragraph.text == "中共商洛市委组织部文件")
    assert str(name.style.font.color.rgb) == "FF0000"
    assert int(name.runs[0]._r.rPr.find(qn("w:w")).get(qn("w:val"))) < 100
    number = next(paragraph for paragraph in paragraphs if paragraph.text == "商组发〔2016〕15号")
    assert number._p.pPr.find(qn("w:pBdr")).find(qn("w:bottom")).get(qn("w:color")) == "FF0000"


def test_page_numbers_are_fields_on_the_outer_edges(notice):
    word = opened(notice)
    assert word.settings.odd_and_even_pages_header_footer
    section = word.sections[0]
    for footer, side in ((section.footer, "RIGHT"), (section.even_page_footer, "LEFT")):
        paragraph = footer.paragraphs[0]
        assert paragraph.text == "— 1 —"
        assert paragraph.alignment.name == side
        assert [text.text.strip() for text in paragraph._p.iter(qn("w:instrText"))] == ["PAGE"]


def test_the_table_header_repeats(notice):
    rows = opened(notice).tables[0].rows
    assert rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert rows[1]._tr.trPr.find(qn("w:tblHeader")) is None


def test_the_imprint_floats_to_the_foot(notice):
    place = opened(notice).tables[-1]._tbl.tblPr.find(qn("w:tblpPr"))
    assert place.get(qn("w:tblpYSpec")) == "bottom"
    assert place.get(qn("w:vertAnchor")) == "margin"


def test_user_text_is_never_markup_and_never_breaks_the_file(notice):
    word = opened(dataclasses.replace(notice, title="{{ title }} & <b>\x00", signature="{% x %}"))
    texts = [paragraph.text for paragraph in word.paragraphs]
    assert "{{ title }} & <b>" in texts
    assert "{% x %}" in texts
    assert NASTY in texts


def test_the_demonstration_says_so(notice):
    section = opened(notice).sections[0]
    assert "演示数据" in section.header.paragraphs[0].text
    assert "演示数据" in section.even_page_header.paragraphs[0].text
    real = opened(dataclasses.replace(notice, demonstration=False)).sections[0]
    assert "演示数据" not in "".join(paragraph.text for paragraph in real.header.paragraphs)


def test_a_bulletin_has_its_own_head():
    head = BulletinHead(name="工作简报", issue=12, issuer="中共商洛市委组织部", on=dt.date(2016, 6, 8))
    texts = [paragraph.text for paragraph in opened(OfficialDocument(title="进展情况", head=head)).paragraphs]
    assert texts[:3] == ["工作简报", "第12期", "中共商洛市委组织部\t2016年6月8日"]
