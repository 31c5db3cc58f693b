"""Cadres: who leads and staffs a unit, and what the roster of cadres says of each."""

import random
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from shibaiqian.demo import names
from shibaiqian.demo.days import working_days
from shibaiqian.demo.identity import birthdays, id_numbers, prefixes
from shibaiqian.demo.organisations import COMMITTEE, GOVERNMENT, Unit, is_department
from shibaiqian.demo.phones import mobiles
from shibaiqian.demo.plan import COUNTIES, SEED, stream

COUNTY_HEAD, COUNTY_DEPUTY, SECTION_HEAD, SECTION_DEPUTY, STAFF, CLERK = "县处级正职 县处级副职 乡科级正职 乡科级副职 科员 办事员".split()
SCHOOLS = {
    "大学": ["西北农林科技大学农学专业", "陕西师范大学汉语言文学专业", "西北大学行政管理专业", "西安理工大学水利水电工程专业", "长安大学公路工程专业",
           "商洛学院汉语言文学专业", "延安大学政治学专业", "陕西科技大学会计学专业", "西安石油大学计算机专业", "陕西理工学院园艺专业"],
    "大专": ["商洛师范专科学校中文专业", "杨凌职业技术学院园林专业", "陕西财经专科学校会计专业", "商洛职业技术学院护理专业", "陕西省警官学校法律专业",
           "西安统计学院统计专业", "陕西省行政学院经济管理专业"],
    "中专": ["商洛农业学校农学专业", "商洛师范学校普师专业", "陕西省水利学校水工专业", "陕西省农业机械化学校农机专业", "陕西省商业学校财会专业", "陕西省林业学校林学专业"],
    "研究生": ["西北农林科技大学农业推广专业", "西北大学公共管理专业"], "高中": ["高中毕业"],
}  # fmt: skip
SKILLS = {
    "涉农科技": ["农作物栽培", "核桃栽培管理", "食用菌栽培", "中药材种植", "畜牧养殖", "动物疫病防治", "林业技术"], "经济": ["项目管理", "招商引资", "统计分析", "农村电商"],
    "财政金融": ["财务会计", "审计", "农村金融"], "政法": ["法律", "矛盾调解"], "交通水利住建": ["水利工程", "公路工程", "村镇规划"],
    "教卫": ["教育教学", "公共卫生", "中医"], "党群": ["党务工作", "文字综合", "群众工作"], "其他": ["文字综合", "民政工作", "计划生育", "文化宣传"],
}  # fmt: skip
# What each of these can do for a village, in the words of posts that want something.
SKILL_KINDS = {
    "农作物栽培": "种植", "核桃栽培管理": "种植、林业", "食用菌栽培": "种植", "中药材种植": "种植", "畜牧养殖": "养殖", "动物疫病防治": "养殖、兽医", "林业技术": "林业",
    "项目管理": "规划", "农村电商": "电子商务", "财务会计": "财务金融", "审计": "财务金融", "农村金融": "财务金融", "法律": "法律", "矛盾调解": "法律",
    "水利工程": "水利", "公路工程": "规划", "村镇规划": "规划", "教育教学": "教育", "公共卫生": "医疗卫生", "中医": "医疗卫生", "文化宣传": "旅游",
}  # fmt: skip
KNOWS_VILLAGES = 3.0  # years of rural work from which it is a skill of its own
TITLES = {
    "涉农科技": ["农艺师", "助理农艺师", "兽医师", "工程师"],
    "教卫": ["一级教师", "主治医师", "高级教师"],
    "交通水利住建": ["工程师", "助理工程师"],
    "财政金融": ["会计师", "经济师"],
}


@dataclass
class Cadre:
    """An official as the roster of cadres says it. The ID number and the name come when all of a file are known."""

    unit: Unit
    post: str
    rank: str
    birth_year: int
    is_man: bool
    is_reserve: bool = False
    party: bool = True
    rural: bool = False
    worked_since: int = 2013  # at the latest
    name: str = ""
    id_number: str = ""
    phone: str = ""
    education: str = "大学"
    specialty: str = ""  # where a story says it
    facts: dict[str, str | float | None] = field(default_factory=dict)


