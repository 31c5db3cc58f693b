"""Who may act as whom."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from shibaiqian.access.actor import Actor
from shibaiqian.access.models import AssignedHousehold, Assignment, StandIn, User
from shibaiqian.access.roles import Role
from shibaiqian.access.scope import Scope, ScopeKind


@dataclass(frozen=True)
class Hat:
    """A role a user can put on: an own assignment, or one they stand in for."""

    assignment: Assignment
    standing_in_for: str = ""

    @property
    def key(self) -> str:
        return str(self.assignment.pk)

    @property
    def label(self) -> str:
        place = self.assignment.scope_name
        text = f"{Role(self.assignment.role).label}（{place}）" if place else str(Role(self.assignment.role).label)
        return f"{text} · 代 {self.standing_in_for}" if self.standing_in_for else text


def _valid(on: dt.date) -> Q:
    return Q(valid_from__lte=on) & (Q(valid_to__isnull=True) | Q(valid_to__gte=on))


def hats(user: User, *, on: dt.date) -> list[Hat]:
    """What this user may act as on a day: own assignments in order of grant, then those stood in for."""
    own = Assignment.objects.filter(_valid(on), user=user).order_by("valid_from", "pk")
    lent: QuerySet[StandIn] = (
        StandIn.objects.filter(_valid(on), user=user, ended_at__isnull=True)
        .exclude(assignment__user=user)
        .select_related("assignment__user")
        .order_by("valid_from", "pk")
    )
    valid_lent = [s for s in lent if s.assignment.valid_from <= on and (s.assignment.valid_to is None or s.assignment.valid_to >= on)]
    return [Hat(a) for a in own] + [Hat(s.assignment, s.assignment.user.name) for s in valid_lent]


def actor_for(user: User, hat: Hat, *, on: dt.date) -> Actor:
    """The actor a user becomes with this hat on."""
    assignment = hat.assignment
    scope = assignment.scope
    if assignment.scope_kind is ScopeKind.HOUSEHOLDS:
        rows = AssignedHousehold.objects.filter(_valid(on), assignment=assignment).values_list("household", flat=True)
        scope = Scope(households=tuple(rows.order_by("household")))
    return Actor(user_id=user.pk, name=user.name, role=Role(assignment.role), scope=scope, standing_in_for=hat.standing_in_for)
