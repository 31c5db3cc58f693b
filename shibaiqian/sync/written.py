"""What was written since a slice, asked of every table that a slice tells of by one statement: the many questions of a whole slice are
then asked only where there is something to tell."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Model

from shibaiqian.access.actor import Actor
from shibaiqian.access.scoped import Scoped
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
    PracticalService,
    ServicePromise,
    Visit,
    WorkLog,
    WorkLogItem,
)
from shibaiqian.households.models import Cause, Household, HouseholdFact, HouseholdPrivate, Member, MemberPrivate
from shibaiqian.messages.models import Message
from shibaiqian.organisations.models import Organisation
from shibaiqian.policy.models import PolicyParameter
from shibaiqian.postings.models import Posting
from shibaiqian.sync.horizon import Horizon
from shibaiqian.voice.models import UpwardRequest

Keys = frozenset[uuid.UUID]
# Each table with the column whose values are told: whose household, whose day; else the row's own.
WATCHED: dict[type[Model], str] = {
    Household: "id", Member: "household_id", HouseholdPrivate: "household_id", MemberPrivate: "member_id", Cause: "household_id",
    HouseholdFact: "household_id", Visit: "household_id", PracticalService: "household_id", ServicePromise: "household_id",
    WorkLog: "id", WorkLogItem: "log_id", MonthlyPlan: "id", MonthlySummary: "id", PlanItem: "id", AttendanceMonth: "id",
    AttendanceDay: "id", LeaveRequest: "id", Draft: "id", UpwardRequest: "id", Posting: "id", Cadre: "id", EmergencyPeriod: "id", Message: "id",
    Organisation: "id", PolicyParameter: "id",
}  # fmt: skip


def _question(model: type[Model], column: str) -> str:
    """The keys of one table that were written since; voided rows too. Of walled tables those in the actor's places."""
    places = model.wall.region if issubclass(model, Scoped) else ()
    where = [f"({place} >= %(low)s and {place} < %(high)s)" for place in places]
    if model is Message:
        where = ["user_id = %(user)s"]
    mine = f"({' or '.join(where)}) and " if where else ""
    table = model._meta.db_table
    return f"select '{table}', array_agg(distinct {column}) from {table} where {mine}age(xmin) <= age(%(xid)s::text::xid)"  # noqa: S608


QUESTION = " union all ".join(_question(model, column) for model, column in WATCHED.items())


@dataclass(frozen=True)
class Written:
    """Keys by table, of the tables where anything was written."""

    keys: Mapping[str, Keys]

    def of(self, *models: type[Model]) -> Keys:
        return frozenset().union(*(self.keys.get(model._meta.db_table, frozenset()) for model in models))

    def any(self, *models: type[Model]) -> bool:
        return any(model._meta.db_table in self.keys for model in models)


def written_since(then: Horizon, actor: Actor) -> Written:
    """What a transaction wrote that the slice of `then` may not have seen. Keys only; the rows are read by the door."""
    low, high = actor.scope.bounds
    said: dict[str, Any] = {"low": low, "high": high, "user": actor.user_id, "xid": str(then.xid % 2**32)}
    with connection.cursor() as cursor:
        cursor.execute(QUESTION, said)
        return Written({table: frozenset(key for key in keys if key) for table, keys in cursor.fetchall() if keys is not None})
