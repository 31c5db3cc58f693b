"""The explicit table of what a phone may send: kind → whose it is, how its body is read, and the command, the same as the console's.

A context adds its kinds in a module of its own here, and a line below.
"""

from shibaiqian.access.roles import Role
from shibaiqian.access.scope import ScopeKind
from shibaiqian.sync.kinds import duty, fieldwork, plans
from shibaiqian.sync.kinds.kind import Kind

KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (
        *fieldwork.KINDS,
        *plans.KINDS,
        *duty.KINDS,
    )
}


def kinds_of(role: Role) -> list[str]:
    """What this role may send. The field app is for those who have a place of their own."""
    if role.scope_kind is not ScopeKind.REGION:
        return []
    return [code for code, kind in KINDS.items() if kind.permission in role.permissions]
