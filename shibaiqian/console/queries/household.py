"""A household's file: everything that stands to it, as far as the role may see."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    BigIntegerField,
    BinaryField,
    F,
    OuterRef,
    Subquery,
    Sum,
    TextField,
    Value,
)
from django.db.models.functions import Left

from shibaiqian.access.actor import Actor
from shibaiqian.assistance.models import BenefitLink, IndustryEntity
from shibaiqian.base import crypto
from shibaiqian.console.queries.rows import one, services
from shibaiqian.fieldwork.models import PracticalService, Visit
from shibaiqian.fieldwork.queries import open_problems
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
from shibaiqian.postings.models import Pairing
from shibaiqian.regions.models import Region


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
    typed_by: str

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
    problems: Sequence[Any]

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
    """A household's file in eight queries; outside the scope it does not exist. Health and telephone only for roles that may."""

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
        problems=list(open_problems(actor, region=household.region_id, household=household.pk)[:10]),
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
    rows = (
        BenefitLink.objects.visible_to(actor).filter(household=household).annotate(entity_name=Subquery(entity, output_field=TextField()))
    )
    return list(rows.order_by("-since", "id"))


def _done(actor: Actor, household: Household, *, limit: int = 30) -> list[Done]:
    visits = Visit.objects.visible_to(actor).filter(household=household).order_by()
    served = services(actor).filter(household=household).order_by()
    blank = Value("", output_field=TextField())
    # A visit whose item is also a service shows once, as the service.
    visits = visits.exclude(log_item__in=served.filter(log_item__isnull=False).values("log_item"))
    found = visits.values_list(Value("visit"), "pk", "on", "content", blank, blank, "official", "typed_by").union(
        served.values_list(Value("service"), "pk", "on", "content", "kind", "confirmation", "official", "typed_by"), all=True
    )
    return [Done(*row) for row in found.order_by("-on")[:limit]]
