"""The demonstration's rosters as files, and the whole city once."""

import warnings
from pathlib import Path

import fastexcel
import openpyxl
import polars as pl
import pytest

from shibaiqian.demo.livelihood import livelihood
from shibaiqian.demo.plan import (
    CITY,
    COUNTIES,
    counts,
    villages,
)
from shibaiqian.demo.register import register
from shibaiqian.demo.rosters import KINDS, county_rosters, write_roster, write_rosters
from shibaiqian.demo.tests.county import COUNTY, PASSWORD, made
from shibaiqian.regions.tests.fixture import agreed

# Rosters and files.


def test_every_roster_has_the_agreed_columns() -> None:
    for kind, frame in made().items():
        assert frame.columns == [header for header, _ in agreed(kind)], kind
        for header, required in agreed(kind):
            assert not (required and frame[header].null_count()), (kind, header)


def test_counts_of_rows_are_those_of_the_plan() -> None:
    plan = counts().filter(pl.col("region") == COUNTY).row(0, named=True)
    rosters = made()
    states = rosters["households"].select("户编号", "当前状态")
    persons = rosters["members"].join(states, on="户编号")["当前状态"].value_counts()
    found = dict(persons.iter_rows())
    assert found["未脱贫"] + found["返贫"] == plan["poor_population"]
    assert found["稳定脱贫"] == plan["people_out_stably"]
    assert set(found) == {"未脱贫", "返贫", "稳定脱贫"}
    kinds = dict(rosters["industry_entities"]["主体类型"].value_counts().iter_rows())
    assert kinds["专业合作社"] == plan["cooperatives"]
    assert kinds["产业大户"] == plan["large_producers"]
    assert rosters["projects"].height == plan["projects"]
    confirmed = rosters["practical_services"]["确认方式"].is_not_null()
    assert (confirmed.sum(), (~confirmed).sum()) == (plan["practical_services"], plan["practical_services_unconfirmed"])
    done = rosters["overhauls"].filter(pl.col("整顿状态") != "整顿中")
    assert done["村代码"].n_unique() == done.height == plan["organisations_overhauled"]


