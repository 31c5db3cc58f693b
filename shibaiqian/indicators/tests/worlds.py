"""Rows of specs put into the real tables: what a spec leaves out is filled in with whatever the table accepts."""

import datetime as dt
import itertools
import uuid
from typing import Any

from django.apps import apps
from django.db import models

from shibaiqian.indicators.specs import Spec

_numbers = itertools.count(1)
_LEVELS = {2: "province", 4: "city", 6: "county", 9: "town", 12: "village"}
_SHARED = {"Organisation", "Tier", "Programme"}
_DATES = {"planned_end": dt.date(2019, 12, 31)}
# The level a posting stands at is its tier's; a posting of no tier in particular is no First Secretary.
_HOSTS = {"T10": "county", "T100": "town", "T1000": "village"}
_IGNORED = {"note", "voided"}


def tables() -> dict[str, type[models.Model]]:
    return {model._meta.db_table: model for model in apps.get_models()}


def key_of(name: str) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_OID, name)


def place(code: str) -> str:
    """The place exists, with whatever is above it."""
    region = tables()["regions_region"]
    for digits in (2, 4, 6, 9, 12):
        if digits <= len(code):
            region._base_manager.get_or_create(
                code=code[:digits],
                defaults={
                    "name": code[:digits],
                    "level": _LEVELS[digits],
                    "full_name": "",
                    "pinyin": "",
                    "initials": "",
                },
            )
    return code


def build(spec: Spec) -> None:
    """Put the rows of a spec into the tables, in the order written."""
    for table, rows in spec.tables:
        model = tables()[table]
        for row in rows:
            given = {name: _said(model, name, text) for name, text in row.items() if name not in _IGNORED and text}
            if row.get("voided"):
                given["voided_by"] = 1
            make(model, given)


def make(model: type[models.Model], given: dict[str, Any]) -> models.Model:
    """One row; columns that are needed and not given are filled in, parents included."""
    if model._meta.db_table == "regions_region":
        place(given["code"][:4])
        given = {"name": given["code"], "full_name": "", "pinyin": "", "initials": "", **given}
        row, _ = model._base_manager.update_or_create(code=given.pop("code"), defaults=given)
        return row
    values = dict(given)
    if model._meta.db_table == "postings_posting":
        values.setdefault("host_level", _HOSTS.get(values.get("tier_code", ""), "town"))
    for field in model._meta.concrete_fields:
        if isinstance(field, models.GeneratedField) or field.attname in values or field.name in values:
            continue
        if field.null or field.has_default() or (field.blank and field.empty_strings_allowed):
            continue
        values[field.attname] = _filled(field, region=str(values.get("region_id", "9901")))
    return model._base_manager.create(**values)


def _filled(field: Any, *, region: str) -> Any:
    if isinstance(field, models.ForeignKey):
        target = field.related_model
        if target.__name__ == "Region":
            return place(region)
        if target.__name__ in _SHARED and (kept := target._base_manager.first()):
            return kept.pk
        return make(target, {"region_id": place(region)} if _has(target, "region") else {}).pk
    if isinstance(field, models.DateTimeField):
        return dt.datetime(2014, 1, 1, tzinfo=dt.UTC)
    if isinstance(field, models.DateField):
        return _DATES.get(field.name, dt.date(2014, 1, 1))
    if isinstance(field, models.BooleanField):
        return False
    if isinstance(field, models.IntegerField):
        return 0 if field.name.endswith("_cents") else 1
    if isinstance(field, models.UUIDField):
        return uuid.uuid4()
    return field.choices[0][0] if field.choices else f"行{next(_numbers)}"


def _has(model: type[models.Model], name: str) -> bool:
    return any(field.name == name for field in model._meta.concrete_fields)


def _said(model: type[models.Model], name: str, text: str) -> Any:
    field: Any = model._meta.get_field(name)
    if name == "region":
        return tables()["regions_region"]._base_manager.get(code=place(text))
    if isinstance(field, models.ForeignKey):
        target, key = field.related_model, key_of(f"{field.related_model.__name__}{text}")
        return target._base_manager.filter(pk=key).first() or make(target, {"id": key, "region_id": place("9901")})
    if name == "id":
        return key_of(f"{model.__name__}{text}")
    if isinstance(field, models.BooleanField):
        return text == "是"
    return field.to_python(text)
