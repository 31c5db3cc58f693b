"""What changed since a slice: by the transaction that wrote each row, so that what commits late is not missed.

A slice remembers the oldest transaction that was still running when it was read (`pg_snapshot_xmin`). Whatever that or a later
transaction wrote may be unknown to the phone, and is sent; a row sent twice is harmless.
"""

import base64
import binascii
import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Model
from django.db.models.expressions import RawSQL

from shibaiqian.base import clock

OLDEST = dt.timedelta(days=30)
# Rows know 32 bits of their transaction: two that are further apart than this cannot be told from each other.
FURTHEST = 2**30
LONGEST = 4_000


@dataclass(frozen=True)
class Horizon:
    """Where a slice stood: transaction, time, the role and places it was for, and the digest of the code lists it carried."""

    xid: int
    at: float
    role: str
    places: tuple[str, ...]
    lists: str = ""

    @property
    def cursor(self) -> str:
        said = json.dumps([self.xid, self.at, self.role, self.places, self.lists])
        return base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")

    @classmethod
    def of(cls, cursor: str) -> "Horizon | None":
        """The horizon a cursor means; None for one that is none. It only says what the phone has: nothing is allowed by it."""
        if not cursor or len(cursor) > LONGEST:
            return None
        try:
            xid, at, role, places, lists = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
            known = tuple(place for place in map(str, places) if place.isascii() and place.isdigit())  # they are told back
            return cls(int(xid), float(at), str(role), known, str(lists))
        except (ValueError, TypeError, binascii.Error, OverflowError, RecursionError):
            return None

    @property
    def day(self) -> dt.date | None:
        """The programme's day on which the slice was read; None for a time that no clock has."""
        try:
            return clock.business_day(dt.datetime.fromtimestamp(self.at, tz=dt.UTC))
        except (ValueError, OverflowError, OSError):
            return None

    def reaches(self, now: "Horizon") -> bool:
        """Whether a delta can be made from here to now."""
        recent = 0 <= now.at - self.at <= OLDEST.total_seconds()
        return recent and self.role == now.role and self.places == now.places and 0 <= now.xid - self.xid < FURTHEST

    def wrote(self, model: type[Model]) -> Any:
        """A condition: the row was written by a transaction that this slice may not have seen."""
        sql = f'age("{model._meta.db_table}".xmin) <= age(%s::text::xid)'
        return RawSQL(sql, [str(self.xid % 2**32)], output_field=BooleanField())  # noqa: S611 - our own names


def horizon_now(*, role: str, places: tuple[str, ...]) -> Horizon:
    """Ask before anything of the slice is read."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_snapshot_xmin(pg_current_snapshot())::text")
        return Horizon(int(cursor.fetchone()[0]), clock.wall_now().timestamp(), role, places)
