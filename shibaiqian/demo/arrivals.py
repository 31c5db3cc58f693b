"""What follows an appointment: the official at work, party relations, households bound, targets for the year signed."""

import numpy as np
import polars as pl

from shibaiqian.demo.cadres import luck_of
from shibaiqian.demo.candidates import SHORT
from shibaiqian.demo.days import one_on_working_day, working_days_from
from shibaiqian.demo.officials import staff_of
from shibaiqian.demo.organisations import COMMITTEE, unit_code
from shibaiqian.demo.overhauls import village_rows
from shibaiqian.demo.plan import CITY, COUNTIES, villages
from shibaiqian.demo.postings import Posting, all_postings
from shibaiqian.demo.register import OPEN, Register
from shibaiqian.demo.selection_rosters import heads_of
from shibaiqian.demo.stories import YAOLOU

BOUND = (4, 8)  # households that a First Secretary takes on himself
LAST = np.datetime64("2016-06-06")
YEAR_ENDS = np.datetime64("2016-12-20")


def _of_file(region: str) -> list[Posting]:
    """The postings of a file: those that the city decided in the city's, all others of a county in the county's."""
    if region == CITY:
        return [p for hosted in all_postings() for p in hosted if p.decider == CITY]
    return [p for p in all_postings()[list(COUNTIES).index(region)] if p.decider != CITY]


def arrival_rows(region: str) -> pl.DataFrame:
    """The rows of 到岗名册. The head of a bureau who leaves for a village names who acts for him."""
    shown = _of_file(region)
    acting = {p.number: _deputy(p) for p in shown if p.host == YAOLOU}
    letters = _letter_numbers(region, shown)
    return pl.DataFrame({
        "任职编号": [p.number for p in shown], "到任日期": [str(p.arrived) for p in shown], "脱离原单位日期": [str(p.arrived) for p in shown],
        "主持工作人": [acting.get(p.number) for p in shown], "组织关系转出日期": [str(p.party_out) for p in shown],
        "组织关系转入日期": [None if np.isnat(p.party_in) else str(p.party_in) for p in shown], "介绍信号": letters,
        "工作分工": [None] * len(shown),
    }, schema_overrides={"主持工作人": pl.String, "组织关系转入日期": pl.String, "工作分工": pl.String})  # fmt: skip


def _deputy(posting: Posting) -> str:
    unit = posting.cadre.unit
    return next(c.name for c in staff_of(unit.region, unit.code) if c.post.startswith("副"))


def _letter_numbers(region: str, shown: list[Posting]) -> list[str]:
    """Numbers of the letters of party relations by year, in the order in which they went out."""
    serial: dict[int, int] = {}
    given: dict[str, str] = {}
    for posting in sorted(shown, key=lambda p: (p.party_out, p.number)):
        year = int(str(posting.party_out)[:4])
        serial[year] = serial.get(year, 0) + 1
        given[posting.number] = f"{SHORT[region]}组介〔{year}〕{serial[year]}号"
    return [given[posting.number] for posting in shown]


def bound_rows(made: Register, hosted: list[Posting]) -> pl.DataFrame:
    """The rows of 包户名册: each First Secretary takes on four to eight households of the village that are still poor."""
    luck = luck_of("bound", made.county)
    row_of = {code: row for row, code in enumerate(made.plan["code"])}
    able = (made.state == OPEN) & ~made.late
    rows, days = [], []
    for posting in hosted:
        if posting.tier != "T1000":
            continue
        homes = np.flatnonzero(able & (made.village == row_of[posting.host])).tolist()
        chosen = sorted(luck.sample(homes, min(luck.randint(*BOUND), len(homes))))
        since = min(one_on_working_day(posting.arrived + luck.randint(14, 45)), LAST)
        for home in chosen:
            rows.append((posting.number, home))
            days.append(str(max(since, one_on_working_day(made.identified[home] + 14))))
    bound = [home for _, home in rows]
    return pl.DataFrame({
        "任职编号": [number for number, _ in rows], "户编号": made.number.gather(bound), "村代码": made.plan["code"].gather(made.village[bound]),
        "户主姓名": made.heads.gather(bound), "起始日期": days,
    })  # fmt: skip


