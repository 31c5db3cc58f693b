"""The roster of accounts (账号名册): its columns, and rows made ready for the command."""

import re
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from shibaiqian.access.actor import Actor
from shibaiqian.access.models import User
from shibaiqian.access.queries import persons, place_names, units_by_code
from shibaiqian.access.roles import ROLES, VILLAGE_ROLES, Permission, Role
from shibaiqian.access.rows import Prepared, Rows
from shibaiqian.access.scope import ScopeKind
from shibaiqian.base import clock
from shibaiqian.base.spreadsheets.columns import Column, ColumnKind
from shibaiqian.base.spreadsheets.findings import Findings

if TYPE_CHECKING:
    from django.db.models import Model

LABELS = {str(label): role.value for role, (label, _, _) in ROLES.items() if role is not Role.SYSTEM}
LONGEST_LOGIN = 60
MOST_GROUPS, LONGEST_GROUP = 10, 20
WEAK = {
    "password_too_short": _("口令太短，至少 %(min_length)d 个字符。"),
    "password_too_common": _("口令太常见，容易被猜到。"),
}

COLUMNS = (
    Column("login", "登录名", required=True),
    Column("name", "姓名", required=True),
    Column("password", "初始密码", required=True),
    Column("role", "角色", ColumnKind.CHOICE, required=True, choices=LABELS),
    Column("region_code", "区划代码", ColumnKind.CODE, help="角色管辖一片区域时填写"),
    Column("unit_code", "单位编码", ColumnKind.CODE, help="派出单位和帮扶责任人填写"),
    Column("groups", "村民小组", help="村民小组长填写，照台账里的写法；管几个组的用顿号隔开"),
    Column("id_number", "身份证号", ColumnKind.ID_NUMBER, help="用来认定账号是名册中的哪位干部，号码不保存"),
)
# The frame that `prepare_accounts` gives: keys as text, empty where the role has no such scope.
PREPARED = dict.fromkeys(("login", "name", "password", "role", "region", "unit", "scope_name", "groups", "person"), pl.String)


@dataclass(frozen=True)
class Place:
    """Where a role is to hold: a code found, or what is wrong with it."""

    region: str = ""
    unit: uuid.UUID | None = None
    name: str = ""
    column: str = ""
    message: str = ""
    mend: str = ""


def place_for(role: Role, *, region: str, unit: str, names: dict[str, str], units: dict[str, tuple[uuid.UUID, str]], within: str) -> Place:
    """The place of a role by the codes given: a region, a unit, or none for administrators."""
    match role.scope_kind:
        case ScopeKind.REGION:
            if region not in names:
                return Place(
                    column="区划代码", message=f"角色“{role.label}”需要有效的区划代码。", mend="请按区划名录填写 2、4、6、9 或 12 位代码。"
                )
            if not region.startswith(within):
                return Place(column="区划代码", message=f"区划代码 {region} 不在本级管辖范围内。", mend="请由上一级办理。")
            return Place(region=region, name=names[region])
        case ScopeKind.UNIT | ScopeKind.HOUSEHOLDS:
            if unit not in units:
                return Place(
                    column="单位编码",
                    message=f"角色“{role.label}”需要已登记单位的编码。",
                    mend="请按单位名册填写单位编码，或先导入单位名册。",
                )
            return Place(unit=units[unit][0], name=units[unit][1])
    return Place()


def groups_in(text: str) -> list[str]:
    """The villagers' groups that were written between commas of any kind, once each."""
    return [word for word in dict.fromkeys(re.split(r"[、，,；;\s]+", text)) if word]


def groups_wrong(groups: list[str]) -> str:
    """Why these cannot be the groups of one head; empty when they can."""
    if not groups:
        return "没有写明是哪个村民小组的组长。"
    if len(groups) > MOST_GROUPS or any(len(one) > LONGEST_GROUP for one in groups):
        return f"一个账号最多 {MOST_GROUPS} 个小组，每个名称不超过 {LONGEST_GROUP} 字。"
    return ""


def named(place: str, groups: list[str]) -> str:
    """What a scope is called: the village, and of a group head the groups."""
    return f"{place} {'、'.join(groups)}" if groups else place


