"""What is done to accounts: opened, closed, given roles for a place, lent for dates; passwords and sessions."""

import datetime as dt
from typing import TYPE_CHECKING

import polars as pl
from axes.models import AccessAttempt
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, connection, transaction

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import NotVisible, Refused, command, current_event, note_in_event
from shibaiqian.access.excel import groups_in, place_for, prepare_accounts, weakness
from shibaiqian.access.models import Assignment, StandIn, User
from shibaiqian.access.own_case import OwnCase
from shibaiqian.access.queries import assignments_in_force, persons, place_names, units_by_code
from shibaiqian.access.roles import EXCLUSIVE, Permission, Role
from shibaiqian.access.rows import Rows, Written
from shibaiqian.access.scope import ScopeKind
from shibaiqian.base import clock
from shibaiqian.base.bulk import staged
from shibaiqian.base.ids import new_ids
from shibaiqian.base.spreadsheets.id_numbers import IdNumberWrong, check_id_number

if TYPE_CHECKING:
    from django.db.models import Model

LONGEST_LOAN = dt.timedelta(days=90)


class LoginTaken(Refused):
    """Somebody else's account has this login; it was opened a moment ago."""


class PasswordWrong(Refused):
    """The old password does not match."""


class PasswordWeak(Refused):
    """The new password would be guessed."""


class AccountClosed(Refused):
    """A closed account is given nothing."""


class AccountInThatState(Refused):
    """It is closed, or open, already."""


class RoleUnfit(Refused):
    """The role cannot be given: no such place, held already, or not a role for people."""


class RolesExclude(Refused):
    """One of the three administrators holds no other role, own or lent."""


class RoleEnded(Refused):
    """The role, or the loan, is over already."""


class PersonUnknown(Refused):
    """No cadre has this ID number and this name."""


class LoanUnfit(Refused):
    """The loan's dates, person or role do not do."""


# --- Accounts --------------------------------------------------------------------------------------------------------


# Not even a digest of the rows: a first password could be guessed from it.
@command(Permission.MANAGE_ACCOUNTS, redact=("rows",))
def open_accounts(where: "Model", *, rows: Rows, by: Actor) -> Written:
    """Open accounts, all or none; first passwords are hashed and must be changed (not in a demonstration).

    The subject of a roster is its region. A form of the system administrator, who has no region, stands under the
    administrator's own account: where the permission holds, and whose row the audit names.
    """
    prepared = prepare_accounts(where, rows=rows, by=by).or_refuse()
    users = open_prepared(prepared.frame, by=by)
    note_in_event(logins=[user.login for user in users], opened=len(users), file_sha256=rows.file_sha256)
    return Written(count=len(users))


def open_prepared(frame: pl.DataFrame, *, by: Actor) -> list[User]:
    """The accounts of rows as `prepare_accounts` gives them, with their roles; inside a command."""
    # One hash for each distinct password: rosters of a demonstration have one for all, and Argon2 is slow on purpose.
    hashed = {password: make_password(password) for password in frame["password"].unique()}
    users, roles = [], []
    for row in frame.iter_rows(named=True):
        user = User(
            login=row["login"], name=row["name"], password=hashed[row["password"]], created_at=clock.wall_now(),
            must_change_password=not clock.is_demonstration(), person=row["person"],
        )  # fmt: skip
        users.append(user)
        if row["role"]:
            role = _assignment(user, Role(row["role"]), region=row["region"], unit=row["unit"], name=row["scope_name"], by=by)
            role.groups = groups_in(row["groups"])
            roles.append(role)
    try:
        with transaction.atomic():
            User.objects.bulk_create(users, batch_size=500)
    except IntegrityError:
        raise LoginTaken("有登录名刚刚被使用，未开设任何账号。请刷新账号列表，换一个登录名再试。") from None
    Assignment.objects.bulk_create(roles, batch_size=500)
    return users


@command(Permission.KEEP_OWN_ACCOUNT, redact=("old", "new"))
def change_password(user: User, *, old: str, new: str, by: Actor) -> User:
    """Change one's own password; every other session of the account ends."""
    if by.user_id != user.pk:
        raise NotVisible("User")
    locked = _locked(user)
    if not locked.check_password(old):
        raise PasswordWrong("当前口令不正确，口令没有修改。请重新输入当前口令。")
    if old == new:
        raise PasswordWeak("新口令与当前口令相同。请换一个新口令。")
    set_password(locked, new, must_change=False)
    return locked


