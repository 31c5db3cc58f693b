"""The demonstration's rosters, read as an official would read them: sums exact, every row possible, nothing laughable."""

import datetime as dt
import itertools
import re
import warnings
from functools import lru_cache
from pathlib import Path

import fastexcel
import numpy as np
import openpyxl
import polars as pl
import pytest

from shibaiqian.base.spreadsheets.id_numbers import id_birth, id_checksum_ok, id_sex
from shibaiqian.demo import kin
from shibaiqian.demo.days import working_days
from shibaiqian.demo.livelihood import livelihood
from shibaiqian.demo.names import REAL
from shibaiqian.demo.plan import (
    CITY,
    COOPERATIVES,
    COUNTIES,
    COUNTS,
    ENTERPRISES,
    INCOME_UP,
    OPEN_PERSONS,
    OUT_2014,
    OUT_2015,
    OVERHAULED,
    PARKS,
    PRODUCERS,
    PROJECTS,
    SERVICES,
    allot,
    counts,
    villages,
)
from shibaiqian.demo.register import register
from shibaiqian.demo.rosters import KINDS, city_rosters, county_rosters, write_roster, write_rosters
from shibaiqian.demo.work import _CREDIT, _CREDIT_WEIGHTS
from shibaiqian.households.rules import age_on, household_rules, id_facts, income_rules, kin_rules, member_rules
from shibaiqian.households.rules import kin as together
from shibaiqian.regions.tests.fixture import agreed

COUNTY, PASSWORD, TODAY = "611026", "try-it-out", dt.date(2016, 6, 8)
AGES = [0, 6, 16, 60, 80]


@lru_cache(maxsize=1)
def made() -> dict[str, pl.DataFrame]:
    return dict(county_rosters(COUNTY, PASSWORD))


@lru_cache(maxsize=1)
def people() -> pl.DataFrame:
    members = made()["members"].with_columns(birth_date=pl.col("出生日期").str.to_date())
    return members.with_columns(age=age_on(TODAY), works=pl.col("务工区域").is_not_null(), studies=pl.col("在校生状况") != "非在校生")


@lru_cache(maxsize=1)
def postings() -> pl.DataFrame:
    """All postings hosted in the county, those of the city's file included."""
    of_city = dict(city_rosters(PASSWORD))["postings"].filter(pl.col("挂职地代码").str.starts_with(COUNTY))
    return pl.concat([made()["postings"], of_city])


def share(frame: pl.DataFrame, condition: pl.Expr) -> float:
    return float(frame.select(condition.mean()).item())


def by_share(frame: pl.DataFrame, column: str) -> dict[str, float]:
    return dict(frame[column].value_counts(normalize=True).iter_rows())


# The plan of the whole city.


def test_the_plan_adds_up_to_the_article() -> None:
    city = counts().row(0, named=True)
    assert (city["poor_population"], city["people_out_stably"]) == (OPEN_PERSONS, OUT_2014 + OUT_2015) == (489_000, 168_000)
    assert (city["tier_10"], city["tier_100"], city["tier_1000"]) == (10, 100, 1_280)
    assert (city["towns"], city["villages"], city["poor_villages"]) == (98, 1_302, 699)
    entities = (city["agricultural_parks"], city["leading_enterprises"], city["cooperatives"], city["large_producers"])
    assert entities == (PARKS, ENTERPRISES, COOPERATIVES, PRODUCERS) == (103, 123, 753, 3_387)
    assert (city["projects"], city["practical_services"], city["organisations_overhauled"]) == (PROJECTS, SERVICES, OVERHAULED)
    assert (city["households_income_up"], city["promo_to_full_county_post"]) == (INCOME_UP, 28) == (43_000, 28)
    assert abs(city["households"] - 201_000) < 2_000


def test_the_published_table_of_counts_is_the_plan() -> None:
    assert pl.read_csv(COUNTS, schema_overrides={"region": pl.String}).equals(counts())


def test_counties_are_never_equal() -> None:
    table = counts().filter(pl.col("region") != CITY)
    for name in ("poor_population", "households", "projects", "practical_services", "households_income_up", "large_producers"):
        assert table[name].n_unique() == 7, name


