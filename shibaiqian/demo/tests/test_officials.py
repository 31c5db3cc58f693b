"""Rosters of officials: the figures of the plan, what an official would look for, and the importer's own checks."""

import itertools
from functools import lru_cache

import numpy as np
import polars as pl

from shibaiqian.base.spreadsheets.id_numbers import id_birth, id_checksum_ok
from shibaiqian.demo import accounts
from shibaiqian.demo.days import working_days
from shibaiqian.demo.officials import postings as posted_in
from shibaiqian.demo.plan import (
    CITY,
    COUNTIES,
    FIRST_SECRETARIES_OF_CITY,
    FIRST_SECRETARIES_OF_TOWN,
    PROMOTED,
    STORY_VILLAGES,
    counts,
    villages,
)
from shibaiqian.demo.rosters import city_rosters, county_rosters
from shibaiqian.regions.tests.fixture import agreed

PASSWORD = "try-it-out"
# Persons of the article: nobody invented has their names.
OF_ARTICLE = {"刘海宏", "王朝辉", "张猛虎", "宁成森"}
CITY_KINDS = [
    "organisations", "issuers", "cadres", "past_appraisals", "families", "trainings", "accounts", "batches", "needs", "nominations", "promotions", "gate_reviews", "arrivals",
]  # fmt: skip
COUNTY_KINDS = [
    "organisations", "issuers", "villages", "overhauls", "cadres", "past_appraisals", "families", "trainings", "accounts", "needs", "need_units", "nominations", "promotions",
]  # fmt: skip


@lru_cache(maxsize=8)
def of_region(region: str) -> dict[str, pl.DataFrame]:
    made = city_rosters(PASSWORD) if region == CITY else county_rosters(region, PASSWORD)
    return {kind: as_text(frame) for kind, frame in itertools.takewhile(lambda kept: kept[0] != "households", made)}


def as_text(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.all().cast(pl.String))


@lru_cache(maxsize=1)
def postings() -> pl.DataFrame:
    """All postings, in the order of the counties that host them."""
    rows = [
        (p.number, p.tier, p.host, county, p.cadre.name, p.cadre.id_number, p.cadre.unit.code, p.arrived.item(), p.ends.item())
        for county in COUNTIES
        for p in posted_in(county)
    ]
    names = ["number", "tier", "host", "county", "name", "id_number", "unit_code", "arrived", "planned_end"]
    return pl.DataFrame(rows, schema=names, orient="row")


@lru_cache(maxsize=1)
def everywhere() -> dict[str, pl.DataFrame]:
    """All rows of a kind, with the region whose file they stand in."""
    regions = [CITY, *COUNTIES]
    return {
        kind: pl.concat(of_region(r)[kind].with_columns(pl.lit(r).alias("file")) for r in regions if kind in of_region(r))
        for kind in dict.fromkeys(CITY_KINDS + COUNTY_KINDS)
    }


def test_files_and_columns_are_those_agreed() -> None:
    for region, kinds in ((CITY, CITY_KINDS), *((county, COUNTY_KINDS) for county in COUNTIES)):
        made = of_region(region)
        assert list(made) == kinds
        for kind, frame in made.items():
            assert frame.columns == [header for header, _ in agreed(kind)], kind
            assert set(frame.dtypes) == {pl.String}


def test_postings_are_as_many_as_the_plan_says() -> None:
    whole, plan = postings(), villages()
    assert whole.height == 1_390 == whole["number"].n_unique() == whole["id_number"].n_unique()
    for column, tier in (("tier_10", "T10"), ("tier_100", "T100"), ("tier_1000", "T1000")):
        wanted = {row["region"]: row[column] for row in counts().filter(pl.col("region") != CITY).iter_rows(named=True)}
        assert dict(whole.filter(tier=tier)["county"].value_counts().iter_rows()) == wanted
    hosts = whole.filter(tier="T1000")["host"]
    assert sorted(hosts) == sorted(plan.filter(pl.col("batch") != "")["code"])
    assert set(plan.filter("poor")["code"]) <= set(hosts)
    level = whole.filter(tier="T1000")["unit_code"].str.split("-").list.first().str.len_chars().value_counts()
    city, town = FIRST_SECRETARIES_OF_CITY, FIRST_SECRETARIES_OF_TOWN
    assert dict(level.iter_rows()) == {4: city, 9: town, 6: 1_280 - city - town}


