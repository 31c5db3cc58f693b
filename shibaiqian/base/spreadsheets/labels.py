"""Cells that hold one of a few words: truth values and labels of code lists."""

import difflib
import re
from collections.abc import Mapping
from typing import Any

import polars as pl

from shibaiqian.base.spreadsheets.cells import EMPTY_MARKS, Outcome, squeezed
from shibaiqian.base.spreadsheets.columns import Column, ColumnKind
from shibaiqian.base.spreadsheets.findings import shown

TRUE = ("是", "有", "√", "✓", "✔", "☑", "Y", "YES", "T", "TRUE", "1", "对")
FALSE = ("否", "无", "没有", "×", "✗", "✘", "N", "NO", "F", "FALSE", "0", "不是", "X", "-", "/")
TRUTHS: dict[str, bool] = {**dict.fromkeys(TRUE, True), **dict.fromkeys(FALSE, False)}
TICKS = frozenset("√✓✔☑")
_JOINTS = re.compile(r"[、，,;；|/]")


def plain_labels(raw: pl.Series, column: Column) -> pl.Series:
    """Codes of cells that hold a label exactly; null for everything else."""
    known: Mapping[str, Any] = {"是": True, "否": False} if column.kind is ColumnKind.BOOLEAN else column.choices or {}
    if column.kind is ColumnKind.CHOICES:
        known = {label: str(code) for label, code in known.items()}
    return raw.replace_strict(
        pl.Series(list(known), dtype=pl.String),
        pl.Series(list(known.values()), dtype=column.dtype),
        default=None,
        return_dtype=column.dtype,
    )


def tidy_truth(raw: str) -> Outcome:
    """√, 有, Y and their opposites."""
    text = squeezed(raw).upper()
    if not text:
        return Outcome()
    if text in TRUTHS:
        value = TRUTHS[text]
        return Outcome(value) if text in ("是", "否") else Outcome.noted(value, "truth_written", f"按“{'是' if value else '否'}”接收。")
    return Outcome.refused("truth_unknown", "这里只能填“是”或“否”。", "请改为“是”或“否”。")


def label_keys(column: Column) -> dict[str, tuple[str, Any]]:
    """Label without spaces and in half width → (label, code)."""
    return {squeezed(label): (label, code) for label, code in list((column.choices or {}).items())[::-1]}


def tidy_label(raw: str, column: Column, keys: Mapping[str, tuple[str, Any]]) -> Outcome:
    """A label with spaces or full-width signs in it; anything else is refused with the labels there are."""
    text = squeezed(raw)
    if not text:
        return Outcome()
    if column.kind is ColumnKind.CHOICES:
        return _tidy_labels(text, keys)
    if text in keys:
        label, code = keys[text]
        return Outcome(code) if raw.strip() == label else Outcome.noted(code, "label_tidied", f"按“{label}”接收。")
    if text in EMPTY_MARKS:
        return Outcome.noted(None, "empty_mark", f"“{text}”按空白接收。")
    return _unknown(text, keys)


def _tidy_labels(text: str, keys: Mapping[str, tuple[str, Any]]) -> Outcome:
    if text in keys:  # a label may hold a joint itself
        return Outcome(str(keys[text][1]))
    if text in EMPTY_MARKS:
        return Outcome.noted(None, "empty_mark", f"“{text}”按空白接收。")
    codes: list[str] = []
    for part in filter(None, _JOINTS.split(text)):
        if part not in keys:
            return _unknown(part, keys)
        code = str(keys[part][1])
        if code not in codes:
            codes.append(code)
    return Outcome("|".join(codes) or None)


def _unknown(text: str, keys: Mapping[str, tuple[str, Any]]) -> Outcome:
    labels = [label for label, _ in keys.values()][::-1]
    near = difflib.get_close_matches(text, labels, n=1, cutoff=0.5)
    listed = "、".join(labels[:12]) + ("等" if len(labels) > 12 else "")
    hint = f"是不是“{near[0]}”？" if near else ""
    return Outcome.refused("label_unknown", f"“{shown(text)}”不在可填的内容里。", f"{hint}请填：{listed}。")
