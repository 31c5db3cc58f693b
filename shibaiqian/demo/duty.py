"""Sheets of attendance and registers of leave of everybody who serves in a county, since Spring Festival.

The marks agree with the work logs (who wrote on a day was there) and with the register of leave; weekends in the village are
common, a few days nobody wrote down, absence is rare. The last month waits partly with the towns.
"""

import datetime as dt
from calendar import monthrange

import numpy as np
import polars as pl

from shibaiqian.demo.accounts import shown_village
from shibaiqian.demo.cadres import luck_of
from shibaiqian.demo.days import TODAY, working_days
from shibaiqian.demo.plan import stream
from shibaiqian.demo.postings import Posting

MONTHS = (dt.date(2016, 2, 1), dt.date(2016, 3, 1), dt.date(2016, 4, 1), dt.date(2016, 5, 1))
STATES = ("已锁定", "已锁定", "已公布", "")
LAST_STATES = (("镇办已确认", 0.42), ("待镇办确认", 0.46), ("填报中", 0.12))
DAY = dt.timedelta(days=1)
# Kind: mark, share, days at least and most, reasons.
LEAVES = {
    "事假": ("事", 0.46, 1, 3, ("家中老人住院陪护", "孩子入学报名", "家中建房", "处理家中事务", "亲属婚礼")),
    "病假": ("病", 0.24, 1, 5, ("感冒发烧输液", "腰椎疼痛理疗", "到县医院做手术", "牙病治疗")),
    "年休假": ("年", 0.24, 3, 5, ("年休假",)),
    "丧假": ("丧", 0.04, 3, 3, ("直系亲属去世",)),
    "婚假": ("婚", 0.02, 3, 3, ("本人结婚",)),
}
TRIPS = (
    "赴市参加扶贫政策培训",
    "到县扶贫局对接项目",
    "带群众代表外出考察产业",
    "赴西安联系农产品销路",
    "到派出单位汇报争取资金",
    "参加县委组织部例会",
)
ILL = [dt.date(2016, 5, 16) + DAY * n for n in range(36)]
ASKING = 0.025  # who have just asked