def luck_of(*purpose: object) -> random.Random:
    return random.Random(f"{SEED}/{'/'.join(map(str, purpose))}")  # noqa: S311 - the same luck every time is what is wanted


def chief_of(unit: Unit) -> str:
    """What the head of a unit is called."""
    called = unit.called
    if unit.number == GOVERNMENT:
        return "区长" if "区" in called else "市长" if unit.level == "市" else "县长"
    if unit.level == "镇" and unit.kind == "镇办":
        return "主任" if unit.name.endswith("办事处") else "镇长"
    if unit.kind in ("党委", "党工委", "纪检监察"):
        return "书记"
    endings = {
        "局": "局长", "部": "部长", "校": "校长", "学": "校长", "院": "院长", "所": "所长", "联": "主席", "协": "主席", "会": "主席", "委": "主任",
        "社": "理事长" if "信用" in called else "主任", "行": "行长", "司": "总经理", "心": "主任",
    }  # fmt: skip
    special = {"检察院": "检察长", "人大常委会": "主任", "团商洛市委": "书记", "政法委": "书记", "学院": "院长"}
    for ending, title in special.items():
        if called.endswith(ending):
            return title
    return "书记" if called.startswith("团") else endings.get(called[-1], "主任")


def post_of(unit: Unit, post: str) -> str:
    """A post with its place, as documents say it: 柞水县林业局局长, 洛南县副县长, 凤凰镇镇长."""
    place = unit.called
    if post.endswith(("县长", "区长", "镇长")):
        place = place.removesuffix("政府")
    return place + post


def leaders(luck: random.Random, unit: Unit) -> list[Cadre]:
    """The leading posts and some of the staff of a unit."""
    called = unit.called
    if unit.level == "市" and is_department(unit):
        head = chief_of(unit)
        posts = [(head, COUNTY_HEAD, 48, 58), *[(f"副{head}", COUNTY_DEPUTY, 43, 56)] * 3,
                 *[("科长", SECTION_HEAD, 34, 52)] * 3, ("副科长", SECTION_DEPUTY, 30, 48), *[("科员", STAFF, 25, 45)] * 3]  # fmt: skip
    elif unit.level == "县" and is_department(unit):
        head = chief_of(unit)
        posts = [(head, SECTION_HEAD, 42, 56), *[(f"副{head}", SECTION_DEPUTY, 36, 55)] * 2, *[("股长", STAFF, 30, 50)] * 2,
                 *[("科员", STAFF, 24, 46)] * 2]  # fmt: skip
    elif unit.level == "镇" and unit.kind in ("党委", "党工委"):
        posts = [
            ("书记", SECTION_HEAD, 38, 51),
            ("副书记", SECTION_DEPUTY, 34, 48),
            ("组织委员", SECTION_DEPUTY, 28, 44),
            ("宣传委员", SECTION_DEPUTY, 27, 44),
            ("党建办主任", STAFF, 26, 45),
        ]
    elif unit.kind == "镇办":
        head = chief_of(unit)
        posts = [(head, SECTION_HEAD, 35, 49), *[(f"副{head}", SECTION_DEPUTY, 30, 48)] * 2, ("扶贫站站长", STAFF, 29, 50), ("农综站站长", STAFF, 32, 54),
                 *[("科员", STAFF, 23, 42)] * 2]  # fmt: skip
    elif unit.level == "镇":
        posts = [(chief_of(unit), STAFF, 36, 54)]
    elif unit.number == COMMITTEE:
        high = unit.level == "市"
        posts = (
            []
            if high
            else [
                ("书记", COUNTY_HEAD, 45, 55),
                ("副书记", COUNTY_DEPUTY, 42, 53),
                ("常委、组织部部长", COUNTY_DEPUTY, 40, 52),
                ("常委、宣传部部长", COUNTY_DEPUTY, 40, 52),
            ]
        )
    elif unit.number == GOVERNMENT:
        word = "区长" if "区" in unit.called else "县长"
        posts = [] if unit.level == "市" else [(word, COUNTY_HEAD, 43, 54), *[(f"副{word}", COUNTY_DEPUTY, 39, 54)] * 3]
    else:
        posts = [
            (
                "主任" if "人大" in called else "主席" if "政协" in called else "书记",
                COUNTY_HEAD if "纪" not in called else COUNTY_DEPUTY,
                48,
                58,
            )
        ]
        posts = [] if unit.level == "市" else posts
    found = []
    for post, rank, low, high_age in posts:
        age = luck.triangular(low, high_age, (low + high_age) / 2)
        found.append(Cadre(unit, post, rank, 2016 - round(age), luck.random() < (0.86 if rank != CLERK else 0.7), party=luck.random() < (0.99 if rank not in (STAFF, CLERK) else 0.7),
                           rural=luck.random() < 0.6))  # fmt: skip
    return found


