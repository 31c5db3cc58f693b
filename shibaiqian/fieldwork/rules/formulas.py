"""Formulas: passages that so many people wrote that they are nobody's words, as the phrases that the product offers are not. Pure.

A cut by document frequency on long shingles, as search engines and joins of similar sets leave out what nearly every text has:
it keeps what is common from making a clue, and from being compared with everything that has it too.
"""

from collections.abc import Hashable, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

PASSAGE = 8  # characters; shorter ones are common by chance
MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
TABLE_BITS = 24  # of a first, coarse count: what is rare in it is rare


def own_words(texts: Sequence[str], authors: Sequence[Hashable], *, many: int) -> list[str]:
    """Each text without the passages of eight characters or more that more than `many` of the authors wrote."""
    sizes = np.array([len(text) for text in texts], dtype=np.int64)
    letters = np.frombuffer("".join(texts).encode("utf-32-le"), dtype=np.uint32)
    number: dict[Hashable, int] = {}
    author = np.array([number.setdefault(one, len(number)) for one in authors], dtype=np.uint32)
    common = _written_by_many(letters, sizes, np.repeat(author, sizes), many=many)
    covered = np.zeros(len(letters), dtype=bool)
    for place in range(PASSAGE):
        covered[common + place] = True
    words = letters[~covered].tobytes().decode("utf-32-le")
    ends = np.concatenate([[0], np.cumsum(~covered)])[np.cumsum(sizes)].tolist()
    return [words[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def _written_by_many(
    letters: "npt.NDArray[np.uint32]", sizes: "npt.NDArray[np.int64]", author: "npt.NDArray[np.uint32]", *, many: int
) -> "npt.NDArray[np.int64]":
    """Where the passages begin that more than `many` authors wrote; one that would reach into the next text is none."""
    left = np.repeat(np.cumsum(sizes), sizes) - np.arange(len(letters))
    starts = np.flatnonzero(left >= PASSAGE)
    hashes = np.zeros(len(starts), dtype=np.uint64)
    for place in range(PASSAGE):
        hashes = (hashes ^ letters[starts + place]) * MULTIPLIER
        hashes ^= hashes >> np.uint64(29)
    coarse = (hashes >> np.uint64(64 - TABLE_BITS)).astype(np.int64)
    often = np.bincount(coarse, minlength=1 << TABLE_BITS)[coarse] > many
    starts, hashes = starts[often], hashes[often]
    frame = pl.DataFrame({"passage": hashes, "author": author[starts]})
    counted = frame.unique().group_by("passage").len().filter(pl.col("len") > many)
    return starts[frame["passage"].is_in(counted["passage"].implode()).to_numpy()]
