"""Keys of business rows: UUIDv7, made here and never used as the order of events."""

import uuid

from uuid_utils import uuid7


def new_id() -> uuid.UUID:
    return uuid.UUID(int=uuid7().int)


def new_ids(count: int) -> list[str]:
    """`count` keys as text, for column-wise writes."""
    return [str(uuid7()) for _ in range(count)]
