"""Reads that only pages need: rows with the names beside them, a household's file, everything about a village on one page."""

from shibaiqian.console.queries.household import household_page
from shibaiqian.console.queries.rows import (
    households,
    households_of_official,
    industries,
    last_made,
    links_of_entity,
    one,
    projects,
    promotions,
    reached,
    services,
    with_posting_seen,
)
from shibaiqian.console.queries.village import village_page

__all__ = [
    "household_page",
    "households",
    "households_of_official",
    "industries",
    "last_made",
    "links_of_entity",
    "one",
    "projects",
    "promotions",
    "reached",
    "services",
    "village_page",
    "with_posting_seen",
]
