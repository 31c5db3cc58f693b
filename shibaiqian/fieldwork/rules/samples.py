"""Which logs are read this month: drawn by lot, with a seed that anybody can draw with again. Pure."""

import hashlib
from collections.abc import Iterable, Sequence


def drawn(seed: str, keys: Iterable[str], *, count: int) -> Sequence[str]:
    """`count` of the keys in an order that only the seed decides."""
    return sorted(keys, key=lambda key: hashlib.sha256(f"{seed}:{key}".encode()).digest())[:count]
