"""Bodies that issue documents, as the roster has them."""

from typing import Any

from shibaiqian.access.rows import Rows
from shibaiqian.cadres.tests.factories import CITY, DANFENG, LUONAN
from shibaiqian.documents.register import register_issuers
from shibaiqian.organisations.actions import register_organisations
from shibaiqian.organisations.tests.factories import unit_row, units
from shibaiqian.regions.models import Region

ISSUERS = (
    {"unit_code": "SL-900", "sign": "商组发", "red_head": "中共商洛市委组织部文件", "seal_name": "中共商洛市委组织部"},
    {"unit_code": "LN-900", "sign": "洛组发", "red_head": "中共洛南县委组织部文件", "seal_name": "中共洛南县委组织部"},
    {"unit_code": "DF-900", "sign": "丹组发", "red_head": "中共丹凤县委组织部文件", "seal_name": "中共丹凤县委组织部"},
)


def issuer_rows(*rows: dict[str, Any]) -> Rows:
    """Rows of the roster of issuers as a reader hands them over."""
    return units(*rows)


def install_issuers(actor: Any) -> None:
    """Organisation departments of the city and two counties, each with its sign."""
    by = actor("system", CITY)
    city = Region.objects.get(pk=CITY)
    rows = [
        unit_row("SL-900", "中共商洛市委组织部", region_code=CITY, level="city", kind="party_department"),
        unit_row("LN-900", "中共洛南县委组织部", region_code=LUONAN, kind="party_department"),
        unit_row("DF-900", "中共丹凤县委组织部", region_code=DANFENG, kind="party_department"),
    ]
    register_organisations(city, rows=units(*rows), by=by)
    register_issuers(city, rows=issuer_rows(*ISSUERS), by=by)