def _kind_of(unit: Unit) -> str:
    if unit.level == "镇":
        return "镇办工作人员" if unit.kind in ("镇办", "党委", "党工委") else "事业单位人员"
    if unit.kind in ("群团", "党工委"):
        return "参照公务员法管理"
    return {"事业单位": "事业单位人员", "国企": "国企", "银行": "国企"}.get(unit.kind, "公务员")


def complete(region: str, cadres: list[Cadre]) -> None:
    """Names, ID numbers, telephones and the rest, for all of a file at once: no two ID numbers alike."""
    rng, luck = stream("cadres", region), luck_of("cadres", region)
    year = np.array([c.birth_year for c in cadres])
    is_man = np.array([c.is_man for c in cadres])
    month, day = birthdays(rng, year)
    births = year * 10_000 + month * 100 + day
    away = rng.random(len(cadres)) < 0.14
    codes = list(COUNTIES)
    homes = [
        region if region in COUNTIES and luck.random() < 0.82 else codes[luck.choices(range(7), [30, 14, 12, 10, 14, 11, 9])[0]]
        for _ in cadres
    ]
    prefix = np.array([int(prefixes(rng, home, np.array([1970]), np.array([far]))[0]) for home, far in zip(homes, away, strict=True)])
    own = COUNTIES[region].digit if region in COUNTIES else 0
    numbers = id_numbers(prefix, births, is_man, first=810, places=95, share=(own, 8)).to_list()
    for cadre, name, number, phone, home, far in zip(
        cadres, names.persons(rng, year, is_man), numbers, mobiles(rng, len(cadres)).to_list(), homes, away, strict=True
    ):
        cadre.name, cadre.id_number, cadre.phone = cadre.name or name, number, phone
        cadre.facts = _facts(luck, cadre, home=home, far=bool(far), birth_month=int(number[10:12]))
        if cadre.specialty:
            cadre.facts["熟悉专业有何专长"] = cadre.specialty


def _facts(luck: random.Random, cadre: Cadre, *, home: str, far: bool, birth_month: int) -> dict[str, str | float | None]:
    department = cadre.unit.department_class
    full_time = luck.choices(
        ["研究生", "大学", "大专", "中专", "高中"], [1, 15, 37, 42, 5] if cadre.birth_year < 1980 else [3, 42, 46, 9, 0]
    )[0]
    later_on = {
        "中专": ["大专", "大专", "大学"],
        "大专": ["大学", "省委党校大学"],
        "高中": ["大专"],
        "大学": ["省委党校研究生"],
        "研究生": [],
    }[full_time]
    in_service = (
        luck.choice(later_on)
        if later_on and luck.random() < {"大学": 0.02, "大专": 0.36, "中专": 0.80, "高中": 0.6}.get(full_time, 0)
        else None
    )
    start_age = {"研究生": 25, "大学": 23, "大专": 21, "中专": 20, "高中": 18}[full_time]
    start_year = min(cadre.birth_year + start_age + (luck.random() < 0.4), cadre.worked_since)
    start = f"{start_year}-{luck.choice([7, 7, 7, 8, 8, 9, 9, 10, 11, 12, 3]):02d}"
    joined = None
    if cadre.party:
        joined = f"{min(max(cadre.birth_year + luck.randint(20, 34), cadre.birth_year + 19), 2014)}-{luck.choice([5, 6, 6, 7, 7, 7, 10, 11, 12]):02d}"
    worked = 2016 - start_year
    rural = (
        round(min(worked, luck.uniform(2, 14)) * 2) / 2
        if cadre.rural
        else (max(round(luck.uniform(0, 2) * 2) / 2, 0.5) if luck.random() < 0.3 else None)
    )
    rank_year = max(start_year + 3, 2016 - luck.randint(1, 9))
    rank_day = working_days(f"{rank_year}-01-05", f"{rank_year}-12-20") if rank_year <= 2015 else working_days("2015-01-05", "2015-12-20")
    place = COUNTIES[home].name
    native = luck.choice(["陕西安康", "陕西渭南", "河南西峡", "陕西西安", "湖北郧西", "陕西蓝田"]) if far else f"陕西{COUNTIES[home].short}"
    graded = cadre.rank != STAFF or luck.random() < 0.5
    return {
        "民族": "汉族" if luck.random() < 0.99 or home != "611025" else "回族", "籍贯": native,
        "出生地": native if far else (f"陕西{place}" if luck.random() < 0.9 else None),
        "政治面貌": "中共党员" if cadre.party else luck.choices(["群众", "共青团员", "民盟盟员", "农工党党员"], [80, 10 if cadre.birth_year > 1988 else 0, 5, 5])[0],
        "入党时间": joined, "参加工作时间": start, "健康状况": luck.choices(["健康", "良好", "一般"], [92, 6, 2])[0],
        "任现职级时间": str(rank_day[luck.randrange(len(rank_day))]) if graded else None, "全日制学历": full_time,
        "毕业院校系及专业": luck.choice(SCHOOLS[full_time]), "在职学历": in_service,
        "专业技术职务": luck.choice(TITLES[department]) if department in TITLES and luck.random() < 0.42 else None,
        "熟悉专业有何专长": luck.choice(SKILLS[department]) if luck.random() < 0.75 else None, "农村工作年限": rural,
        "birth_month": birth_month,
    }  # fmt: skip


