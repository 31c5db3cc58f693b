"""The demonstration's money and work: where it should lie, in its time and with its link."""

import re

import polars as pl
import pytest

from shibaiqian.demo import kin
from shibaiqian.demo.days import working_days
from shibaiqian.demo.tests.county import made, people, postings, share
from shibaiqian.demo.work import _CREDIT, _CREDIT_WEIGHTS

# Money.


def test_incomes_lie_where_they_should() -> None:
    states = made()["households"].select("户编号", "当前状态", "脱贫日期")
    incomes = made()["incomes"].join(states, on="户编号").rename({"人均纯收入（元）": "net"})
    first = incomes.sort("年度").unique("户编号", keep="first")["net"]
    gone = incomes.filter((pl.col("年度") == 2014) & (pl.col("脱贫日期") == "2014-12-31"))["net"]
    assert 1_850 < first.median() < 2_120
    assert len(gone) == states.filter(pl.col("脱贫日期") == "2014-12-31").height
    assert 3_550 < gone.median() < 3_900 and 2_850 < gone.quantile(0.1) < 3_150 and 5_700 < gone.quantile(0.9) < 6_700
    assert gone.min() > 2_800
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
    ("kind", "day"),
    [("industry_entities", "帮扶起始日期"), ("projects", "开工日期"), ("practical_services", "办理日期"), ("work_logs", "日期")],
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
