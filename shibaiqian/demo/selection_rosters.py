"""The rosters of selection: who issues documents, batches with quotas, needs and their units, nominations, reviews, past grades."""

from collections import Counter
from collections.abc import Sequence

import polars as pl

from shibaiqian.demo.cadres import Cadre, luck_of
from shibaiqian.demo.candidates import FAILED, WITHDRAWN, Candidate, Round, all_rounds, rounds
from shibaiqian.demo.days import working_days_from
from shibaiqian.demo.officials import officials, staff_of
from shibaiqian.demo.open_batch import open_posts
from shibaiqian.demo.organisations import ORGANISATION, unit_code
from shibaiqian.demo.overhauls import partner_days
from shibaiqian.demo.plan import CITY, COUNTIES, villages
from shibaiqian.demo.postings import TIERS, village_types
from shibaiqian.demo.procedure import BATCHES, OPEN_BATCH

WORKING_COMMITTEE = "017"  # 直机关工委, which asks round about conduct
# What a village of a kind can use; a third of the posts ask for something.
WANTED = {
    "弱村": ["农村工作", "法律"], "穷村": ["种植", "养殖", "财务金融"], "乱村": ["法律", "农村工作"], "产业村": ["种植", "养殖", "林业", "电子商务"],
    "基础设施差": ["水利", "规划"],
}  # fmt: skip
REASON_OUTSIDE = "该村返乡人员要求发展白芨种植，原无第一书记，镇党委请求补派懂技术的干部"
GATE_LABELS = {"political": "政治关", "conduct": "品行关", "ability": "能力关"}
PASSED = {
    "political": ["政治立场坚定，执行党的路线方针政策坚决", "政治素质好，大局意识强", "政治上可靠，组织纪律观念强"],
    "conduct": ["作风正派，群众反映良好", "为人诚实，团结同志，邻里反映好", "生活作风端正，个人事项报告属实", "经走访所在单位和社区，没有不良反映"],
    "ability": ["熟悉农村工作，组织协调能力强", "有驻村工作经历，能做群众工作", "业务扎实，能独立开展工作", "懂技术，能帮助村上发展产业"],
}  # fmt: skip
NOT_PASSED = {
    "conduct": "群众反映其有酒后驾驶行为，正在核实，不宜选派",
    "ability": "长期从事文秘工作，缺乏独立开展群众工作的能力，暂不选派",
}


def organisation_department(region: str) -> str:
    """The name of a place's organisation department as documents say it."""
    return f"中共{COUNTIES[region].name if region in COUNTIES else '商洛市'}委组织部"


def sign_of(region: str) -> str:
    return COUNTIES[region].sign if region in COUNTIES else "商组发"


def issuer_rows(region: str) -> pl.DataFrame:
    """The rows of 发文机关名册: the organisation department, which signs for what its place decides."""
    name = organisation_department(region)
    return pl.DataFrame({
        "单位编码": [unit_code(region, ORGANISATION)], "机关代字": [sign_of(region)], "发文机关标志": [f"{name}文件"], "落款": [name]
    })  # fmt: skip


def batch_rows() -> pl.DataFrame:
    """The rows of 批次与名额: what each place got of each tier in each batch."""
    quota = Counter((r.batch, p.host[:6], r.tier) for r in all_rounds() if r.batch for p in r.posts)
    quota |= Counter({(OPEN_BATCH, county, "T1000"): len(open_posts(county)) for county in COUNTIES})
    keys = sorted(quota, key=lambda key: (list(BATCHES).index(key[0]), key[1:]))
    return pl.DataFrame({
        "批次": [batch for batch, _, _ in keys], "年份": [int(batch[:4]) for batch, _, _ in keys],
        "启动日期": [BATCHES[batch][0] for batch, _, _ in keys], "方案文号": [BATCHES[batch][1] for batch, _, _ in keys],
        "方案日期": [BATCHES[batch][2] for batch, _, _ in keys], "区划代码": [county for _, county, _ in keys],
        "层级": [TIERS[tier] for _, _, tier in keys], "名额": [quota[key] for key in keys],
    })  # fmt: skip


def need_rows(region: str) -> pl.DataFrame:
    """The rows of 岗位需求名册: one for each later posting that the place decides; its number is the posting's."""
    posts = [p for r in rounds(region) for p in r.posts]
    wanted = _wanted(region)
    return pl.DataFrame({
        "岗位编号": [p.number for p in posts], "批次": [p.batch or None for p in posts], "层级": [TIERS[p.tier] for p in posts],
        "挂职地代码": [p.host for p in posts], "挂职职务": [p.title for p in posts], "工作分工": [p.duties for p in posts],
        "需求专长": [wanted.get(p.host) for p in posts], "接替任职编号": [None] * len(posts),
        "需求理由": [None if p.batch else REASON_OUTSIDE for p in posts],
    }, schema_overrides=dict.fromkeys(("批次", "需求专长", "接替任职编号", "需求理由"), pl.String))  # fmt: skip


