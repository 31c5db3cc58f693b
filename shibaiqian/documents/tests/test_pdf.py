import dataclasses
import datetime as dt
import io
import time

import pypdf
import pytest

from shibaiqian.documents.gongwen import Attachment, BulletinHead, DocumentNumber, OfficialDocument, Paragraph, RedHead
from shibaiqian.documents.pdf import render_pdf
from shibaiqian.documents.tests.conftest import NASTY
from shibaiqian.documents.typefaces import FontsMissing, find_typefaces

MM = 72 / 25.4


def opened(document, typefaces):
    return pypdf.PdfReader(io.BytesIO(render_pdf(document, typefaces=typefaces).content))


def lines_of(page):
    return [line.strip() for line in page.extract_text().splitlines()]


def runs_of(page):
    """Text, distance from the left edge and from the lower edge, in points."""
    runs = []

    def note(text, cm, _tm, _font, _size):
        if text.strip():
            runs.append((text.strip(), cm[4], cm[5]))

    page.extract_text(visitor_text=note)
    return runs


def test_every_part_is_on_the_page(notice, typefaces):
    reader = opened(notice, typefaces)
    first, last = lines_of(reader.pages[0]), lines_of(reader.pages[-1])
    assert "中共商洛市委组织部文件" in first
    assert "商组发〔2016〕15号" in first
    assert "关于选派挂职干部的通知" in first
    assert "各县区委组织部、市直各部门党组（党委）：" in first
    assert "抄送：市委办公室、市政府办公室。" in last
    everything = "".join(line for page in reader.pages for line in lines_of(page))
    for expected in (
        "选派10名副县级干部",
        "1280名干部",
        "一、选派条件",
        "（一）基本条件",
        "1. 工作经历",
        "（1）年龄",
        "二、工作要求",
        "商州区 188",
        "附件：",
        "中共商洛市委组织部2016年6月8日",
        "2016年6月8日印发",
    ):
        assert expected in everything


def test_pages_are_a4_and_as_many_as_told(notice, typefaces):
    rendered = render_pdf(notice, typefaces=typefaces)
    reader = pypdf.PdfReader(io.BytesIO(rendered.content))
    assert len(reader.pages) == rendered.pages == 4
    for page in reader.pages:
        assert float(page.mediabox.width) == pytest.approx(210 * MM, abs=0.1)
        assert float(page.mediabox.height) == pytest.approx(297 * MM, abs=0.1)


def test_every_font_is_embedded(notice, typefaces):
    fonts = {}
    for page in opened(notice, typefaces).pages:
        for font in page["/Resources"]["/Font"].values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            fonts[inner["/BaseFont"]] = inner["/FontDescriptor"].get_object()
    assert len(fonts) >= 3
    for descriptor in fonts.values():
        assert "/FontFile2" in descriptor or "/FontFile3" in descriptor


def test_page_numbers_stand_on_the_outer_edges_below_the_text(notice, typefaces):
    for number, page in enumerate(opened(notice, typefaces).pages, start=1):
        places = [(left, low) for text, left, low in runs_of(page) if text == f"— {number} —"]
        assert len(places) == 1
        left, low = places[0]
        if number % 2:
            assert left > 160 * MM
        else:
            assert left == pytest.approx(28 * MM + 14, abs=1)
        assert 20 * MM < low < 28 * MM


def test_text_keeps_to_the_type_area(notice, typefaces):
    for page in opened(notice, typefaces).pages:
        for text, left, low in runs_of(page):
            if not text.startswith(("演示", "—")):
                assert 28 * MM - 0.5 <= left <= 184 * MM
                assert 35 * MM <= low <= 260 * MM


def test_a_page_holds_22_lines_of_28_characters(typefaces):
    document = OfficialDocument(title="字数", body=(Paragraph("啊" * 28 * 60),))
    body = [line for line in lines_of(opened(document, typefaces).pages[1]) if line.startswith("啊")]
    assert [len(line) for line in body] == [28] * 22


@pytest.mark.parametrize("head", ["商洛市人民政府文件", "中共商洛市委办公室商洛市人民政府办公室联合行文专用文件"])
def test_the_red_name_is_one_line_however_long(head, typefaces):
    document = OfficialDocument(title="通知", head=RedHead(text=head, number=DocumentNumber("商发", 2016, 1)))
    # Letterspacing reads as blanks.
    assert head in [line.replace(" ", "") for line in lines_of(opened(document, typefaces).pages[0])]


