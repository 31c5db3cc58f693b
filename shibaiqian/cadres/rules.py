"""Pure rules of the cadre register."""

import datetime as dt

from shibaiqian.cadres.codes import FULL_MEMBER, PROBATIONARY_MEMBER

WORKS_FROM, JOINS_FROM = 16, 18


def years_after(day: dt.date, years: int) -> dt.date:
    """The same day some years later; 29 February becomes 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return dt.date(day.year + years, 3, 1)


def is_party_member(political_status: str) -> bool:
    """Full or probationary member of the Communist Party."""
    return political_status in (FULL_MEMBER, PROBATIONARY_MEMBER)


def masked(last4: str) -> str:
    """An ID number as pages and exports show it."""
    return f"{'*' * 14}{last4}"
