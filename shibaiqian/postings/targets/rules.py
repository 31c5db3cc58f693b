"""The flow of a target letter, what makes its items sound, and how far a target is reached. Pure."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from shibaiqian.access.flow import Flow

MOST_ITEMS = 15
# What records count of a place: figures of the catalogue that a target may name.
COUNTED = (
    "people_out_stably", "households_income_up", "practical_services", "projects", "agricultural_parks", "leading_enterprises",
    "cooperatives", "large_producers", "organisations_overhauled",
)  # fmt: skip
LETTER = Flow(
    noun="这份目标责任书",
    states={"draft": "拟定", "signing": "待签", "signed": "已签订", "amended": "已修订"},
    steps={
        "revise_targets": "修改", "offer_targets": "送签", "withdraw_targets": "撤回修改", "sign_targets": "签字", "amend_targets": "修订",
        "replace_targets": "由修订后的责任书代替",
    },
    table={
        ("draft", "revise_targets"): "draft",
        ("draft", "offer_targets"): "signing",
        ("signing", "withdraw_targets"): "draft",
        ("signing", "sign_targets"): "signing",
        ("signed", "amend_targets"): "signed",
        ("signed", "replace_targets"): "amended",
    },
)  # fmt: skip


@dataclass(frozen=True)
class Item:
    """One target as it is drawn up; `indicator` is a code of the catalogue or empty."""

    text: str
    target: int
    measure: str
    weight: int
    due_on: dt.date
    indicator: str = ""
    baseline: int = 0


def faults(items: Sequence[Item], *, first: dt.date, last: dt.date, indicators: Collection[str]) -> list[str]:
    """What is wrong with a letter's items, in words; empty when they are sound. `first` and `last` are the days of the letter."""
    found = []
    if not items:
        found.append("还没有目标，请至少填写一项。")
    if len(items) > MOST_ITEMS:
        found.append(f"目标有 {len(items)} 项，最多 {MOST_ITEMS} 项，请合并或删去次要的。")
    total = sum(item.weight for item in items)
    if items and total != 100:
        found.append(f"权重合计 {total}，应为 100，请调整。")
    for number, item in enumerate(items, start=1):
        where = f"第 {number} 项"
        if not item.text.strip():
            found.append(f"{where}没有写目标任务。")
        if item.weight <= 0:
            found.append(f"{where}的权重应大于 0。")
        if not item.measure.strip():
            found.append(f"{where}没有写单位（户、个、件等）。")
        if item.target <= item.baseline:
            found.append(f"{where}的目标 {item.target} 不高于基数 {item.baseline}，请改正。")
        if not first <= item.due_on <= last:
            found.append(f"{where}的完成时限 {item.due_on} 不在责任书期间（{first} 至 {last}）内。")
        if item.indicator and item.indicator not in indicators:
            found.append(f"{where}的指标“{item.indicator}”不在指标目录中，请从列表中选择。")
    return found


def period(scope: str, year: int | None, *, begins: dt.date, ends: dt.date) -> tuple[dt.date, dt.date]:
    """The days a letter covers: the term, or the part of the year that lies in it."""
    if scope == "term" or year is None:
        return begins, ends
    return max(begins, dt.date(year, 1, 1)), min(ends, dt.date(year, 12, 31))


def reached_percent(*, baseline: int, target: int, now: int | None) -> int | None:
    """Share of the way from baseline to target in whole percent, between 0 and 100; None while nothing is known."""
    if now is None:
        return None
    if target <= baseline:
        return 100 if now >= target else 0
    return max(0, min(100, (now - baseline) * 100 // (target - baseline)))