def test_households_with_rising_income_are_exactly_those_planned() -> None:
    incomes, links = made()["incomes"], made()["benefit_links"]
    active = links.filter((pl.col("起始日期") <= "2016-06-08") & (pl.col("终止日期").is_null() | (pl.col("终止日期") >= "2016-06-08")))
    net = (
        incomes.with_columns(total=pl.sum_horizontal(incomes.columns[5:9]) - pl.col("生产经营性支出（元）"))
        .with_columns(head=(pl.col("total") * 100) // pl.col("家庭人口"))
        .group_by("户编号")
        .agg(first=pl.col("head").sort_by("年度").first(), last=pl.col("head").sort_by("年度").last(), years=pl.len())
    )
    assert set(net["years"]) == {2, 3}  # who left in 2014 has that year as well
    linked = net.join(active.select("户编号").unique(), on="户编号")
    rising = linked.filter(pl.col("last") > pl.col("first"))
    wanted = villages().filter(pl.col("county") == COUNTY)
    assert rising.height == wanted["income_up"].sum()
    assert dict(rising["户编号"].str.slice(0, 12).value_counts().iter_rows()) == {
        c: n for c, n in wanted.select("code", "income_up").iter_rows() if n
    }
    assert linked.height > rising.height * 1.05  # a link does not make income rise
    assert links["户编号"].n_unique() > linked.height  # some links have ended


def test_a_file_is_a_workbook_that_others_read(tmp_path: Path) -> None:
    frame = made()["villages"]
    path = write_roster(tmp_path, "villages", COUNTY, frame)
    assert path.name == "611026-02-村（社区）名册.xlsx"
    sheet = fastexcel.read_excel(path).load_sheet(0, header_row=None, skip_rows=0, dtypes="string").to_polars()
    assert sheet.row(0)[0] == "柞水县村（社区）名册（演示数据）"
    assert list(sheet.row(1)) == frame.columns
    assert sheet.row(2) == tuple(None if cell is None else str(cell).removesuffix(".0") for cell in frame.row(0))
    assert sheet.row(-1)[0] == "合计"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        book = openpyxl.load_workbook(path)
    cells = list(book.worksheets[0].iter_rows(values_only=True))
    assert len(cells) == frame.height + 3
    assert cells[2] == frame.row(0)


def test_the_same_rows_come_out_again(tmp_path: Path) -> None:
    for kind in ("projects",):
        first = write_roster(tmp_path, kind, COUNTY, made()[kind]).read_bytes()
        register.cache_clear()
        livelihood.cache_clear()
        again = dict(county_rosters(COUNTY, PASSWORD))[kind]
        assert write_roster(tmp_path, kind, COUNTY, again).read_bytes() == first


def test_unknown_counties_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no county"):
        next(write_rosters(tmp_path, password=PASSWORD, counties=["610100"]))


def test_oddities_of_offices_stay_in_their_place(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {"列入日期": ["2015-12-31"], "整顿完成日期": [None], "验收日期": [None]},
        schema_overrides={"整顿完成日期": pl.String, "验收日期": pl.String},
    )
    sheet = (
        fastexcel.read_excel(write_roster(tmp_path, "overhauls", "611022", frame))
        .load_sheet(0, header_row=None, skip_rows=0, dtypes="string")
        .to_polars()
    )
    assert sheet.row(2)[0] == "2015.12.31"


# The stories.


def test_the_stories_are_told_in_their_villages() -> None:
    shanyang, shangzhou = (dict(county_rosters(code, PASSWORD)) for code in ("611024", "611002"))
    cooperative = shanyang["industry_entities"].filter(pl.col("名称") == "山阳县银厂白芨育苗专业合作社")
    assert cooperative["村代码"].to_list() == ["611024107209"]
    wages = shanyang["benefit_links"].filter((pl.col("主体编号") == cooperative["主体编号"][0]) & (pl.col("年增收（元）") >= 12_000))
    assert wages["联结方式"].to_list() == ["务工"]
    assert shanyang["projects"].filter(pl.col("项目名称").str.contains("无息借款"))["帮扶模式"].to_list() == ["金融支持"]
    chain = shangzhou["practical_services"].filter((pl.col("受益群众") == "陈拴虎") & (pl.col("村代码") == "611002105237"))
    assert chain["类别"].to_list() == ["生产资料", "产业技术", "产业技术", "产品销售", "产品销售", "生产资料"]
    assert chain["户编号"].null_count() == 6  # the villager is not said to be poor


# Everything, once.


@pytest.mark.slow
def test_the_whole_city_counts_to_the_article(tmp_path: Path) -> None:
    files = list(write_rosters(tmp_path, password=PASSWORD))
    assert len(files) == 13 + 7 * 28
    assert [file.order for file in files] == list(range(len(files)))
    assert [file.region for file in files[:14]] == [CITY] * 13 + ["611026"]
    rows = {kind: sum(file.rows for file in files if file.kind == kind) for kind in KINDS}
    assert rows["members"] == 657_000
    assert (rows["needs"], rows["arrivals"], rows["need_units"]) == (1_390, 1_390, 1_280)
    assert 1.06 < rows["nominations"] / 1_390 < 1.10
    assert rows["promotions"] == 185
    assert 60_000 < rows["work_logs"] < 100_000
    assert rows["villages"] == 1_302
    assert rows["industry_entities"] == 103 + 123 + 753 + 3_387
    assert (rows["projects"], rows["practical_services"]) == (12_400, 121_540)
    money, numbers = 0, pl.Series("id", [], dtype=pl.String)
    for county in COUNTIES:
        made_here = dict(county_rosters(county, PASSWORD))
        money += made_here["projects"]["总投资（元）"].sum()
        numbers = pl.concat([numbers, made_here["members"]["身份证号"].rename("id"), made_here["cadres"]["身份证号"].rename("id")])
    assert 700_000_000 < money < 900_000_000
    assert numbers.is_unique().all()
