"""Rosters of overhauls, which are small, and officials who upload them."""

import io
import uuid

import xlsxwriter

from shibaiqian.access.actor import Actor
from shibaiqian.access.models import Assignment, User
from shibaiqian.access.roles import Role
from shibaiqian.access.scope import Scope
from shibaiqian.base import clock
from shibaiqian.imports.models import ImportRun
from shibaiqian.party.excel import COLUMNS
from shibaiqian.regions.models import Region

LUONAN, DANFENG = "611021", "611022"


def workbook(*rows: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet("台账")
        headers = [column.header for column in COLUMNS]
        sheet.write_row(0, 0, headers)
        for number, row in enumerate(rows, start=1):
            sheet.write_row(number, 0, [row.get(header, "") for header in headers])
    return buffer.getvalue()


def row(village: Region, **other: str) -> dict[str, str]:
    return {
        "村代码": village.code, "党组织名称": f"{village.name}党支部", "类型": "后进", "主要表现": "W04", "列入日期": "2015-03-02",
        "整顿状态": "整顿中", **other,
    }  # fmt: skip


def villages_of(county: str, *, count: int) -> list[Region]:
    return list(Region.objects.filter(code__gte=county, code__lt=county + ":", level="village").order_by("code")[:count])


def clerk_of(region: str, role: Role = Role.COUNTY_ORG_ADMIN) -> Actor:
    """An official with an account and this role."""
    user = User.objects.create(login=uuid.uuid4().hex, name="职员", created_at=clock.wall_now())
    Assignment.objects.create(user=user, role=role.value, region=region, valid_from=clock.today())
    return Actor(user_id=user.pk, name=user.name, role=role, scope=Scope(region=region))


def who(by: Actor) -> dict[str, str]:
    """The actor as a job carries it."""
    return {"user_id": str(by.user_id), "role": by.role.value, "region": by.scope.region}


def reloaded(run: ImportRun) -> ImportRun:
    return ImportRun.unscoped.get(pk=run.pk)
