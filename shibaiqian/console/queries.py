"""Reads that only pages need: rows with the names that stand beside them, and everything on one page about a village.

What may lie outside the actor's scope is asked as a subquery and never joined: the row itself stays visible.
"""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BigIntegerField, BinaryField, Case, CharField, Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Sum, TextField, Value, When
from django.db.models.functions import Cast, Coalesce, Left
from django.http import Http404

from shibaiqian.access.actor import Actor
from shibaiqian.access.roles import Permission
from shibaiqian.assistance.models import BenefitLink, IndustryEntity, Project
from shibaiqian.base import clock, crypto
from shibaiqian.cadres.models import Cadre, Promotion
from shibaiqian.fieldwork.models import PracticalService, Visit, WorkLog, WorkLogItem
from shibaiqian.households.models import (
    Cause,
    CauseCode,
    Household,
    HouseholdPrivate,
    HouseholdState,
    IncomeYear,
    Member,
    MemberPrivate,
    State,
)
from shibaiqian.indicators.queries import figures_on_page
from shibaiqian.organisations.models import VillagePartner
from shibaiqian.organisations.queries import partners
from shibaiqian.party.models import Overhaul
from shibaiqian.postings.models import Pairing, Posting
from shibaiqian.postings.queries import postings
from shibaiqian.regions.models import Region, VillageProfile

OPEN = (State.REGISTERED, State.PRE_EXIT, State.RELAPSED)
OUT = (State.EXITED, State.STABLE_EXIT)
COUNTS_ONLY = "counts of a place inside the actor's scope, without persons"


def one(rows: "QuerySet[Any]", key: uuid.UUID) -> Any:
    """The row, or the same answer as for what does not exist."""
    found = rows.filter(pk=key).first()
    if found is None:
        raise Http404(rows.model.__name__)
    return found


# Rows of lists.


def projects(actor: Actor) -> "QuerySet[Any]":
    return Project.objects.visible_to(actor)


def industries(actor: Actor) -> "QuerySet[Any]":
    return IndustryEntity.objects.visible_to(actor)


def services(actor: Actor) -> "QuerySet[Any]":
    return PracticalService.objects.visible_to(actor)


def with_posting_seen(rows: "QuerySet[Any]", actor: Actor) -> "QuerySet[Any]":
    """Whether the posting behind a row may be opened: a village does not see the posting of its town."""
    return rows.annotate(posting_seen=Exists(Posting.objects.visible_to(actor).filter(pk=OuterRef("posting"))))


def promotions(actor: Actor) -> "QuerySet[Any]":
    """Promotions with the cadre's name, null where the cadre's own row is elsewhere."""
    name = Cadre.objects.visible_to(actor).filter(pk=OuterRef("cadre")).values("name")[:1]
    return Promotion.objects.visible_to(actor).select_related("unit").annotate(cadre_name=Subquery(name, output_field=TextField()))


def households(actor: Actor) -> "QuerySet[Any]":
    """Households with their helper."""
    helper = Pairing.objects.visible_to(actor).filter(household=OuterRef("pk"), until__isnull=True).order_by("since", "id")
    return Household.objects.visible_to(actor).annotate(helper=Subquery(helper.values("helper_name")[:1], output_field=TextField()))


def households_of_official(actor: Actor, region: str) -> Sequence[Any]:
    """Households of a village for those who go there: members, state, cause, the last visit. One query."""
    visited = Visit.objects.visible_to(actor).filter(household=OuterRef("pk")).order_by().values("household").annotate(at=Max("on")).values("at")
    rows = households(actor).filter(region_id__gte=region, region_id__lt=f"{region}:").annotate(visited_on=Subquery(visited))
    return list(rows.order_by("region_id", "number", "id")[:400])


def links_of_entity(actor: Actor, entity: IndustryEntity) -> Sequence[Any]:
    """Households that share in an entity."""
    return list(BenefitLink.objects.visible_to(actor).filter(entity=entity).select_related("household").order_by("household__number", "id")[:200])


def last_made(actor: Actor, log_id: uuid.UUID) -> tuple[WorkLog, list[WorkLogItem], list[Visit], list[PracticalService]]:
    """A log, and what its last writing made: the items of one event with their visits and practical services. Four queries."""
    log = one(WorkLog.objects.visible_to(actor).select_related("region"), log_id)
    items = list(WorkLogItem.objects.visible_to(actor).filter(log=log).select_related("household").order_by("event", "id"))
    items = [item for item in items if item.event == items[-1].event]
    made = {"log_item__in": [item.pk for item in items]}
    visits = list(Visit.objects.visible_to(actor).filter(**made).select_related("household").order_by("id"))
    return log, items, visits, list(services(actor).filter(**made).order_by("id"))


def reached(codes: Iterable[str], figure: str) -> list[tuple[str, int]]:
    """One figure of each of these places, as of today."""
    return [(code, figures_on_page(code)[figure]) for code in codes]


# A village on one page.


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

    @property
    def budget(self) -> int:
        return sum(project.budget_cents for project in self.projects)


def village_page(actor: Actor, region: Region, *, path: Sequence[Region]) -> VillagePage:
    """Everything on a village's page in eight queries. Counts are for every role of the place; rows with names only as the role may."""
    code = region.code
    found = list(postings(actor).filter(Q(region=code) | Q(region__in=[code[:6], code[:9]], ended_on__isnull=True)).order_by("-region_id", "-appointed_on", "id"))
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
    )


