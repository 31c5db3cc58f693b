"""Every write of this context, by noun; together here so that a caller need not know which."""

from shibaiqian.fieldwork.actions.logs import (
    AlreadyConfirmed,
    ConfirmationRefused,
    HouseholdElsewhere,
    LogEntry,
    NothingSaid,
    NotInPosting,
    ServiceDone,
    confirm_service,
    log_day,
    register_logs,
    register_services,
)

__all__ = [
    "AlreadyConfirmed",
    "ConfirmationRefused",
    "HouseholdElsewhere",
    "LogEntry",
    "NotInPosting",
    "NothingSaid",
    "ServiceDone",
    "confirm_service",
    "log_day",
    "register_logs",
    "register_services",
]
