"""The flow of a posting, the reasons of its end, and its dates. Pure."""

import datetime as dt

from shibaiqian.access.command import Refused

# (state, step) → next state. `recall` is what `end_posting` does when the reason is a recall.
FLOW: dict[tuple[str, str], str] = {
    ("pending_arrival", "record_arrival"): "active",
    ("pending_arrival", "end_posting"): "ended",
    ("pending_arrival", "recall"): "recalled",
    ("active", "end_posting"): "ended",
    ("active", "recall"): "recalled",
    ("on_extension", "end_posting"): "ended",
    ("on_extension", "recall"): "recalled",
    ("suspended", "end_posting"): "ended",
    ("suspended", "recall"): "recalled",
    ("handing_over", "end_posting"): "ended",
    ("handing_over", "recall"): "recalled",
}
STATES = {
    "pending_arrival": "待到岗", "active": "在岗", "on_extension": "延期", "suspended": "暂停",
    "handing_over": "交接中", "ended": "已结束", "recalled": "已召回",
}  # fmt: skip
STEPS = tuple(sorted({step for _, step in FLOW}))
RUNNING = tuple(state for state in STATES if state not in ("ended", "recalled"))

END_REASONS = {
    "term_complete": "任期届满", "promoted": "提拔使用", "recalled": "召回", "adjusted": "调整", "health": "健康原因",
    "retired": "退休", "resigned": "辞职", "disciplinary": "受到处分", "deceased": "去世",
    "village_merged": "村（社区）合并", "other": "其他",
}  # fmt: skip


class StepNotOpen(Refused):
    """The posting's state does not allow this."""


def next_state(state: str, step: str) -> str:
    """The state after a step, or a refusal that says where the posting stands."""
    after = FLOW.get((state, step))
    if after is None:
        raise StepNotOpen(f"这次挂职{STATES[state]}，不能进行这一步。请刷新页面查看最新状态。")
    return after


def steps_from(state: str) -> frozenset[str]:
    """What may be done now: the buttons of the page."""
    return frozenset(step for (at, step) in FLOW if at == state)


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
