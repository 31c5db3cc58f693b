"""What the lists share: the colours of states, labels of codes, filters of two sides."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shibaiqian.assistance.models import Project
from shibaiqian.cadres.models import TrainingCourse
from shibaiqian.console.listing.columns import Column
from shibaiqian.console.listing.filters import Filter
from shibaiqian.fieldwork.models import AttendanceMonth, DutyReport, ExpenseClaim, LeaveRequest, MonthlyPlan
from shibaiqian.households.models import State
from shibaiqian.party.models import Overhaul
from shibaiqian.postings.models import Posting, TargetLetter
from shibaiqian.voice.models import UpwardRequest

STATE_TAGS = {
    State.REGISTERED: "warn", State.PRE_EXIT: "warn", State.EXITED: "info", State.STABLE_EXIT: "ok", State.RELAPSED: "bad",
    Posting.State.ACTIVE: "ok", Posting.State.ON_EXTENSION: "ok", Posting.State.PENDING_ARRIVAL: "warn",
    Posting.State.SUSPENDED: "warn", Posting.State.RECALL_PROPOSED: "bad", Posting.State.RECALL_HEARD: "bad", Posting.State.HANDING_OVER: "info", Posting.State.RECALLED: "bad",
    TargetLetter.State.DRAFT: "", TargetLetter.State.SIGNING: "warn", TargetLetter.State.SIGNED: "ok", TargetLetter.State.AMENDED: "",
    Project.State.UNDER_CONSTRUCTION: "warn", Project.State.COMPLETED: "info", Project.State.INSPECTED: "ok",
    AttendanceMonth.State.SUBMITTED: "warn", AttendanceMonth.State.CONFIRMED: "info", AttendanceMonth.State.PUBLISHED: "ok", AttendanceMonth.State.LOCKED: "ok",
    LeaveRequest.State.REVIEWED: "warn", LeaveRequest.State.APPROVED: "ok", LeaveRequest.State.REJECTED: "bad", LeaveRequest.State.RETURNED: "warn", LeaveRequest.State.FILED: "info",
    Overhaul.State.IN_RECTIFICATION: "warn", Overhaul.State.TRANSFORMED: "ok", Overhaul.State.LOOK_BACK: "info", Overhaul.State.CLOSED: "ok",
    MonthlyPlan.State.SUBMITTED: "warn", MonthlyPlan.State.RETURNED: "bad", MonthlyPlan.State.HEARD: "ok", DutyReport.State.RECTIFYING: "warn", DutyReport.State.CLOSED: "ok",
    UpwardRequest.State.ASKED: "warn", UpwardRequest.State.ACCEPTED: "info", UpwardRequest.State.DONE: "warn",
    UpwardRequest.State.CONFIRMED: "ok", UpwardRequest.State.REFUSED: "bad", TrainingCourse.State.PLANNED: "warn", TrainingCourse.State.HELD: "ok", ExpenseClaim.State.HANDED_IN: "warn", ExpenseClaim.State.SETTLED: "ok",
}  # fmt: skip
TIERS = (("T10", _("县级")), ("T100", _("镇级")), ("T1000", _("村级")))
TIER_LABELS = dict(TIERS)
REMINDER_LABELS = (
    ("late", _("逾期未到岗")), ("party_overdue", _("组织关系逾期未转入")), ("no_acting_head", _("未明确主持工作人")), ("over", _("任期已满")),
    ("ending_7", _("7 天内届满")), ("ending_30", _("30 天内届满")), ("ending_90", _("90 天内届满")), ("recalls", _("召回办理中")),
    ("no_handover", _("召回后未交接")), ("party_not_back", _("组织关系未转回")), ("refill", _("等待补派")),
)  # fmt: skip
SEXES = {"1": _("男"), "2": _("女")}
WEAK_OVERHAUL = ((Overhaul.Label.LAGGING, _("后进")), (Overhaul.Label.WEAK_AND_LAX, _("软弱涣散")))


def labelled(codes: Any) -> Any:
    """The label of a code; a code without one as it is."""
    labels = dict(codes.choices)
    return lambda code: labels.get(code, code)


def tag_of(state: str) -> str:
    return STATE_TAGS.get(state, "")  # type: ignore[call-overload]


def state_column(states: Any, **more: Any) -> Column:
    return Column("state", _("状态"), "state", said=labelled(states), tag=tag_of, translated=True, **more)


def either(name: str, label: Any, yes: tuple[Any, Q], no: tuple[Any, Q]) -> Filter:
    """A choice between two conditions."""
    conditions = {"yes": yes[1], "no": no[1]}
    return Filter(name, label, conditions.__getitem__, [("yes", yes[0]), ("no", no[0])])
