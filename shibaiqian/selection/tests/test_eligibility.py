"""The rules of eligibility, each by itself and all together."""

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shibaiqian.postings.actions.programme import TIERS
from shibaiqian.selection.eligibility import BLOCK, OK, RULES, WARN, Background, Case, blocks, judge
from shibaiqian.selection.rules import Facts, age_on

ON = dt.date(2015, 6, 15)


@dataclass(frozen=True)
class Value:
    value: Decimal
    source: str = "洛组发〔2015〕1号"
    valid_from: dt.date = dt.date(2015, 1, 1)


@dataclass(frozen=True)
class Rules:
    label: str = "村级"
    titles: str = "第一书记"
    source_levels: str = "city|county|town"
    ranks: str = ""
    reserve_ranks: str = ""
    must_be_party_member: bool = False
    max_age: int | None = None
    young_age: int | None = None
    needs_rural_or_skill: bool = False


POLICY = {
    "work_years_min": Value(Decimal(2)), "appraisal_years": Value(Decimal(2)), "tenure_default": Value(Decimal(24)),
    "retire_age_male": Value(Decimal(60)), "retire_age_female": Value(Decimal(55)),
}  # fmt: skip
FACTS = Facts(
    name="王朝辉", sex="1", birth_month="197506", ethnicity="01", native_place="陕西洛南", birthplace="陕西洛南", political_status="01",
    party_join_month="200107", work_start_month="199609", health="健康", edu_full_time="大专", edu_full_time_school="", edu_in_service="",
    technical_title="", specialty="", personnel_type="civil_servant", management_level="county_managed", post_rank="R52", rank_since="",
    is_reserve=False, rural_experience_tenths=65, skills="", post="副局长", unit="洛南县农业局", unit_level="county", department_class="agri_tech",
)  # fmt: skip


def rules_of(code: str) -> Rules:
    said = {name: value for name, value in TIERS[code].items() if name in Rules.__dataclass_fields__}
    return Rules(**said)  # type: ignore[arg-type]


def case(tier: str = "T1000", *, background: Background | None = None, on: dt.date = ON, **facts: Any) -> Case:
    known = background or Background(grades={2013: 2, 2014: 1})
    return Case(facts=replace(FACTS, **facts), tier=rules_of(tier), policy=POLICY, background=known, on=on)


def weight(rule: str, of: Case) -> str:
    return next(verdict.weight for verdict in judge(of) if verdict.rule == rule)


@pytest.mark.parametrize(
    ("rule", "tier", "facts", "expected"),
    [
        ("source", "T10", {"unit_level": "county"}, BLOCK), ("source", "T10", {"unit_level": "city"}, OK), ("source", "T1000", {"unit_level": "town"}, OK),
        ("source", "T100", {"unit_level": "town"}, BLOCK),
        ("rank", "T10", {"post_rank": "R42"}, OK), ("rank", "T10", {"post_rank": "R51"}, BLOCK), ("rank", "T1000", {"post_rank": "R62"}, OK),
        ("rank", "T100", {"post_rank": "R51"}, OK), ("rank", "T100", {"post_rank": "R61"}, BLOCK),
        ("rank", "T100", {"post_rank": "R51", "birth_month": "196901"}, WARN),
        ("rank", "T100", {"post_rank": "R51", "birth_month": "196901", "is_reserve": True}, OK),
        ("member", "T1000", {"political_status": "02"}, BLOCK), ("member", "T1000", {"political_status": "01"}, OK),
        ("member", "T100", {"political_status": "13"}, OK),
        ("work", "T1000", {"work_start_month": "201306"}, OK), ("work", "T1000", {"work_start_month": "201307"}, BLOCK),
        ("health", "T1000", {"health": "较差"}, WARN), ("health", "T1000", {"health": ""}, WARN), ("health", "T1000", {"health": "良好"}, OK),
        ("age", "T1000", {"birth_month": "195905"}, WARN), ("age", "T1000", {"birth_month": "195907"}, OK), ("age", "T10", {"birth_month": "196206"}, WARN),
        ("term", "T1000", {"birth_month": "195706"}, WARN), ("term", "T1000", {"birth_month": "195707"}, OK),
        ("term", "T1000", {"birth_month": "196206", "sex": "2"}, WARN), ("term", "T1000", {"birth_month": "196206"}, OK),
        ("rural", "T1000", {"rural_experience_tenths": 0}, BLOCK), ("rural", "T1000", {"rural_experience_tenths": None}, WARN),
        ("rural", "T1000", {"rural_experience_tenths": 0, "skills": "law|crop"}, OK), ("rural", "T1000", {"rural_experience_tenths": 0, "skills": "law"}, BLOCK),
        ("rural", "T1000", {"rural_experience_tenths": None, "technical_title": "农艺师"}, OK), ("rural", "T100", {"rural_experience_tenths": 0}, OK),
    ],
)  # fmt: skip
def test_a_rule_of_the_tier_or_the_policy(rule: str, tier: str, facts: dict[str, Any], expected: str) -> None:
    assert weight(rule, case(tier, **facts)) == expected