def test_a_file_holds_the_officials_of_its_own_units() -> None:
    rows = everywhere()
    for region in (CITY, *COUNTIES):
        made = of_region(region)
        own = set(made["organisations"]["单位编码"])
        assert set(made["cadres"]["工作单位编码"]) <= own
        named = {*made["nominations"]["身份证号"], *made["promotions"]["身份证号"], *made["past_appraisals"]["身份证号"]}
        assert named <= set(made["cadres"]["身份证号"])
        assert made["needs"]["挂职地代码"].str.starts_with(region).all()
    assert rows["organisations"]["单位编码"].is_unique().all()
    assert rows["cadres"]["身份证号"].is_unique().all()
    assert rows["accounts"]["登录名"].is_unique().all()
    assert rows["villages"].filter(pl.col("是否贫困村") == "是").height == 699


def test_postings_keep_their_days() -> None:
    working = set(working_days("2014-01-01", "2016-06-08").tolist())
    for county in COUNTIES:
        for p in posted_in(county):
            days = [p.appointed, p.arrived, p.party_out, *([] if np.isnat(p.party_in) else [p.party_in])]
            assert {day.item() for day in days} <= working, p.number
            assert p.appointed <= p.party_out <= days[-1] <= p.party_out + 30, p.number
            assert 11.9 <= (p.ends - p.appointed).astype(int) / 30.4 <= 36.5, p.number
            assert p.ends >= np.datetime64("2016-06-08"), p.number


def test_persons_are_believable_and_not_those_of_the_article() -> None:
    cadres = everywhere()["cadres"].with_columns(birth=id_birth(pl.col("身份证号")))
    assert cadres.select(id_checksum_ok(pl.col("身份证号")).all()).item()
    assert set(everywhere()["nominations"]["身份证号"]) <= set(cadres.filter(pl.col("政治面貌") == "中共党员")["身份证号"])
    said = {*cadres["姓名"], *everywhere()["accounts"]["姓名"], *everywhere()["villages"]["村党组织书记"]}
    assert not said & OF_ARTICLE
    first = postings().filter(tier="T1000").select(村代码="host", first="name")
    both = everywhere()["villages"].join(first, on="村代码")
    assert not both.filter(pl.col("first") == pl.col("村党组织书记")).height


def test_namesakes_among_posted_officials_are_as_rare_as_in_life() -> None:
    whole = postings()
    again = whole.filter(whole.select("county", "name").is_duplicated())
    assert again.height <= 10  # five pairs among 1,390; rosters name them by number, so nothing is ambiguous


def test_the_ten_are_deputies_of_the_city() -> None:
    ten = postings().filter(tier="T10").join(everywhere()["cadres"], left_on="id_number", right_on="身份证号")
    assert set(ten["职务层次"]) == {"县处级副职"}
    assert set(ten["file"]) == {CITY}


def test_promotions_are_as_many_as_the_plan_says_where_the_new_post_is() -> None:
    kinds = ["县区党政副职提拔正县职", "提拔重用科级", "乡镇党委书记选拔", "市直科长选派县区班子"]
    rows = everywhere()["promotions"].with_columns(region=pl.col("新任单位编码").str.slice(0, 6))
    assert [rows.filter(pl.col("使用类别") == kind).height for kind in kinds] == list(PROMOTED)
    for county in COUNTIES.values():
        there = rows.filter(pl.col("region") == county.code)
        assert [there.filter(pl.col("使用类别") == kind).height for kind in kinds] == list(county.promoted)
    assert rows["任职日期"].is_in(pl.Series(working_days("2016-01-04", "2016-06-07")).cast(pl.String).to_list()).all()


def test_the_story_of_the_bureau_head() -> None:
    posted = accounts.first_secretary("611023111216")
    assert (posted.cadre.unit.name, posted.cadre.post, posted.cadre.rank) == ("商南县文化广播影视局", "局长", "乡科级正职")
    assert {code: accounts.first_secretary(code).title for code in STORY_VILLAGES} == dict.fromkeys(STORY_VILLAGES, "第一书记")


def test_accounts_show_every_role_at_its_place() -> None:
    made = of_region("611023")["accounts"]
    assert set(made["登录名"]) == {
        f"shangnan.{word}"
        for word in ("org", "poverty", "unit", "discipline", "helper", "town", "station", "village", "group", "host", "secretary")
    }
    below = {place[:9] for place in made["区划代码"].drop_nulls() if len(place) > 6}
    assert len(below) == 1, "who looks at one matter as village, town and county finds it"
    who = accounts.helper_account("611023")
    helper = made.filter(pl.col("登录名") == "shangnan.helper")
    assert helper.select("姓名", "单位编码").rows() == [(who.name, who.unit.code)]
    assert who.unit.code in set(of_region("611023")["organisations"]["单位编码"])