TARGET_HEADERS = (
    "任职编号", "类别", "年度", "序号", "目标任务", "统计指标", "基数", "目标值", "单位", "权重", "完成时限", "签订日期", "挂职单位签字人",
    "派出单位签字人",
)  # fmt: skip
WHOLE_NUMBERS = ("年度", "序号", "基数", "目标值", "权重")


def target_rows(county: str, hosted: list[Posting]) -> pl.DataFrame:
    """The rows of 目标责任书台账 of the First Secretaries for 2016; the unit that signs is bound to the village, whoever it sent."""
    heads, secretaries = heads_of(county), dict(village_rows(county).select("村代码", "村党组织书记").iter_rows())
    return letters_of([(p, secretaries[p.host], heads[p.cadre.unit.code]) for p in hosted if p.tier == "T1000"])


def letters_of(signed_by: list[tuple[Posting, str, str]]) -> pl.DataFrame:
    """Letters with their targets: of each posting who signs for the host and for the unit. From what stood on the day of signing."""
    rows = []
    for posting, host, unit in signed_by:
        days = luck_of("signed", posting.number).randint(0, 40)
        signed = max(working_days_from(np.datetime64("2016-01-11"), days), working_days_from(posting.arrived, 2))
        due = min(YEAR_ENDS, one_on_working_day(posting.ends))
        for seq, (text, indicator, baseline, target, measure, weight) in enumerate(_targets(posting), 1):
            rows.append(
                (posting.number, "年度", 2016, seq, text, indicator, baseline, target, measure, weight, str(due), str(signed), host, unit)
            )
    types = {name: pl.Int64() if name in WHOLE_NUMBERS else pl.String() for name in TARGET_HEADERS}
    return pl.DataFrame(rows, schema=types, orient="row")


def host_signer(posting: Posting) -> str:
    """The secretary of the town or county where an official of the hundred or the ten serves."""
    return heads_of(posting.host[:6])[unit_code(posting.host, "02" if posting.tier == "T100" else COMMITTEE)]


Item = tuple[str, str | None, int, int, str, int]  # what, indicator, from, to, measure, weight


def _targets(posting: Posting) -> list[Item]:
    """Targets by the tier: a village's households, a town's projects and weak organisations, a county's industry."""
    here = villages().filter(pl.col("code").str.starts_with(posting.host))
    said = here.select(pl.sum("open", "out14", "services", "projects", "cooperatives", "producers", "parks", "income_up")).row(
        0, named=True
    )
    luck = luck_of("targets of", posting.number)
    out = ("新增稳定脱贫人口", "稳定脱贫人口", said["out14"], said["out14"] + _round(said["open"] * luck.uniform(0.2, 0.32)), "人", 40)
    if posting.tier == "T1000":
        done = round(said["services"] * luck.uniform(0.5, 0.65))
        fourth: Item = (
            ("培育农民专业合作社", "专业合作社", said["cooperatives"], said["cooperatives"] + 1, "个", 15)
            if said["open"] > 120
            else (
                "带动农户发展产业、稳定增收",
                "增收户",
                said["income_up"] // 2,
                said["income_up"] // 2 + max(_round(said["open"] * 0.06), 5),
                "户",
                15,
            )
        )
        return [
            out, ("为群众办实事", "为民办实事", done, done + luck.choice([40, 50, 60, 80]), "件", 25), fourth,
            ("指导村党组织按期召开“三会一课”", None, 0, 12, "次", 20),
        ]  # fmt: skip
    if posting.tier == "T100":
        started = said["projects"] // 2
        return [
            out, ("争取并落实包扶项目", "包扶项目", started, started + luck.choice([8, 10, 12, 15]), "个", 25),
            ("培育产业大户", "产业大户", said["producers"] // 2, said["producers"] // 2 + luck.choice([6, 8, 10]), "户", 15),
            ("走访贫困户", None, 0, luck.choice([120, 150, 180]), "户", 20),
        ]  # fmt: skip
    return [
        out, ("建成现代农业园区", "现代农业园区", said["parks"] - 2, said["parks"] + luck.choice([1, 2, 3]), "个", 25),
        ("发展专业合作社", "专业合作社", said["cooperatives"] // 2, said["cooperatives"] // 2 + luck.choice([20, 30, 40]), "个", 15),
        ("主持召开脱贫攻坚调度会", None, 0, 12, "次", 20),
    ]  # fmt: skip


def _round(number: float) -> int:
    """Targets end in 0 or 5."""
    return max(5, round(number / 5) * 5)
