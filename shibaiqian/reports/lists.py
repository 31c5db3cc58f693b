"""Lists that go up about postings, from the records as of a day: 花名册 (R2), 组织关系转移台账 (R6), 到岗情况统计表 (R7)."""

import datetime as dt
import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet

from shibaiqian.access.actor import Actor
from shibaiqian.access.roles import Permission
from shibaiqian.base.workdays import CalendarEnds, after_workdays
from shibaiqian.cadres.codes import POLITICAL_STATUSES, SEXES
from shibaiqian.cadres.models import Cadre
from shibaiqian.documents.papers.lists import ARRIVALS, ArrivalRow, Arrivals, Roster, TransferRow, Transfers
from shibaiqian.documents.papers.people import Person, month
from shibaiqian.policy.queries import parameter
from shibaiqian.postings.models import PartyTransfer, Posting, PostingChange
from shibaiqian.regions.models import Region
from shibaiqian.regions.queries import region_names
from shibaiqian.regions.rules import bounds
from shibaiqian.reports.tables import Report, Section, summed
from shibaiqian.selection.models import PostNeed

CODE, TITLE = "arrivals", "挂职干部到岗情况月报"
WORDS = {"arrivals": "到岗情况", "note": "已任命：截至日任职未结束的；缺额：截至日已确认而没有任命人选的岗位。"}
# Where a change leads; empty: back to where the posting stood.
LED_TO = {
    "arrival": "", "extension": "", "suspension": "suspended", "resumption": "", "recall_proposed": "recall_proposed",
    "recall_heard": "recall_heard", "recall_dismissed": "", "handover": "handing_over", "handover_stopped": "",
}  # fmt: skip
SEX = {code: name for name, code in SEXES.items()}
STATUS = {code: name for name, code in reversed(POLITICAL_STATUSES.items())}


@dataclass(frozen=True)
class Change:
    """A line of a posting's history."""

    kind: str
    on: dt.date
    before: dt.date | None  # the planned end before an extension


def _standing(actor: Actor, region: str, as_of: dt.date) -> Any:
    """Postings hosted in a place that had begun and not ended by the end of a day."""
    low, high = bounds(region)
    rows = Posting.objects.visible_to(actor).filter(region_id__gte=low, region_id__lt=high, appointed_on__lte=as_of)
    return rows.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=as_of))


def roster_of(actor: Actor, region: Region, *, as_of: dt.date) -> Roster:
    """Who serves in a place on a day, in the order of places, as it was on that day. Five queries."""
    rows = list(serving(actor, region.code, as_of=as_of))
    return Roster(place=region.name, as_of=as_of, people=tuple(as_then(actor, rows, as_of=as_of)), made_by=actor.name)


def serving(actor: Actor, region: str, *, as_of: dt.date) -> "QuerySet[Posting]":
    """Postings hosted in a place on a day, in the order (region, number, id)."""
    rows: QuerySet[Posting] = _standing(actor, region, as_of).select_related("unit").order_by("region_id", "number", "id")
    return rows


def as_then(actor: Actor, rows: Sequence[Posting], *, as_of: dt.date) -> list[tuple[Person, str, str]]:
    """Person, number of the appointment and state of each posting as of a day. Three queries.

    Title, unit and document are the posting's own and never change; the planned end is the one before later extensions. What
    only the register knows (education, present post) is the register's of today.
    """
    cadres: Mapping[Any, Cadre] = Cadre.objects.visible_to(actor).in_bulk([row.cadre_id for row in rows])
    towns = region_names(sorted({str(row.region_id)[:9] for row in rows if len(str(row.region_id)) == 12}))
    histories = _histories(actor, rows)
    return [
        (
            replace(_person(row, cadres.get(row.cadre_id), towns), ends=planned_end_on(row, histories[row.pk], as_of)),
            row.document_number,
            str(Posting.State(state_on(row, histories[row.pk], as_of)).label),
        )
        for row in rows
    ]


def _histories(actor: Actor, rows: Sequence[Posting]) -> Mapping[uuid.UUID, Sequence[Change]]:
    found: dict[uuid.UUID, list[Change]] = defaultdict(list)
    changes = PostingChange.objects.visible_to(actor).filter(posting__in=[row.pk for row in rows]).order_by("on", "event", "id")
    for posting, kind, on, before in changes.values_list("posting_id", "kind", "on", "planned_end_before"):
        found[posting].append(Change(kind, on, before))
    return found