def _skills(cadre: Cadre) -> str | None:
    """What matching looks at: what the speciality is good for, and village work to those who did it for years."""
    found = SKILL_KINDS.get(str(cadre.facts["熟悉专业有何专长"]), "").split("、")
    rural = cadre.facts["农村工作年限"]
    if isinstance(rural, float) and rural >= KNOWS_VILLAGES:
        found.append("农村工作")
    return "、".join(filter(None, found)) or None


def cadre_rows(cadres: list[Cadre]) -> pl.DataFrame:
    """The rows of 干部名册."""

    def managed(cadre: Cadre) -> str:
        if cadre.rank in (COUNTY_HEAD, COUNTY_DEPUTY):
            return "市管"
        if cadre.unit.level == "市":
            return "单位管理"
        return "县管" if cadre.rank in (SECTION_HEAD, SECTION_DEPUTY) else "单位管理"

    facts = {name: [c.facts[name] for c in cadres] for name in cadres[0].facts}
    texts = dict.fromkeys(["出生地", "入党时间", "任现职级时间", "在职学历", "专业技术职务", "熟悉专业有何专长", "专长类别"], pl.String)
    return pl.DataFrame({
        "姓名": [c.name for c in cadres], "性别": ["男" if c.is_man else "女" for c in cadres], "身份证号": [c.id_number for c in cadres],
        "民族": facts["民族"], "籍贯": facts["籍贯"], "出生地": facts["出生地"], "政治面貌": facts["政治面貌"], "入党时间": facts["入党时间"],
        "参加工作时间": facts["参加工作时间"], "健康状况": facts["健康状况"], "人员类别": [_kind_of(c.unit) for c in cadres],
        "管理权限": [managed(c) for c in cadres], "职务层次": [c.rank for c in cadres], "任现职级时间": facts["任现职级时间"],
        "是否后备干部": ["是" if c.is_reserve else "否" for c in cadres], "全日制学历": facts["全日制学历"],
        "毕业院校系及专业": facts["毕业院校系及专业"], "在职学历": facts["在职学历"], "专业技术职务": facts["专业技术职务"],
        "熟悉专业有何专长": facts["熟悉专业有何专长"], "专长类别": [_skills(c) for c in cadres], "农村工作年限": facts["农村工作年限"], "工作单位编码": [c.unit.code for c in cadres],
        "现任职务": [c.post for c in cadres], "联系电话": [c.phone for c in cadres],
    }, schema_overrides={**texts, "农村工作年限": pl.Float64})  # fmt: skip
