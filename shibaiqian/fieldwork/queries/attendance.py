"""Reading the ledger of attendance: months with their results, a month day by day, what waits, logs drawn to be read."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from shibaiqian.access.actor import Actor
from shibaiqian.access.command import NotVisible
from shibaiqian.access.own_case import own_rows
from shibaiqian.access.roles import Role
from shibaiqian.base import clock
from shibaiqian.base.workdays import Calendar
from shibaiqian.fieldwork.models import (
    AttendanceAmendment,
    AttendanceDay,
    AttendanceMonth,
    LeaveRequest,
    LogReading,
    LogSample,
    WorkLog,
    WorkLogItem,
)
from shibaiqian.fieldwork.rules import attendance as rules
from shibaiqian.fieldwork.rules.attendance import ON_DUTY, DaySaid, MonthResult
from shibaiqian.fieldwork.rules.leave import GRANTED, TRIP
from shibaiqian.fieldwork.rules.samples import drawn
from shibaiqian.policy.models import PolicyParameter
from shibaiqian.policy.queries import parameters_at
from shibaiqian.policy.rules import KEY_OF
from shibaiqian.postings.models import Posting
from shibaiqian.postings.queries import running_postings
from shibaiqian.regions.rules import bounds

JUST_BACK = dt.timedelta(days=7)
VILLAGE = 12  # digits of its code
POLICIES = ("min_days_per_month", "min_days_working", "overnight_share_min", "long_holiday_days")


@dataclass(frozen=True)
class CountedMonth:
    """A month with its numbers; `nights_asked` is the share asked of officials of villages, None for the others."""

    month: AttendanceMonth
    result: MonthResult
    nights_asked: int | None


@dataclass(frozen=True)
class AttendanceFile:
    """A month day by day with its line, what was amended, and the year so far: days on duty of those asked of the posting, and
    working days on duty of the share of them that is asked."""

    counted: CountedMonth
    posting: Posting
    days: Sequence[AttendanceDay]
    amendments: Sequence[AttendanceAmendment]
    year_duty: int
    year_asked: int
    year_workdays: int
    year_workdays_asked: int


def to_propose(actor: Actor, *, region: str, month: dt.date) -> QuerySet[Posting]:
    """Who served in a place in a month that is not with the town yet: what the records say can be filled in."""
    low, high = bounds(region)
    rows = Posting.objects.visible_to(actor).filter(region_id__gte=low, region_id__lt=high, arrived_on__lte=rules.last_of(month))
    settled = AttendanceMonth.objects.visible_to(actor).filter(month=month).exclude(state="open").values("posting")
    found: QuerySet[Posting] = rows.exclude(ended_on__lt=month).exclude(pk__in=settled)
    return found


def months(actor: Actor, *, region: str = "", month: dt.date | None = None) -> QuerySet[AttendanceMonth]:
    """Months of the ledger that an actor may see, an official the own ones; latest first, then by place."""
    rows: QuerySet[AttendanceMonth] = AttendanceMonth.objects.visible_to(actor)
    if actor.role is Role.POSTED_CADRE:
        rows = rows.filter(own_rows(actor))
    if region:
        rows = rows.filter(region_id__gte=region, region_id__lt=f"{region}:")
    if month is not None:
        rows = rows.filter(month=month)
    return rows.select_related("region", "posting").order_by("-month", "region_id", "id")


def counted(actor: Actor, rows: Iterable[AttendanceMonth]) -> list[CountedMonth]:
    """Months with their numbers, each by the rules in force when it began. Two queries, whatever their number."""
    of = list(rows)
    said: dict[uuid.UUID, list[DaySaid]] = defaultdict(list)
    days = AttendanceDay.objects.for_everyone(because="the summary of months the actor sees; the wall decides")
    live = days.filter(month__in=[row.pk for row in of], voided_by__isnull=True)
    for key, *day in live.values_list("month_id", "on", "status", "overnight", "leave_kind"):
        said[key].append(DaySaid(*day))
    policies = parameters_at({(str(row.region_id), row.month) for row in of})
    calendar = Calendar(shown=True)
    return [_counted(row, said[row.pk], policies[str(row.region_id), row.month], calendar) for row in of]


def _counted(row: AttendanceMonth, days: Sequence[DaySaid], policy: Mapping[str, PolicyParameter], calendar: Calendar) -> CountedMonth:
    value = {key: _number(policy, key) for key in POLICIES}
    running = rules.days_of(row.month, arrived_on=row.posting.arrived_on, ended_on=row.posting.ended_on)
    days = [day for day in days if day.on in set(running)]  # a posting may have ended before days that were written already
    holidays = rules.long_holidays(row.month, is_workday=calendar.is_workday, least=int(value["long_holiday_days"]))
    asked = rules.days_asked(row.month, running=running, holidays=holidays, least=int(value["min_days_per_month"]))
    ahead = len(set(running) - {day.on for day in days})
    if value["min_days_working"]:
        days = [day for day in days if calendar.is_workday(day.on)]
    nights = int(value["overnight_share_min"] * 100) if row.posting.host_level == "village" else None
    return CountedMonth(row, rules.result_of(days, asked=asked, ahead=ahead), nights)


def attendance_file(actor: Actor, key: uuid.UUID) -> AttendanceFile:
    """A month as its page shows it; as if absent outside the actor's sight. Six queries."""
    found = months(actor).filter(pk=key).first()
    if found is None:
        raise NotVisible(AttendanceMonth.__name__)
    (line,) = counted(actor, [found])
    amendments = AttendanceAmendment.objects.visible_to(actor).filter(month=found).order_by("on", "id")
    running = _days_of_year(found.posting, found.month.year)
    of_year = AttendanceDay.objects.visible_to(actor).filter(month__posting=found.posting_id, on__year=found.month.year, status__in=ON_DUTY)
    on_duty, works = set(of_year.values_list("on", flat=True)) & set(running), Calendar(shown=True).is_workday
    place = (str(found.region_id), min(clock.today(), dt.date(found.month.year, 12, 31)))
    policy = parameters_at([place])[place]
    return AttendanceFile(
        counted=line, posting=found.posting, days=list(AttendanceDay.objects.visible_to(actor).filter(month=found).order_by("on")),
        amendments=list(amendments), year_duty=len(on_duty),
        year_asked=int(_number(policy, "min_days_per_year")) * len(running) // rules.days_in_year(found.month.year),
        year_workdays=sum(map(works, on_duty)), year_workdays_asked=int(_number(policy, "min_share_year") * sum(map(works, running))),
    )  # fmt: skip


