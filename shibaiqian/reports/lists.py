"""Lists that go up about postings, from the records as of a day: 花名册 (R2), 组织关系转移台账 (R6), 到岗情况统计表 (R7)."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q

from shibaiqian.access.actor import Actor
from shibaiqian.access.roles import Permission
from shibaiqian.base.workdays import CalendarEnds, after_workdays
from shibaiqian.cadres.codes import POLITICAL_STATUSES, SEXES
from shibaiqian.cadres.models import Cadre
from shibaiqian.documents.papers.lists import ArrivalRow, Arrivals, Roster, TransferRow, Transfers
from shibaiqian.documents.papers.people import Person, month
from shibaiqian.policy.queries import parameter
from shibaiqian.postings.models import PartyTransfer, Posting
from shibaiqian.regions.models import Region
from shibaiqian.regions.queries import region_names
from shibaiqian.regions.rules import bounds
from shibaiqian.selection.models import PostNeed

SEX = {code: name for name, code in SEXES.items()}
STATUS = {code: name for name, code in reversed(POLITICAL_STATUSES.items())}


def _standing(actor: Actor, region: str, as_of: dt.date) -> Any:
    """Postings hosted in a place that had begun and not ended by the end of a day."""
    low, high = bounds(region)
    rows = Posting.objects.visible_to(actor).filter(region_id__gte=low, region_id__lt=high, appointed_on__lte=as_of)
    return rows.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=as_of))


def roster_of(actor: Actor, region: Region, *, as_of: dt.date) -> Roster:
    """Who serves in a place on a day, in the order of places. Four queries. The state is today's where the day is today."""
    rows = list(_standing(actor, region.code, as_of).select_related("unit").order_by("region_id", "number", "id"))
    cadres: Mapping[Any, Cadre] = Cadre.objects.visible_to(actor).in_bulk([row.cadre_id for row in rows])
    towns = region_names(sorted({str(row.region_id)[:9] for row in rows if len(str(row.region_id)) == 12}))
    people = tuple((_person(row, cadres.get(row.cadre_id), towns), row.document_number, _state(row, as_of)) for row in rows)
    return Roster(place=region.name, as_of=as_of, people=people, made_by=actor.name)


def _person(row: Posting, cadre: Cadre | None, towns: Mapping[str, str]) -> Person:
    """As the register has the cadre; of one out of sight only what the posting itself says."""
    known = {
        "sex": SEX.get(cadre.sex, ""), "birth": f"{cadre.birth_date:%Y.%m}", "political_status": STATUS.get(cadre.political_status, ""),
        "education": cadre.edu_in_service or cadre.edu_full_time, "party_joined": month(cadre.party_join_month), "post": cadre.post,
    } if cadre else {}  # fmt: skip
    place = towns.get(str(row.region_id)[:9], "") if len(str(row.region_id)) == 12 else ""
    return Person(
        name=row.cadre_name,
        unit=row.unit.name,
        host=place + row.host_name,
        title=row.title,
        begins=row.appointed_on,
        ends=row.planned_end,
        **known,
    )


def _state(row: Posting, as_of: dt.date) -> str:
    if row.arrived_on is None or row.arrived_on > as_of:
        return "待到岗"
    return str(row.get_state_display()) if row.ended_on is None else "在岗"


def arrivals_of(actor: Actor, region: Region, *, as_of: dt.date) -> Arrivals:
    """Officials due and where they stand, by the level below: counties of a city, towns of a county. Five queries."""
    digits = 6 if len(region.code) <= 4 else 9
    rows = list(_standing(actor, region.code, as_of).only("region_id", "appointed_on", "arrived_on", "state", "ended_on"))
    due = _deadlines(region, {row.appointed_on for row in rows})
    low, high = bounds(region.code)
    ended = Posting.objects.visible_to(actor).filter(
        region_id__gte=low, region_id__lt=high, ended_on__gte=as_of.replace(day=1), ended_on__lte=as_of
    )
    needs = PostNeed.objects.visible_to(actor).filter(region_id__gte=low, region_id__lt=high, state="confirmed", confirmed_on__lte=as_of)
    vacant = _by_place(needs.values_list("region_id", flat=True) if actor.may(Permission.VIEW_SELECTION) else [], digits)
    closed = _by_place(ended.values_list("region_id", flat=True), digits)
    appointed, arrived, late, suspended = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for row in rows:
        place = str(row.region_id)[:digits]
        here = row.arrived_on is not None and row.arrived_on <= as_of
        appointed[place] += 1
        arrived[place] += here
        late[place] += not here and due[row.appointed_on] < as_of
        suspended[place] += row.state == Posting.State.SUSPENDED
    places = sorted({*appointed, *vacant, *closed})
    names = region_names(places)
    listed = tuple(
        ArrivalRow(
            place=names.get(place, place), appointed=appointed[place], arrived=arrived[place], late=late[place], suspended=suspended[place],
            ended_in_month=closed[place], vacant=vacant[place],
        )
        for place in places
    )  # fmt: skip
    return Arrivals(place=region.name, as_of=as_of, rows=listed, made_by=actor.name)


def _by_place(codes: Sequence[str] | Any, digits: int) -> Counter[str]:
    return Counter(str(code)[:digits] for code in codes)


def _deadlines(region: Region, days: set[dt.date]) -> dict[dt.date, dt.date]:
    """The last day to arrive for each day of appointment; working days in force on the latest of them."""
    if not days:
        return {}
    within = int(parameter("arrival_days", region=region.code, on=max(days)))
    found = {}
    for day in days:
        try:
            found[day] = after_workdays(day, within)
        except CalendarEnds:  # beyond the published holidays nobody is called late
            found[day] = dt.date.max
    return found


def transfers_of(actor: Actor, region: Region, *, as_of: dt.date) -> Transfers:
    """Letters of party relations to and from a place, by their numbers, with the day by which each must be received. Two queries."""
    low, high = bounds(region.code)
    rows = (
        PartyTransfer.objects.visible_to(actor).filter(region_id__gte=low, region_id__lt=high, out_on__lte=as_of).select_related("posting")
    )
    listed = tuple(
        TransferRow(
            letter=row.letter_number, name=row.posting.cadre_name, from_body=row.from_body, to_body=row.to_body, out_on=row.out_on,
            in_on=row.in_on if row.in_on and row.in_on <= as_of else None, due_on=row.out_on + dt.timedelta(days=row.valid_days),
        )
        for row in rows.order_by("out_on", "letter_number", "id")
    )  # fmt: skip
    return Transfers(place=region.name, as_of=as_of, rows=listed, made_by=actor.name)
