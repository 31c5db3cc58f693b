"""Who may act as whom; accounts for their administrators; codes of places and units for those who grant roles."""

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from shibaiqian.access.actor import Actor
from shibaiqian.access.models import AssignedHousehold, Assignment, SecondFactor, StandIn, User
from shibaiqian.access.roles import Permission, Role
from shibaiqian.access.scope import Scope, ScopeKind
from shibaiqian.base import crypto


@dataclass(frozen=True)
class Hat:
    """A role a user can put on: an own assignment, or one they stand in for."""

    assignment: Assignment
    standing_in_for: str = ""
    lender_id: uuid.UUID | None = None

    @property
    def key(self) -> str:
        return str(self.assignment.pk)

    @property
    def role(self) -> Role:
        return Role(self.assignment.role)

    @property
    def label(self) -> str:
        place = self.assignment.scope_name
        text = f"{self.role.label}（{place}）" if place else str(self.role.label)
        return f"{text} · 代 {self.standing_in_for}" if self.standing_in_for else text


def _valid(on: dt.date, through: str = "") -> Q:
    ends = f"{through}valid_to"
    return Q(**{f"{through}valid_from__lte": on}) & (Q(**{f"{ends}__isnull": True}) | Q(**{f"{ends}__gte": on}))


def assignments_in_force(*, on: dt.date) -> QuerySet[Assignment]:
    """Roles that hold on a day, in order of grant."""
    return Assignment.objects.filter(_valid(on), ended_at__isnull=True).order_by("valid_from", "pk")


def hats(user: User, *, on: dt.date) -> list[Hat]:
    """What this user may act as on a day: own assignments in order of grant, then those stood in for."""
    own = assignments_in_force(on=on).filter(user=user)
    lent = (
        StandIn.objects.filter(_valid(on), _valid(on, "assignment__"), user=user, ended_at__isnull=True)
        .filter(assignment__ended_at__isnull=True, assignment__user__is_active=True)
        .exclude(assignment__user=user)
        .select_related("assignment__user")
        .order_by("valid_from", "pk")
    )
    return [Hat(a) for a in own] + [Hat(s.assignment, s.assignment.user.name, s.assignment.user_id) for s in lent]


def actor_for(user: User, hat: Hat, *, on: dt.date) -> Actor:
    """The actor a user becomes with this hat on."""
    assignment = hat.assignment
    scope = assignment.scope
    if assignment.scope_kind is ScopeKind.HOUSEHOLDS:
        scope = Scope(households=_households(assignment, on=on))
    role = Role(assignment.role)
    if role is Role.GROUP_HEAD:
        groups = tuple(assignment.groups)
        scope = Scope(region=assignment.region, groups=groups, households=_households_of_groups(assignment.region, groups))
    return Actor(
        user_id=user.pk, name=user.name, role=role, scope=scope, standing_in_for=hat.standing_in_for, lender_id=hat.lender_id,
        person=None if hat.standing_in_for else user.person,
    )  # fmt: skip


def still_acting(user_id: str, *, role: Role, scope: Scope, lender_id: uuid.UUID | None, on: dt.date) -> Actor | None:
    """The actor that somebody was, when their account and this role with this scope hold on a day; for work done later than asked."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    found = [actor_for(user, hat, on=on) for hat in hats(user, on=on)] if user else []
    return next((a for a in found if (a.role, a.scope, a.lender_id) == (role, scope, lender_id)), None)


def _households(assignment: Assignment, *, on: dt.date) -> tuple[uuid.UUID, ...]:
    """The households of the helper an assignment means; none while two helpers of that unit bear the name."""
    if assignment.helper_unit is None:
        return ()
    rows = AssignedHousehold.objects.filter(
        _valid(on), voided_by__isnull=True, helper_unit=assignment.helper_unit, helper_name=assignment.helper_name
    ).values_list("helper", "household")
    found = list(rows.order_by("household"))
    return tuple(household for _, household in found) if len({helper for helper, _ in found}) == 1 else ()


def _households_of_groups(village: str, groups: tuple[str, ...]) -> tuple[uuid.UUID, ...]:
    """The households that the register writes into these groups now. By a function that works beyond the wall: nobody acts yet."""
    if not groups:
        return ()
    with connection.cursor() as cursor:
        cursor.execute("select access_households_of_groups(%s, %s)", [village, list(groups)])
        return tuple(sorted(cursor.fetchone()[0]))


def accounts(actor: Actor, *, beginning: str = "") -> QuerySet[User]:
    """Accounts with the roles they hold, for their administrators; by the beginning of login or name."""
    actor.must(Permission.VIEW_ACCOUNTS)
    factors = SecondFactor.objects.filter(user=OuterRef("pk")).exclude(secret_sealed=b"")
    found = User.objects.annotate(has_factor=Exists(factors)).prefetch_related(
        Prefetch("assignments", queryset=Assignment.objects.filter(ended_at__isnull=True).order_by("valid_from", "pk"))
    )
    if beginning:
        high = beginning + "\U0010ffff"
        found = found.filter(Q(login__gte=beginning, login__lt=high) | Q(name__gte=beginning, name__lt=high))
    return found


def lent_by(user: User) -> QuerySet[StandIn]:
    """What this user lent, the newest first."""
    return StandIn.objects.filter(assignment__user=user).select_related("assignment", "user").order_by("-valid_from", "-pk")


def lent_to(user: User) -> QuerySet[StandIn]:
    """What was lent to this user, the newest first."""
    return StandIn.objects.filter(user=user).select_related("assignment__user").order_by("-valid_from", "-pk")


def place_names(codes: Collection[str]) -> dict[str, str]:
    """Code to name of places. By SQL: this context stands below the gazetteer and knows none of its models."""
    return dict(_rows("select code, name from regions_region where code = any(%s) and valid_to is null", codes))


def units_by_code(codes: Collection[str]) -> dict[str, tuple[uuid.UUID, str]]:
    """Code to key and name of units. By SQL, as `place_names`."""
    sql = "select code, id, name from organisations_organisation where voided_by is null and code = any(%s)"
    return {code: (key, name) for code, key, name in _rows(sql, codes)}


def persons(said: Collection[tuple[str, str]]) -> dict[tuple[str, str], uuid.UUID]:
    """The cadres whose ID number and name both are as said, by (number, name).

    By a function that works beyond the wall: who opens accounts sees no cadres, and learns here only that the two belong together.
    """
    pairs = list(said)
    with connection.cursor() as cursor:
        cursor.execute(
            "select nth, person from access_persons(%s::bytea[], %s::text[])",
            [crypto.blind_all([number for number, _ in pairs]), [name for _, name in pairs]],
        )
        return {pairs[nth - 1]: person for nth, person in cursor.fetchall()}


def _rows(sql: str, wanted: Collection[str]) -> list[tuple]:  # type: ignore[type-arg]
    with connection.cursor() as cursor:
        cursor.execute(sql, [[value for value in wanted if value]])
        return cursor.fetchall()
