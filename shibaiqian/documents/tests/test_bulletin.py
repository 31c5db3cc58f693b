import datetime as dt
import io

import pypdf
import pytest

from shibaiqian.documents.bulletin import BulletinFigures, FiguresMissing, whole_region, work_bulletin
from shibaiqian.documents.gongwen import BulletinHead, texts
from shibaiqian.documents.pdf import render_pdf

VALUES = {
    "counties": 7, "counties_national_poor": 7, "towns": 98, "poor_villages": 699, "poor_population": 489_000,
    "tier_10": 10, "tier_100": 100, "tier_1000": 1280, "promo_to_full_county_post": 28, "promo_section_level": 107,
    "promo_town_secretary": 30, "promo_city_section_chief_to_county": 20, "organisations_overhauled": 313,
    "agricultural_parks": 103, "leading_enterprises": 123, "cooperatives": 753, "large_producers": 3387,
    "projects": 12_400, "practical_services": 118_000, "households_income_up": 43_000, "people_out_stably": 168_000,
}  # fmt: skip
COUNTIES = ("商州区", "洛南县", "丹凤县", "商南县", "山阳县", "镇安县", "柞水县")


def figures(**changes):
    rows = tuple(
        (county, {code: value // 7 + (value % 7 if county == "商州区" else 0) for code, value in VALUES.items()}) for county in COUNTIES
    )
    return BulletinFigures(**{"values": VALUES, "as_of": dt.date(2016, 6, 8), "region_name": "商洛市", "county_rows": rows} | changes)


def text_of(bulletin):
    return "\n".join(texts(bulletin))


def test_the_sentences_of_june_2016():
    text = text_of(work_bulletin(figures(), issue=1, issuer="中共商洛市委组织部"))
    for sentence in (
        "全市7个县区为国家级贫困县，贫困村699个，贫困人口48.9万。",
        "从市直单位选派10名副县级干部到县区挂任县区委副书记或副县区长",
        "选派100名副县级后备干部和优秀年轻科级干部到全市98个镇办挂职",
        "选派1280名优秀党员干部到村社区挂任“第一书记”",
        "截至2016年6月8日，全市1390名挂职干部累计帮扶贫困村发展现代特色农业园区103个、龙头企业123个、"
        "专业合作社753个、产业大户3387个，实施包扶项目1.24万个，为贫困户办实事11.8万件，带动4.3万贫困户持续增收，"
        "实现16.8万贫困人口稳定脱贫。",
        "对313个后进村、社区党组织进行了整顿，实现了基层党组织有人管事、有章理事、有责问事。",
        "28名抓脱贫攻坚工作实绩突出的县区党政副职被提拔到正县职岗位",
        "107名干部提拔重用到科级岗位",
        "30名优秀乡镇党委书记",
        "20名市直部门科长",
    ):
        assert sentence in text


def test_the_basis_is_said_and_the_two_stocks_are_never_subtracted():
    text = text_of(work_bulletin(figures(), issue=1, issuer="中共商洛市委组织部"))
    assert "数据截至2016年6月8日，口径：" in text
    assert "不得相减" in text
    assert "32.1万" not in text


def test_the_head_carries_issue_issuer_and_date():
    bulletin = work_bulletin(figures(), issue=12, issuer="中共商洛市委组织部", on=dt.date(2016, 6, 10))
    assert isinstance(bulletin.head, BulletinHead)
    assert (bulletin.head.issue_text, bulletin.head.issuer) == ("第12期", "中共商洛市委组织部")
    assert bulletin.head.date_text == "2016年6月10日"


def test_an_absent_figure_drops_its_clause_and_a_zero_is_said():
    values = {"projects": 0, "cooperatives": 5}
    text = text_of(work_bulletin(figures(values=values, county_rows=(), region_name="商南县"), issue=1, issuer="县委组织部"))
    assert "截至2016年6月8日，全县挂职干部累计帮扶贫困村发展专业合作社5个，实施包扶项目0个。" in text
    assert "第一书记" not in text
    assert "None" not in text


def test_nothing_to_say_is_refused():
    with pytest.raises(FiguresMissing):
        work_bulletin(figures(values={}), issue=1, issuer="中共商洛市委组织部")


def test_the_whole_region_is_its_own_figure_and_a_difference_is_explained():
    rows = (("商州区", {"projects": 7_000}), ("洛南县", {"projects": 6_000}))
    text = text_of(work_bulletin(figures(county_rows=rows), issue=1, issuer="中共商洛市委组织部"))
    assert "12400" in text
    assert "注：包扶项目的全市数不等于各县区之和" in text
    assert "注：" not in text_of(work_bulletin(figures(), issue=1, issuer="中共商洛市委组织部"))


@pytest.mark.parametrize(("name", "whole"), [("商洛市", "全市"), ("商州区", "全区"), ("山阳县", "全县"), ("金丝峡镇", "全镇")])
def test_the_region_in_running_text(name, whole):
    assert whole_region(name) == whole


def test_the_bulletin_prints_on_two_pages(typefaces):
    bulletin = work_bulletin(
        figures(),
        issue=12,
        issuer="中共商洛市委组织部",
        copies_to=("省委组织部",),
        printed_by="中共商洛市委组织部办公室",
        demonstration=True,
    )
    rendered = render_pdf(bulletin, typefaces=typefaces)
    reader = pypdf.PdfReader(io.BytesIO(rendered.content))
    assert len(reader.pages) == rendered.pages == 2
    assert rendered.missing == ()
    text = "".join(page.extract_text().replace("\n", "") for page in reader.pages)
    for number in ("1.24万", "11.8万", "4.3万", "16.8万", "48.9万", "3387", "演示数据", "报送：省委组织部。"):
        assert number in text
    assert all(county in text for county in COUNTIES)
