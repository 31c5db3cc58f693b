"""Code lists and common phrases that the phone shows: what the models know, once."""

from shibaiqian.fieldwork.models import PracticalService, WorkLogItem
from shibaiqian.fieldwork.rules import PHRASES
from shibaiqian.households.models import CauseCode, Household, State

LISTS: dict[str, dict[str, str] | dict[str, list[str]]] = {
    "category": {code: str(label) for code, label in WorkLogItem.Category.choices},
    "service_kind": {code: str(label) for code, label in PracticalService.Kind.choices},
    "confirmation": {code: str(label) for code, label in PracticalService.Confirmation.choices if code},
    "cause": {code: str(label) for code, label in CauseCode.choices},
    "state": {code: str(label) for code, label in State.choices},
    "attribute": {code: str(label) for code, label in Household.Attribute.choices},
    "sex": {"1": "男", "2": "女"},
    "phrases": PHRASES,
}
