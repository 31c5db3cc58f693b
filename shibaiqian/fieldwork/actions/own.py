"""Whose days and leave somebody may write: an official the own ones; the village's clerk and the town for whom they keep the ledger."""

import uuid

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused
from shibaiqian.access.own_case import is_own
from shibaiqian.access.roles import Role


class NotYours(Refused):
    """An official writes about nobody else."""


def must_be_own(by: Actor, *, cadre: uuid.UUID, name: str) -> None:
    """Refuse an official who writes about another one."""
    if by.role is Role.POSTED_CADRE and not is_own(by, cadre=cadre, name=name):
        raise NotYours(f"这是{name}的考勤和请假，挂职干部只能办理本人的。请本人办理，或由村级组织、镇办党委代为登记。")
