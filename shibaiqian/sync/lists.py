"""Code lists and common phrases that the phone shows: what the models know, once, in the language that the phone speaks."""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from django.utils.translation import get_language, gettext, override

from shibaiqian.fieldwork.models import AttendanceMonth, LeaveRequest, MonthlyPlan, PlanItem, PracticalService, WorkLogItem
from shibaiqian.fieldwork.models.attendance import Status
from shibaiqian.fieldwork.rules.phrases import PHRASES
from shibaiqian.households.excel.columns import HEALTH, LABOUR, RELATIONS
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
    "household_word": {word: word for word in (*RELATIONS, *LABOUR, *HEALTH)},  # registers keep the words themselves
    "phrases": PHRASES,
}


def lists() -> Mapping[str, Any]:
    """All of them, in the language of the request."""
    return _in(get_language() or "")[0]


def edition() -> str:
    """Another one when a list is another, or the language is."""
    return _in(get_language() or "")[1]


@cache
def _in(language: str) -> tuple[Mapping[str, Any], str]:
    with override(language):
        said = {name: {code: _words(words) for code, words in of.items()} for name, of in LISTS.items()}
    return said, hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:12]


def _words(words: str | list[str]) -> str | list[str]:
    return gettext(words) if isinstance(words, str) else [gettext(one) for one in words]