@command(Permission.MANAGE_ACCOUNTS, redact=("new",))
def reset_password(user: User, *, new: str, by: Actor) -> User:
    """Give somebody a new first password, end their sessions and lift a lock-out; they change it when they sign in."""
    _not_own(user, by=by, message="不能重置自己的口令。请用“修改口令”。")
    locked = _locked(user)
    set_password(locked, new, must_change=not clock.is_demonstration())
    AccessAttempt.objects.filter(username=locked.login).delete()
    return locked


@command(Permission.MANAGE_ACCOUNTS, redact=("id_number",))
def link_person(user: User, *, id_number: str, by: Actor) -> User:
    """Say which cadre of the register an account's person is, by the ID number, which is not kept. Name and number must agree.

    Whose account is linked decides nothing about that cadre any more (`own_case`).
    """
    _not_own(user, by=by, message="不能为自己的账号登记本人。请由另一名系统管理员办理。")
    locked = _locked(user)
    try:
        number = check_id_number(id_number)
    except IdNumberWrong as wrong:
        raise PersonUnknown(str(wrong)) from None
    found = persons([(number, locked.name)]).get((number, locked.name))
    if found is None:
        raise PersonUnknown(
            f"干部名册中没有姓名为“{locked.name}”且身份证号相符的干部，没有登记。请核对号码和账号的姓名，或先由组织部门登记干部。"
        )
    locked.person = found
    locked.save(update_fields=["person"])
    note_in_event(person=found)
    return locked


@command(Permission.MANAGE_ACCOUNTS)
def close_account(user: User, *, reason: str, by: Actor) -> User:
    """Nobody signs in with it any more; sessions and loans end at once. Its roles stand, for a reopening."""
    _not_own(user, by=by, message="不能停用自己的账号。请由另一名系统管理员办理。")
    locked = _locked(user)
    if not locked.is_active:
        raise AccountInThatState(f"账号“{locked.login}”已经停用，不用再停用。")
    locked.is_active, locked.session_epoch = False, locked.session_epoch + 1
    locked.save(update_fields=["is_active", "session_epoch"])
    for loans in (StandIn.objects.filter(user=locked), StandIn.objects.filter(assignment__user=locked)):
        loans.filter(ended_at__isnull=True).update(ended_at=clock.wall_now())
    return locked


@command(Permission.MANAGE_ACCOUNTS)
def reopen_account(user: User, *, reason: str, by: Actor) -> User:
    """Let a closed account sign in again, in the roles it still holds."""
    _not_own(user, by=by, message="不能启用自己的账号。请由另一名系统管理员办理。")
    locked = _locked(user)
    if locked.is_active:
        raise AccountInThatState(f"账号“{locked.login}”正在使用，不用启用。")
    locked.is_active = True
    locked.save(update_fields=["is_active"])
    return locked


@command(Permission.KEEP_OWN_ACCOUNT)
def end_all_sessions(user: User, *, by: Actor) -> User:
    """Sign an account out everywhere: one's own, or, by the system administrator, of somebody who lost a phone."""
    if by.user_id != user.pk and not by.may(Permission.MANAGE_ACCOUNTS):
        raise NotVisible("User")
    locked = _locked(user)
    locked.session_epoch += 1
    locked.save(update_fields=["session_epoch"])
    return locked


# --- Roles -----------------------------------------------------------------------------------------------------------


@command(Permission.GRANT_ROLES)
def grant_role(user: User, *, role: str, region_code: str = "", unit_code: str = "", until: dt.date | None = None, by: Actor) -> Assignment:
    """Give an account a role for a place, from today until a date or for good."""
    _not_own(user, by=by, message="不能给自己授予角色。请由另一名安全管理员办理。")
    locked, kind, today = _locked(user), Role(role), clock.today()
    if not locked.is_active:
        raise AccountClosed(f"账号“{locked.login}”已停用，不能授予角色。请先由系统管理员启用。")
    if kind is Role.SYSTEM:
        raise RoleUnfit("“系统”角色只用于后台作业，不能授予个人。")
    if until is not None and until < today:
        raise RoleUnfit("截止日期早于今天，请改为今天或以后的日期，或留空。")
    within = by.scope.region  # empty for the security administrator: the gazetteer is the limit
    place = place_for(
        kind, region=region_code, unit=unit_code, names=place_names([region_code]), units=units_by_code([unit_code]), within=within
    )
    if place.message:
        raise RoleUnfit(place.message + place.mend)
    _no_exclusion(locked, kind, on=today)
    new = _assignment(locked, kind, region=place.region, unit=str(place.unit or ""), name=place.name, by=by)
    same = {"role": new.role, "region": new.region, "unit": new.unit, "helper_unit": new.helper_unit}
    if assignments_in_force(on=today).filter(user=locked, **same).exists():
        raise RoleUnfit(f"{locked.name}已有角色“{kind.label}”（{place.name or '全平台'}），不用再授予。")
    new.valid_to = until
    new.save(force_insert=True)
    note_in_event(assignment=new.pk, scope=place.region or str(place.unit or ""))
    return new


