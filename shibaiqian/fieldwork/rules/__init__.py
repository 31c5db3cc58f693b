"""Rules of this context, by noun; those of logs and services together here, as they always were. Pure."""

from shibaiqian.fieldwork.rules.logs import (
    DAYS_APART,
    again_within_days,
    confirmed_how_unknown,
    confirmed_too_early,
    follow_up_too_early,
    near,
    recorded_too_early,
    within_posting,
)

__all__ = [
    "DAYS_APART",
    "again_within_days",
    "confirmed_how_unknown",
    "confirmed_too_early",
    "follow_up_too_early",
    "near",
    "recorded_too_early",
    "within_posting",
]