def test_poor_villages_hold_most_of_the_poor_and_no_street_is_poor() -> None:
    plan = villages()
    poor = plan.filter("poor")
    assert 0.60 < poor["open"].sum() / plan["open"].sum() < 0.66
    assert not poor.filter((pl.col("kind") == "community") & (pl.col("town_kind") == "subdistrict")).height
    assert (poor["batch"] != "").all()


def test_services_of_an_official_are_skewed() -> None:
    served = villages().filter(pl.col("batch") != "")["services"]
    assert 80 < served.mean() < 100
    assert 12 <= served.quantile(0.1) <= 35
    assert 160 <= served.quantile(0.9) <= 215


def test_largest_remainders_are_exact_and_respect_limits() -> None:
    assert allot(10, np.array([1.0, 1.0, 1.0])).sum() == 10
    assert allot(10, np.array([100.0, 1.0, 1.0]), most=np.array([4, 9, 9])).tolist() == [4, 3, 3]
    with pytest.raises(ValueError, match="cannot be placed"):
        allot(5, np.array([1.0]), most=np.array([4]))


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
    assert set(net["years"]) == {2}
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
        again = dict(itertools.islice(county_rosters(COUNTY, PASSWORD), 15))[kind]
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


# Persons.


def test_id_numbers_are_valid_and_nobodys() -> None:
    members = people()
    number = pl.col("身份证号")
    assert share(members, id_checksum_ok(number)) == 1
    assert members["身份证号"].is_unique().all()
    assert share(members, id_birth(number) == pl.col("birth_date")) == 1
    assert share(members, id_sex(number).replace_strict({1: "男", 2: "女"}, return_dtype=pl.String) == pl.col("性别")) == 1
    prefix = number.str.slice(0, 6)
    assert share(members, prefix.str.slice(4, 2).cast(pl.Int64).is_between(91, 97)) == 1
    own = prefix == pl.when(pl.col("birth_date").dt.year() < 2002).then(pl.lit("612597")).otherwise(pl.lit("611097"))
    assert 0.92 < share(members, own) < 0.95
    assert members["birth_date"].max() <= dt.date(2015, 12, 31)


def test_sizes_ages_and_sexes_are_those_of_the_hills() -> None:
    sizes = by_share(made()["households"].with_columns(pl.col("家庭人口").clip(1, 7)), "家庭人口")
    for size, wanted in zip(range(1, 8), (0.145, 0.19, 0.22, 0.24, 0.13, 0.055, 0.02), strict=True):
        assert abs(sizes[size] - wanted) < 0.012, size
    members = people()
    for (low, high), wanted in zip(itertools.pairwise([*AGES, 200]), (0.06, 0.12, 0.61, 0.18, 0.03), strict=True):
        assert abs(share(members, pl.col("age").is_between(low, high, closed="left")) - wanted) < 0.022, low
    assert 0.525 < share(members, pl.col("性别") == "男") < 0.545
    alone = members.join(made()["households"].filter(pl.col("家庭人口") == 1), on="户编号")
    assert 0.70 < share(alone, (pl.col("性别") == "男") & pl.col("age").is_between(50, 76)) < 0.80


def test_education_and_health_are_as_reported() -> None:
    adults = by_share(people().filter((pl.col("age") >= 16) & ~pl.col("studies")), "文化程度")
    for label, wanted in (("文盲或半文盲", 0.14), ("小学", 0.38), ("初中", 0.41), ("高中", 0.06), ("大专及以上", 0.01)):
        assert abs(adults[label] - wanted) < 0.03, label
    health = by_share(people(), "健康状况")
    assert 0.065 < health["残疾"] < 0.082
    assert 0.125 < health["长期慢性病"] < 0.155
    assert 0.024 < health["患有大病"] < 0.036