def test_accounts_are_tied_to_who_stands_in_the_register() -> None:
    made = everywhere()["accounts"].filter(pl.col("身份证号").is_not_null())
    tied = made.join(everywhere()["cadres"], on="身份证号", how="left").select("登录名", "姓名", "姓名_right")
    assert not tied.filter(pl.col("姓名") != pl.col("姓名_right")).height and not tied["姓名_right"].null_count()
    words = ("org", "poverty", "unit", "helper", "town", "station", "secretary")
    assert {login.split(".")[1] for login in tied["登录名"]} == set(words)
    assert not everywhere()["accounts"].filter(pl.col("身份证号").is_null() & pl.col("登录名").str.contains(r"\.org$")).height


def test_families_are_believable_and_nobodys_namesake() -> None:
    rows = everywhere()["families"]
    assert set(rows["身份证号"]) <= set(everywhere()["cadres"]["身份证号"])
    plain = rows.filter(pl.col("任职（经营）情况").is_null())
    assert not set(plain["成员姓名"]) & set(everywhere()["cadres"]["姓名"])
    assert not set(rows["成员姓名"]) & OF_ARTICLE
    birth = rows.with_columns(own=id_birth(pl.col("身份证号")).dt.year(), born=pl.col("出生年月").str.slice(0, 4).cast(pl.Int64))
    assert birth.filter(pl.col("称谓").is_in(["父亲", "母亲"])).select((pl.col("own") - pl.col("born")).is_between(19, 32).all()).item()
    assert birth.filter(pl.col("称谓").is_in(["儿子", "女儿"])).select((pl.col("born") - pl.col("own")).is_between(23, 40).all()).item()
    fathers = rows.filter((pl.col("称谓") == "父亲") & (pl.col("姓名").str.len_chars() == 3))
    same = fathers.select((pl.col("姓名").str.slice(0, 1) == pl.col("成员姓名").str.slice(0, 1)).mean()).item()
    assert same == 1
    proposed = everywhere()["nominations"]["身份证号"].n_unique()
    assert 0.8 < rows["身份证号"].n_unique() / proposed < 0.95


def test_what_a_relation_forbids_is_never_the_post_that_was_meant() -> None:
    planned = {p.cadre.id_number: p for county in COUNTIES for p in posted_in(county)}
    tied = everywhere()["families"].filter(pl.col("任职（经营）情况").is_not_null())
    kinds = dict(tied["任职（经营）情况"].value_counts().iter_rows())
    assert min(kinds[label] for label in ("村（社区）“两委”成员", "单位主要负责人", "企业或项目负责人")) >= 8
    heads = {name for region in (CITY, *COUNTIES) for name in of_region(region)["organisations"]["主要负责人"].drop_nulls()}
    secretaries = dict(everywhere()["villages"].select("村代码", "村党组织书记").iter_rows())
    for number, name, place, kind in tied.select("身份证号", "成员姓名", "任职（经营）地代码", "任职（经营）情况").iter_rows():
        if kind == "企业或项目负责人":
            continue
        assert not planned[number].host.startswith(place)
        assert name in heads if kind == "单位主要负责人" else name == secretaries[place]


def test_everybody_who_may_be_posted_was_trained_before() -> None:
    rows = everywhere()["trainings"]
    working = {str(day) for day in working_days("2014-01-01", "2016-06-08").tolist()}
    assert set(rows["开始日期"]) | set(rows["结束日期"]) <= working
    before = rows.filter(pl.col("类别") == "岗前培训").group_by("身份证号").agg(pl.col("结束日期").min())
    posted = postings().join(before, left_on="id_number", right_on="身份证号", how="left")
    assert not posted.filter(pl.col("结束日期").is_null() | (pl.col("结束日期").str.to_date() >= pl.col("arrived"))).height


def test_skills_are_those_that_posts_ask_for() -> None:
    cadres = everywhere()["cadres"]
    told = cadres.filter(pl.col("姓名") == "屈立新")["专长类别"].to_list()
    assert any("养殖" in (skills or "") for skills in told)
    assert 0.6 < (cadres["专长类别"].is_not_null()).mean() < 0.9
