"""What is known of each number, and which of several valid rows counts. Pure."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Protocol, TypeVar


class Stricter(StrEnum):
    """In which direction a value binds more."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


@dataclass(frozen=True)
class Key:
    """A number that a policy sets: label, unit, the direction that is stricter, the value when nobody set one."""

    code: str
    label: str
    unit: str
    default: Decimal
    stricter: Stricter = Stricter.NEITHER
    # The default itself binds: narrower jurisdictions may only be stricter.
    floor: bool = False
    since: dt.date = dt.date(2013, 1, 1)
    until: dt.date | None = None
    source: str = ""


def _key(code: str, label: str, unit: str, default: str, stricter: Stricter = Stricter.NEITHER, **more: object) -> Key:
    return Key(code, label, unit, Decimal(default), stricter, **more)  # type: ignore[arg-type]


H, L = Stricter.HIGHER, Stricter.LOWER
# Highest grade of the annual appraisal that absences leave open: 4 优秀, 3 称职, 2 基本称职, 1 不称职.
GRADES = {4: "优秀", 3: "称职", 2: "基本称职", 1: "不称职"}
KEYS = (
    _key("tenure_min", "挂职最短期限", "月", "12", H, floor=True, source="“十百千”工程：挂职时间 1 至 3 年"),
    _key("tenure_max", "挂职最长期限", "月", "36", L, floor=True, source="“十百千”工程：挂职时间 1 至 3 年"),
    _key("tenure_default", "挂职期限（未另行规定时）", "月", "24"),
    _key("arrival_days", "任职文件印发后到岗期限", "工作日", "5", L),
    _key("party_relation_days", "组织关系转接期限", "日", "30", L),
    _key("replacement_days", "召回后派出单位补派期限", "工作日", "15", L),
    _key("notice_workdays_appointment", "任职公示期", "工作日", "5", H, floor=True),
    _key("quota_exceeded_blocks", "超出县区名额时不得确认岗位（1 是，0 只提示）", "是否", "1", H),
    _key("coverage_first_blocks", "贫困村、后进村未全覆盖时不得先确认其他村（1 是，0 只提示）", "是否", "0", H),
    _key("work_years_min", "选派干部最低工作年限", "年", "2", H, source="选派第一书记的通知（2015）"),
    _key("appraisal_years", "选派前须看的年度考核年数", "年", "2", H),
    _key("retire_age_male", "男干部退休年龄", "岁", "60"),
    _key("retire_age_female", "女干部退休年龄", "岁", "55"),
    _key("gate_valid_months", "政治、品行、能力关审查有效期", "月", "12", L),
    _key("gate_valid_months_integrity", "廉政意见有效期", "月", "6", L),
    _key("recusal_own_village_blocks", "不得到本人出生或原籍村任第一书记（1 是，0 只提示）", "是否", "0", H),
    _key("min_days_per_month", "每月驻村（在岗）天数", "天", "20", H),
    _key("min_share_year", "全年在岗比例", "比例", "0.6667", H),
    _key("max_leave_days_year", "全年请假上限", "天", "30", L),
    _key("leave_limit_town_days", "镇办可批准的请假天数", "天", "3", L),
    _key("min_days_per_year", "每年驻村（在岗）天数", "天", "200", H),
    _key("min_days_working", "在岗天数只计工作日（1 是，0 按日历天）", "是否", "0"),
    _key("overnight_share_min", "村级挂职干部吃住在村夜数占在村天数比例", "比例", "0.5", H),
    _key("long_holiday_days", "折算在岗天数的长假最少天数", "天", "7"),
    _key("leave_limit_county_days", "县区可批准的县级挂职干部请假天数", "天", "3", L),
    _key("leave_counts_calendar", "审批权限按日历天计算请假天数（1 是，0 按工作日）", "是否", "1", H),
    _key("leave_split_days", "间隔不超过多少天的请假合并计算", "天", "3", H),
    _key("leave_written_days", "紧急请假口头报告后补办手续期限", "天", "3", L),
    _key("leave_copy_days", "请假超过多少天抄送派出单位", "天", "15", L),
    _key("leave_replacement_days", "请假超过多少天研究另派人选", "天", "30", L),
    _key("leave_return_workdays", "假期届满后销假期限", "工作日", "1", L),
    _key("annual_leave_days_1", "年休假：工作满 1 年", "天", "5", source="职工带薪年休假条例"),
    _key("annual_leave_days_10", "年休假：工作满 10 年", "天", "10", source="职工带薪年休假条例"),
    _key("annual_leave_days_20", "年休假：工作满 20 年", "天", "15", source="职工带薪年休假条例"),
    _key("absent_1", "缺岗一次后年度考核最高等次", "等次", "3", L),
    _key("absent_2", "缺岗两次后年度考核最高等次", "等次", "2", L),
    _key("absent_3", "缺岗三次后年度考核最高等次", "等次", "1", L),
    _key("excellent_quota", "优秀等次比例（以县区为单位）", "比例", "0.30", L),
    _key("host_appraisal_min_months", "由挂职地考核的最短在岗时间", "月", "6"),
    _key("rect_pass_score", "整顿验收合格分", "分", "70", H),
    _key("rect_dissatisfied_fail", "整顿验收不满意率上限", "比例", "0.5", L),
    _key("ident_notice_days", "贫困户识别公示期", "日", "7", H, floor=True),
    _key("monitor_notice_days", "监测对象公示期", "日", "5", H, floor=True, since=dt.date(2021, 1, 1)),
    _key("monitor_total_days", "监测对象识别总期限", "日", "15", L, since=dt.date(2021, 1, 1)),
    _key("project_notice_days", "项目公告公示期", "日", "10", H, floor=True),
    _key("exit_notice_days", "脱贫退出公示期", "日", "7", H, floor=True),
    _key(
        "village_rate_max",
        "贫困村退出时贫困发生率上限（西部）",
        "比例",
        "0.03",
        L,
        floor=True,
        since=dt.date(2016, 4, 1),
    ),
    _key(
        "county_rate_max",
        "贫困县退出时贫困发生率上限（西部）",
        "比例",
        "0.03",
        L,
        floor=True,
        since=dt.date(2016, 4, 1),
    ),
    _key("evaluation_recognition_min", "群众认可度下限", "比例", "0.90", H, floor=True, since=dt.date(2016, 4, 1)),
    _key("monitor_factor", "监测收入线对扶贫标准的倍数", "倍", "1.5", since=dt.date(2020, 3, 1)),
    _key(
        "house_area_per_person",
        "易地扶贫搬迁人均住房面积上限",
        "平方米",
        "25",
        L,
        floor=True,
        since=dt.date(2016, 1, 1),
    ),
    _key("loan_max", "扶贫小额信贷额度上限", "元", "50000", L),
    _key("loan_years", "扶贫小额信贷期限上限", "年", "3", L),
    _key("loan_age_min", "扶贫小额信贷借款人最低年龄", "岁", "18", H),
    _key("loan_age_max", "扶贫小额信贷借款人最高年龄", "岁", "65", L),
    _key("match_class", "匹配分值：单位类别与村情相配", "分", "40"),
    _key("match_skill", "匹配分值：专长与岗位需求相符", "分", "25"),
    _key("match_rural", "匹配分值：农村工作经历", "分", "15"),
    _key("match_rural_years", "匹配：农村工作经历计满分的年数", "年", "5"),
    _key("match_county", "匹配分值：熟悉本县（不含本人出生或原籍村）", "分", "10"),
    _key("match_wish", "匹配分值：符合本人意愿（定单位时为原包村单位）", "分", "10"),
    _key("match_unit_in_town", "匹配：同一单位在同一镇（街道）最多派驻（0 不限）", "名", "2", L),
    _key("match_unit_villages", "匹配：一个单位最多包村", "个", "5", L),
    _key("plan_due_day", "月计划提交期限（当月几日）", "日", "5", L),
    _key("summary_due_day", "月小结提交期限（次月几日）", "日", "5", L),
    _key("ballot_min_group", "测评发票最低数（防止推知个人意见）", "票", "5", H, floor=True),
    # Rates of a unit's own area: what stands here is an example until a local document sets it.
    _key("claim_meal_day", "驻村伙食补助标准", "元/天", "40", source="示例，按当地差旅文件设定"),
    _key("claim_meal_out", "因公外出的日子也计伙食补助（1 是，0 另按差旅费报销）", "是否", "0", source="示例，按当地差旅文件设定"),
    _key("claim_travel_trip", "往返交通补助标准", "元/次", "80", source="示例，按当地差旅文件设定"),
    _key("claim_trips_month", "每月报销往返次数上限", "次", "4", L, source="示例，按当地差旅文件设定"),
    _key("claim_insurance_year", "人身意外保险标准", "元/年", "100", source="示例，按当地文件设定"),
    _key("request_reply_days", "向上要事项答复期限", "工作日", "10", L),
    # What the burden meter takes a thing of entry to cost; measured anew, a new row says from when on it holds.
    _key("burden_seconds_form", "填报测算：打开、核对、提交一份", "秒", "10", source="测算参数，按实测调整"),
    _key("burden_seconds_choice", "填报测算：选一项、填一个日期或数字", "秒", "3", source="测算参数，按实测调整"),
    _key("burden_seconds_character", "填报测算：写一个字", "秒", "0.7", source="测算参数，按实测调整"),
    # Clues on logs are questions: these say from when on something is asked at all, and for how long it is kept.
    _key("clue_text_length", "日志线索：至少多少字才比较文字", "字", "40", H),
    _key("clue_text_share", "日志线索：文字相似多少才提出", "比例", "0.9", H),
    _key("clue_window_days", "日志线索：与多少天内的日志比较", "天", "90", L),
    _key("clue_backfill_days", "日志线索：一次补写多少天以上才提出", "天", "10", H),
    _key("clue_backfill_late", "日志线索：过多少天再写算补写", "天", "3", H),
    _key("clue_speed", "日志线索：两个位置之间快过多少才提出", "公里/小时", "150", H),
    _key("clue_answer_workdays", "日志线索：先由本人说明的期限", "工作日", "10", H),
    _key("clue_pattern_count", "日志线索：多少条没有说明才问一问", "条", "3", H),
    _key("clue_pattern_days", "日志线索：在多少天内", "天", "60", L),
    _key("clue_keep_days", "日志线索、位置保存多久后删除", "天", "90", L),
    _key("self_fund_household", "易地扶贫搬迁户均自筹上限", "元", "10000", L),
)
KEY_OF = {key.code: key for key in KEYS}


