"""The lists: what each shows, how it is sorted, filtered and searched."""

from shibaiqian.console.lists.claims import CLAIMS
from shibaiqian.console.lists.courses import COURSES
from shibaiqian.console.lists.plans import DUTY_REPORTS, MEETINGS, PLANS, SUMMARIES
from shibaiqian.console.lists.postings import BOUND, HANDOVERS, POSTINGS, TARGET_LETTERS
from shibaiqian.console.lists.registers import (
    CADRES,
    HOUSEHOLDS,
    INDUSTRIES,
    MEMBERS,
    ORGANISATIONS,
    OVERHAULS,
    PROJECTS,
    PROMOTIONS,
    SERVICES,
    TRAININGS,
)
from shibaiqian.console.lists.requests import REQUESTS
from shibaiqian.console.lists.words import SEXES, STATE_TAGS, TIER_LABELS, TIERS

LISTS = (
    ORGANISATIONS, CADRES, POSTINGS, TARGET_LETTERS, HOUSEHOLDS, MEMBERS, PROJECTS, INDUSTRIES, SERVICES, OVERHAULS, PROMOTIONS, TRAININGS, BOUND, HANDOVERS,
    PLANS, SUMMARIES, MEETINGS, DUTY_REPORTS, REQUESTS, COURSES, CLAIMS,
)  # fmt: skip

__all__ = ["HOUSEHOLDS", "LISTS", "POSTINGS", "SEXES", "STATE_TAGS", "TIERS", "TIER_LABELS"]