def test_every_household_has_one_head_and_its_members() -> None:
    households, members = made()["households"], made()["members"]
    counted = members.group_by("户编号").agg(
        here=pl.len(), heads=(pl.col("与户主关系") == "户主").sum(), head=pl.col("姓名").filter(pl.col("与户主关系") == "户主").first()
    )
    joined = households.join(counted, on="户编号", how="full", coalesce=True)
    assert joined.height == households.height == households["户编号"].n_unique()
    assert (joined["heads"] == 1).all()
    assert (joined["here"] == joined["家庭人口"]).all()
    assert (joined["head"] == joined["户主姓名"]).all()
    assert (members.filter(pl.col("与户主关系") == "配偶").group_by("户编号").len()["len"] == 1).all()


def test_families_have_possible_ages() -> None:
    members = people()
    heads = members.filter(pl.col("与户主关系") == "户主").select("户编号", head=pl.col("birth_date").dt.year(), head_sex="性别")
    joined = members.with_columns(year=pl.col("birth_date").dt.year()).join(heads, on="户编号")
    children = joined.filter(pl.col("与户主关系").is_in(["之子", "之女"]))
    assert share(children, (pl.col("year") - pl.col("head")).is_between(18, 62)) > 0.998
    parents = joined.filter(pl.col("与户主关系").is_in(["之父", "之母"]))
    assert share(parents, (pl.col("head") - pl.col("year")) >= 16) == 1
    couples = joined.filter(pl.col("与户主关系") == "配偶")
    assert share(couples, pl.col("性别") != pl.col("head_sex")) == 1
    assert share(members.filter(pl.col("与户主关系") == "户主"), pl.col("age") >= 18) == 1


def test_wives_bear_their_own_surname_and_namesakes_are_few() -> None:
    members = people()
    wives = members.filter((pl.col("与户主关系") == "配偶") & (pl.col("性别") == "女"))
    assert share(wives, pl.col("姓名").str.slice(0, 1) != pl.col("户主姓名").str.slice(0, 1)) > 0.9
    namesakes = members.group_by("镇办").agg(pl.col("姓名").is_duplicated().mean())["姓名"].mean()
    assert 0.025 < namesakes < 0.06
    sons_in_law = share(members.filter(pl.col("与户主关系").is_in(["之儿媳", "之女婿"])), pl.col("与户主关系") == "之女婿")
    assert 0.03 < sons_in_law < 0.13
    clans = members.filter(pl.col("与户主关系") == "户主").with_columns(surname=pl.col("姓名").str.slice(0, 1))
    top = (
        clans.group_by("村代码")
        .agg(top=pl.col("surname").value_counts(sort=True).struct.field("count").head(3).sum() / pl.len())["top"]
        .mean()
    )
    assert 0.42 < top < 0.68


def test_nobody_old_has_a_fashionable_name_and_nobody_is_real() -> None:
    members = people()
    old = members.filter(pl.col("age") > 35)
    assert not old.filter(pl.col("姓名").str.contains("涵|轩|梓|萱|宸|琪$|紫")).height
    assert not set(members["姓名"]) & REAL


def test_han_are_nearly_all_and_months_of_birth_differ() -> None:
    assert 0.99 < by_share(people(), "民族")["汉族"] < 1
    months = people()["birth_date"].dt.month().value_counts()["count"]
    assert months.max() > months.min() * 1.2


# Consistency that the importer enforces or notes.


def test_the_importers_own_rules_find_nothing_in_members() -> None:
    names = {"性别": "sex", "身份证号": "id_number", "与户主关系": "relation", "在校生状况": "student_status", "健康状况": "health", "残疾证号": "disability_number",
             "劳动能力": "labour", "务工区域": "work_place", "务工月数": "work_months", "居住月数": "residence_months", "姓名": "name", "户编号": "household_number"}  # fmt: skip
    frame = people().rename(names).with_row_index("row").with_columns(id_facts())
    held = {rule.code: frame.select(rule.when.fill_null(False).sum()).item() for rule in member_rules(TODAY)}
    out_of_school = held.pop("out_of_school")
    assert not any(held.values()), held
    assert out_of_school < frame.height * 0.006  # gravely disabled children, whom the school sends teachers to
    households = made()["households"].select(
        household_number="户编号", member_count="家庭人口", register_head="户主姓名", attribute="贫困户属性"
    )
    attributes = {"一般贫困户": "general", "低保贫困户": "dibao", "五保贫困户": "wubao"}
    families = frame.join(households, on="household_number").with_columns(
        pl.col("attribute").replace_strict(attributes), household_id="household_number", there=0, heads_there=0
    )  # fmt: skip
    kinds = together(families)
    assert not any(kinds.select(rule.when.fill_null(False).sum()).item() for rule in kin_rules(whole=True))