def prepare_accounts(where: "Model", *, rows: Rows, by: Actor) -> Prepared:
    """Codes resolved to keys, and every row checked: the login is free, the password strong enough, the place fits the role.

    Only who may grant roles opens accounts with one; an account opened by the system administrator waits for its role.
    """
    frame, findings = rows.frame, Findings()
    within = getattr(where, "code", settings.ROOT_REGION)
    taken = set(User.objects.filter(login__in=frame["login"].drop_nulls().to_list()).values_list("login", flat=True))
    names, units = place_names(_said(frame, "region_code")), units_by_code(_said(frame, "unit_code"))
    found = persons({(number, name) for number, name in frame.select("id_number", "name").drop_nulls().iter_rows()})
    resolved: list[dict[str, str | None]] = []
    for row in frame.iter_rows(named=True):
        missing = [c for c in COLUMNS[:3] if not row[c.name]]
        for column in missing:
            _refuse(findings, rows, row, column.header, "missing", f"“{column.header}”没有填写。", "请补填。")
        if missing:
            continue
        place = _checked(findings, rows, row, taken, by=by, names=names, units=units, within=within)
        groups = groups_in(row.get("groups") or "") if row["role"] == Role.GROUP_HEAD else []
        if row["role"] == Role.GROUP_HEAD and (why := groups_wrong(groups)):
            _refuse(findings, rows, row, "村民小组", "groups", why, "请照台账里的写法补填，例如“一组”。")
        taken.add(row["login"])
        resolved.append(
            {
                "login": row["login"], "name": row["name"], "password": row["password"], "role": row["role"] or "",
                "region": place.region, "unit": str(place.unit or ""), "scope_name": named(place.name, groups), "groups": "、".join(groups),
                "person": str(found.get((row["id_number"], row["name"])) or "") or None,
            }
        )  # fmt: skip
    return Prepared(frame=pl.DataFrame(resolved, schema=PREPARED), findings=findings)


def _checked(
    findings: Findings, rows: Rows, row: dict[str, str], taken: set[str], *, by: Actor,
    names: dict[str, str], units: dict[str, tuple[uuid.UUID, str]], within: str,
) -> Place:  # fmt: skip
    login, password, role = row["login"], row["password"], row["role"]
    if login in taken:
        _refuse(findings, rows, row, "登录名", "login_taken", f"登录名“{login}”已被使用。", "请换一个登录名。")
    if len(login) > LONGEST_LOGIN or not login.isprintable() or " " in login:
        _refuse(findings, rows, row, "登录名", "login_shape", f"登录名须在 {LONGEST_LOGIN} 个字以内，不含空格。", "请换一个登录名。")
    # A demonstration shows its passwords on the screen; elsewhere even the first one is not to be guessed.
    if not clock.is_demonstration() and (why := weakness(password, login=login)):
        _refuse(findings, rows, row, "初始密码", "password_weak", why, "请换一个初始密码。")
    if not role:
        if by.may(Permission.GRANT_ROLES):
            _refuse(findings, rows, row, "角色", "missing", "“角色”没有填写。", "请补填。")
        return Place()
    if not by.may(Permission.GRANT_ROLES) and not (role in VILLAGE_ROLES and by.may(Permission.KEEP_VILLAGE_ACCOUNTS)):
        _refuse(findings, rows, row, "角色", "role_not_yours", "系统管理员只开设账号，不授予角色。", "开设后请安全管理员授予角色。")
        return Place()
    place = place_for(Role(role), region=row["region_code"] or "", unit=row["unit_code"] or "", names=names, units=units, within=within)
    if place.message:
        _refuse(findings, rows, row, place.column, "place_missing", place.message, place.mend)
    return place


def weakness(password: str, *, login: str) -> str:
    """What is wrong with a password in words for the person; empty when it will do."""
    if len(login) > 3 and login.lower() in password.lower():
        return "口令不能包含登录名。"
    try:
        validate_password(password)
    except ValidationError as why:
        return "".join(_in_our_words(error) for error in why.error_list)
    return ""


def _in_our_words(error: ValidationError) -> str:
    said = WEAK.get(error.code or "")
    return str(said) % (error.params or {}) if said else "".join(error.messages)


def _refuse(findings: Findings, rows: Rows, row: dict[str, str], column: str, code: str, message: str, mend: str) -> None:
    findings.refuse(sheet=rows.sheet, row=row["row"], column=column, code=code, message=message, mend=mend)


def _said(frame: pl.DataFrame, column: str) -> list[str]:
    return frame[column].drop_nulls().unique().to_list()
