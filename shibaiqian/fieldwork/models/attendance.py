from django.db import models
from django.db.models import Q

from shibaiqian.access.recorded import LIVE, Recorded
from shibaiqian.access.roles import Permission
from shibaiqian.access.scoped import Wall
from shibaiqian.fieldwork.rules.attendance import ABSENCE_SAID_BY
from shibaiqian.postings.models import OfPosting, Posting
from shibaiqian.regions.models import region_field


class Status(models.TextChoices):
    IN_VILLAGE = "in_village", "在村（在岗）"
    OFFICIAL_OUT = "official_out", "因公外出"
    REST = "rest", "休息"
    LEAVE = "leave", "请假"
    ABSENT = "absent", "缺岗"
    UNKNOWN = "unknown", "未记录"


class Source(models.TextChoices):
    LOG = "log", "工作日志"
    VISIT = "visit", "入户走访"
    LEAVE = "leave", "请假"
    TRIP = "trip", "外出报备"
    EMERGENCY = "emergency", "按应急令推定，待确认"
    CALENDAR = "calendar", "节假日安排"
    NONE = "none", "没有记录"
    OFFICIAL = "official", "本人填写"
    TOWN = "town", "镇办认定"
    ROSTER = "roster", "考勤登记表"
    AMENDMENT = "amendment", "更正"


class AttendanceMonth(OfPosting):
    """A month of a posting in the ledger of attendance. Its numbers are counted from its days, never stored."""

    class State(models.TextChoices):
        OPEN = "open", "填报中"
        SUBMITTED = "submitted", "待镇办确认"
        CONFIRMED = "confirmed", "镇办已确认"
        PUBLISHED = "published", "已公布"
        LOCKED = "locked", "已锁定"

    view_permission = Permission.VIEW_ATTENDANCE

    posting = models.ForeignKey(Posting, models.PROTECT, related_name="+")
    cadre_name = models.TextField()
    month = models.DateField()  # its first day
    state = models.TextField(choices=State)
    is_own_people = models.BooleanField(default=False)  # sent by the very town that confirms: the county looks again
    submitted_on = models.DateField(null=True)
    submitted_by = models.UUIDField(null=True)  # the account: who submits does not confirm
    submitted_by_name = models.TextField(blank=True, default="")
    returned_reason = models.TextField(blank=True, default="")
    confirmed_on = models.DateField(null=True)
    confirmed_by = models.TextField(blank=True, default="")
    looked_on = models.DateField(null=True)
    looked_by = models.TextField(blank=True, default="")
    published_on = models.DateField(null=True)
    published_by = models.TextField(blank=True, default="", db_default="")

    class Meta:
        constraints = [models.UniqueConstraint(name="one_month_a_posting", fields=["posting", "month"], condition=LIVE)]
        indexes = [models.Index(fields=["region", "month", "id"]), models.Index(fields=["cadre", "month"])]


class AttendanceDay(Recorded):
    """How a day was. Never changed: what is said later stands in a newer row, and this one is voided."""

    view_permission = Permission.VIEW_ATTENDANCE
    wall = Wall(region=("region",), person=("cadre",))

    month = models.ForeignKey(AttendanceMonth, models.PROTECT, related_name="days", db_index=False)
    region = region_field()
    cadre = models.UUIDField()
    on = models.DateField()
    status = models.TextField(choices=Status)
    source = models.TextField(choices=Source)
    overnight = models.BooleanField(null=True)
    leave_kind = models.TextField(blank=True, default="")
    note = models.TextField(blank=True, default="")
    point = models.JSONField(null=True)  # {lat, lon, accuracy} of one moment, when the official sent it; never asked for

    class Meta:
        constraints = [
            models.UniqueConstraint(name="attendance_day_once", fields=["month", "on"], condition=LIVE),
            models.CheckConstraint(
                name="absence_is_said_by_a_person", condition=~Q(status="absent") | Q(source__in=ABSENCE_SAID_BY)
            ),
        ]  # fmt: skip


class AttendanceAmendment(Recorded):
    """A correction of a published month: one person proposes it with a reason, another one decides."""

    class Outcome(models.TextChoices):
        WAITING = "", "待审定"
        AGREED = "agreed", "同意"
        DECLINED = "declined", "不同意"

    view_permission = Permission.VIEW_ATTENDANCE
    wall = Wall(region=("region",), person=("cadre",))

    month = models.ForeignKey(AttendanceMonth, models.PROTECT, related_name="amendments")
    region = region_field()
    cadre = models.UUIDField()
    on = models.DateField()
    before = models.TextField(choices=Status)
    status = models.TextField(choices=Status)
    overnight = models.BooleanField(null=True)
    reason = models.TextField()
    proposed_by = models.UUIDField(null=True)
    proposed_by_name = models.TextField()
    proposed_on = models.DateField()
    outcome = models.TextField(choices=Outcome, blank=True, default="")
    decided_by = models.TextField(blank=True, default="")
    decided_on = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="one_open_amendment_a_day", fields=["month", "on"], condition=LIVE & Q(outcome=""))]
