"""The explicit table of what contexts add to a slice: name → what it tells of the actor's places, and the tables it is told from.

A section is asked with the posting that records are written for; it tells all of itself and no more than the actor may see. In a delta it
is asked only when one of its tables was written, the day is another (days decide what is due), or the product's lists are.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from shibaiqian.access.actor import Actor
from shibaiqian.base import clock
from shibaiqian.cadres.models import Cadre
from shibaiqian.fieldwork.models import (
    AttendanceDay,
    AttendanceMonth,
    Draft,
    EmergencyPeriod,
    LeaveRequest,
    MonthlyPlan,
    MonthlySummary,
    PlanItem,
    WorkLog,
    WorkLogItem,
)
from shibaiqian.households.models import Household
from shibaiqian.messages.models import Message
from shibaiqian.organisations.models import Organisation
from shibaiqian.policy.models import PolicyParameter
from shibaiqian.postings.models import Posting
from shibaiqian.sync import daily, drafts, duty, notices
from shibaiqian.sync.horizon import Horizon
from shibaiqian.sync.lists import edition
from shibaiqian.sync.written import Written
from shibaiqian.voice.models import UpwardRequest


@dataclass(frozen=True)
class Section:
    """`tell` gives None where there is nothing to say; `tables` are in `written.WATCHED`."""

    tell: Callable[[Actor, Posting | None], Any]
    tables: tuple[type[Model], ...]


SECTIONS: dict[str, Section] = {
    "plans": Section(daily.plans, (MonthlyPlan, MonthlySummary, PlanItem, Posting, EmergencyPeriod, PolicyParameter)),
    "requests": Section(daily.requests, (UpwardRequest, Posting, Organisation, EmergencyPeriod)),
    "receivers": Section(daily.receivers, (Organisation, Posting)),
    "problems": Section(daily.problems, (WorkLog, WorkLogItem, Household)),
    "attendance": Section(duty.attendance, (AttendanceMonth, AttendanceDay, Posting, PolicyParameter)),
    "leave": Section(duty.leave, (LeaveRequest, Posting, Cadre, PolicyParameter)),
    "messages": Section(notices.messages, (Message,)),
    "drafts": Section(drafts.drafts, (Draft, Posting, Household)),
}


def told(actor: Actor, posting: Posting | None, since: Horizon | None, written: Written | None) -> dict[str, Any]:
    """Every section that has something to say."""
    is_other = since is None or since.lists != edition() or since.day != clock.today()
    asked = [name for name, one in SECTIONS.items() if is_other or written is None or written.any(*one.tables)]
    found = {name: SECTIONS[name].tell(actor, posting) for name in asked}
    return {name: value for name, value in found.items() if value is not None}
