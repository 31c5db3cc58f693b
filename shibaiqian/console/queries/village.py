"""Everything on one page about a village: its counts in one statement, its rows as the role may see them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Count,
    F,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce
from django.http import Http404

from shibaiqian.access.actor import Actor
from shibaiqian.access.roles import Permission
from shibaiqian.assistance.models import IndustryEntity, Project
from shibaiqian.base import clock
from shibaiqian.fieldwork.models import PracticalService, Visit
from shibaiqian.households.models import (
    Household,
    IncomeYear,
    Member,
    State,
)
from shibaiqian.organisations.models import VillagePartner
from shibaiqian.organisations.queries import partners
from shibaiqian.party.models import Overhaul
from shibaiqian.postings.models import Pairing, Posting
from shibaiqian.postings.queries import postings
from shibaiqian.postings.slips import households_to_tell
from shibaiqian.regions.models import Region, VillageProfile

OPEN = (State.REGISTERED, State.PRE_EXIT, State.RELAPSED)
OUT = (State.EXITED, State.STABLE_EXIT)
COUNTS_ONLY = "counts of a place inside the actor's scope, without persons"


@dataclass
class VillageFacts:
    """Every count on a village's page."""

    households: dict[str, int] = field(default_factory=lambda: defaultdict(int))  # by state
    people: dict[str, int] = field(default_factory=lambda: defaultdict(int))  # by state
    causes: dict[str, tuple[int, int]] = field(default_factory=dict)  # of open households: households, people
    dangerous: dict[str, int] = field(default_factory=lambda: defaultdict(int))  # open households by C, D
    without_water: int = 0
    helpers: int = 0
    paired: int = 0
    incomes: list[tuple[int, int, int]] = field(default_factory=list)  # year, households, average net per head in cents
    confirmed: int = 0
    unconfirmed: int = 0
    visits_this_year: int = 0
    sexes: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    able: int = 0
    working: int = 0
    children: int = 0
    elders: int = 0

    def _sum(self, counts: dict[str, int], states: Sequence[str]) -> int:
        return sum(counts[state] for state in states)

    @property
    def open_households(self) -> int:
        return self._sum(self.households, OPEN)

    @property
    def open_people(self) -> int:
        return self._sum(self.people, OPEN)

    @property
    def out_households(self) -> int:
        return self._sum(self.households, OUT)

    @property
    def out_people(self) -> int:
        return self._sum(self.people, OUT)

    @property
    def stable_people(self) -> int:
        return self.people[State.STABLE_EXIT]

    @property
    def without_helper(self) -> int:
        return max(self.open_households - self.paired, 0)

    @property
    def members(self) -> int:
        return sum(self.sexes.values())


@dataclass(frozen=True)
class VillagePage:
    """What a town secretary asks of a village."""

    region: Region
    path: Sequence[Region]
    profile: VillageProfile | None
    first_secretary: Posting | None
    above: Sequence[Posting]
    past: Sequence[Posting]
    partner: VillagePartner | None
    facts: VillageFacts
    projects: Sequence[Project]
    industries: Sequence[IndustryEntity]
    overhaul: Overhaul | None
    to_tell: int  # households whose helpers changed and who were not told

    @property
    def budget(self) -> int:
        return sum(project.budget_cents for project in self.projects)


def village_page(actor: Actor, region: Region, *, path: Sequence[Region]) -> VillagePage:
    """Everything on a village's page in nine queries. Counts are for every role of the place; rows with names only as the role may."""
    code = region.code
    found = list(
        postings(actor)
        .filter(Q(region=code) | Q(region__in=[code[:6], code[:9]], ended_on__isnull=True))
        .order_by("-region_id", "-appointed_on", "id")
    )
    here = [posting for posting in found if posting.region_id == code]
    running = [posting for posting in here if posting.is_running]
    return VillagePage(
        region=region,
        path=path,
        profile=VillageProfile.objects.visible_to(actor).filter(region=code).first(),
        first_secretary=next(iter(running), None),
        above=[posting for posting in found if posting.region_id != code],
        past=[posting for posting in here if not posting.is_running],
        partner=partners(actor).filter(region=code, until__isnull=True).first(),
        facts=village_facts(actor, code),
        projects=list(Project.objects.visible_to(actor).filter(region=code).order_by("-started_on", "id")[:200]),
        industries=list(IndustryEntity.objects.visible_to(actor).filter(region=code).order_by("number", "id")[:50]),
        overhaul=Overhaul.objects.visible_to(actor).filter(region=code).order_by("-listed_on", "id").first(),
        to_tell=households_to_tell(actor, region=code).count(),
    )