def _number(policy: Mapping[str, PolicyParameter], key: str) -> Decimal:
    """What a place says of a key, or what the product brings along."""
    return policy[key].value if key in policy else Decimal(KEY_OF[key].default)


def _days_of_year(posting: Posting, year: int) -> list[dt.date]:
    """The days of a year that lie in a posting."""
    months = (dt.date(year, month, 1) for month in range(1, 13))
    return [day for month in months for day in rules.days_of(month, arrived_on=posting.arrived_on, ended_on=posting.ended_on)]


def earlier_days(actor: Actor, month: AttendanceMonth) -> QuerySet[AttendanceDay]:
    """The rows of a month that later ones replaced, for whoever asks how a day came to be."""
    rows = AttendanceDay.objects.for_everyone(because="what was said before, of a month the actor sees; the wall decides")
    return rows.filter(month=month, voided_by__isnull=False).order_by("on", "event")


def own_posting(actor: Actor) -> Posting | None:
    """The running posting of the official who asks; for a village the one hosted there. A place with several officials has none."""
    if actor.role is not Role.POSTED_CADRE and len(actor.scope.region) < VILLAGE:
        return None
    rows = running_postings(actor).filter(arrived_on__isnull=False)
    if actor.role is Role.POSTED_CADRE:
        rows = rows.filter(own_rows(actor))
    return rows.order_by("-region_id", "id").first()


def without_log(actor: Actor, *, days: int) -> QuerySet[Posting]:
    """Officials of villages from whom nothing was written for so many days, who are not on leave nor just back: what keeps them? In the order of places."""
    since = clock.today() - dt.timedelta(days=days)
    wrote = WorkLog.objects.for_everyone(because="logs of postings the actor sees; the wall decides")
    wrote = wrote.filter(posting=OuterRef("pk"), on__gt=since, voided_by__isnull=True)
    rows = running_postings(actor).filter(host_level="village", arrived_on__lte=since)
    away = LeaveRequest.objects.for_everyone(because="leave of postings the actor sees; the wall decides")
    away = away.filter(
        posting=OuterRef("pk"),
        state__in=GRANTED,
        first_on__lte=clock.today(),
        last_on__gt=clock.today() - JUST_BACK,
        voided_by__isnull=True,
    ).exclude(kind=TRIP)
    return rows.filter(~Exists(wrote), ~Exists(away))


def states_of_month(actor: Actor, *, region: str, month: dt.date) -> Mapping[str, int]:
    """How many months of a place stand where. One query."""
    rows = AttendanceMonth.objects.visible_to(actor).filter(region_id__gte=region, region_id__lt=f"{region}:", month=month)
    return dict(rows.order_by().values_list("state").annotate(n=Count("pk")))


def readings(actor: Actor, *, region: str, month: dt.date) -> QuerySet[LogReading]:
    """The logs drawn of a month in a place, with their words, by village."""
    rows: QuerySet[LogReading] = LogReading.objects.visible_to(actor)
    rows = rows.filter(sample__region=region, sample__month=month).select_related("sample", "log", "region", "log__posting")
    return rows.prefetch_related(Prefetch("log__items", queryset=WorkLogItem.objects.visible_to(actor).order_by("id"))).order_by(
        "region_id", "id"
    )


def drawn_again(sample: LogSample, *, count: int) -> set[str]:
    """The keys that the seed of a sample draws from the logs that stood when it was drawn: what came late from a phone or was corrected
    since changes nothing. One query."""
    low, high = bounds(str(sample.region_id))
    rows = WorkLog.objects.for_everyone(because="logs of a place whose sample the actor sees; the wall decides")
    there = rows.filter(
        region_id__gte=low, region_id__lt=high, on__range=(sample.month, rules.last_of(sample.month)), event__lt=sample.event
    )
    stood = there.filter(Q(voided_by__isnull=True) | Q(voided_by__gt=sample.event))
    return set(drawn(sample.seed, map(str, stood.values_list("pk", flat=True)), count=count))
