import datetime as dt
from typing import Any

from django.db import models
from django.db.models import F, Q

from shibaiqian.access.recorded import LIVE
from shibaiqian.access.roles import Permission
from shibaiqian.postings.models import OfPosting, Posting


class DutyReport(OfPosting):
    """A report of an official on the own duty (述职) to the host's party organisation, its vote and what is to be put right.

    Of the vote only counts are kept: nothing leads from a voter to an answer.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "起草"
        SUBMITTED = "submitted", "待述职"
        RECTIFYING = "rectifying", "整改中"
        CLOSED = "closed", "已办结"

    class Half(models.IntegerChoices):
        YEAR = 0, "全年"
        FIRST = 1, "上半年"
        SECOND = 2, "下半年"

    view_permission = Permission.VIEW_PLANS

    posting = models.ForeignKey(Posting, models.PROTECT, related_name="+")
    year = models.IntegerField()
    half = models.IntegerField(choices=Half)
    state = models.TextField(choices=State, default=State.DRAFT)
    text = models.TextField()
    facts: Any = models.JSONField(default=dict)  # code → count of the period, as it stood when submitted
    typed_by = models.TextField()
    submitted_on = models.DateField(null=True)
    meeting_on = models.DateField(null=True)
    chair = models.TextField(blank=True, default="")
    attendees = models.TextField(blank=True, default="")  # who came, by kind: 党员 23 人、村民代表 15 人
    comments = models.TextField(blank=True, default="")
    invited = models.IntegerField(default=0)
    present = models.IntegerField(default=0)
    issued = models.IntegerField(default=0)
    returned = models.IntegerField(default=0)
    valid = models.IntegerField(default=0)
    good = models.IntegerField(default=0)
    fairly_good = models.IntegerField(default=0)
    average = models.IntegerField(default=0)
    poor = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_duty_report_a_period", fields=["posting", "year", "half"], condition=LIVE),
            models.CheckConstraint(
                name="ballots_agree",
                condition=Q(present__lte=F("invited"), issued__lte=F("present"), returned__lte=F("issued"), valid__lte=F("returned"))
                & Q(valid=F("good") + F("fairly_good") + F("average") + F("poor")),
                violation_error_message="测评票数前后不符。",
            ),
        ]
        indexes = [models.Index(fields=["region", "year", "half"]), models.Index(fields=["year", "id"])]

    @property
    def period(self) -> str:
        """2016年上半年, 2015年度."""
        return f"{self.year}年度" if self.half == self.Half.YEAR else f"{self.year}年{self.Half(self.half).label}"

    @property
    def days(self) -> tuple[dt.date, dt.date]:
        """The first and last day it reports on."""
        first = dt.date(self.year, 7 if self.half == self.Half.SECOND else 1, 1)
        last = dt.date(self.year, 6, 30) if self.half == self.Half.FIRST else dt.date(self.year, 12, 31)
        return first, last


class DutyReportItem(OfPosting):
    """Something the meeting asked to be put right (整改事项)."""

    view_permission = Permission.VIEW_PLANS

    report = models.ForeignKey(DutyReport, models.PROTECT, related_name="items")
    seq = models.IntegerField()
    text = models.TextField()
    due_on = models.DateField()
    done_on = models.DateField(null=True)
    result = models.TextField(blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(name="duty_report_item_once", fields=["report", "seq"], condition=LIVE)]
