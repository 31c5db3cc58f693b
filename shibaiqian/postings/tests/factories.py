"""A programme, registered cadres and rows of the roster of postings as a reader hands them over."""

import datetime as dt
from typing import Any

from shibaiqian.cadres.actions import register_cadres
from shibaiqian.cadres.tests.factories import CITY, cadre_row, id_number, register_units, roster
from shibaiqian.policy.actions import install_defaults
from shibaiqian.postings.actions import install_programme
from shibaiqian.regions.models import Region

# Serial number of each cadre: three of the county's bureau, one of its town, one who is no party member, city, Danfeng.
CADRES = {
    1: {"name": "王朝辉"}, 2: {"name": "张丽", "sex": "2"}, 3: {"name": "李明", "unit_code": "LN-101"},
    4: {"name": "赵强", "political_status": "13", "party_join": None},
    5: {"name": "孙伟", "unit_code": "SL-001", "post_rank": "R42"}, 6: {"name": "周涛", "unit_code": "DF-001"},
    7: {"name": "吴刚"},
}  # fmt: skip
TITLES = {"T10": "副县（区）长", "T100": "党委副书记", "T1000": "第一书记"}


def install(actor: Any) -> None:
    """Reference data, units and the cadres above."""
    install_defaults()
    install_programme()
    register_units(actor)
    rows = roster(*[cadre_row(serial, **more) for serial, more in CADRES.items()])
    register_cadres(Region.objects.get(pk=CITY), rows=rows, by=actor("city_org_admin", CITY))


def posting_row(serial: int, host: str, **more: Any) -> dict[str, Any]:
    """The cadre of this serial number posted to a place for two years from July 2015."""
    tier = {6: "T10", 9: "T100", 12: "T1000"}[len(host)]
    cadre = CADRES.get(serial, {})
    return {
        "number": f"G-{serial:04}", "name": cadre.get("name", "王朝辉"),
        "id_number": id_number(serial=serial, sex=str(cadre.get("sex", "1"))), "tier": tier, "host_code": host,
        "host_name": None, "title": TITLES[tier], "duties": "协助抓基层党建和脱贫攻坚",
        "document_number": "洛组发〔2015〕21号", "appointed_on": dt.date(2015, 7, 20), "arrived_on": dt.date(2015, 7, 24),
        "planned_end": dt.date(2017, 7, 19), "party_out_on": dt.date(2015, 7, 24), "party_in_on": dt.date(2015, 8, 3),
        "batch": "2015年第二批", **more,
    }  # fmt: skip


__all__ = ["CADRES", "install", "posting_row", "roster"]
