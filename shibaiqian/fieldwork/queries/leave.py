"""Reading leave: the register, what waits for whom, balances counted from the requests."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet, Sum, Value, Window
from django.db.models.functions import RowNumber

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import NotVisible
from shibaiqian.access.own_case import own_rows
from shibaiqian.access.roles import Permission, Role
from shibaiqian.base import clock
from shibaiqian.base.workdays import Calendar
from shibaiqian.cadres.models import Cadre
from shibaiqian.fieldwork.models import LeaveReason, LeaveRequest
from shibaiqian.fieldwork.queries.returns import ended_without_return
from shibaiqian.fieldwork.rules import leave as rules
from shibaiqian.policy.queries import parameters
from shibaiqian.policy.rules import KEY_OF
from shibaiqian.postings.models import Posting

SIGHT_KEYS = ("leave_counts_calendar", "leave_split_days", "leave_limit_county_days", "leave_limit_town_days", "leave_copy_days")
ANNUAL_KEYS = {1: "annual_leave_days_1", 10: "annual_leave_days_10", 20: "annual_leave_days_20"}


@dataclass(frozen=True)
class Balance:
    """A year's leave of one official in half-days, counted from the requests as the calendar stands now."""

    year: int
    taken: Mapping[str, int]  # by kind, trips left out
    annual: int | None  # entitled; None where the months of work are not known
    most: int  # of all kinds that count, before somebody is called back

    def left(self, kind: str) -> int | None:
        """What is left of a kind; None for kinds without a number."""
        return None if kind != "annual" or self.annual is None else self.annual - self.taken.get("annual", 0)

    @property
    def total(self) -> int:
        """What counts towards the most of a year."""
        return sum(half for kind, half in self.taken.items() if kind not in rules.PROTECTED)

    @property
    def words(self) -> tuple[str, str]:
        """That total and the most, in days."""
        return rules.days_words(self.total), rules.days_words(self.most)

    @property
    def is_over(self) -> bool:
        return self.total > self.most

    @property
    def lines(self) -> list[tuple[str, str, str]]:
        """Kind, days taken and days left, in words, for the form."""
        rows = [
            (rules.KINDS[kind], rules.days_words(half), "" if self.left(kind) is None else rules.days_words(max(self.left(kind) or 0, 0)))
            for kind, half in self.taken.items()
        ]
        if "annual" not in self.taken and self.annual is not None:
            rows.append((rules.KINDS["annual"], "0", rules.days_words(self.annual)))
        return rows


@dataclass(frozen=True)
class Sight:
    """What a request comes to: its half-days, those with its neighbours, who decides, whether the sending unit gets a copy."""

    half_days: int
    summed: int
    level: str
    is_long: bool

    @property
    def days_words(self) -> str:
        return rules.days_words(self.half_days)

    @property
    def summed_words(self) -> str:
        return rules.days_words(self.summed)


def standing_leaves(actor: Actor, posting: Posting) -> list[LeaveRequest]:
    """Requests of an official that wait or were granted, by day."""
    rows = LeaveRequest.objects.visible_to(actor).filter(cadre=posting.cadre_id, state__in=rules.STANDING)
    return list(rows.order_by("first_on", "id"))


def leave_in_sight(actor: Actor, posting: Posting, kind: str, span: rules.Span) -> Sight:
    """What a request would come to, before it is sent. Two queries."""
    return sight_of(posting, kind, span, standing_leaves(actor, posting), on=clock.today())


