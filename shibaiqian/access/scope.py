"""Where a role holds: exactly one of four kinds."""

import uuid
from dataclasses import dataclass
from enum import StrEnum


class ScopeKind(StrEnum):
    REGION = "region"
    UNIT = "unit"
    PERSON = "person"
    HOUSEHOLDS = "households"


@dataclass(frozen=True)
class Scope:
    """A region prefix (2, 4, 6, 9 or 12 digits), or a unit, a person, a list of households; the others stay empty.

    A region with `groups` (村民小组) holds of households those of the groups alone, listed in `households`; None is the whole region.
    """

    region: str = ""
    unit: uuid.UUID | None = None
    person: uuid.UUID | None = None
    households: tuple[uuid.UUID, ...] = ()
    groups: tuple[str, ...] | None = None

    @property
    def kind(self) -> ScopeKind:
        if self.region:
            return ScopeKind.REGION
        if self.unit:
            return ScopeKind.UNIT
        if self.person:
            return ScopeKind.PERSON
        return ScopeKind.HOUSEHOLDS

    @property
    def bounds(self) -> tuple[str, str]:
        """The half-open range of region codes, by bytes: `':'` follows `'9'`."""
        return self.region, f"{self.region}:"

    def holds_region(self, code: str) -> bool:
        return bool(self.region) and code.startswith(self.region)

    def __str__(self) -> str:
        match self.kind:
            case ScopeKind.REGION:
                return f"region:{self.region}" + ("" if self.groups is None else f" groups:{'、'.join(self.groups)}")
            case ScopeKind.UNIT:
                return f"unit:{self.unit}"
            case ScopeKind.PERSON:
                return f"person:{self.person}"
        return f"households:{len(self.households)}"