@command(Permission.GRANT_ROLES)
def end_role(assignment: Assignment, *, reason: str, by: Actor) -> Assignment:
    """End a role at once, and whatever was lent of it."""
    if assignment.user_id == by.user_id:
        raise OwnCase("不能终止自己的角色。请由另一名安全管理员办理。")
    locked = Assignment.objects.select_for_update().get(pk=assignment.pk)
    if locked.ended_at is not None:
        raise RoleEnded("这个角色已经终止，不用再终止。")
    locked.ended_at = clock.wall_now()
    locked.save(update_fields=["ended_at"])
    StandIn.objects.filter(assignment=locked, ended_at__isnull=True).update(ended_at=locked.ended_at)
    note_in_event(user=locked.user_id, role=locked.role)
    return locked


@command(Permission.DELEGATE)
def lend_role(assignment: Assignment, *, to: User, since: dt.date, until: dt.date, reason: str, by: Actor) -> StandIn:
    """Have a colleague act in one's own role for up to 90 days; the audit will name both."""
    if assignment.user_id != by.user_id:
        raise NotVisible("Assignment")
    if by.standing_in_for:
        raise LoanUnfit("正在代理他人，不能再委托。请先切换到自己的角色。")
    if to.pk == by.user_id:
        raise OwnCase("不能委托给自己。请选择另一位同事。")
    colleague = _locked(to)
    locked = Assignment.objects.select_for_update().get(pk=assignment.pk)
    _fit_loan(locked, colleague, since=since, until=until, reason=reason)
    loan = StandIn(assignment=locked, user=colleague, valid_from=since, valid_to=until, reason=reason.strip())
    loan.save(force_insert=True)
    return loan


def _fit_loan(assignment: Assignment, colleague: User, *, since: dt.date, until: dt.date, reason: str) -> None:
    today = clock.today()
    if not assignments_in_force(on=today).filter(pk=assignment.pk).exists():
        raise RoleEnded("这个角色已经终止或到期，不能委托。")
    if Permission.DELEGATE not in Role(assignment.role).permissions:
        raise LoanUnfit(f"角色“{Role(assignment.role).label}”不能委托他人代理。")
    if not colleague.is_active:
        raise AccountClosed(f"{colleague.name}的账号已停用，不能代理。请选择另一位同事。")
    if assignments_in_force(on=today).filter(user=colleague, role__in=EXCLUSIVE).exists():
        raise RolesExclude(f"{colleague.name}是系统、安全或审计管理员，不能代理业务角色。请选择另一位同事。")
    if since < today or until < since:
        raise LoanUnfit("代理日期有误：起始日期不能早于今天，终止日期不能早于起始日期。")
    if until - since >= LONGEST_LOAN:
        raise LoanUnfit(f"一次代理最长 {LONGEST_LOAN.days} 天。请缩短日期，到期后再委托。")
    if assignment.valid_to is not None and until > assignment.valid_to:
        raise LoanUnfit(f"这个角色到 {assignment.valid_to:%Y-%m-%d} 为止，代理不能超过这一天。")
    if not reason.strip():
        raise LoanUnfit("没有填写代理事由。请写明原因，例如“外出培训”。")
    overlapping = StandIn.objects.filter(
        assignment=assignment, user=colleague, ended_at__isnull=True, valid_from__lte=until, valid_to__gte=since
    )
    if overlapping.exists():
        raise LoanUnfit(f"这些日期里{colleague.name}已经在代理这个角色，不用再委托。")


