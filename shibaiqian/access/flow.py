"""Flow tables: which step is open in which state, and where it leads. Pure.

One table per thing with a procedure stands in its context's `rules.py`. From it come the guards of commands (`next`), the
buttons (`open_steps`), the diagram in the handbook (`mermaid`) and the tests of every state with every step.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from shibaiqian.access.command import Refused


class StepNotOpen(Refused):
    """The state does not allow this step."""


@dataclass(frozen=True)
class Flow:
    """`noun` begins the refusal (“这项推荐”). `table` maps (state, step) to the next state; `steps` has the label of each step."""

    noun: str
    states: Mapping[str, str]
    steps: Mapping[str, str]
    table: Mapping[tuple[str, str], str]

    def __post_init__(self) -> None:
        unknown = [(at, step) for (at, step), to in self.table.items() if {at, to} - set(self.states) or step not in self.steps]
        if unknown:
            raise ValueError(f"unknown states or steps: {unknown}")

    def next(self, state: str, step: str, *, named: str = "") -> str:
        """The state after a step, or a refusal that says where the thing stands and what may be done instead."""
        after = self.table.get((state, step))
        if after is None:
            may = "、".join(self.steps[s] for s in self.open_steps(state)) or "没有可办理的步骤"
            raise StepNotOpen(
                f"{self.noun}{f'（{named}）' if named else ''}现在是“{self.states[state]}”，不能办理“{self.steps[step]}”。"
                f"当前可以办理：{may}。请刷新页面查看最新状态。"
            )
        return after

    def open_steps(self, state: str) -> tuple[str, ...]:
        """What may be done now, in the order of the table."""
        return tuple(step for (at, step) in self.table if at == state)

    def states_open_to(self, step: str) -> tuple[str, ...]:
        """The states from which a step may be taken."""
        return tuple(at for (at, s) in self.table if s == step)

    @property
    def final(self) -> frozenset[str]:
        return frozenset(self.states) - {at for at, _ in self.table}

    def mermaid(self) -> str:
        """The diagram of the handbook."""
        lines = [f"    {at} --> {to}: {self.steps[step]}" for (at, step), to in self.table.items()]
        named = [f'    state "{label}" as {code}' for code, label in self.states.items()]
        return "\n".join(["stateDiagram-v2", *named, *lines])
