"""Who was proposed, when and by which papers: the plan of selection before anything is loaded."""

import numpy as np
import polars as pl

from shibaiqian.demo.arrivals import letters_of
from shibaiqian.demo.candidates import FAILED, SPARE, WITHDRAWN, all_rounds, rounds
from shibaiqian.demo.days import working_days
from shibaiqian.demo.officials import officials
from shibaiqian.demo.officials import postings as posted_in
from shibaiqian.demo.open_batch import open_posts
from shibaiqian.demo.plan import CITY, COUNTIES
from shibaiqian.demo.procedure import BATCHES
from shibaiqian.demo.selection_rosters import batch_rows, need_unit_rows, past_appraisal_rows, review_rows
from shibaiqian.demo.tests.county import COUNTY, made
from shibaiqian.postings.targets.excel import INDICATORS


def test_a_few_more_were_proposed_than_posted() -> None:
    posts, proposed = sum(len(r.posts) for r in all_rounds()), [c for r in all_rounds() for c in r.candidates]
    assert posts == 1_390
    assert 1.06 < len(proposed) / posts < 1.10
    assert sum(not c.fate for c in proposed) == posts
    assert min(sum(c.fate == fate for c in proposed) for fate in (FAILED, SPARE, WITHDRAWN)) > 20
    assert len({c.number for c in proposed}) == len(proposed)


def test_a_round_goes_from_the_minute_to_the_notice_on_working_days() -> None:
    working = set(working_days("2014-01-01", "2016-06-08").tolist())
    for found in all_rounds():
        days = found.days
        first = min(p.appointed for p in found.posts)
        steps = [days.screened, days.asked, days.reviewed, days.replied, days.matched, days.drawn, days.met, days.published]
        assert steps == sorted(steps)
        assert {day.item() for day in steps} <= working
        assert len(working_days(str(days.published), str(first - 1))) == 5  # the notice ends on the day before
        assert all(c.minute_on < c.nominated <= days.screened for c in found.candidates)
        if found.batch:
            opened = np.datetime64(BATCHES[found.batch][0])
            assert opened <= days.confirmed
            assert opened <= min(c.nominated for c in found.candidates)


def test_each_document_is_of_who_decides_and_gives_one_term() -> None:
    papers: dict[str, set[tuple[object, ...]]] = {}
    for found in all_rounds():
        sign = "商组发" if found.decider == CITY else COUNTIES[found.decider].sign
        for posting in found.posts:
            assert posting.document.startswith(f"{sign}〔{str(posting.appointed)[:4]}〕")
            papers.setdefault(posting.document, set()).add((found.tier, found.batch, posting.appointed, posting.ends))
    assert max(map(len, papers.values())) == 1


def test_units_that_are_bound_to_a_village_propose_for_it() -> None:
    bound = dict(need_unit_rows(COUNTY).select("岗位编号", "包村单位编码").iter_rows())
    for found in rounds(COUNTY):
        if found.tier == "T1000":
            wanted = sorted(bound[p.number] for p in found.posts)
            assert sorted(c.cadre.unit.code for c in found.candidates if not c.fate) == wanted
    assert bound == {p.number: p.cadre.unit.code for p in posted_in(COUNTY) if p.tier == "T1000"}
    partners = dict(made()["villages"].select("村代码", "包村单位编码").iter_rows())
    assert all(partners[p.host] == p.cadre.unit.code for p in posted_in(COUNTY) if p.tier == "T1000")


def test_quotas_are_what_was_given_and_twenty_posts_are_open() -> None:
    quotas = batch_rows()
    assert quotas["名额"].sum() == 1_390 - 1 + 20  # one was sent outside a batch
    assert sum(len(open_posts(county)) for county in COUNTIES) == 20


def test_nobody_reviews_their_own_unit_or_a_namesake() -> None:
    officials(CITY), officials(COUNTY)
    by_number = {c.number: c.cadre for r in (*rounds(COUNTY), *rounds(CITY)) for c in r.candidates}
    for rows in (review_rows(COUNTY), review_rows(CITY)):
        for number, unit, reviewer in rows.select("推荐编号", "审查单位", "审查人").iter_rows():
            assert unit != by_number[number].unit.name
            assert reviewer != by_number[number].name
        assert set(rows["关口"]) == {"政治关", "品行关", "能力关"}  # integrity is answered by letter


def test_earlier_grades_are_known_for_the_years_that_count() -> None:
    grades = past_appraisal_rows(COUNTY, [COUNTY])
    assert set(grades["考核等次"]) == {"优秀", "称职"}
    assert not grades.select("身份证号", "年度").is_duplicated().any()
    assert 0.10 < (grades["考核等次"] == "优秀").mean() < 0.25


def test_bound_households_are_poor_and_of_the_village() -> None:
    rows = made()["posted_households"].join(made()["households"].select("户编号", "当前状态", "识别日期"), on="户编号")
    assert rows.height == made()["posted_households"].height
    assert set(rows["当前状态"]) == {"未脱贫"}
    assert not rows.filter((pl.col("起始日期") < pl.col("识别日期")) | (pl.col("起始日期") > "2016-06-08")).height
    each = rows["任职编号"].value_counts()["count"]
    assert (each.min(), each.max()) == (4, 8)
    assert each.len() == 81


def test_letters_of_targets_are_sound() -> None:
    rows = letters_of([(p, "甲", "乙") for p in posted_in(COUNTY)])
    assert set(rows["统计指标"].drop_nulls()) <= set(INDICATORS)
    assert set(rows.group_by("任职编号").agg(pl.sum("权重"))["权重"]) == {100}
    assert not rows.filter(pl.col("目标值") <= pl.col("基数")).height
    assert rows["签订日期"].min() >= "2016-01-11" and rows["签订日期"].max() < "2016-04-10"
    assert rows["任职编号"].n_unique() == 91