class Row(Protocol):
    jurisdiction: str
    value: Decimal
    valid_from: dt.date
    floor: bool


R = TypeVar("R", bound=Row)


def jurisdictions_of(region: str) -> list[str]:
    """A region code and everything above it, nation last: 611021101 → 611021101, 611021, 6110, 61, ''."""
    return [region[:n] for n in (12, 9, 6, 4, 2) if n <= len(region)] + [""]


def is_looser(value: Decimal, than: Decimal, stricter: Stricter) -> bool:
    """Whether a value binds less than another."""
    return value < than if stricter is Stricter.HIGHER else value > than if stricter is Stricter.LOWER else False


def governing(rows: Sequence[R], *, stricter: Stricter) -> R | None:
    """The row that counts among the valid ones of a key: the narrowest, unless it is looser than a floor above it.

    Of several rows of one jurisdiction the latest counts.
    """
    latest: dict[str, R] = {}
    for row in sorted(rows, key=lambda row: row.valid_from):
        latest[row.jurisdiction] = row
    found: R | None = None
    binding: R | None = None
    for row in sorted(latest.values(), key=lambda row: len(row.jurisdiction)):
        found = binding if binding is not None and is_looser(row.value, binding.value, stricter) else row
        if row.floor and found is row:
            binding = row
    return found


# Days on which nobody works in any year, whatever else is arranged: New Year, Labour Day, three days of the National Day.
ALWAYS_OFF = ((1, 1), (5, 1), (10, 1), (10, 2), (10, 3))


def unrested(said: Mapping[dt.date, bool], *, year: int) -> list[dt.date]:
    """Days that are always off and that an arrangement of a year does not name so: it is not whole."""
    return [day for month, number in ALWAYS_OFF if said.get(day := dt.date(year, month, number)) is not False]