@pytest.mark.parametrize(
    ("rule", "background", "expected"),
    [
        ("appraisals", Background(grades={2014: 3, 2013: 1}), BLOCK), ("appraisals", Background(grades={2012: 4, 2013: 2, 2014: 2}), OK),
        ("appraisals", Background(grades={2014: 2}), WARN), ("appraisals", Background(grades={2014: 0, 2013: 2}), WARN),
        ("punishment", Background(punished_until=ON), BLOCK), ("punishment", Background(punished_until=ON - dt.timedelta(days=1)), OK),
        ("posting", Background(posting="御史村第一书记", posting_ends=ON), BLOCK), ("posting", Background(posting="丹凤县"), BLOCK),
        ("posting", Background(posting="御史村第一书记", posting_ends=ON - dt.timedelta(days=1)), WARN),
        ("establishment", Background(in_register=False), BLOCK), ("establishment", Background(same_unit=False), BLOCK),
    ],
)  # fmt: skip
def test_a_rule_of_what_is_known_on_the_day(rule: str, background: Background, expected: str) -> None:
    assert weight(rule, case(background=background)) == expected


def test_every_verdict_says_why_and_on_what_it_stands() -> None:
    verdicts = judge(case())
    assert [verdict.rule for verdict in verdicts] == list(RULES)
    assert all(verdict.reason.endswith("。") and verdict.basis["label"] and verdict.basis["source"] for verdict in verdicts)
    work = next(verdict for verdict in verdicts if verdict.rule == "work")
    assert work.basis == {
        "key": "work_years_min", "label": "选派干部最低工作年限", "value": "2", "unit": "年", "source": "洛组发〔2015〕1号", "since": "2015-01-01",
    }  # fmt: skip


months = st.builds(lambda y, m: f"{y}{m:02}", st.integers(1950, 1997), st.integers(1, 12))
known = st.builds(
    Background, grades=st.dictionaries(st.integers(2011, 2014), st.integers(0, 4)), punished_until=st.none() | st.dates(dt.date(2014, 1, 1), dt.date(2017, 1, 1)),
    posting=st.sampled_from(["", "御史村第一书记"]), posting_ends=st.none() | st.dates(dt.date(2014, 1, 1), dt.date(2017, 1, 1)), in_register=st.booleans(), same_unit=st.booleans(),
)  # fmt: skip
anybody = st.builds(
    lambda **said: said, birth_month=months, political_status=st.sampled_from(["01", "02", "13"]), post_rank=st.sampled_from(["R41", "R42", "R51", "R52", "R61"]),
    is_reserve=st.booleans(), rural_experience_tenths=st.none() | st.integers(0, 300), sex=st.sampled_from("12"), unit_level=st.sampled_from(["city", "county", "town"]),
    health=st.sampled_from(["健康", "较差", ""]), work_start_month=st.builds(lambda y, m: f"{y}{m:02}", st.integers(1970, 2015), st.integers(1, 12)),
)  # fmt: skip


@given(facts=anybody, background=known, tier=st.sampled_from(list(TIERS)))
def test_every_rule_has_one_verdict_whoever_it_is(facts: dict[str, Any], background: Background, tier: str) -> None:
    verdicts = judge(case(tier, background=background, **facts))
    assert [verdict.rule for verdict in verdicts] == list(RULES)
    assert {verdict.weight for verdict in verdicts} <= {OK, WARN, BLOCK}
    assert all(verdict.reason for verdict in verdicts)
    assert {verdict.rule for verdict in blocks(verdicts)} == {verdict.rule for verdict in verdicts if verdict.weight == BLOCK}


@given(facts=anybody, background=known, days=st.integers(0, 2000))
def test_nobody_grows_younger(facts: dict[str, Any], background: Background, days: int) -> None:
    order = [OK, WARN, BLOCK]
    now, later = (case(background=background, on=ON + dt.timedelta(days=n), **facts) for n in (0, days))
    for rule in ("age", "term"):
        assert order.index(weight(rule, later)) >= order.index(weight(rule, now))
    assert order.index(weight("work", later)) <= order.index(weight("work", now))
    assert order.index(weight("punishment", later)) <= order.index(weight("punishment", now))


@given(facts=anybody, background=known)
def test_a_first_secretary_is_always_a_full_member(facts: dict[str, Any], background: Background) -> None:
    assert (weight("member", case("T1000", background=background, **facts)) == OK) is (facts["political_status"] == "01")


@given(birth=months, day=st.dates(dt.date(1998, 1, 1), dt.date(2030, 1, 1)))
def test_age_goes_up_once_a_year_in_the_month_of_birth(birth: str, day: dt.date) -> None:
    age = age_on(birth, day)
    assert age_on(birth, day.replace(year=day.year + 1, day=1)) == age + 1
    assert age_on(birth, dt.date(day.year, int(birth[4:6]), 1)) == day.year - int(birth[:4])


@given(facts=anybody)
def test_facts_survive_json(facts: dict[str, Any]) -> None:
    said = replace(FACTS, **facts)
    assert Facts.of_json(said.to_json()) == said