def sight_of(posting: Posting, kind: str, span: rules.Span, others: Sequence[LeaveRequest], *, on: dt.date) -> Sight:
    """Half-days of a request, with its neighbours, and the level that decides about them by the policy of a day. One query."""
    policy = {key: row.value for key, row in parameters(region=str(posting.region_id), on=on).items()}
    value = {key: policy.get(key, KEY_OF[key].default) for key in SIGHT_KEYS}
    is_workday = None if value["leave_counts_calendar"] else Calendar().is_workday
    half = rules.half_days(span, is_workday=is_workday)
    if kind == rules.TRIP:
        return Sight(half, half, rules.DECIDERS[posting.host_level][0], is_long=False)
    spans = [other.taken for other in others if not other.is_trip and other.taken is not None]
    summed = sum(rules.half_days(one, is_workday=is_workday) for one in rules.cluster(span, spans, gap=int(value["leave_split_days"])))
    limit = value["leave_limit_county_days" if posting.host_level == "county" else "leave_limit_town_days"]
    level = rules.level_of(posting.host_level, summed, limit_days=int(limit))
    return Sight(half, summed, level, is_long=summed > int(value["leave_copy_days"]) * 2)


def leaves(actor: Actor, *, region: str = "", cadre: uuid.UUID | None = None) -> QuerySet[LeaveRequest]:
    """Requests that an actor may see, an official the own ones; latest beginning first."""
    rows: QuerySet[LeaveRequest] = LeaveRequest.objects.visible_to(actor)
    if actor.role is Role.POSTED_CADRE:
        rows = rows.filter(own_rows(actor))
    if region:
        rows = rows.filter(region_id__gte=region, region_id__lt=f"{region}:")
    if cadre is not None:
        rows = rows.filter(cadre=cadre)
    return rows.select_related("region").order_by("-first_on", "-id")


def leave_file(actor: Actor, key: uuid.UUID) -> tuple[LeaveRequest, str]:
    """A request and its reason, which only those who decide and the official see. Two queries."""
    found = leaves(actor).select_related("extends", "posting", "posting__unit").filter(pk=key).first()
    if found is None:
        raise NotVisible(LeaveRequest.__name__)
    reason = LeaveReason.objects.visible_to(actor).filter(leave=found).first() if actor.may(Permission.VIEW_LEAVE_REASONS) else None
    return found, reason.reason if reason else ""


def leaves_to_answer(actor: Actor) -> QuerySet[LeaveRequest]:
    """What waits for this level to decide, or for the town to say something about; longest waiting first."""
    levels = [level for level, digits in rules.DIGITS.items() if len(actor.scope.region) == digits]
    rows: QuerySet[LeaveRequest] = LeaveRequest.objects.visible_to(actor)
    mine = Q(level__in=levels, state__in=rules.WAITING)
    if "town" in levels:  # the town says its opinion of what it does not decide
        mine |= Q(state="submitted") & ~Q(level="town")
    return rows.filter(mine).select_related("region").order_by("asked_on", "id")


def leaves_returned(actor: Actor) -> QuerySet[LeaveRequest]:
    """Returns that the town has to close."""
    rows: QuerySet[LeaveRequest] = LeaveRequest.objects.visible_to(actor).filter(state="returned")
    return rows.select_related("region").order_by("returned_on", "id")


def leaves_overdue(actor: Actor) -> QuerySet[LeaveRequest]:
    """Leave that ended and from which nobody has come back yet, after the days of grace of its place. A question, not a finding."""
    rows: QuerySet[LeaveRequest] = LeaveRequest.objects.visible_to(actor).filter(ended_without_return(), state="approved")
    return rows.select_related("region").order_by("last_on", "id")


def leaves_to_look_at(actor: Actor) -> QuerySet[LeaveRequest]:
    """Leave that towns granted their own people, for the county's second look."""
    rows: QuerySet[LeaveRequest] = LeaveRequest.objects.visible_to(actor).filter(is_own_people=True, looked_on__isnull=True)
    return rows.filter(state__in=["approved", "continued", "returned", "closed"], decided_on__isnull=False).order_by("decided_on", "id")


def away_long(actor: Actor, *, days: int) -> QuerySet[LeaveRequest]:
    """Granted leave that stands together for more than so many days: whether somebody else is needed is a question to the county."""
    rows: QuerySet[LeaveRequest] = LeaveRequest.objects.visible_to(actor).filter(state__in=["approved", "continued"])
    rows = rows.filter(summed_half_days__gt=days * 2, last_on__gte=clock.today())
    return rows.select_related("region").order_by("first_on", "id")


