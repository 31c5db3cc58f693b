"""The first accounts of a new installation: the three administrators, who exclude each other."""

import secrets
from collections.abc import Iterator

from django.apps import apps
from django.conf import settings

from shibaiqian.access.actions import open_accounts
from shibaiqian.access.actor import system_actor
from shibaiqian.access.models import User
from shibaiqian.access.roles import Role
from shibaiqian.access.rows import Rows

FIRST = {"sysadmin": Role.SYS_ADMIN, "secadmin": Role.SEC_ADMIN, "auditadmin": Role.AUDIT_ADMIN}


def open_first_accounts() -> Iterator[tuple[str, str, str]]:
    """Open those of the three that are not there yet; yields login, role and a password that must be changed at first use."""
    root = apps.get_model("regions.Region").objects.get(pk=settings.ROOT_REGION)
    for login, role in FIRST.items():
        if User.objects.filter(login=login).exists():
            continue
        password = secrets.token_urlsafe(12)
        row = {
            "login": login,
            "name": str(role.label),
            "password": password,
            "role": role.value,
            "region_code": None,
            "unit_code": None,
            "id_number": None,
        }
        open_accounts(root, rows=Rows.of_form(**row), by=system_actor("安装"))
        yield login, str(role.label), password
