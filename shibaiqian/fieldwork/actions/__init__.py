"""Every write of this context, by noun; together here so that a caller need not know which."""

from shibaiqian.fieldwork.actions.logs import (
    AlreadyConfirmed,
    ConfirmationRefused,
    DayLog,
    HouseholdElsewhere,
    LogEntry,
    NothingSaid,
    NotInPosting,
    PhotoOf,
    ServiceDone,
    confirm_service,
    log_day,
    log_days,
    register_logs,
    register_services,
)
from shibaiqian.fieldwork.actions.promises import (
    KnownService,
    PromiseKept,
    PromiseRefused,
    confirm_services,
    keep_promise,
    promise_service,
)

__all__ = [
    "AlreadyConfirmed",
    "ConfirmationRefused",
    "DayLog",
    "HouseholdElsewhere",
    "KnownService",
    "LogEntry",
    "NotInPosting",
    "NothingSaid",
    "PhotoOf",
    "PromiseKept",
    "PromiseRefused",
    "ServiceDone",
    "confirm_service",
    "confirm_services",
    "keep_promise",
    "log_day",
    "log_days",
    "promise_service",
    "register_logs",
    "register_services",
]
