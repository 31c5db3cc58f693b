"""An official in a village, who is who, and months and leave as people make them."""

import datetime as dt
import uuid
from typing import Any

from shibaiqian.access.models import User
from shibaiqian.assistance.tests.factories import posted
from shibaiqian.base import clock
from shibaiqian.fieldwork.actions import LogEntry, log_day, propose_month, submit_month
from shibaiqian.fieldwork.models import AttendanceMonth, LeaveRequest, WorkLog
from shibaiqian.policy.actions import install_defaults
from shibaiqian.postings.models import Posting
from shibaiqian.regions.models import Region

TODAY = dt.date(2016, 6, 8)
APRIL, MAY = dt.date(2016, 4, 1), dt.date(2016, 5, 1)


class People:
    """A village of Luonan with its official, and who keeps the ledger above it."""

    def __init__(self, actor: Any, village: Region, number: str = "P1", *, home: str = "6110") -> None:
        install_defaults()
        self.village = village
        self.posting: Posting = posted(village.code, number)
        Posting.unscoped.filter(pk=self.posting.pk).update(home_region=home, host_level="village", state="active")
        self.posting.refresh_from_db()
        self.official = actor("posted_cadre", village.code, name=self.posting.cadre_name, user_id=account(self.posting))
        self.clerk = actor("village_admin", village.code)
        self.town = actor("town_party_admin", village.code[:9])
        self.county = actor("county_org_admin", village.code[:6])
        self.city = actor("city_org_admin", village.code[:4])
        self.stranger = actor("town_party_admin", "611022101")

    def month(self, month: dt.date = MAY) -> AttendanceMonth:
        """A month proposed and submitted by the official."""
        return submit_month(propose_month(self.posting, month=month, by=self.official), by=self.official)

    def wrote(self, *days: dt.date) -> None:
        for on in days:
            log_day(self.posting, on=on, items=[LogEntry("meeting", "村两委会议")], by=self.official)


def account(posting: Posting) -> uuid.UUID:
    """An account that is the official's."""
    name = f"u{posting.number}"
    return User.objects.create(login=name, name=posting.cadre_name, person=posting.cadre_id, created_at=clock.wall_now()).pk


def again(row: Any) -> Any:
    """The row as it is now."""
    return type(row).unscoped.get(pk=row.pk)


__all__ = ["APRIL", "MAY", "TODAY", "AttendanceMonth", "LeaveRequest", "People", "WorkLog", "account", "again"]
