"""The flow of a run: (state, step) → next state."""

from shibaiqian.access.command import Refused

# What a job works on, or will: until it leaves these states a roster needs no person.
WORKING = ("uploaded", "checking", "confirmed", "writing")
FLOW: dict[tuple[str, str], str] = {
    **{(state, "note_progress"): state for state in WORKING},
    ("uploaded", "preview_run"): "previewed",
    ("uploaded", "refuse_run"): "refused",
    ("checking", "preview_run"): "previewed",
    ("checking", "refuse_run"): "refused",
    ("writing", "refuse_run"): "refused",
    ("previewed", "confirm_run"): "confirmed",
    ("previewed", "discard_run"): "discarded",
    ("refused", "discard_run"): "discarded",
    ("failed", "discard_run"): "discarded",
    ("uploaded", "fail_run"): "failed",
    ("checking", "fail_run"): "failed",
    ("confirmed", "fail_run"): "failed",
    ("writing", "fail_run"): "failed",
    ("previewed", "finish_run"): "done",
    ("confirmed", "finish_run"): "done",
    ("writing", "finish_run"): "done",
    ("done", "undo_run"): "undone",
}
STEPS = sorted({step for _, step in FLOW})
_SAID = {
    "uploaded": "正在排队检查", "checking": "正在检查", "previewed": "等待确认", "refused": "有错误，未导入", "confirmed": "已确认，正在排队导入",
    "writing": "正在导入", "done": "已导入", "failed": "失败", "undone": "已撤销", "discarded": "已放弃",
}  # fmt: skip


def require(state: str, step: str, *, refuse: type[Refused]) -> str:
    """The next state, or a refusal that says where the run stands."""
    after = FLOW.get((state, step))
    if after is None:
        raise refuse(f"这份名册{_SAID[state]}，不能进行这一步。请刷新页面查看最新状态。")
    return after


def steps_from(state: str) -> set[str]:
    """What may be done now: the buttons of the page."""
    return {step for (s, step) in FLOW if s == state}
