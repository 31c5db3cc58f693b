"""What wants doing about postings: late arrivals, party relations, ends of terms, posts to refill. Each asks one table by index."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value

from shibaiqian.access.actor import Actor
from shibaiqian.base import clock
from shibaiqian.base.workdays import after_workdays
from shibaiqian.cadres.codes import FULL_MEMBER, PROBATIONARY_MEMBER
from shibaiqian.policy.queries import UnknownParameter, parameters_over
from shibaiqian.policy.rules import KEY_OF
from shibaiqian.postings.models import Handover, PartyTransfer, Posting
from shibaiqian.postings.queries.postings import postings
from shibaiqian.postings.rules import REMIND_DAYS

Rows = QuerySet[Posting]
# An end that leaves the post empty before its time.
EARLY = ("recalled", "promoted", "health", "resigned", "disciplinary", "deceased", "retired", "adjusted")


@dataclass(frozen=True)
class Refill:
    """A post that lost its official early: the sending unit owes a replacement by `due_on`."""

    posting: Posting
    due_on: dt.date
    is_overdue: bool


# What a posting can be reminded of; these codes stand in addresses.
REMINDERS = (
    "late", "party_overdue", "no_acting_head", "over", *(f"ending_{days}" for days in REMIND_DAYS), "recalls", "no_handover",
    "party_not_back", "refill",
)  # fmt: skip


def conditions() -> dict[str, Q]:
    """The condition of each reminder as of today: late arrivals, party relations, ends of terms, heads of units for whom nobody
    acts, recalls not decided, recalled officials who have not handed over, posts to refill. No reminder is a fault by itself. One query.
    """
    today, running = clock.today(), Q(ended_on__isnull=True)
    held = _days(("arrival_days", "party_relation_days"), {today})
    members = Q(cadre__political_status__in=[FULL_MEMBER, PROBATIONARY_MEMBER])
    came_before = today - dt.timedelta(days=held["party_relation_days", today])
    ending = {
        f"ending_{days}": running & Q(planned_end__gte=today, planned_end__lte=today + dt.timedelta(days=days)) for days in REMIND_DAYS
    }  # fmt: skip
    return {
        "late": running & Q(state=Posting.State.PENDING_ARRIVAL, appointed_on__lt=_appointed_before(held["arrival_days", today])),
        "party_overdue": running & Q(arrived_on__lt=came_before, party_in_on__isnull=True) & members,
        "no_acting_head": running & Q(arrived_on__isnull=False, acting_head="", unit__head_name=F("cadre_name")),
        "over": running & Q(planned_end__lt=today),
        **ending,
        "recalls": Q(state__in=[Posting.State.RECALL_PROPOSED, Posting.State.RECALL_HEARD]),
        "no_handover": Q(state=Posting.State.RECALLED, arrived_on__isnull=False) & Q(~Exists(_handed_over())),
        "party_not_back": Q(ended_on__isnull=False, party_in_on__isnull=False) & Q(~Exists(_returned())),
        "refill": Q(end_reason__in=EARLY, ended_on__lt=F("planned_end")) & Q(~Exists(_followers()), ~Exists(_present())),
    }


def _appointed_before(days: int) -> dt.date:
    """Whoever was appointed before this day should be there: the earliest day whose deadline is not over."""
    today = day = clock.today()
    while after_workdays(day - dt.timedelta(days=1), days, shown=True) >= today:
        day -= dt.timedelta(days=1)
    return day


def _returned() -> "QuerySet[PartyTransfer]":
    rows: QuerySet[PartyTransfer] = PartyTransfer.objects.for_everyone(because="letters of postings the asker sees; the wall decides")
    return rows.filter(posting=OuterRef("pk"), direction=PartyTransfer.Direction.BACK, in_on__isnull=False, voided_by__isnull=True)


def _handed_over() -> "QuerySet[Handover]":
    rows: QuerySet[Handover] = Handover.objects.for_everyone(because="handovers of postings the asker sees; the wall decides")
    return rows.filter(~Q(waived="") | Q(witnessed_on__isnull=False), posting=OuterRef("pk"), voided_by__isnull=True)


def _followers() -> Rows:
    rows: Rows = Posting.objects.for_everyone(because="who follows a posting the asker sees; the wall decides")
    return rows.filter(predecessor=OuterRef("pk"), voided_by__isnull=True)


def _present() -> Rows:
    rows: Rows = Posting.objects.for_everyone(because="who serves where the asker sees a posting; the wall decides")
    return rows.filter(region=OuterRef("region"), title=OuterRef("title"), ended_on__isnull=True, voided_by__isnull=True)


def _days(keys: Sequence[str], on: Set[dt.date]) -> dict[tuple[str, dt.date], int]:
    """Numbers of days as in force on some days; those the product brings along where nothing is set, so that no desk stays shut."""
    try:
        held = parameters_over(keys, region=settings.ROOT_REGION, days=on)
    except UnknownParameter:
        return {(key, day): int(KEY_OF[key].default) for key in keys for day in on}
    return {at: int(value) for at, value in held.items()}


def reminded(actor: Actor, reminder: str, *, region: str = "") -> Rows:
    """The postings the actor sees that one of `REMINDERS` is about. Two queries."""
    return postings(actor, region=region).filter(conditions()[reminder])


def reminder_counts(actor: Actor, *, most: int) -> Mapping[str, int]:
    """How many postings each reminder is about, counted to `most` and one more. Two queries."""
    seen = Posting.objects.visible_to(actor)
    asked = [seen.filter(condition).values_list(Value(code), "pk")[: most + 1] for code, condition in conditions().items()]
    return Counter(code for code, _key in asked[0].union(*asked[1:], all=True))


def posts_to_refill(actor: Actor, *, region: str = "") -> Sequence[Refill]:
    """Posts whose official was recalled or left before the term's end, and whom nobody follows; the earliest due first.

    For selection, which raises the need again. The due day counts the working days in force on the day of the end.
    """
    found = list(reminded(actor, "refill", region=region))
    days = {posting.ended_on for posting in found if posting.ended_on}
    allowed = _days(("replacement_days",), days) if days else {}
    due = {day: after_workdays(day, allowed["replacement_days", day], shown=True) for day in days}
    refills = [Refill(posting=p, due_on=due[p.ended_on], is_overdue=due[p.ended_on] < clock.today()) for p in found if p.ended_on]
    return sorted(refills, key=lambda refill: (refill.due_on, refill.posting.number))