def _counted(
    rows: "QuerySet[Any]", what: str, *, by: Any = None, more: Any = None, number: Any = None, amount: Any = None
) -> "QuerySet[Any]":
    """Rows as (what, by, more, number, amount), to be put under one another."""

    def said(value: Any) -> Any:
        return Cast(value, CharField()) if value is not None else Value("", output_field=CharField())

    grouped = (
        rows.order_by()
        .annotate(c_what=Value(what, output_field=CharField()), c_by=said(by), c_more=said(more))
        .values("c_what", "c_by", "c_more")
    )
    return grouped.annotate(
        c_number=number if number is not None else Count("pk"),
        c_amount=Cast(Coalesce(amount, 0) if amount is not None else Value(0), BigIntegerField()),
    ).values_list("c_what", "c_by", "c_more", "c_number", "c_amount")


def village_facts(actor: Actor, code: str) -> VillageFacts:
    """All counts of a village in one statement, and so on one snapshot. Needs the figures of a place in the actor's scope."""
    actor.must(Permission.VIEW_FIGURES)
    if not actor.scope.holds_region(code):
        raise Http404(code)

    def rows(model: Any, **where: Any) -> "QuerySet[Any]":
        return model.objects.for_everyone(because=COUNTS_ONLY).filter(region=code, voided_by__isnull=True, **where)

    today = clock.today()
    register = rows(Household)
    present = rows(Member, left_on__isnull=True)
    age = Case(
        When(birth_date__gt=_years_before(today, 16), then=Value("child")),
        When(birth_date__lte=_years_before(today, 60), then=Value("elder")),
        default=Value("adult"),
        output_field=CharField(),
    )
    parts = [
        _counted(register, "state", by=F("state"), more=F("main_cause"), amount=Sum("member_count")),
        _counted(register.filter(state__in=OPEN, house_danger__in=["C", "D"]), "danger", by=F("house_danger")),
        _counted(register.filter(state__in=OPEN, safe_water=False), "water"),
        _counted(
            # By way of the village's households: pairings have no index by place.
            Pairing.objects.for_everyone(because=COUNTS_ONLY).filter(
                voided_by__isnull=True, until__isnull=True, household__region=code, household__state__in=OPEN, household__voided_by__isnull=True
            ),
            "pairing", number=Count("helper", distinct=True), amount=Count("household", distinct=True),
        ),
        _counted(
            rows(IncomeYear), "income", by=F("year"), amount=Sum(F("net_per_head_cents") * F("member_count")) / Sum("member_count"),
        ),
        _counted(rows(PracticalService), "service", by=Case(When(confirmation="", then=Value("open")), default=Value("done"), output_field=CharField())),
        _counted(rows(Visit, on__year=today.year), "visit"),
        _counted(present, "member", by=F("sex"), more=age),
        _counted(present.exclude(labour__in=["丧失劳动力", "无劳动力", ""]), "able"),
        _counted(present.exclude(work_place=""), "working"),
    ]  # fmt: skip
    facts = VillageFacts()
    for what, by, more, number, amount in parts[0].union(*parts[1:], all=True):
        _take(facts, what, by, more, number, amount)
    facts.incomes.sort()
    return facts


def _take(facts: VillageFacts, what: str, by: str, more: str, number: int, amount: int) -> None:
    match what:
        case "state":
            facts.households[by] += number
            facts.people[by] += amount
            if by in OPEN:
                households, people = facts.causes.get(more, (0, 0))
                facts.causes[more] = (households + number, people + amount)
        case "danger":
            facts.dangerous[by] = number
        case "water":
            facts.without_water = number
        case "pairing":
            facts.helpers, facts.paired = number, amount
        case "income":
            facts.incomes.append((int(by), number, amount))
        case "service" if by == "open":
            facts.unconfirmed = number
        case "service":
            facts.confirmed = number
        case "visit":
            facts.visits_this_year = number
        case "member":
            facts.sexes[by] += number
            if more in ("child", "elder"):
                name = "children" if more == "child" else "elders"
                setattr(facts, name, getattr(facts, name) + number)
        case _:
            setattr(facts, what, number)


def _years_before(day: dt.date, years: int) -> dt.date:
    return day.replace(year=day.year - years, day=min(day.day, 28))