def _wanted(region: str) -> dict[str, str]:
    """What skills each village asks for, by its kind."""
    if region == CITY:
        return {}
    luck = luck_of("wanted", region)
    plan = villages().filter(pl.col("county") == region)
    found = {}
    for code, kinds in zip(plan["code"], village_types(plan, region), strict=True):
        if luck.random() < 0.36:
            found[code] = luck.choice(WANTED[kinds.split("、")[0]])
    return found


def need_unit_rows(county: str) -> pl.DataFrame:
    """The rows of 岗位包村单位名册: the leading group bound each village to a unit before persons were spoken of."""
    since = dict(zip(villages().filter(pl.col("county") == county)["code"], partner_days(county), strict=True))
    posts = [p for r in rounds(county) for p in r.posts if p.tier == "T1000"]
    return pl.DataFrame({
        "岗位编号": [p.number for p in posts], "包村单位编码": [p.cadre.unit.code for p in posts], "包村起始日期": [since[p.host] for p in posts],
    })  # fmt: skip


def proposed_by(region: str, counties: Sequence[str]) -> list[tuple[Round, Candidate]]:
    """The candidates of a file's units, in rounds of the city and of these counties."""
    found = [r for decider in (CITY, *counties) for r in rounds(decider)]
    return [(r, c) for r in found for c in r.candidates if c.file == region]


def nomination_rows(region: str, counties: Sequence[str]) -> pl.DataFrame:
    """The rows of 推荐名册 of the city's or a county's own units."""
    rows = proposed_by(region, counties)
    return pl.DataFrame({
        "推荐编号": [c.number for _, c in rows], "批次": [r.batch or None for r, _ in rows], "层级": [TIERS[r.tier] for r, _ in rows],
        "姓名": [c.cadre.name for _, c in rows], "身份证号": [c.cadre.id_number for _, c in rows], "单位编码": [c.cadre.unit.code for _, c in rows],
        "推荐去向": [c.wish or None for _, c in rows], "党组会议纪要文号": [c.minute for _, c in rows], "会议日期": [str(c.minute_on) for _, c in rows],
        "推荐日期": [str(c.nominated) for _, c in rows], "推荐理由": [c.note or None for _, c in rows],
    }, schema_overrides=dict.fromkeys(("批次", "推荐去向", "推荐理由"), pl.String))  # fmt: skip


def review_rows(region: str) -> pl.DataFrame:
    """The rows of 四关审查名册: three gates of everybody whom a place considers; integrity is answered by letter."""
    rows = []
    for found in rounds(region):
        luck = luck_of("reviews", region, found.tier, found.batch)
        for candidate in found.candidates:
            if candidate.fate == WITHDRAWN:
                continue
            for place, gate in enumerate(GATE_LABELS):
                failed = candidate.fate == FAILED and candidate.gate == gate
                unit, reviewer = _reviewer(region, gate, candidate.cadre)
                opinion = NOT_PASSED[gate] if failed else luck.choice(PASSED[gate])
                rows.append((candidate.number, GATE_LABELS[gate], "不通过" if failed else "通过", opinion, unit, reviewer,
                             str(working_days_from(found.days.reviewed, place))))  # fmt: skip
    headers = ("推荐编号", "关口", "结果", "意见", "审查单位", "审查人", "审查日期")
    frame = pl.DataFrame(rows, schema=dict.fromkeys(headers, pl.String), orient="row")
    return frame.with_columns(有效期至=pl.lit(None, pl.String), 回复文号=pl.lit(None, pl.String))


def _reviewer(region: str, gate: str, cadre: Cadre) -> tuple[str, str]:
    """Unit and name of who reviews: never of the candidate's own unit, never a namesake."""
    number = WORKING_COMMITTEE if gate == "conduct" else ORGANISATION
    place = CITY if cadre.unit.code == unit_code(region, number) and region != CITY else region
    if cadre.unit.code == unit_code(place, number):
        number = ORGANISATION if number == WORKING_COMMITTEE else WORKING_COMMITTEE
    able = [c for c in staff_of(place, unit_code(place, number)) if c.name != cadre.name]
    chosen = able[1 if gate == "ability" else 0]
    return chosen.unit.name, chosen.name


def past_appraisal_rows(region: str, counties: Sequence[str]) -> pl.DataFrame:
    """The rows of 年度考核名册: four years of everybody proposed. Excellent 15 to 20 %, nobody below competent."""
    proposed = [c.cadre for _, c in proposed_by(region, counties)]
    proposed += [post.cadre for post in open_posts(region)] if region in COUNTIES else []
    luck = luck_of("grades", region)
    rows = [
        (cadre.name, cadre.id_number, year, luck.choices(["优秀", "称职"], [17, 83])[0])
        for cadre in proposed
        for year in range(2012, 2016)
        if str(cadre.facts["参加工作时间"]) < f"{year}-01"
    ]
    return pl.DataFrame(rows, schema={"姓名": pl.String, "身份证号": pl.String, "年度": pl.Int64, "考核等次": pl.String}, orient="row")


def heads_of(region: str) -> dict[str, str]:
    """Who leads each unit that a place's officials come from or go to."""
    return {**officials(CITY).heads, **(officials(region).heads if region in COUNTIES else {})}