def _counted(rows: "QuerySet[Any]", what: str, *, by: Any = None, more: Any = None, number: Any = None, amount: Any = None) -> "QuerySet[Any]":
    """Rows as (what, by, more, number, amount), to be put under one another."""
    def said(value: Any) -> Any:
        return Cast(value, CharField()) if value is not None else Value("", output_field=CharField())

    grouped = rows.order_by().annotate(c_what=Value(what, output_field=CharField()), c_by=said(by), c_more=said(more)).values("c_what", "c_by", "c_more")
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
            rows(Pairing, until__isnull=True, household__state__in=OPEN, household__voided_by__isnull=True), "pairing",
            number=Count("helper", distinct=True), amount=Count("household", distinct=True),
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


# A household's file.


@dataclass(frozen=True)
class Dated:
    """A state or a cause with its dates."""

    what: str
    code: str
    is_main: bool
    since: dt.date
    until: dt.date | None
    basis: str

    @property
    def label(self) -> str:
        labels = dict(State.choices if self.what == "state" else CauseCode.choices)
        return str(labels.get(self.code, self.code))


@dataclass(frozen=True)
class Done:
    """A visit or a practical service on the household's line of time."""

    what: str
    key: uuid.UUID
    on: dt.date
    content: str
    kind: str
    confirmation: str
    official: str

    @property
    def kind_label(self) -> str:
        return str(dict(PracticalService.Kind.choices).get(self.kind, ""))


@dataclass(frozen=True)
class HouseholdPage:
    """One household with everything that stands to it, as far as the role may see."""

    household: Any
    phone: str
    members: Sequence[Any]
    dated: Sequence[Dated]
    incomes: Sequence[Any]
    pairings: Sequence[Pairing]
    links: Sequence[Any]
    done: Sequence[Done]

    @property
    def present(self) -> list[Any]:
        return [member for member in self.members if member.left_on is None]

    @property
    def left(self) -> list[Any]:
        return [member for member in self.members if member.left_on is not None]

    @property
    def states(self) -> list[Dated]:
        return [row for row in self.dated if row.what == "state"]

    @property
    def causes(self) -> list[Dated]:
        return [row for row in self.dated if row.what == "cause"]

    @property
    def helpers(self) -> list[Pairing]:
        return [pairing for pairing in self.pairings if pairing.until is None]


def household_page(actor: Actor, key: uuid.UUID) -> HouseholdPage:
    """A household's file in seven queries; outside the scope it does not exist. Health and telephone only for roles that may."""
    def place(digits: int) -> Subquery:
        return Subquery(Region.objects.filter(pk=Left(OuterRef("region_id"), digits)).values("name")[:1])

    phone = HouseholdPrivate.objects.visible_to(actor).filter(pk=OuterRef("pk"), voided_by__isnull=True).values("phone_sealed")
    rows = Household.objects.visible_to(actor).select_related("region")
    household = one(rows.annotate(county=place(6), town=place(9), phone_sealed=Subquery(phone, output_field=BinaryField())), key)
    health = MemberPrivate.objects.visible_to(actor).filter(pk=OuterRef("pk"), voided_by__isnull=True).values("health")
    members = Member.objects.visible_to(actor).filter(household=household).annotate(health=Subquery(health, output_field=TextField()))
    return HouseholdPage(
        household=household,
        phone=crypto.unseal(household.phone_sealed, row=str(household.pk)) if household.phone_sealed else "",
        members=list(members.order_by("joined_on", "id")),
        dated=_dated(actor, household),
        incomes=_incomes(actor, household),
        pairings=list(Pairing.objects.visible_to(actor).filter(household=household).order_by("since", "id")),
        links=_links(actor, household),
        done=_done(actor, household),
    )


def _dated(actor: Actor, household: Household) -> list[Dated]:
    causes = Cause.objects.visible_to(actor).filter(household=household).order_by()
    states = HouseholdState.objects.visible_to(actor).filter(household=household).order_by()
    found = states.values_list(Value("state"), "state", Value(False), "since", "until", "basis").union(
        causes.values_list(Value("cause"), "cause", "is_main", "since", "until", Value("", output_field=TextField())), all=True
    )
    return sorted((Dated(*row) for row in found), key=lambda row: (row.since, not row.is_main, row.code))


def _incomes(actor: Actor, household: Household) -> list[Any]:
    """The household's years, each with the average of the register's households in the village."""
    village = IncomeYear.objects.visible_to(actor).filter(region=household.region_id, year=OuterRef("year")).order_by().values("year")
    average = village.annotate(average=Sum(F("net_per_head_cents") * F("member_count")) / Sum("member_count")).values("average")
    rows = IncomeYear.objects.visible_to(actor).filter(household=household)
    return list(rows.annotate(village_average=Subquery(average, output_field=BigIntegerField())).order_by("year", "id"))


def _links(actor: Actor, household: Household) -> list[Any]:
    entity = IndustryEntity.objects.visible_to(actor).filter(pk=OuterRef("entity")).values("name")
    rows = BenefitLink.objects.visible_to(actor).filter(household=household).annotate(entity_name=Subquery(entity, output_field=TextField()))
    return list(rows.order_by("-since", "id"))


def _done(actor: Actor, household: Household, *, limit: int = 30) -> list[Done]:
    visits = Visit.objects.visible_to(actor).filter(household=household).order_by()
    served = services(actor).filter(household=household).order_by()
    blank = Value("", output_field=TextField())
    # A visit whose item is also a service shows once, as the service.
    visits = visits.exclude(log_item__in=served.filter(log_item__isnull=False).values("log_item"))
    found = visits.values_list(Value("visit"), "pk", "on", "content", blank, blank, "official").union(
        served.values_list(Value("service"), "pk", "on", "content", "kind", "confirmation", "official"), all=True
    )
    return [Done(*row) for row in found.order_by("-on")[:limit]]
