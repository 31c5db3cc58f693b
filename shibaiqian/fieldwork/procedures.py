"""Flow tables and checks of plans, summaries, duty reports and emergencies. Pure."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shibaiqian.access.flow import Flow

MOST_ITEMS = 10  # of a monthly plan
PAPER = Flow(
    noun="这份月计划或小结",
    states={"draft": "起草", "submitted": "已提交", "returned": "已退回", "heard": "已听取"},
    steps={"write": "修改", "submit": "提交", "take_back": "撤回修改", "return": "退回", "hear": "工作例会听取"},
    table={
        ("draft", "write"): "draft",
        ("draft", "submit"): "submitted",
        ("submitted", "take_back"): "draft",
        ("submitted", "return"): "returned",
        ("submitted", "hear"): "heard",
        ("returned", "write"): "returned",
        ("returned", "submit"): "submitted",
    },
)
DRAFT = Flow(
    noun="这条代记",
    states={"waiting": "等本人核对", "accepted": "已采用", "returned": "已退回", "withdrawn": "已撤回"},
    steps={"accept_draft": "采用", "return_draft": "退回", "withdraw_draft": "撤回"},
    table={
        ("waiting", "accept_draft"): "accepted",
        ("waiting", "return_draft"): "returned",
        ("waiting", "withdraw_draft"): "withdrawn",
    },
)
DUTY_REPORT = Flow(
    noun="这份述职报告",
    states={"draft": "起草", "submitted": "待述职", "rectifying": "整改中", "closed": "已办结"},
    steps={
        "write_report": "修改", "submit_report": "提交", "take_back_report": "撤回修改", "hear_report": "登记述职和测评", "rectify": "登记整改结果",
        "close_report": "办结",
    },
    table={
        ("draft", "write_report"): "draft",
        ("draft", "submit_report"): "submitted",
        ("submitted", "take_back_report"): "draft",
        ("submitted", "hear_report"): "rectifying",
        ("rectifying", "rectify"): "rectifying",
        ("rectifying", "close_report"): "closed",
    },
)  # fmt: skip
QUESTION = Flow(
    noun="这个问题",
    states={"waiting": "请问一问", "asked": "已问，等本人说", "answered": "本人已说明", "lapsed": "不用再问"},
    steps={"open_question": "打开看看并问一问", "answer_question": "本人说明", "note_answer": "记下本人的说法"},
    table={
        ("waiting", "open_question"): "asked",
        ("waiting", "answer_question"): "answered",
        ("asked", "answer_question"): "answered",
        ("asked", "note_answer"): "answered",
    },
)
# What records count of a period: code → what it is called. Each opens the records it counts.
FACTS = {
    "days": "有日志的天数", "items": "日志事项", "visits": "入户走访（次）", "households": "走访户数", "services": "办实事（件）",
    "confirmed": "其中群众已确认（件）",
}  # fmt: skip


@dataclass(frozen=True)
class Period:
    """Days of an emergency, both counted."""

    first: dt.date
    last: dt.date


@dataclass(frozen=True)
class Ballot:
    """A vote as counted: how many were invited, came, got a paper, gave one back, filled it in rightly, and what they said."""

    invited: int
    present: int
    issued: int
    returned: int
    valid: int
    good: int
    fairly_good: int
    average: int
    poor: int


def month_of(day: dt.date) -> dt.date:
    return day.replace(day=1)


def next_month(month: dt.date) -> dt.date:
    return (month.replace(day=1) + dt.timedelta(days=32)).replace(day=1)


def last_day(month: dt.date) -> dt.date:
    return next_month(month) - dt.timedelta(days=1)


def read_month(text: str) -> dt.date | None:
    """2016-05 → its first day; None for anything else, and for a month that no calendar here counts on from."""
    try:
        first = dt.date.fromisoformat(f"{text}-01") if len(text) == 7 else None
    except ValueError:
        return None
    return first if first and 1900 <= first.year < 2200 else None


def moved(due: dt.date, periods: Iterable[Period]) -> dt.date:
    """A deadline that falls into an emergency: the clock stood still during it, so as many days are left after it as were left
    when it began. A deadline outside every period stays where it is."""
    for period in sorted(periods, key=lambda p: (p.first, p.last)):
        if period.first <= due <= period.last:
            due = period.last + dt.timedelta(days=1) + (due - period.first)
    return due


def days_in(periods: Iterable[Period], *, first: dt.date, last: dt.date) -> frozenset[dt.date]:
    """The days between first and last, both counted, that lie in any of the periods."""
    return frozenset(
        day
        for period in periods
        for n in range((min(last, period.last) - max(first, period.first)).days + 1)
        if (day := max(first, period.first) + dt.timedelta(days=n))
    )


def plan_faults(texts: Sequence[str]) -> list[str]:
    """What is wrong with the things of a plan, in words; empty when they are sound."""
    found = []
    if not texts:
        found.append("还没有计划事项，请至少写一项。")
    if len(texts) > MOST_ITEMS:
        found.append(f"计划有 {len(texts)} 项，最多 {MOST_ITEMS} 项，请合并或删去次要的。")
    found += [f"第 {number} 项没有写内容。" for number, text in enumerate(texts, start=1) if not text.strip()]
    return found


def ballot_faults(ballot: Ballot, *, least: int) -> list[str]:
    """What does not agree in a vote, in words; `least` is the smallest group in which nobody's answer can be guessed."""
    b = ballot
    found = []
    if min(vars(b).values()) < 0:
        found.append("票数不能小于 0。")
    for fewer, more, said in (
        (b.present, b.invited, "到会人数大于应到人数"), (b.issued, b.present, "发出票数大于到会人数"), (b.returned, b.issued, "收回票数大于发出票数"),
        (b.valid, b.returned, "有效票数大于收回票数"),
    ):  # fmt: skip
        if fewer > more:
            found.append(f"{said}（{fewer} > {more}），请核对。")
    total = b.good + b.fairly_good + b.average + b.poor
    if total != b.valid:
        found.append(f"好、较好、一般、差合计 {total} 票，与有效票 {b.valid} 票不符，请核对。")
    if b.issued < least:
        found.append(f"发出 {b.issued} 票，少于 {least} 票，可能推知个人的意见，不能登记测评结果。请扩大参加范围后再测评。")
    return found


def half_of(day: dt.date) -> int:
    return 1 if day.month <= 6 else 2