@command(Permission.KEEP_OWN_ACCOUNT)
def end_stand_in(loan: StandIn, *, by: Actor) -> StandIn:
    """Take a lent role back, give it back, or, as the security administrator, end it."""
    if by.user_id not in (loan.user_id, loan.assignment.user_id) and not by.may(Permission.GRANT_ROLES):
        raise NotVisible("StandIn")
    locked = StandIn.objects.select_for_update().get(pk=loan.pk)
    if locked.ended_at is not None:
        raise RoleEnded("这项代理已经结束，不用再结束。")
    locked.ended_at = clock.wall_now()
    locked.save(update_fields=["ended_at"])
    return locked


# --- A helper's households -------------------------------------------------------------------------------------------

HOUSEHOLD_TYPES = {
    "id": "uuid", "helper": "uuid", "helper_unit": "uuid", "helper_name": "text", "household": "uuid", "since": "date", "until": "date",
}  # fmt: skip


@command(Permission.PAIR_HOUSEHOLDS)
def assign_households(region: "Model", *, rows: Rows, by: Actor) -> Written:
    """Say which households helpers are responsible for; called by the pairing, whether or not they have accounts yet.

    `rows.frame`: helper, helper_unit, household (keys), helper_name, since, until (null while it lasts). The same
    helper, household and `since` again only changes `until`.
    """
    frame = rows.frame.with_columns(id=pl.Series(new_ids(rows.frame.height), dtype=pl.String))
    # The households' table belongs to a context above, so SQL: the wall leaves out what the actor may not see.
    with staged(frame, HOUSEHOLD_TYPES) as stage, connection.cursor() as cursor:
        cursor.execute(
            f"""insert into access_assignedhousehold
                (id, helper, helper_unit, helper_name, household, valid_from, valid_to, event)
            select distinct on (s.helper, s.household, s.since)
                s.id, s.helper, s.helper_unit, s.helper_name, h.id, s.since, s.until, %s
            from {stage} s join households_household h on h.id = s.household where h.voided_by is null
            on conflict (helper, household, valid_from) where voided_by is null
                do update set valid_to = excluded.valid_to""",  # noqa: S608 - the stage's name is ours
            [current_event()],
        )
        return Written(count=cursor.rowcount)


# --- Shared by the commands above ------------------------------------------------------------------------------------


def _locked(user: User) -> User:
    """The account as it is now; what is decided about it waits for whoever decides before."""
    return User.objects.select_for_update().get(pk=user.pk)


def _not_own(user: User, *, by: Actor, message: str) -> None:
    if by.user_id == user.pk:
        raise OwnCase(message)


def set_password(user: User, password: str, *, must_change: bool) -> None:
    """A password that will do; every session and phone of the account ends."""
    if why := weakness(password, login=user.login):
        raise PasswordWeak(why)
    user.set_password(password)
    user.must_change_password, user.session_epoch = must_change, user.session_epoch + 1
    user.save(update_fields=["password", "must_change_password", "session_epoch"])


def _no_exclusion(user: User, role: Role, *, on: dt.date) -> None:
    """The three administrators exclude each other and every business role, roles to come and lent ones included."""
    held = set(Assignment.objects.filter(user=user, ended_at__isnull=True).exclude(valid_to__lt=on).values_list("role", flat=True))
    borrows = StandIn.objects.filter(user=user, ended_at__isnull=True, valid_to__gte=on).exists()
    others = held - {role.value}
    if role in EXCLUSIVE and (others or borrows):
        raise RolesExclude(f"{user.name}已有其他角色或正在代理他人，不能再任{role.label}。请先终止其他角色，或另开账号给另一人。")
    if held & EXCLUSIVE and others:
        raise RolesExclude(f"{user.name}是系统、安全或审计管理员，不能再任其他角色。请授予另一人。")


def _assignment(user: User, role: Role, *, region: str, unit: str, name: str, by: Actor) -> Assignment:
    kind, key = role.scope_kind, unit or None
    return Assignment(
        user=user, role=role.value, scope_name=name, valid_from=clock.today(), granted_by=by.user_id,
        region=region if kind is ScopeKind.REGION else "",
        unit=key if kind is ScopeKind.UNIT else None,
        person=user.pk if kind is ScopeKind.PERSON else None,
        helper_unit=key if kind is ScopeKind.HOUSEHOLDS else None,
        helper_name=user.name if kind is ScopeKind.HOUSEHOLDS else "",
    )  # fmt: skip
