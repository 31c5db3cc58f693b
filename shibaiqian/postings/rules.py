"""The flow of a posting, the reasons of its end and of a recall, its dates, and the list of a handover. Pure."""

import datetime as dt
from collections.abc import Mapping, Sequence

from shibaiqian.access.flow import Flow
from shibaiqian.base.workdays import workdays_between

STATES = {
    "pending_arrival": "待到岗", "active": "在岗", "on_extension": "延期", "suspended": "暂停", "recall_proposed": "拟召回",
    "recall_heard": "待决定召回", "handing_over": "交接中", "ended": "已结束", "recalled": "已召回",
}  # fmt: skip
STEPS = {
    "record_arrival": "登记到岗", "extend_term": "延长任期", "suspend_posting": "暂停挂职", "resume_posting": "恢复挂职",
    "propose_recall": "提出召回", "hear_official": "听取本人意见", "dismiss_recall": "不予召回", "decide_recall": "决定召回",
    "begin_handover": "开始交接", "waive_handover": "免予交接", "stop_handover": "中止交接", "end_posting": "结束挂职",
    "adjust_posting": "调整任职", "replace_official": "更换人选", "rotate_official": "期满轮换",
}  # fmt: skip
# domain.md 4.7, 4.8. Whoever was recalled hands over afterwards; a post is refilled once its official leaves or has left.
POSTING = Flow(
    noun="这次挂职",
    states=STATES,
    steps=STEPS,
    table={
        ("pending_arrival", "record_arrival"): "active",
        ("pending_arrival", "propose_recall"): "recall_proposed",
        ("pending_arrival", "end_posting"): "ended",
        ("active", "extend_term"): "on_extension",
        ("active", "suspend_posting"): "suspended",
        ("active", "propose_recall"): "recall_proposed",
        ("active", "begin_handover"): "handing_over",
        ("active", "waive_handover"): "handing_over",
        ("on_extension", "extend_term"): "on_extension",
        ("on_extension", "suspend_posting"): "suspended",
        ("on_extension", "propose_recall"): "recall_proposed",
        ("on_extension", "begin_handover"): "handing_over",
        ("on_extension", "waive_handover"): "handing_over",
        ("suspended", "resume_posting"): "active",
        ("suspended", "propose_recall"): "recall_proposed",
        ("suspended", "begin_handover"): "handing_over",
        ("suspended", "waive_handover"): "handing_over",
        ("recall_proposed", "hear_official"): "recall_heard",
        ("recall_proposed", "dismiss_recall"): "active",
        ("recall_heard", "dismiss_recall"): "active",
        ("recall_heard", "decide_recall"): "recalled",
        ("handing_over", "waive_handover"): "handing_over",
        ("handing_over", "stop_handover"): "active",
        ("handing_over", "end_posting"): "ended",
        ("handing_over", "adjust_posting"): "ended",
        ("handing_over", "replace_official"): "handing_over",
        ("handing_over", "rotate_official"): "handing_over",
        ("ended", "replace_official"): "ended",
        ("ended", "rotate_official"): "ended",
        ("recalled", "begin_handover"): "recalled",
        ("recalled", "waive_handover"): "recalled",
        ("recalled", "replace_official"): "recalled",
    },
)
RUNNING = tuple(state for state in STATES if state not in ("ended", "recalled"))

END_REASONS = {
    "term_complete": "任期届满", "promoted": "提拔使用", "recalled": "召回", "adjusted": "调整", "health": "健康原因",
    "retired": "退休", "resigned": "辞职", "disciplinary": "受到处分", "deceased": "去世",
    "village_merged": "村（社区）合并", "other": "其他",
}  # fmt: skip
# Two ends are decided by steps of their own.
SAID_AT_END = {code: label for code, label in END_REASONS.items() if code not in ("recalled", "adjusted")}
# domain.md 4.8: what an official is recalled for.
RECALL_REASONS = {
    "not_resident": "不按规定驻村", "not_competent": "不胜任", "work_not_done": "工作不落实、群众不满意", "discipline": "违反纪律",
    "leave": "全年请假超过规定天数", "health": "健康原因不能履职", "appraisal": "年度考核不称职",
}  # fmt: skip
SUSPENSION_REASONS = {"investigation": "接受组织调查", "illness": "长期病假", "other": "其他"}
WAIVER_REASONS = {"deceased": "去世", "illness": "重病"}
# What is handed over (domain.md 4.8). Each is an item of the list even where the records say nothing of it.
CHECKLIST = {
    "village_profile": "村情资料", "household_ledger": "贫困户台账", "projects": "在建项目和资金", "promises": "对群众的承诺和未办事项",
    "assets": "钥匙、资产和经费", "petitions": "未了信访矛盾", "party_ledger": "党建台账",
}  # fmt: skip
REMIND_DAYS = (90, 30, 7)  # before the end of a term
OVERLAP_WORKDAYS = 5  # of leaver and successor (压茬), fewer is noted
PARTY_LETTER_DAYS = 30  # how long a letter of party relations is valid


def returns_to(*, arrived: bool, extended: bool) -> str:
    """Where a posting stands again after a suspension, a dismissed recall or a stopped handover."""
    return ("on_extension" if extended else "active") if arrived else "pending_arrival"


def months_after(day: dt.date, months: int) -> dt.date:
    """The same day some months later, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = (dt.date(year + (month == 11), (month + 1) % 12 + 1, 1) - dt.timedelta(days=1)).day
    return dt.date(year, month + 1, min(day.day, last))


def ends_between(appointed: dt.date, *, least: int, most: int) -> tuple[dt.date, dt.date]:
    """First and last day on which a term of so many months may end: the day before its anniversary, or that day."""
    return months_after(appointed, least) - dt.timedelta(days=1), months_after(appointed, most)


def covers(host: str, village: str) -> bool:
    """Whether an official posted to a county, town or village serves this village."""
    return bool(host) and village.startswith(host)


def deciding_region(*, level: str, host: str, home: str) -> str:
    """The place whose organisation department decides of a posting: the city, the host's county, or the home's (domain.md 2.5).

    A county decides of its own within itself; whoever goes from one county to another is the city's to decide.
    """
    if level == "county" or (level == "home" and len(home) >= 6 and host.startswith(home[:6])):
        return host[:6]
    return host[:4]


def overlap_workdays(opened: dt.date, ended: dt.date) -> int:
    """Working days that leaver and successor had together, both ends counted."""
    return workdays_between(opened, ended)


def checklist(facts: Mapping[str, Sequence[str]]) -> list[dict[str, object]]:
    """The items of a handover from what the records say, by the codes of `CHECKLIST`; an empty one is still to be looked at."""
    return [
        {"code": code, "label": label, "text": "；".join(facts.get(code, ())) or "系统中没有记录，请当面核对", "done": False}
        for code, label in CHECKLIST.items()
    ]
