"""Every table of this context, by noun; together here so that a caller need not know which."""

from shibaiqian.fieldwork.models.attachments import (
    Attachment,
)
from shibaiqian.fieldwork.models.attendance import (
    AttendanceAmendment,
    AttendanceDay,
    AttendanceMonth,
)
from shibaiqian.fieldwork.models.board import BoardNotice
from shibaiqian.fieldwork.models.claims import ExpenseClaim
from shibaiqian.fieldwork.models.clues import Clue, ClueQuestion, LogPoint
from shibaiqian.fieldwork.models.decisions import (
    HostDecision,
)
from shibaiqian.fieldwork.models.drafts import Draft
from shibaiqian.fieldwork.models.duty_reports import (
    DutyReport,
    DutyReportItem,
)
from shibaiqian.fieldwork.models.emergencies import (
    EmergencyCall,
    EmergencyPeriod,
)
from shibaiqian.fieldwork.models.leave import (
    LeaveReason,
    LeaveRequest,
)
from shibaiqian.fieldwork.models.logs import (
    PracticalService,
    Visit,
    WorkLog,
    WorkLogItem,
)
from shibaiqian.fieldwork.models.plans import (
    MonthlyPlan,
    MonthlySummary,
    PlanItem,
    WorkMeeting,
)
from shibaiqian.fieldwork.models.promises import (
    ServicePromise,
)
from shibaiqian.fieldwork.models.samples import (
    LogReading,
    LogSample,
)

__all__ = [
    "Attachment",
    "AttendanceAmendment",
    "AttendanceDay",
    "AttendanceMonth",
    "BoardNotice",
    "Clue",
    "ClueQuestion",
    "Draft",
    "DutyReport",
    "DutyReportItem",
    "EmergencyCall",
    "EmergencyPeriod",
    "ExpenseClaim",
    "HostDecision",
    "LeaveReason",
    "LeaveRequest",
    "LogPoint",
    "LogReading",
    "LogSample",
    "MonthlyPlan",
    "MonthlySummary",
    "PlanItem",
    "PracticalService",
    "ServicePromise",
    "Visit",
    "WorkLog",
    "WorkLogItem",
    "WorkMeeting",
]
