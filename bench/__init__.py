"""Measurements against a bare lower bound in the same run; `python -m bench.run` prints and keeps them.

A bench is a module with `def run() -> list[Result]`. Ratios are the point: the machine is shared and noisy, absolute times are not.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """One measurement: ours beside the bare limit, and how many times as much ours costs."""

    name: str
    ours: float
    limit: float
    ratio: float
    unit: str
    p95_ms: float | None = None
    memory_mb: float | None = None
    note: str = ""
    # Of matching: how far the plan can be from the best, and how much more greedy loses.
    gap_percent: float | None = None
    greedy_excess_percent: float | None = None
