"""ID numbers nobody has, and rows of the rosters of cadres and promotions as a reader hands them over."""

import datetime as dt
from typing import Any

from shibaiqian.access.actor import Actor
from shibaiqian.access.rows import Rows
from shibaiqian.base.spreadsheets.id_numbers import CHECKS, WEIGHTS
from shibaiqian.organisations.actions import register_organisations
from shibaiqian.organisations.tests.factories import unit_row, units
from shibaiqian.regions.models import Region

# An unassigned area: no real number can be hit.
AREA = "612592"
LUONAN, DANFENG, CITY = "611021", "611022", "6110"


def id_number(birth: dt.date = dt.date(1975, 6, 12), *, sex: str = "1", serial: int = 1) -> str:
    """A number with a right checksum; `serial` (0-499) tells people of one birthday apart."""
    body = f"{AREA}{birth:%Y%m%d}{serial * 2 + (1 if sex == '1' else 0):03}"
    return body + CHECKS[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]


def cadre_row(serial: int = 1, **more: Any) -> dict[str, Any]:
    """A full party member of Luonan's bureau of agriculture, born in June 1975."""
    birth, sex = more.pop("birth", dt.date(1975, 6, 12)), more.get("sex", "1")
    return {
        "name": "王朝辉", "sex": sex, "id_number": id_number(birth, sex=sex, serial=serial), "ethnicity": "01",
        "native_place": "陕西洛南", "birthplace": "陕西洛南", "political_status": "01", "party_join": dt.date(2001, 7, 1),
        "work_start": dt.date(1996, 9, 1), "health": "健康", "personnel_type": "civil_servant",
        "management_level": "county_managed", "post_rank": "R52", "rank_since": dt.date(2012, 5, 4), "is_reserve": False,
        "edu_full_time": "大专", "edu_full_time_school": "商洛学院农学专业", "edu_in_service": "中央党校大学",
        "technical_title": None, "specialty": "果树栽培", "rural_years": 6.5, "unit_code": "LN-001", "post": "副局长",
        "phone": "13900000001", **more,
    }  # fmt: skip


def promotion_row(serial: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "name": "王朝辉", "id_number": id_number(serial=serial), "kind": "section_level", "old_post": "副局长",
        "new_post": "局长", "unit_code": "LN-001", "on": dt.date(2016, 3, 1), "document_number": "洛组发〔2016〕7号", **more,
    }  # fmt: skip


roster = units


def of_form(row: dict[str, Any]) -> Rows:
    return Rows.of_form(**row)


def register_units(actor: Any) -> None:
    """Units of the city, Luonan, one of its towns, and Danfeng."""
    by: Actor = actor("system", CITY)
    rows = [
        unit_row("SL-001", "商洛市科技局", region_code=CITY, level="city"),
        unit_row("LN-001", "洛南县农业局"),
        unit_row("LN-101", "景村镇人民政府", region_code="611021101", level="town", kind="town"),
        unit_row("DF-001", "丹凤县水务局", region_code=DANFENG),
    ]
    register_organisations(Region.objects.get(pk=CITY), rows=units(*rows), by=by)