def state_on(row: Posting, history: Sequence[Change], as_of: dt.date) -> str:
    """The state at the end of a day: what the last change by then led to."""
    if row.arrived_on is None or row.arrived_on > as_of:
        standing = str(Posting.State.PENDING_ARRIVAL)
    else:
        extended = any(change.kind == "extension" and change.on <= as_of for change in history)
        standing = str(Posting.State.ON_EXTENSION if extended else Posting.State.ACTIVE)
    for change in reversed([change for change in history if change.on <= as_of]):
        if change.kind in LED_TO:
            return LED_TO[change.kind] or standing
    return standing


def planned_end_on(row: Posting, history: Sequence[Change], as_of: dt.date) -> dt.date:
    """The planned end as it stood: before the first extension that came later."""
    return next((change.before for change in history if change.on > as_of and change.before is not None), row.planned_end)


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


def arrivals_of(actor: Actor, region: Region, *, as_of: dt.date) -> Arrivals:
    """Officials due and where they stood on a day, by the level below: counties of a city, towns of a county. Seven queries."""
    digits = 6 if len(region.code) <= 4 else 9
    rows = list(_standing(actor, region.code, as_of).only("region_id", "appointed_on", "arrived_on", "state", "ended_on"))
    histories = _histories(actor, rows)
    due = _deadlines(region, {row.appointed_on for row in rows})
    low, high = bounds(region.code)
    ended = Posting.objects.visible_to(actor).filter(
        region_id__gte=low, region_id__lt=high, ended_on__gte=as_of.replace(day=1), ended_on__lte=as_of
    )
    vacant = _by_place(_vacant(actor, region.code, as_of) if actor.may(Permission.VIEW_SELECTION) else [], digits)
    closed = _by_place(ended.values_list("region_id", flat=True), digits)
    appointed, arrived, late, suspended = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for row in rows:
        place = str(row.region_id)[:digits]
        here = row.arrived_on is not None and row.arrived_on <= as_of
        appointed[place] += 1
        arrived[place] += here
        late[place] += not here and due[row.appointed_on] < as_of
        suspended[place] += state_on(row, histories[row.pk], as_of) == Posting.State.SUSPENDED
    places = sorted({*appointed, *vacant, *closed})
    names = region_names(places)
    listed = tuple(
        ArrivalRow(
            place=names.get(place, place), code=place, appointed=appointed[place], arrived=arrived[place], late=late[place], suspended=suspended[place],
            ended_in_month=closed[place], vacant=vacant[place],
        )
        for place in places
    )  # fmt: skip
    return Arrivals(place=region.name, as_of=as_of, rows=listed, made_by=actor.name)


def arrivals_report(actor: Actor, region: str, as_of: dt.date) -> Report:
    """到岗情况月报 (R7) with a link from each place to its roster of the day."""
    value = arrivals_of(actor, Region.objects.get(pk=region), as_of=as_of)
    rows = tuple((row.place, row.appointed, row.arrived, row.late, row.suspended, row.ended_in_month, row.vacant) for row in value.rows)
    # The officials of the county itself stand beside those of its towns: its own roster would show them all.
    deepest = max((len(row.code) for row in value.rows), default=0)
    places = [(at, row.code) for at, row in enumerate(value.rows) if len(row.code) == deepest]
    links = {(at, 1): urlencode({"region": code, "as_of": as_of.isoformat()}) for at, code in [*places, (len(rows), region)] if rows}
    section = Section(
        title=WORDS["arrivals"], columns=tuple(column.title for column in ARRIVALS), rows=(*rows, summed(rows, words=1)) if rows else (),
        links=links, note=WORDS["note"],
    )  # fmt: skip
    return Report(code=CODE, title=TITLE, place=value.place, as_of=as_of, made_by=actor.name, sections=(section,))


def _vacant(actor: Actor, region: str, as_of: dt.date) -> list[str]:
    """The places of posts confirmed by a day that nobody had been appointed to by then; a post opened again is vacant now."""
    low, high = bounds(region)
    needs = PostNeed.objects.visible_to(actor).filter(
        region_id__gte=low, region_id__lt=high, state__in=("confirmed", "filled"), confirmed_on__lte=as_of
    )
    filled = Posting.objects.visible_to(actor).filter(number=OuterRef("number"), appointed_on__lte=as_of)
    return list(needs.filter(Q(state="confirmed") | ~Exists(filled)).values_list("region_id", flat=True))


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