def test_user_text_is_never_markup(notice, typefaces):
    nasty = dataclasses.replace(
        notice, title="通知 #panic()", recipients=("$x$ #eval",), signature="*部*", copies_to=('#read("/etc/passwd")',)
    )
    reader = opened(nasty, typefaces)
    everything = "".join(page.extract_text().replace("\n", "") for page in reader.pages)
    for literal in ("#panic()", "$x$ #eval", "*部*", '#read("/etc/passwd")', "{{ name }}", "_em_", "<tag>", "@ref"):
        assert literal in everything
    assert NASTY.replace(" ", "") in everything.replace(" ", "")


def test_the_demonstration_says_so_on_every_page(notice, typefaces):
    assert all("演示数据" in page.extract_text() for page in opened(notice, typefaces).pages)
    real = dataclasses.replace(notice, demonstration=False)
    assert not any("演示数据" in page.extract_text() for page in opened(real, typefaces).pages)


def test_a_bulletin_has_its_own_head(typefaces):
    head = BulletinHead(name="工作简报", issue=12, issuer="中共商洛市委组织部", on=dt.date(2016, 6, 8))
    page = opened(OfficialDocument(title="进展情况", head=head), typefaces).pages[0]
    places = {text.replace(" ", ""): (left, low) for text, left, low in runs_of(page)}
    assert places["工作简报"][1] > places["第12期"][1] > places["中共商洛市委组织部"][1] > places["进展情况"][1]
    assert places["中共商洛市委组织部"][0] < 40 * MM
    assert places["2016年6月8日"][0] > 130 * MM
    assert places["2016年6月8日"][1] == pytest.approx(places["中共商洛市委组织部"][1], abs=0.1)


def test_an_upward_document_names_its_signer(typefaces):
    head = RedHead(text="中共商洛市委组织部文件", number=DocumentNumber("商组", 2016, 3), signer="王某某", urgency="特急")
    text = opened(OfficialDocument(title="请示", head=head), typefaces).pages[0].extract_text()
    assert "签发人：王某某" in text
    assert "特急" in text


@pytest.mark.parametrize("count", range(40, 48))
def test_a_signature_is_never_alone_on_its_page(count, typefaces):
    document = OfficialDocument(
        title="通知",
        body=tuple(Paragraph("挂职即任职。") for _ in range(count)),
        signature="中共商洛市委组织部",
        date=dt.date(2016, 6, 8),
        printed_by="办公室",
        printed_on=dt.date(2016, 6, 8),
    )
    pages = [page.extract_text() for page in opened(document, typefaces).pages]
    signed = next(text for text in pages if "2016年6月8日\n" in text or "2016年6月8日" in text)
    assert "挂职即任职。" in signed
    assert "印发" in pages[-1]
    assert "挂职即任职。" in pages[-1]


def test_the_imprint_stands_at_the_foot_of_the_last_page(notice, typefaces):
    page = opened(notice, typefaces).pages[-1]
    low = next(low for text, _, low in runs_of(page) if text == "中共商洛市委组织部办公室")
    assert 35 * MM <= low < 42 * MM


def test_a_long_roster_repeats_its_header_and_signs_at_the_end(notice, typefaces):
    table = notice.body[-2]
    roster = dataclasses.replace(table, rows=tuple(("村" * 30, str(number)) for number in range(200)))
    document = dataclasses.replace(notice, attachments=(Attachment(title="名单", body=(roster,)),))
    pages = [page.extract_text() for page in opened(document, typefaces).pages]
    assert sum("县区 第一书记" in text for text in pages) >= 5
    assert "印发" in pages[-1]


def test_the_same_document_gives_the_same_bytes(notice, typefaces):
    assert render_pdf(notice, typefaces=typefaces).content == render_pdf(notice, typefaces=typefaces).content


def test_a_page_takes_less_than_a_second(notice, typefaces):
    start = time.perf_counter()
    rendered = render_pdf(dataclasses.replace(notice, title="关于测时间的通知"), typefaces=typefaces)
    assert (time.perf_counter() - start) / rendered.pages < 1


def test_a_machine_without_chinese_fonts_is_told_the_cure(tmp_path):
    with pytest.raises(FontsMissing, match="make build"):
        find_typefaces(system=False, folder=tmp_path)
