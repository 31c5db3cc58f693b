"""Every read that leaves this context, by noun; together here so that a caller need not know which."""

from shibaiqian.fieldwork.queries.logs import (
    logs,
    services,
    services_of_household,
    services_of_posting,
    services_roster,
    todays_log,
    visits,
    visits_of_household,
)

__all__ = [
    "logs",
    "services",
    "services_of_household",
    "services_of_posting",
    "services_roster",
    "todays_log",
    "visits",
    "visits_of_household",
]
