"""A world for guards: one row of every walled table in each of two counties, made from the models alone.

Texts of the second county carry `SECRET`, so that any page, file or error that shows them gives itself away.
"""

import datetime as dt
import hashlib
import json
import uuid
from dataclasses import dataclass, field, fields
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

from shibaiqian.access.scoped import Scoped
from shibaiqian.audit.record import next_event_id
from shibaiqian.base.ids import new_id
from shibaiqian.organisations.models import Organisation
from shibaiqian.policy.actions import install_defaults
from shibaiqian.regions.models import Region
from shibaiqian.selection.problems import Options
from shibaiqian.selection.rules import Facts

SECRET = "绝密"
OURS, THEIRS = "611021", "611022"
VALUES: dict[type[models.Field], Any] = {
    models.BooleanField: False,
    models.DateTimeField: dt.datetime(2016, 1, 4, tzinfo=dt.UTC),  # before DateField, which it inherits from
    models.DateField: dt.date(2016, 1, 4),
    models.BinaryField: b"\x01sealed",
    models.JSONField: {},
    models.UUIDField: None,
    models.CharField: "!",
    ArrayField: [],
}


@dataclass
class Place:
    """A county with a village and a unit, and the rows made in it: `{model: row}`."""

    county: str
    secret: str = ""
    rows: dict[type[models.Model], models.Model] = field(default_factory=dict)

    @property
    def village(self) -> Region:
        return Region.objects.filter(code__gte=self.county, code__lt=self.county + ":", level="village").order_by("code")[0]

    def row(self, model: type[models.Model]) -> Any:
        """The county's row of a table, made with everything it refers to at the first asking."""
        if model is Region:
            return self.village
        if model not in self.rows:
            self.rows[model] = _make(model, self)
        return self.rows[model]


def scoped_models() -> list[type[Scoped]]:
    return sorted((m for m in apps.get_models() if issubclass(m, Scoped)), key=lambda m: m._meta.label)


def build() -> tuple[Place, Place]:
    """Both counties with a row of every walled table, and of units."""
    install_defaults()
    ours, theirs = Place(OURS), Place(THEIRS, secret=SECRET)
    for place in (ours, theirs):
        for model in [Organisation, *scoped_models()]:
            place.row(model)
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")  # so that a guard may alter tables afterwards
    return ours, theirs


def _make(model: type[models.Model], place: Place) -> models.Model:
    # Reference data (units, programmes) is for everyone: nothing secret in it.
    secret = place.secret if issubclass(model, Scoped) else ""
    values = {f.name: _value(f, place, secret) for f in model._meta.concrete_fields if not _left_out(f)}
    if "event" in values:
        values["event"] = next_event_id()
    values |= SPECIAL.get(model._meta.label, lambda _: {})(place)
    return model._base_manager.create(**values)


def _left_out(column: "models.Field[Any, Any]") -> bool:
    if isinstance(column, models.GeneratedField) or column.name in ("voided_by", "ended_on", "until", "left_on", "valid_to", "closed_on"):
        return True
    return bool(column.primary_key and not column.is_relation) or (column.is_relation and column.null)


def _value(column: "models.Field[Any, Any]", place: Place, secret: str) -> Any:
    if column.is_relation:
        return place.row(column.related_model)
    if column.name in ("host_region", "home_region", "origin_region", "course_region", "candidate_region", "plan_region"):
        return place.county
    if column.choices:
        return next(code for code, _ in column.choices if code)
    if isinstance(column, (models.IntegerField, models.SmallIntegerField, models.BigIntegerField)):
        return 1
    if isinstance(column, models.TextField):
        return f"{secret}{column.name}{place.county}"
    if isinstance(column, models.UUIDField):
        return uuid.uuid4()
    return next(value for kind, value in VALUES.items() if isinstance(column, kind))


def _snapshot(place: Place) -> dict[str, Any]:
    """Frozen data with its true hash."""
    data = {"as_of": "2016-01-04", "region": place.county, "region_name": f"{place.secret}某县", "values": {"projects": 3}, "counties": []}
    text = json.dumps(data, ensure_ascii=False, sort_keys=True)
    return {"report": "bulletin", "data": data, "data_sha256": hashlib.sha256(text.encode()).hexdigest()}


def _facts(place: Place) -> dict[str, Any]:
    """What is frozen of a candidate, every field said."""
    said: dict[str, Any] = {"is_reserve": False, "rural_experience_tenths": 10, "grades": {}}
    return {f.name: said.get(f.name, f"{place.secret}{f.name}") for f in fields(Facts)}


SPECIAL: dict[str, Any] = {
    "reports.Snapshot": _snapshot,
    "postings.Posting": lambda p: {"planned_end": dt.date(2017, 12, 31), "tier_code": "T1000", "state": "active"},
    "postings.Tier": lambda p: {"code": f"T{p.county}"},
    "selection.TierQuota": lambda p: {"count": 1},
    "documents.IssuedDocument": lambda p: {"value": {"is": "OfficialDocument", "title": f"{p.secret}通知"}},
    "documents.PublicNotice": lambda p: {"kind": "selection", "rows": []},
    "fieldwork.AttendanceMonth": lambda p: {"month": dt.date(2016, 1, 1), "state": "published"},
    "fieldwork.Clue": lambda p: {"shown_in": p.village.code},
    "fieldwork.LeaveRequest": lambda p: {"level": "town", "state": "approved", "is_own_people": True},
    "fieldwork.LogSample": lambda p: {"region_id": p.village.code[:9], "month": dt.date(2016, 1, 1)},
    "selection.PostNeed": lambda p: {"tier_code": "T1000", "state": "confirmed"},
    "selection.MatchPlan": lambda p: {"weights": Options().to_json(), "unfilled": [], "tier_code": "T1000", "stage": "persons"},
    "selection.MatchPair": lambda p: {"parts": {"class": 4000}},
    "selection.Nomination": lambda p: {"tier_code": "T1000", "state": "gate_review", "facts": _facts(p), "wishes": p.county},
    "selection.GateReview": lambda p: {"opinion_sealed": None},
    "cadres.Cadre": lambda p: {
        "sex": "1",
        "id_last4": "1234",
        "political_status": "01",
        "ethnicity": "01",
        "work_start_month": "199307",
        "party_join_month": "199507",
    },
    "cadres.CadreIdentity": lambda p: {"id_blind": p.county.encode()},
    "fieldwork.ExpenseClaim": lambda p: {
        "state": "handed_in",
        "lines": [{"code": "meal", "quantity": 20, "rate_cents": 4000, "amount_cents": 80000}],
    },
    "fieldwork.DutyReport": lambda p: {"year": 2015, "half": 2, "invited": 9, "present": 8, "issued": 8, "returned": 7, "valid": 4},
    "households.MemberPrivate": lambda p: {"id_blind": p.county.encode()},
    "access.Assignment": lambda p: {"unit": None, "person": None, "helper_unit": None, "region": p.county, "role": "posted_cadre"},
    "sync.InboxRecord": lambda p: {"id": new_id()},
    "sync.Device": lambda p: {"token_hash": p.county.encode()},
    "households.Member": lambda p: {"relation": "户主", "id_last4": "1234", "sex": "1"},
}

__all__ = ["OURS", "SECRET", "THEIRS", "Place", "build", "new_id", "scoped_models"]