def test_the_importers_own_rules_find_nothing_in_households_and_incomes() -> None:
    states = {"未脱贫": "registered", "稳定脱贫": "stable_exit", "返贫": "relapsed"}
    frame = made()["households"].select(
        row=pl.int_range(pl.len()), household_number="户编号", member_count="家庭人口", identified_on=pl.col("识别日期").str.to_date(),
        exited_on=pl.col("脱贫日期").str.to_date(), stable_on=pl.col("稳定脱贫确认日期").str.to_date(), relapsed_on=pl.col("返贫日期").str.to_date(),
        state=pl.col("当前状态").replace_strict(states), main_cause="主要致贫原因", other_causes=pl.col("其他致贫原因").str.replace_all("、", "|"),
        phone="联系电话", farmland_mu="耕地面积（亩）", woodland_mu="林地面积（亩）", house_square_metres="住房面积（平方米）", road_km="距主干路（公里）",
    )  # fmt: skip
    held = {rule.code: frame.select(rule.when.fill_null(False).sum()).item() for rule in household_rules(TODAY)}
    assert not any(held.values()), held
    money = {"wage_cents": "工资性收入（元）", "operation_cents": "生产经营性收入（元）", "property_cents": "财产性收入（元）", "transfer_cents": "转移性收入（元）",
             "cost_cents": "生产经营性支出（元）", "net_per_head_cents": "人均纯收入（元）"}  # fmt: skip
    incomes = made()["incomes"].select(
        row=pl.int_range(pl.len()), household_number="户编号", year="年度", member_count="家庭人口", register_members="家庭人口",
        **{name: (pl.col(header) * 100).round().cast(pl.Int64) for name, header in money.items()},
    )  # fmt: skip
    total = pl.sum_horizontal("wage_cents", "operation_cents", "property_cents", "transfer_cents") - pl.col("cost_cents")
    incomes = incomes.with_columns(computed_cents=total.sign() * (total.abs() // pl.col("member_count")))
    held = {rule.code: incomes.select(rule.when.fill_null(False).sum()).item() for rule in income_rules(TODAY)}
    assert not any(held.values()), held


def test_causes_and_attributes_have_their_shares_and_somebody_who_bears_them_out() -> None:
    households = made()["households"]
    causes = by_share(households, "主要致贫原因")
    for label, wanted in (
        ("因病", 0.27),
        ("缺技术", 0.19),
        ("缺资金", 0.17),
        ("缺劳力", 0.12),
        ("因残", 0.08),
        ("因学", 0.08),
        ("交通条件落后", 0.04),
    ):
        assert abs(causes[label] - wanted) < 0.015, label
    assert 0.39 < share(households, (pl.col("主要致贫原因") == "因病") | pl.col("其他致贫原因").fill_null("").str.contains("因病")) < 0.46
    attributes = by_share(households, "贫困户属性")
    assert abs(attributes["低保贫困户"] - 0.30) < 0.01
    assert abs(attributes["五保贫困户"] - 0.08) < 0.01
    who = people().group_by("户编号").agg(
        ill=pl.col("健康状况").is_in(["长期慢性病", "患有大病"]).any(), disabled=(pl.col("健康状况") == "残疾").any(),
        students=pl.col("studies").any(), able=pl.col("劳动能力").is_in(["普通劳动力", "技能劳动力"]).any(),
    )  # fmt: skip
    joined = households.join(who, on="户编号")
    for cause, borne_out in (("因病", "ill"), ("因残", "disabled"), ("因学", "students"), ("缺技术", "able"), ("缺资金", "able")):
        assert joined.filter(pl.col("主要致贫原因") == cause)[borne_out].all(), cause


# Money.


def test_incomes_lie_where_they_should() -> None:
    states = made()["households"].select("户编号", "当前状态", "脱贫日期")
    incomes = made()["incomes"].join(states, on="户编号").rename({"人均纯收入（元）": "net"})
    first = incomes.filter(pl.col("年度") < 2015)["net"]
    assert 1_850 < first.median() < 2_120
    latest = incomes.filter(pl.col("年度") == 2015)
    poor = latest.filter(pl.col("当前状态") != "稳定脱贫")
    assert 2_300 < poor["net"].median() < 2_600
    assert 0.08 < share(poor, pl.col("net") > 2_855) < 0.125
    assert share(latest, pl.col("net").is_between(2_855, 2_905, closed="right")) < 0.03
    out = latest.filter(pl.col("当前状态") == "稳定脱贫")
    assert out["net"].min() > 2_855
    assert 3_700 < out.filter(pl.col("脱贫日期") == "2015-12-31")["net"].median() < 4_200
    items = latest.select(pl.col("^.*（元）$").sum()).row(0, named=True)
    operation = items["生产经营性收入（元）"] - items["生产经营性支出（元）"]
    parts = [items["工资性收入（元）"], operation, items["转移性收入（元）"], items["财产性收入（元）"]]
    for part, wanted in zip(parts, (0.48, 0.27, 0.23, 0.02), strict=True):
        assert abs(part / sum(parts) - wanted) < 0.03
    assert share(latest, pl.col("工资性收入（元）") % 50 == 0) == 1
    assert 0.005 < share(incomes, pl.col("生产经营性收入（元）") < pl.col("生产经营性支出（元）")) < 0.02


def test_wages_are_earned_by_somebody() -> None:
    worked = people().group_by("户编号").agg(able=pl.col("劳动能力").is_in(["普通劳动力", "技能劳动力"]).any() | pl.col("works").any())
    incomes = made()["incomes"].join(worked, on="户编号")
    assert not incomes.filter(~pl.col("able") & (pl.col("工资性收入（元）") > 0)).height


def test_projects_cost_what_projects_cost() -> None:
    projects = made()["projects"]
    yuan = projects["总投资（元）"]
    assert 25_000 < yuan.median() < 45_000
    assert 110_000 < yuan.quantile(0.9) < 180_000
    assert yuan.max() <= 5_000_000
    assert share(projects, pl.col("总投资（元）") % 1_000 == 0) > 0.78
    assert share(projects, pl.col("总投资（元）") % 100 == 0) == 1
    assert 0.60 < share(projects, pl.col("项目类型") == "基础设施") < 0.72
    assert 0.05 < share(projects.filter(pl.col("完工日期").is_not_null()), pl.col("完工日期") > pl.col("计划完工日期")) < 0.15
    assert not projects.filter((pl.col("完工日期") > "2016-06-08") | (pl.col("完工日期") < pl.col("开工日期"))).height
    assert (projects.filter(pl.col("项目状态") == "在建")["完工日期"].null_count(), projects["项目编号"].is_unique().all()) == (
        projects.filter(pl.col("项目状态") == "在建").height, True,
    )  # fmt: skip


# Work in its time and with its link.


def test_one_first_secretary_a_village() -> None:
    secretaries = postings().filter(pl.col("层级") == "村级")
    assert secretaries["挂职地代码"].is_unique().all()
    assert postings()["任职编号"].is_unique().all()
    assert postings()["任职编号"].str.contains(r"^(柞水-村|商洛-镇|商洛-县)-201[456]-\d{4}$").all()
    holidays = pl.Series(working_days("2014-01-01", "2016-06-08")).cast(pl.String).to_list()
    assert postings()["任职日期"].is_in(holidays).all()


@pytest.mark.parametrize(
    ("kind", "day"), [("industry_entities", "帮扶起始日期"), ("projects", "开工日期"), ("practical_services", "办理日期")]
)
def test_work_lies_within_a_posting_that_covers_the_village(kind: str, day: str) -> None:
    rows = made()[kind]
    joined = rows.join(postings().select("任职编号", "挂职地代码", "到任日期"), on="任职编号", how="left")
    assert joined.height == rows.height
    assert joined.select(pl.col("村代码").str.starts_with(pl.col("挂职地代码")).all()).item()
    assert joined.select(pl.col(day).is_between(pl.col("到任日期"), pl.lit("2016-06-08")).all()).item()


def test_services_fit_their_households_and_seasons() -> None:
    services = made()["practical_services"]
    assert not services.select("任职编号", "村代码", "受益群众", "类别", "办理日期", "办理内容").is_duplicated().any()
    month = pl.col("办理日期").str.slice(5, 2).cast(pl.Int64)
    assert set(services.filter(pl.col("办理内容") == "帮助采收核桃").select(month).to_series()) <= {9}
    assert set(services.filter(pl.col("办理内容").str.contains("春节前")).select(month).to_series()) <= {1, 2}
    students = people().filter("studies")["户编号"].implode()
    schooling = services.filter((pl.col("类别") == "就学帮扶") & pl.col("户编号").is_not_null())
    assert schooling["户编号"].is_in(students).all()
    known = services.filter(pl.col("户编号").is_not_null())
    assert known.select((pl.col("户编号").str.slice(0, 12) == pl.col("村代码")).all()).item()
    assert not services.filter(pl.col("确认日期") < pl.col("办理日期")).height
    weekday = services["办理日期"].str.to_date().dt.weekday().value_counts(normalize=True)
    assert dict(weekday.iter_rows())[7] < 0.08


def test_links_are_of_living_households_and_founded_entities() -> None:
    rosters = made()
    links = rosters["benefit_links"].join(
        rosters["industry_entities"].select("主体编号", "成立日期"), on="主体编号", how="left", coalesce=True
    )
    links = links.join(rosters["households"].select("户编号", "贫困户属性", head="户主姓名"), on="户编号", how="left")
    assert not links.filter(pl.col("起始日期") < pl.col("成立日期")).height
    assert not links.filter((pl.col("终止日期") < pl.col("起始日期")) | (pl.col("起始日期") > "2016-06-08")).height
    assert "五保贫困户" not in set(links["贫困户属性"])
    assert (links["head"] == links["户主姓名"]).all()


def test_credit_codes_check_and_are_nobodys() -> None:
    codes = made()["industry_entities"]["统一社会信用代码"].drop_nulls()
    assert codes.is_unique().all()
    for code in codes:
        assert re.fullmatch(r"9[13]611097[0-9A-Z]{10}", code)
        total = sum(_CREDIT.index(c) * w for c, w in zip(code, _CREDIT_WEIGHTS, strict=False))
        assert _CREDIT[(31 - total % 31) % 31] == code[17]


def test_the_open_have_helpers() -> None:
    rosters = made()
    paired = set(rosters["pairings"].filter(pl.col("解除日期").is_null())["户编号"])
    still = rosters["households"].filter(pl.col("当前状态") != "稳定脱贫")["户编号"]
    assert 0.98 < still.is_in(list(paired)).mean() < 1
    running = rosters["pairings"].filter(pl.col("解除日期").is_null())
    assert not running.select("户编号").is_duplicated().any()
    helpers = running.select("帮扶责任人", "单位编码", "联系电话").n_unique()
    assert 12 < helpers / 91 < 30  # about ten to twenty times as many as posted officials


def test_nothing_is_a_hundred_per_cent() -> None:
    households = made()["households"]
    for column in ("饮水安全", "是否通电"):
        assert 0.5 < share(households, pl.col(column) == "是") < 1
    assert 0.95 < share(made()["members"], pl.col("医疗保险") == "新农合") < 0.99
    assert households["联系电话"].drop_nulls().str.slice(0, 3).n_unique() > 15


def test_relations_are_known_to_the_register() -> None:
    assert set(people()["与户主关系"]) <= set(kin.RELATIONS)


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
    assert len(files) == 5 + 7 * 15
    assert [file.order for file in files] == list(range(len(files)))
    assert [file.region for file in files[:6]] == [CITY] * 5 + ["611026"]
    rows = {kind: sum(file.rows for file in files if file.kind == kind) for kind in KINDS}
    assert rows["members"] == 657_000
    assert rows["postings"] == 1_390
    assert rows["promotions"] == 185
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