def together(most: int, **lists: QuerySet[LeaveRequest]) -> dict[str, list[LeaveRequest]]:
    """Several lists of leave, at most so many of each, in their own orders. One query."""
    first, *others = (
        rows.annotate(list=Value(name), place_in_it=Window(RowNumber(), order_by=rows.query.order_by))[:most]  # type: ignore[arg-type]
        for name, rows in lists.items()
    )
    found: dict[str, list[LeaveRequest]] = {name: [] for name in lists}
    for row in first.union(*others, all=True).order_by("list", "place_in_it"):
        found[row.list].append(row)  # type: ignore[attr-defined]
    return found


def away_often(actor: Actor, *, year: int, days: int) -> list[tuple[LeaveRequest, int]]:
    """Of officials whose granted leave of a year comes to more than so many days: the last request, and half-days in all. Protected
    leave is not counted. Whether somebody is called back is a question to the county. One query."""
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    rows = LeaveRequest.objects.visible_to(actor).filter(state__in=rules.GRANTED, first_on__lte=last, last_on__gte=first)
    rows = rows.exclude(kind__in=[rules.TRIP, *rules.PROTECTED]).order_by()
    many = rows.values("cadre").annotate(half=Sum("half_days")).filter(half__gt=days * 2).values("cadre")
    found: dict[uuid.UUID, list[LeaveRequest]] = {}
    for row in rows.filter(cadre__in=many).select_related("region").order_by("region_id", "cadre", "first_on"):
        found.setdefault(row.cadre, []).append(row)
    counted = [(of[-1], sum(_taken(of, year).values())) for of in found.values()]
    return [(row, half) for row, half in counted if half > days * 2]


def written_late(leave: LeaveRequest) -> tuple[int, int] | None:
    """Of leave in an emergency that was written later than the rule says: days after it was told, and those allowed; None in time."""
    if not leave.is_emergency or leave.told_on is None:
        return None
    row = parameters(region=str(leave.region_id), on=leave.told_on).get("leave_written_days")
    took, most = (leave.asked_on - leave.told_on).days, int(row.value if row else KEY_OF["leave_written_days"].default)
    return (took, most) if took > most else None


def balance_of(actor: Actor, *, cadre: uuid.UUID, region: str, year: int) -> Balance:
    """The balance of a year, from the requests that stand. Three queries."""
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    rows = LeaveRequest.objects.visible_to(actor).filter(
        cadre=cadre, state__in=rules.STANDING, first_on__lte=last, last_on__gte=first
    ).exclude(kind=rules.TRIP)  # fmt: skip
    policy = parameters(region=region, on=min(last, clock.today()))
    start = Cadre.objects.for_everyone(because="months of work of an official the actor sees; the wall decides").filter(pk=cadre)
    month = start.values_list("work_start_month", flat=True).first()
    return Balance(
        year=year, taken=_taken(list(rows), year), most=2 * int(policy["max_leave_days_year"].value if "max_leave_days_year" in policy else 30),
        annual=None if not month else 2 * _annual(month, dt.date(year, 1, 1), {y: int(policy[k].value) for y, k in ANNUAL_KEYS.items() if k in policy}),
    )  # fmt: skip


def _annual(start: str, on: dt.date, by_years: Mapping[int, int]) -> int:
    return rules.annual_days(rules.months_worked(start, on), by_years=by_years)


def _taken(rows: Sequence[LeaveRequest], year: int) -> Mapping[str, int]:
    calendar = Calendar(shown=True)
    found: dict[str, int] = {}
    for row in rows:
        if row.taken is not None:
            half = rules.taken_half_days(row.kind, row.taken, year=year, is_workday=calendar.is_workday)
            found[row.kind] = found.get(row.kind, 0) + half
    return found
