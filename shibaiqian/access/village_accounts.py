"""Accounts of a village's clerk and group heads, opened and ended by their town: there are thousands, and the town knows them.

The town gives these two roles and no other, in its own villages only; an account that has any other role is the administrators'.
"""

from typing import TYPE_CHECKING

from axes.models import AccessAttempt
from django.db.models import QuerySet

from shibaiqian.access.actions import RoleEnded, RoleUnfit, open_prepared, set_password
from shibaiqian.access.actor import Actor
from shibaiqian.access.command import command, note_in_event
from shibaiqian.access.excel import groups_in, groups_wrong, named, prepare_accounts
from shibaiqian.access.models import VILLAGE, Assignment, User
from shibaiqian.access.own_case import OwnCase
from shibaiqian.access.queries import assignments_in_force, place_names
from shibaiqian.access.roles import VILLAGE_ROLES, Permission, Role
from shibaiqian.access.rows import Rows
from shibaiqian.base import clock

if TYPE_CHECKING:
    from django.db.models import Model


@command(Permission.KEEP_VILLAGE_ACCOUNTS, redact=("password",))
def open_village_account(village: "Model", *, login: str, name: str, password: str, role: str, groups: str = "", by: Actor) -> User:
    """Open an account for somebody of a village (its `Region`); the first password must be changed (not in a demonstration).

    A group head is given the villagers' `groups` he heads, as the register writes them, between commas; one that no household is in
    yet may be named.
    """
    code = str(village.pk)
    if role not in VILLAGE_ROLES or len(code) != VILLAGE:
        raise RoleUnfit("镇办只为所辖的村（社区）开设村级组织和村民小组长的账号。其他角色请联系系统管理员和安全管理员。")
    said = {"login": login, "name": name, "password": password, "role": role, "region_code": code, "groups": groups}
    rows = Rows.of_form(**said, unit_code=None, id_number=None)
    (user,) = open_prepared(prepare_accounts(village, rows=rows, by=by).or_refuse().frame, by=by)
    note_in_event(login=login, role=role)
    return user


@command(Permission.KEEP_VILLAGE_ACCOUNTS)
def change_groups(assignment: Assignment, *, groups: str, by: Actor) -> Assignment:
    """Say anew which villagers' groups a group head has: after groups were merged, renamed, or another head took one over."""
    locked = Assignment.objects.select_for_update().get(pk=assignment.pk)
    if not locked.is_of_village_in(by) or locked.role != Role.GROUP_HEAD:
        raise RoleUnfit("只有村民小组长的账号才指定小组。")
    if locked.ended_at is not None:
        raise RoleEnded("这个角色已经终止，不能再改小组。")
    found = groups_in(groups)
    if why := groups_wrong(found):
        raise RoleUnfit(f"{why}请照台账里的写法填写，例如“一组”。")
    note_in_event(user=locked.user_id, was=locked.groups)
    locked.groups, locked.scope_name = found, named(place_names([locked.region]).get(locked.region, ""), found)
    locked.save(update_fields=["groups", "scope_name"])
    return locked


@command(Permission.KEEP_VILLAGE_ACCOUNTS)
def end_village_role(assignment: Assignment, *, by: Actor) -> Assignment:
    """End a village's role at once; its phone is signed out and keeps what it has not sent. Others on that phone stay."""
    if assignment.user_id == by.user_id:
        raise OwnCase("不能终止自己的角色。")
    locked = Assignment.objects.select_for_update().get(pk=assignment.pk)
    if not locked.is_of_village_in(by):
        raise RoleUnfit("镇办只能终止本镇村级组织和村民小组长的角色。")
    if locked.ended_at is not None:
        raise RoleEnded("这个角色已经终止，不用再终止。")
    locked.ended_at = clock.wall_now()
    locked.save(update_fields=["ended_at"])
    note_in_event(user=locked.user_id, role=locked.role)
    return locked


@command(Permission.KEEP_VILLAGE_ACCOUNTS, redact=("new",))
def reset_village_password(user: User, *, new: str, by: Actor) -> User:
    """Give somebody of a village a new first password and lift a lock-out; sessions and phones of the account end."""
    if user.pk == by.user_id:
        raise OwnCase("不能重置自己的口令。请用“修改口令”。")
    locked = User.objects.select_for_update().get(pk=user.pk)
    set_password(locked, new, must_change=not clock.is_demonstration())
    AccessAttempt.objects.filter(username=locked.login).delete()
    return locked


def village_accounts(actor: Actor) -> QuerySet[Assignment]:
    """The roles that stand in the villages of the actor's place, with their people."""
    low, high = actor.scope.bounds
    rows = assignments_in_force(on=clock.today()).filter(role__in=VILLAGE_ROLES, region__gte=low, region__lt=high, user__is_active=True)
    return rows.select_related("user") if actor.may(Permission.KEEP_VILLAGE_ACCOUNTS) else rows.none()