def duty_rows(county: str, hosted: list[Posting], logs: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows of 考勤登记表 and of 请销假登记台账 of a county, by posting."""
    rng = stream("duty", county)
    wrote = _written(logs)
    leave_rows: list[dict[str, object]] = []
    marks: list[dict[str, object]] = []
    here = [posting for posting in hosted if not np.isnat(posting.arrived) and posting.arrived <= np.datetime64(MONTHS[-1])]
    ill = next(
        (p.number for p in here[len(here) // 3 :] if p.host != shown_village(county) and not _wrote_in(wrote.get(p.number), ILL)), ""
    )
    for posting in here:
        arrived = posting.arrived.astype(dt.date)
        days = wrote.get(posting.number, frozenset())
        away = _leaves(posting, arrived, days, leave_rows, is_ill=posting.number == ill)
        eager = rng.beta(8, 2)
        for month, state in zip(MONTHS, STATES, strict=True):
            if arrived <= month.replace(day=monthrange(month.year, month.month)[1]):
                marks.append(_month(rng, posting, month, arrived, days, away, eager=eager, state=state or _last_state(rng)))
    attendance = pl.DataFrame(
        marks,
        schema={
            "任职编号": pl.String,
            "月份": pl.String,
            **{f"{n}日": pl.String for n in range(1, 32)},
            "状态": pl.String,
            "确认人": pl.String,
        },
    )
    return attendance, pl.DataFrame(leave_rows, infer_schema_length=None)


def _written(logs: pl.DataFrame) -> dict[str, frozenset[dt.date]]:
    """The days on which somebody wrote something down, by posting."""
    days = logs.select("任职编号", pl.col("日期").str.to_date()).filter(pl.col("日期") >= MONTHS[0]).unique()
    return {number: frozenset(of) for number, of in days.group_by("任职编号").agg("日期").iter_rows()}


def _wrote_in(days: frozenset[dt.date] | None, span: list[dt.date]) -> bool:
    return days is not None and not days.isdisjoint(span)


def _last_state(rng: np.random.Generator) -> str:
    return str(rng.choice([state for state, _share in LAST_STATES], p=[share for _state, share in LAST_STATES]))


def _leaves(
    posting: Posting, arrived: dt.date, wrote: frozenset[dt.date], rows: list[dict[str, object]], *, is_ill: bool
) -> dict[dt.date, str]:
    """Leave and trips of one official, written into the register; the days they cover with their marks."""
    luck = luck_of("leave of", posting.number)
    away: dict[dt.date, str] = {}
    possible = [day for day in working_days("2016-02-15", "2016-06-03").astype(dt.date).tolist() if day > arrived + 7 * DAY]
    if is_ill and possible:  # one of a county is ill for long: whether somebody else is needed is a question
        rows.append(_row(posting, "病假", ILL[0], ILL[-1], "术后康复", state="已批准", level="县委组织部", asked=ILL[0] - 3 * DAY))
        return dict.fromkeys(ILL, "病")
    if possible and luck.random() < ASKING:
        first = TODAY + DAY * luck.choice((5, 6, 7, 8))
        rows.append(
            _row(
                posting,
                "事假",
                first,
                first + DAY * luck.choice((0, 1, 2, 4)),
                luck.choice(LEAVES["事假"][4]),
                state="待审批",
                level="",
                asked=TODAY,
            )
        )
    for _ in range(luck.choices((0, 1, 2), (0.62, 0.28, 0.10))[0]):
        kind = luck.choices(list(LEAVES), [share for _m, share, *_ in LEAVES.values()])[0]
        mark, _share, least, most, reasons = LEAVES[kind]
        _take(
            posting,
            luck.choice(possible) if possible else None,
            luck.randint(least, most),
            kind,
            mark,
            luck.choice(reasons),
            wrote,
            away,
            rows,
            luck,
        )
    for _ in range(luck.choices((0, 1, 2), (0.55, 0.3, 0.15))[0]):
        _take(
            posting,
            luck.choice(possible) if possible else None,
            luck.randint(1, 4),
            "因公外出",
            "公",
            luck.choice(TRIPS),
            wrote,
            away,
            rows,
            luck,
        )
    return away


def _take(posting, first, length, kind, mark, reason, wrote, away, rows, luck) -> None:  # type: ignore[no-untyped-def]
    """One leave, unless something was written on its days or they are taken."""
    if first is None:
        return
    days = [first + DAY * n for n in range(length)]
    if any(day in wrote or day in away or day + DAY in away or day - DAY in away for day in days):
        return
    is_over = days[-1] < TODAY - 6 * DAY
    is_trip = kind == "因公外出"
    state = "已办结" if is_over else "已报备" if is_trip else luck.choice(("已批准", "已销假，待核", "已销假，待核"))
    asked = first - DAY * luck.choice((0, 1, 1, 2, 3))
    rows.append(
        _row(
            posting,
            kind,
            first,
            days[-1],
            reason,
            state=state,
            level="" if is_trip else "镇党委书记" if length <= 3 else "县委组织部",
            asked=asked,
        )
    )
    away.update(dict.fromkeys(days, mark))


def _row(
    posting: Posting, kind: str, first: dt.date, last: dt.date, reason: str, *, state: str, level: str, asked: dt.date
) -> dict[str, object]:
    back = last + DAY if state in ("已办结", "已销假，待核") else None
    return {
        "任职编号": posting.number, "类别": kind, "开始日期": first.isoformat(), "下午开始": None, "结束日期": last.isoformat(), "中午结束": None,
        "事由": reason, "去向": None, "申请日期": asked.isoformat(), "状态": state, "批准人": level or None, "批准日期": asked.isoformat() if level else None,
        "返岗日期": back.isoformat() if back else None,
    }  # fmt: skip


def _month(
    rng: np.random.Generator, posting: Posting, month: dt.date, arrived: dt.date, wrote: frozenset[dt.date], away: dict[dt.date, str],
    *, eager: float, state: str,
) -> dict[str, object]:  # fmt: skip
    """The row of a month: a mark a day."""
    works = set(
        working_days(month.isoformat(), month.replace(day=monthrange(month.year, month.month)[1]).isoformat()).astype(dt.date).tolist()
    )
    luck = rng.random((31, 2))
    row: dict[str, object] = {"任职编号": posting.number, "月份": f"{month:%Y-%m}"}
    for n in range(1, 32):
        on = month + DAY * (n - 1)
        row[f"{n}日"] = (
            _mark(on, luck[n - 1], posting, wrote, away, works, eager=eager) if on.month == month.month and on >= arrived else None
        )
    return {**row, "状态": state, "确认人": None if state in ("填报中", "待镇办确认") else "镇党委组织委员"}


def _mark(
    on: dt.date, luck: np.ndarray, posting: Posting, wrote: frozenset[dt.date], away: dict[dt.date, str], works: set[dt.date], *, eager: float
) -> str | None:  # fmt: skip
    if on in away:
        return away[on]
    present = "√" if posting.tier != "T1000" or luck[1] < 0.55 + 0.4 * eager else "△"
    if on in wrote:
        return present
    if on in works:
        return present if luck[0] < 0.90 + 0.08 * eager else "缺" if luck[0] > 0.99985 else "公" if luck[0] > 0.985 else None
    festival = dt.date(2016, 2, 7) <= on <= dt.date(2016, 2, 13)
    return present if luck[0] < (0.05 if festival else 0.32 * eager) else "休"
