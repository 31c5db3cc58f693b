"""Every table of this context, by noun; together here so that a caller need not know which."""

from shibaiqian.fieldwork.models.attachments import Attachment
from shibaiqian.fieldwork.models.logs import PracticalService, Visit, WorkLog, WorkLogItem
from shibaiqian.fieldwork.models.promises import ServicePromise

__all__ = ["Attachment", "PracticalService", "ServicePromise", "Visit", "WorkLog", "WorkLogItem"]
