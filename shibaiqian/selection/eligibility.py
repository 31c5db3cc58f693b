"""Whether a candidate may be posted (domain.md 4.3): each rule with its verdict, the reason in words and what it stands on. Pure."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any, Protocol

from shibaiqian.cadres.codes import FULL_MEMBER, SKILLS
from shibaiqian.policy.rules import GRADES, KEY_OF
from shibaiqian.postings.rules import months_after
from shibaiqian.selection.rules import Facts, age_on

OK, WARN, BLOCK = "ok", "warn", "block"
# What counts as agricultural skill (涉农专业技术特长, S8), by code and by the words of titles and specialities.
FARM_SKILLS = frozenset({"crop", "livestock", "forestry", "water", "veterinary", "rural_work"})
FARM_WORDS = ("农", "林", "牧", "兽医", "水产", "果树", "果业", "茶", "药材", "蚕", "食用菌", "畜", "养殖", "种植", "栽培", "水利", "园艺")
RANKS = {"R41": "县处级正职", "R42": "县处级副职", "R51": "乡科级正职", "R52": "乡科级副职", "R61": "科员", "R62": "办事员"}
LEVELS = {"city": "市直", "county": "县区直", "town": "镇办", "village": "村"}
COMPETENT = 2  # levels of the register: 1 excellent, 2 competent, 3 basically competent, 4 incompetent
KEYS = ("work_years_min", "appraisal_years", "tenure_default", "retire_age_male", "retire_age_female")


class TierRules(Protocol):
    """What a tier says of its candidates: a row of `postings.Tier`."""

    label: str
    titles: str
    source_levels: str
    ranks: str
    reserve_ranks: str
    must_be_party_member: bool
    max_age: int | None
    young_age: int | None
    needs_rural_or_skill: bool


class PolicyRow(Protocol):
    """A value in force with its source: a row of `policy.PolicyParameter`."""

    value: Decimal
    source: str
    valid_from: dt.date


@dataclass(frozen=True)
class Background:
    """What is known on the day besides the frozen facts. `posting` says where the candidate serves, `posting_ends` until when (planned)."""

    grades: Mapping[int, int] = field(default_factory=dict)
    punished_until: dt.date | None = None
    posting: str = ""
    posting_ends: dt.date | None = None
    in_register: bool = True
    same_unit: bool = True


@dataclass(frozen=True)
class Verdict:
    """One rule: its code and name, ok, warn or block, why, and the basis: a policy row or the tier."""

    rule: str
    label: str
    weight: str
    reason: str
    basis: Mapping[str, str]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Case:
    """Everything a rule may look at."""

    facts: Facts
    tier: TierRules
    policy: Mapping[str, PolicyRow]
    background: Background
    on: dt.date

    def number(self, key: str) -> int:
        return int(self.policy[key].value)

    @property
    def age(self) -> int:
        return age_on(self.facts.birth_month, self.on)

    @property
    def term_ends(self) -> dt.date:
        return months_after(self.on, self.number("tenure_default"))

    def by_policy(self, key: str) -> dict[str, str]:
        row = self.policy[key]
        said = {"key": key, "label": KEY_OF[key].label, "value": f"{row.value.normalize():f}", "unit": KEY_OF[key].unit}
        return {**said, "source": row.source, "since": str(row.valid_from)}

    def by_tier(self, what: str) -> dict[str, str]:
        return {"label": f"{self.tier.label}挂职的{what}", "source": "工程与层级"}


Said = tuple[str, str, Mapping[str, str]]


def judge(case: Case) -> tuple[Verdict, ...]:
    """Every rule of 4.3, in its order."""
    return tuple(Verdict(code, label, *rule(case)) for code, (label, rule) in RULES.items())


def blocks(verdicts: tuple[Verdict, ...]) -> tuple[Verdict, ...]:
    return tuple(verdict for verdict in verdicts if verdict.weight == BLOCK)


def _source(case: Case) -> Said:
    basis, level = case.by_tier("来源"), case.facts.unit_level
    if level in case.tier.source_levels.split("|"):
        return OK, f"来自{LEVELS.get(level, level)}单位。", basis
    wanted = "、".join(LEVELS.get(one, one) for one in case.tier.source_levels.split("|"))
    return BLOCK, f"来自{LEVELS.get(level, level)}单位，而{case.tier.label}挂职从{wanted}单位选派。", basis


def _rank(case: Case) -> Said:
    basis, rank, tier = case.by_tier("职级"), case.facts.post_rank, case.tier
    if not tier.ranks and not tier.reserve_ranks:
        return OK, "不限职级。", basis
    name = RANKS.get(rank, rank)
    if case.facts.is_reserve and rank in tier.reserve_ranks.split("|"):
        return OK, f"{name}，后备干部。", basis
    if rank in tier.ranks.split("|") and rank:
        if tier.young_age is not None and case.age > tier.young_age:
            return WARN, f"{name}，{case.age} 岁，超过优秀年轻干部的 {tier.young_age} 岁，又不是后备干部。", basis
        return OK, f"{name}。", basis
    allowed = "、".join(RANKS.get(one, one) for one in dict.fromkeys([*tier.ranks.split("|"), *tier.reserve_ranks.split("|")]) if one)
    return BLOCK, f"现为{name}，而{tier.label}挂职从{allowed}中选派。", basis


def _member(case: Case) -> Said:
    basis = case.by_tier("政治面貌")
    if not case.tier.must_be_party_member:
        return OK, "不要求是党员。", basis
    if case.facts.political_status == FULL_MEMBER:
        return OK, "中共正式党员。", basis
    return BLOCK, f"不是中共正式党员，不能任{case.tier.titles.replace('|', '、')}。", basis


def _work(case: Case) -> Said:
    basis, least = case.by_policy("work_years_min"), case.number("work_years_min")
    years = age_on(case.facts.work_start_month, case.on)
    if years >= least:
        return OK, f"工作 {years} 年。", basis
    return BLOCK, f"{case.facts.work_start_month[:4]} 年 {case.facts.work_start_month[4:]} 月参加工作，不满 {least} 年。", basis


def _health(case: Case) -> Said:
    basis, health = {"label": "身体条件", "source": "选派第一书记的通知（2015）"}, case.facts.health
    if health in ("健康", "良好", "一般"):
        return OK, f"健康状况：{health}。", basis
    return WARN, f"健康状况{f'为“{health}”' if health else '没有登记'}，请核实能否履职。", basis


def _establishment(case: Case) -> Said:
    basis = {"label": "在编在职", "source": "干部名册"}
    if not case.background.in_register:
        return BLOCK, "已不在干部名册中。", basis
    if not case.background.same_unit:
        return BLOCK, f"已不在{case.facts.unit}工作，请由现单位重新推荐。", basis
    return OK, f"{case.facts.unit}在编在职。", basis


def _appraisals(case: Case) -> Said:
    basis = case.by_policy("appraisal_years")
    years = [case.on.year - n for n in range(1, case.number("appraisal_years") + 1)]
    known = {year: case.background.grades[year] for year in years if case.background.grades.get(year)}
    low = [year for year, level in known.items() if level > COMPETENT]
    if low:
        return BLOCK, "、".join(f"{year} 年度考核为{GRADES[5 - known[year]]}" for year in sorted(low)) + "。", basis
    unknown = [str(year) for year in sorted(years) if year not in known]
    if unknown:
        return WARN, f"{'、'.join(unknown)} 年度考核等次没有登记，请核实。", basis
    return OK, "、".join(f"{year} 年度{GRADES[5 - level]}" for year, level in sorted(known.items())) + "。", basis


def _punishment(case: Case) -> Said:
    basis, until = {"label": "处分影响期", "source": "干部奖惩情况"}, case.background.punished_until
    if until is not None and until >= case.on:
        return BLOCK, f"处分影响期到 {until}。", basis
    return OK, "不在处分影响期内。", basis


def _age(case: Case) -> Said:
    most = case.tier.max_age
    if most is not None and case.age > most:
        return WARN, f"{case.age} 岁，超过 {most} 岁。", case.by_tier("年龄")
    return OK, f"{case.age} 岁。", case.by_tier("年龄")


def _term(case: Case) -> Said:
    key = "retire_age_male" if case.facts.sex == "1" else "retire_age_female"
    age = age_on(case.facts.birth_month, case.term_ends)
    if age >= case.number(key):
        return WARN, f"任期到 {case.term_ends} 时 {age} 岁，已到退休年龄 {case.number(key)} 岁。", case.by_policy(key)
    return OK, f"任期届满时 {age} 岁，未到退休年龄。", case.by_policy(key)


def _posting(case: Case) -> Said:
    basis, known = {"label": "同时只有一次挂职", "source": "挂职干部名册"}, case.background
    if not known.posting:
        return OK, "没有正在进行的挂职。", basis
    if known.posting_ends is not None and known.posting_ends < case.on:
        return WARN, f"在{known.posting}的挂职已于 {known.posting_ends} 期满，任命前请先办理结束。", basis
    ends = f"，到 {known.posting_ends} 期满" if known.posting_ends else ""
    return BLOCK, f"正在{known.posting}挂职{ends}，与这次任期重叠。", basis


def _rural(case: Case) -> Said:
    basis, facts = case.by_tier("农村经历或专长"), case.facts
    if not case.tier.needs_rural_or_skill:
        return OK, "不要求农村工作经历或专长。", basis
    if facts.rural_experience_tenths:
        return OK, f"有农村工作经历 {facts.rural_experience_tenths / 10:g} 年。", basis
    skills = [SKILLS[code] for code in facts.skills.split("|") if code in FARM_SKILLS]
    words = [text for text in (facts.technical_title, facts.specialty) if any(word in text for word in FARM_WORDS)]
    if skills or words:
        return OK, f"有涉农专长：{'、'.join([*skills, *words])}。", basis
    if facts.rural_experience_tenths is None:
        return WARN, "农村工作年限没有登记，也没有涉农专长，请核实。", basis
    return BLOCK, "没有农村工作经历，也没有涉农专业技术特长。", basis


RULES: dict[str, tuple[str, Callable[[Case], Said]]] = {
    "source": ("来源单位", _source), "rank": ("职级", _rank), "member": ("党员身份", _member), "work": ("工作年限", _work),
    "health": ("身体状况", _health), "establishment": ("在编在职", _establishment), "appraisals": ("年度考核", _appraisals),
    "punishment": ("处分影响期", _punishment), "age": ("年龄", _age), "term": ("任期内退休", _term), "posting": ("挂职重叠", _posting),
    "rural": ("农村经历或专长", _rural),
}  # fmt: skip
