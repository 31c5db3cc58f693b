"""The explicit table of what a phone may send: kind → whose it is, how its body is read, and the command, the same as the console's.

A context adds its kinds in a module of its own here, and a line below.
"""

from shibaiqian.access.roles import Permission, Role
from shibaiqian.access.scope import ScopeKind
from shibaiqian.sync.kinds import drafts, duty, fieldwork, notices, plans, upward
from shibaiqian.sync.kinds.kind import Kind

KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (
        *fieldwork.KINDS,
        *plans.KINDS,
        *upward.KINDS,
        *notices.KINDS,
        *duty.KINDS,
        *drafts.KINDS,
    )
}


def kinds_of(role: Role) -> list[str]:
    """What this role may send. The field app is for those who have a place of their own and write of it; reading messages alone is no field work."""
    if role.scope_kind is not ScopeKind.REGION:
        return []
    found = [code for code, kind in KINDS.items() if kind.permission in role.permissions]
    return found if any(KINDS[code].permission is not Permission.KEEP_OWN_ACCOUNT for code in found) else []
