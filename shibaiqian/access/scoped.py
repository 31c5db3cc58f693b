"""The door for reading: a scoped table must be told for whom it is read."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q

from shibaiqian.access.actor import Actor
from shibaiqian.access.roles import Permission
from shibaiqian.access.scope import ScopeKind


class UnscopedRead(RuntimeError):
    """A scoped table was read without saying for whom."""


@dataclass(frozen=True)
class Wall:
    """Which columns say who may see a row; any one that matches is enough. `flag` asks a permission besides.

    `own` names the cadre whose row it is: their own account sees it in whatever role, without the permission.
    Whose region is narrowed to groups sees a table with `households` by its list of households, and of the rows that name no
    household those the own account wrote (`typist`).
    """

    region: tuple[str, ...] = ()
    unit: tuple[str, ...] = ()
    person: tuple[str, ...] = ()
    households: tuple[str, ...] = ()
    flag: Permission | None = None
    own: tuple[str, ...] = ()
    typist: tuple[str, ...] = ()

    def within(self, actor: Actor) -> Q:
        """The same rule as the database's policy, as a filter by range (never LIKE)."""
        found = self._of_scope(actor)
        for column in self.own if actor.person else ():
            found |= Q(**{column: actor.person})
        return found

    def _of_scope(self, actor: Actor) -> Q:
        scope, found = actor.scope, Q(pk__in=[])
        if self.flag is not None and not actor.may(self.flag):
            return found
        match scope.kind:
            case ScopeKind.REGION:
                low, high = scope.bounds
                here = Q(pk__in=[])
                for column in self.region:
                    here |= Q(**{f"{column}__gte": low, f"{column}__lt": high})
                if scope.groups is None or not self.households:
                    return here
                for column in self.households:
                    found |= Q(**{f"{column}__in": scope.households})
                    for typist in self.typist:
                        found |= Q(here, **{f"{column}__isnull": True, typist: actor.user_id})
            case ScopeKind.UNIT:
                for column in self.unit:
                    found |= Q(**{column: scope.unit})
            case ScopeKind.PERSON:
                for column in self.person:
                    found |= Q(**{column: scope.person})
            case ScopeKind.HOUSEHOLDS:
                for column in self.households:
                    found |= Q(**{f"{column}__in": scope.households})
        return found


class ScopedQuerySet(models.QuerySet[Any]):
    _told = False

    def visible_to(self, actor: Actor) -> Self:
        """The rows this actor may see; none without the model's view permission."""
        model = self.model
        seen = self.filter(model.wall.within(actor)) if actor.may(model.view_permission) else self.none()
        seen._told = True
        return seen

    def for_everyone(self, *, because: str) -> Self:
        """Read whatever the wall lets through: jobs, uniqueness across regions. Say why."""
        everything = self.all()
        everything._told = bool(because)
        return everything

    def _clone(self) -> Self:
        clone = super()._clone()  # type: ignore[misc]
        clone._told = self._told
        return clone

    def _must_be_told(self) -> None:
        if not self._told:
            raise UnscopedRead(f"{self.model.__name__}.objects needs .visible_to(actor)")

    def _fetch_all(self) -> None:
        self._must_be_told()
        super()._fetch_all()

    def iterator(self, chunk_size: int | None = None) -> Iterator[Any]:
        self._must_be_told()
        return super().iterator(chunk_size=chunk_size)

    def count(self) -> int:
        self._must_be_told()
        return super().count()

    def exists(self) -> bool:
        self._must_be_told()
        return super().exists()

    def aggregate(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        self._must_be_told()
        return super().aggregate(*args, **kwargs)

    def update(self, **kwargs: Any) -> int:
        self._must_be_told()
        return super().update(**kwargs)


def must_be_told(rows: "models.QuerySet[Any]") -> None:
    """For whoever makes SQL of rows without reading them here."""
    if isinstance(rows, ScopedQuerySet):
        rows._must_be_told()


class Scoped(models.Model):
    """A table whose rows belong to somebody. `wall` is written once and becomes the filter and the database's policy."""

    view_permission: ClassVar[Permission]
    wall: ClassVar[Wall]

    unscoped = models.Manager()  # first, so Django's own checks and relations use it
    objects = models.Manager.from_queryset(ScopedQuerySet)()

    class Meta:
        abstract = True
