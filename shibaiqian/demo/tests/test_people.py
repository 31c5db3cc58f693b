"""The demonstration's people, read as an official would read them: every row possible, nothing laughable."""

import datetime as dt
import itertools

import polars as pl

from shibaiqian.base.spreadsheets.id_numbers import id_birth, id_checksum_ok, id_sex
from shibaiqian.demo.names import REAL
from shibaiqian.demo.tests.county import TODAY, by_share, made, people, share
from shibaiqian.households.rules import household_rules, id_facts, income_rules, kin_rules, member_rules
from shibaiqian.households.rules import kin as together

AGES = [0, 6, 16, 60, 80]


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
