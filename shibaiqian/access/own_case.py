"""Nobody decides about themselves: not in the own role, not in a lent one; nor, in a lent role, about who lent it.

Who may not decide about relatives and colleagues either is `selection.recusal`'s to say: it begins with this.
"""

import uuid
from collections.abc import Mapping

from django.db.models import Q

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import Refused
from shibaiqian.access.models import User


class OwnCase(Refused):
    """Nobody decides about themselves."""


def person_of(by: Actor) -> uuid.UUID | None:
    """The cadre whose role this is: of the account, or of who lent it. One query in a lent role; None where nobody stands behind it."""
    if by.lender_id is None:
        return by.person
    return User.objects.filter(pk=by.lender_id).values_list("person", flat=True).first()


def is_own(by: Actor, *, cadre: uuid.UUID, name: str) -> bool:
    """Whether this cadre is who acts, or who lent the role. An account that no cadre was linked to is known by its name."""
    person = person_of(by)
    return person == cadre if person else (by.standing_in_for or by.name) == name


def own_rows(by: Actor) -> Q:
    """The condition of `is_own` on rows with `cadre` and `cadre_name`."""
    person = person_of(by)
    return Q(cadre=person) if person else Q(cadre_name=by.standing_in_for or by.name)


def not_own_case(by: Actor, *, persons: Mapping[uuid.UUID, str]) -> None:
    """Refuse when one of these cadres (key → name) is who acts, or who lent the role that is acted in. One query.

    Called by every command that decides about persons. The system is nobody.
    """
    acting = {key for key in (by.user_id, by.lender_id) if key is not None}
    if not acting or not persons:
        return
    rows = User.objects.filter(pk__in=acting, person__in=list(persons)).values_list("pk", "person")
    found = {user: persons[person] for user, person in rows if person is not None}
    if by.user_id in found:
        name = found[by.user_id]
        if by.standing_in_for:
            raise OwnCase(
                f"{name}是您本人：您正代理{by.standing_in_for}办理，代理人不得办理自己的事项，没有办理。请由{by.standing_in_for}本人或其他有权限的同事办理。"
            )
        raise OwnCase(f"{name}是您本人，您应当回避，没有办理。请由其他有权限的同事办理。")
    if by.lender_id in found:
        raise OwnCase(
            f"{found[by.lender_id]}是委托您代理的人，代理人不能替委托人办理其本人的事项，没有办理。请由其他有权限的同事以自己的角色办理。"
        )
