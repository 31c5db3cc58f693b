"""Code lists and common phrases that the phone shows: what the models know, once."""

import hashlib
import json

from shibaiqian.fieldwork.models import AttendanceMonth, LeaveRequest, MonthlyPlan, PlanItem, PracticalService, WorkLogItem
from shibaiqian.fieldwork.models.attendance import Status
from shibaiqian.fieldwork.rules.phrases import PHRASES
from shibaiqian.households.models import CauseCode, Household, State
from shibaiqian.voice.models import UpwardRequest

LISTS: dict[str, dict[str, str] | dict[str, list[str]]] = {
    "category": {code: str(label) for code, label in WorkLogItem.Category.choices},
    "service_kind": {code: str(label) for code, label in PracticalService.Kind.choices},
    "confirmation": {code: str(label) for code, label in PracticalService.Confirmation.choices if code},
    "cause": {code: str(label) for code, label in CauseCode.choices},
    "state": {code: str(label) for code, label in State.choices},
    "attribute": {code: str(label) for code, label in Household.Attribute.choices},
    "sex": {"1": "男", "2": "女"},
    "outcome": {code: str(label) for code, label in PlanItem.Outcome.choices if code},
    "leave_kind": {code: str(label) for code, label in LeaveRequest.Kind.choices},
    "leave_state": {code: str(label) for code, label in LeaveRequest.State.choices},
    "attendance_status": {code: str(label) for code, label in Status.choices},
    "attendance_state": {code: str(label) for code, label in AttendanceMonth.State.choices},
    "plan_state": {code: str(label) for code, label in MonthlyPlan.State.choices},
    "request_kind": {code: str(label) for code, label in UpwardRequest.Kind.choices},
    "request_state": {code: str(label) for code, label in UpwardRequest.State.choices},
    "phrases": PHRASES,
}
DIGEST = hashlib.sha256(json.dumps(LISTS, sort_keys=True).encode()).hexdigest()[:12]
