"""Every table of this context, by noun; together here so that a caller need not know which."""

from shibaiqian.fieldwork.models.logs import PracticalService, Visit, WorkLog, WorkLogItem

__all__ = ["PracticalService", "Visit", "WorkLog", "WorkLogItem"]
