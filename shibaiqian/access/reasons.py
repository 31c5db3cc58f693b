"""The one rule for reasons that let somebody see or take away what is otherwise hidden."""

from shibaiqian.access.command import Refused

SHORTEST = 4  # characters: 核对证件 is a reason, 看看 is none


class ReasonMissing(Refused):
    """What shows or decides something needs a reason."""


def must_give_reason(said: str, *, to: str) -> None:
    """Refuse what is too short to be a reason; `to` is what it would allow, such as 查看完整身份证号."""
    if len("".join(said.split())) < SHORTEST:
        raise ReasonMissing(f"请写明{to}的理由（不少于 {SHORTEST} 个字），理由会记入审计。")
