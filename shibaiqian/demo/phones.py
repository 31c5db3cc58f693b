"""Mobile numbers of many operators and years."""

import numpy as np
import polars as pl

PREFIXES = np.array(
    [
        134,
        135,
        136,
        137,
        138,
        139,
        150,
        151,
        152,
        157,
        158,
        159,
        182,
        183,
        187,
        188,
        130,
        131,
        132,
        155,
        156,
        186,
        133,
        153,
        180,
        181,
        189,
        177,
    ]
)
SHARES = np.array([5, 7, 5, 6, 8, 7, 7, 7, 5, 3, 7, 7, 5, 5, 5, 3, 2, 2, 2, 2, 2, 1, 3, 3, 2, 2, 3, 1], dtype=float)


def mobiles(rng: np.random.Generator, number: int) -> pl.Series:
    """Eleven digits each."""
    prefix = PREFIXES[np.searchsorted(np.cumsum(SHARES / SHARES.sum())[:-1], rng.random(number), side="right")]
    return pl.Series(prefix * 10**8 + rng.integers(10**7, 10**8, number)).cast(pl.String)
