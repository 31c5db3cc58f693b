"""A programme, registered cadres and rows of the roster of postings as a reader hands them over."""

import datetime as dt
from typing import Any

from shibaiqian.cadres.actions import register_cadres
from shibaiqian.cadres.tests.factories import CITY, cadre_row, id_number, register_units, roster
from shibaiqian.households.actions import register_households
from shibaiqian.households.models import Household
from shibaiqian.households.tests.rosters import household, households_sheet
from shibaiqian.policy.actions import install_defaults
from shibaiqian.postings.actions import (
    begin_handover,
    bind_households,
    check_items,
    end_posting,
    install_programme,
    sign_handover,
    waive_handover,
    witness_handover,
)
from shibaiqian.postings.models import Handover, Posting
from shibaiqian.postings.rules import CHECKLIST
from shibaiqian.regions.models import Region

# Serial number of each cadre: three of the county's bureau, one of its town, one who is no party member, city, Danfeng.
CADRES = {
    1: {"name": "王朝辉"}, 2: {"name": "张丽", "sex": "2"}, 3: {"name": "李明", "unit_code": "LN-101"},
    4: {"name": "赵强", "political_status": "13", "party_join": None},
    5: {"name": "孙伟", "unit_code": "SL-001", "post_rank": "R42"}, 6: {"name": "周涛", "unit_code": "DF-001"},
    7: {"name": "吴刚"},
}  # fmt: skip
WAITING = {"arrived_on": None, "party_out_on": None, "party_in_on": None}  # appointed, not yet there
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


def ended(posting: Posting, *, on: dt.date, reason: str, by: Any) -> Posting:
    """The posting ended after a handover that grave illness made impossible."""
    waive_handover(posting, reason="illness", note="住院治疗", on=on, by=by)
    return end_posting(posting, on=on, reason=reason, by=by)


def handed_over(posting: Posting, *, since: dt.date, on: dt.date, by: Any) -> Handover:
    """A handover to the village secretary, gone through, signed and witnessed."""
    handover = begin_handover(posting, facts={}, successor_name="村党支部书记王大山", on=since, by=by)
    check_items(handover, done=list(CHECKLIST), by=by)
    for signer in ("leaver", "successor"):
        sign_handover(handover, signer=signer, on=on, by=by)
    return witness_handover(handover, witness="镇党委组织委员刘敏", on=on, by=by)


def registered_households(village: str, numbers: dict[str, str], *, by: Any) -> dict[str, Household]:
    """Households of a village by number and state."""
    out = {"exited_on": dt.date(2014, 12, 31), "stable_on": dt.date(2015, 11, 20)}
    rows = [household(number, village, state=state, **(out if state == "stable_exit" else {})) for number, state in numbers.items()]
    register_households(Region.objects.get(pk=village[:6]), rows=households_sheet(*rows), by=by)
    return {h.number: h for h in Household.unscoped.filter(number__in=numbers)}


def bound(posting: Posting, numbers: list[str], *, by: Any, since: dt.date = dt.date(2015, 8, 1)) -> None:
    """The households of these numbers bound to a posting."""
    frame = [{"number": posting.number, "household_number": number, "since": since} for number in numbers]
    bind_households(Region.objects.get(pk=posting.region_id[:6]), rows=roster(*frame), by=by)


__all__ = ["CADRES", "WAITING", "bound", "ended", "handed_over", "install", "posting_row", "registered_households", "roster"]
