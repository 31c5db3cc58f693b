"""Every read that leaves this context, by noun; together here so that a caller need not know which."""

from shibaiqian.fieldwork.queries.duty_reports import (
    DutyReportFile,
    duty_report_file,
    duty_reports,
    duty_reports_of,
    last_half,
    owing_reports,
)
from shibaiqian.fieldwork.queries.emergencies import after_workdays_in, emergencies, emergency_days, periods_over
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
from shibaiqian.fieldwork.queries.plans import (
    MonthFile,
    due_days,
    facts_of,
    meetings,
    month_file,
    owing,
    plan_of,
    plans,
    records_of,
    summaries,
)

__all__ = [
    "DutyReportFile",
    "MonthFile",
    "after_workdays_in",
    "due_days",
    "duty_report_file",
    "duty_reports",
    "duty_reports_of",
    "emergencies",
    "emergency_days",
    "facts_of",
    "last_half",
    "logs",
    "meetings",
    "month_file",
    "owing",
    "owing_reports",
    "periods_over",
    "plan_of",
    "plans",
    "records_of",
    "services",
    "services_of_household",
    "services_of_posting",
    "services_roster",
    "summaries",
    "todays_log",
    "visits",
    "visits_of_household",
]
