"""Every read that leaves this context."""

from shibaiqian.postings.queries.management import (
    Management,
    handovers,
    letters_to_host,
    management_of,
    numbers_of,
    posted_households,
    unattended_households,
)
from shibaiqian.postings.queries.postings import (
    PostingFile,
    own_among,
    posting_file,
    posting_keys,
    posting_rows,
    postings,
    postings_of_village,
    running_postings,
)
from shibaiqian.postings.queries.readiness import Readiness, postings_to_end, readiness_of
from shibaiqian.postings.queries.reminders import REMINDERS, Refill, conditions, posts_to_refill, reminded, reminder_counts

__all__ = [
    "REMINDERS",
    "Management",
    "PostingFile",
    "Readiness",
    "Refill",
    "conditions",
    "handovers",
    "letters_to_host",
    "management_of",
    "numbers_of",
    "own_among",
    "posted_households",
    "posting_file",
    "posting_keys",
    "posting_rows",
    "postings",
    "postings_of_village",
    "postings_to_end",
    "posts_to_refill",
    "readiness_of",
    "reminded",
    "reminder_counts",
    "running_postings",
    "unattended_households",
]
