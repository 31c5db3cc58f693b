"""The rosters of this context, by noun: columns, and how rows become keys; together here so that a caller need not know which."""

from shibaiqian.fieldwork.excel.logs import COLUMNS, LOG_COLUMNS, logs_of_days, prepare_logs, prepare_services

__all__ = ["COLUMNS", "LOG_COLUMNS", "logs_of_days", "prepare_logs", "prepare_services"]
