"""考勤月报表 (R8) and 请销假登记台账 (R9): by person in a county or below it, by county for the city. In the order of places, no reasons."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Sequence

from shibaiqian.access.actor import Actor
from shibaiqian.access.roles import Permission
from shibaiqian.fieldwork.models import LeaveRequest
from shibaiqian.fieldwork.queries.attendance import CountedMonth, counted, months
from shibaiqian.fieldwork.queries.leave import leaves
from shibaiqian.fieldwork.rules.leave import LEVELS, STANDING
from shibaiqian.regions.queries import region_names
from shibaiqian.reports.tables import Cell, Report, Section, summed

MONTH_CODE, MONTH_TITLE = "attendance", "挂职干部考勤月报表"
LEAVE_CODE, LEAVE_TITLE = "leaves", "挂职干部请销假登记台账"
CONFIRMED = ("confirmed", "published", "locked")
ENOUGH = {True: "达到", False: "未达到", None: "待核"}
COUNTY = 6  # digits: from here on people are named
PERSONS = ("挂职地", "姓名", "职务", "状态", "在岗要求", "在村", "因公外出", "休息", "请假", "缺岗", "未记录", "在岗合计", "达到要求")
PLACES = ("单位", "应报人数", "待提交", "待镇办确认", "已确认未公布", "已公布", "达到要求", "未达到", "待核")
LEAVE_PLACES = ("单位", *(f"{label}审批" for label in LEVELS.values()), "外出报备", "合计")
LEAVES = ("挂职地", "姓名", "类别", "申请日期", "开始", "结束", "天数", "合计天数", "审批", "批准人", "批准日期", "返岗日期", "状态")
NOTE = "未记录的日子不作缺岗；长假和到岗、离岗的月份按实有天数折算要求；不列请假类别和事由。"


def attendance_report(actor: Actor, region: str, as_of: dt.date) -> Report:
    """The month of a day. A county's is the list its villages read: names and numbers of days. Four queries."""
    actor.must(Permission.VIEW_ATTENDANCE)
    month = as_of.replace(day=1)
    lines = counted(actor, months(actor, region=region, month=month).order_by("region_id", "id"))
    names = region_names(sorted({region, *(str(line.month.region_id)[: max(COUNTY, len(region))] for line in lines)}))
    section = _people(lines) if len(region) >= COUNTY else _places(lines, names)
    return Report(
        code=MONTH_CODE, title=f"{MONTH_TITLE}（{month.year}年{month.month}月）", place=names.get(region, region), as_of=as_of, made_by=actor.name,
        sections=(section,),
    )  # fmt: skip


def _people(lines: Sequence[CountedMonth]) -> Section:
    rows: list[tuple[Cell, ...]] = [
        (
            line.month.posting.host_name, line.month.cadre_name, line.month.posting.title, str(line.month.get_state_display()), line.result.asked,
            line.result.in_village, line.result.official_out, line.result.rest, line.result.leave, _absent(line), line.result.unknown,
            line.result.duty, ENOUGH[line.result.enough],
        )
        for line in lines
    ]  # fmt: skip
    return Section(title="考勤情况", columns=PERSONS, rows=tuple(rows), words=4, note=NOTE)


def _absent(line: CountedMonth) -> Cell:
    """Villages read of an absence once its month is confirmed, not before."""
    return line.result.absent if not line.result.absent or line.month.state in CONFIRMED else "待确认"


def _places(lines: Sequence[CountedMonth], names: dict[str, str]) -> Section:
    states: dict[str, Counter[str]] = defaultdict(Counter)
    for line in lines:
        states[str(line.month.region_id)[:COUNTY]].update([line.month.state, ENOUGH[line.result.enough]])
    rows: list[tuple[Cell, ...]] = [
        (
            names.get(code, code), sum(of[state] for state in ("open", "submitted", "confirmed", "published", "locked")), of["open"], of["submitted"],
            of["confirmed"], of["published"] + of["locked"], of["达到"], of["未达到"], of["待核"],
        )
        for code, of in sorted(states.items())
    ]  # fmt: skip
    return Section(title="考勤情况", columns=PLACES, rows=(*rows, summed(rows, words=1)) if rows else (), note=NOTE)


def leave_report(actor: Actor, region: str, as_of: dt.date) -> Report:
    """Leave and reported trips that began in the quarter up to a day, by who decided; what was refused or taken back is listed and not
    counted. Three queries."""
    actor.must(Permission.VIEW_ATTENDANCE)
    first = dt.date(as_of.year, (as_of.month - 1) // 3 * 3 + 1, 1)
    rows = list(
        leaves(actor, region=region)
        .filter(first_on__range=(first, as_of))
        .select_related("posting")
        .order_by("region_id", "first_on", "id")
    )
    digits = COUNTY if len(region) < COUNTY else 9
    names = region_names(sorted({region, *(str(row.region_id)[:digits] for row in rows)}))
    sections = [_by_level([row for row in rows if row.state in STANDING], names, digits)]
    if len(region) >= COUNTY:
        sections.append(Section(title="登记", columns=LEAVES, rows=tuple(_line(row) for row in rows), words=len(LEAVES), note="不列事由。"))
    title = f"{LEAVE_TITLE}（{as_of.year}年第{(as_of.month + 2) // 3}季度）"
    return Report(code=LEAVE_CODE, title=title, place=names.get(region, region), as_of=as_of, made_by=actor.name, sections=tuple(sections))


def _by_level(rows: Sequence[LeaveRequest], names: dict[str, str], digits: int) -> Section:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        found[str(row.region_id)[:digits]]["trip" if row.is_trip else row.level] += 1
    body: list[tuple[Cell, ...]] = [
        (names.get(code, code), *(of[level] for level in LEVELS), of["trip"], sum(of.values())) for code, of in sorted(found.items())
    ]
    return Section(title="按审批权限", columns=LEAVE_PLACES, rows=(*body, summed(body, words=1)) if body else ())


def _line(row: LeaveRequest) -> tuple[Cell, ...]:
    def day(value: dt.date | None) -> str:
        return value.isoformat() if value else ""

    level = "报备" if row.is_trip else LEVELS[row.level]
    return (
        row.posting.host_name, row.cadre_name, str(row.get_kind_display()), day(row.asked_on), day(row.first_on), day(row.last_on), row.days_words,
        row.summed_words, level,
        row.decided_by, day(row.decided_on), day(row.returned_on), str(row.get_state_display()),
    )  # fmt: skip
