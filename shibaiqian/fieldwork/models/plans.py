from typing import Any

from django.db import models

from shibaiqian.access.recorded import LIVE, Recorded
from shibaiqian.access.roles import Permission
from shibaiqian.access.scoped import Wall
from shibaiqian.assistance.models import Project
from shibaiqian.households.models import Household
from shibaiqian.postings.models import OfPosting, Posting, TargetItem
from shibaiqian.regions.models import region_field


class WorkMeeting(Recorded):
    """A work meeting of a town, or of a county for its own deputies, that heard plans and summaries: recorded once for all."""

    view_permission = Permission.VIEW_PLANS
    wall = Wall(region=("region",))

    region = region_field()
    on = models.DateField()
    chair = models.TextField()
    attendees = models.IntegerField()
    notes = models.TextField(blank=True)
    plans = models.IntegerField(default=0)  # how many it heard
    summaries = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(name="one_meeting_a_day", fields=["region", "on"], condition=LIVE)]
        indexes = [models.Index(fields=["on", "id"])]


class MonthlyPaper(OfPosting):
    """What an official lays before the town once a month. Who typed it and who answers for it are both kept."""

    class State(models.TextChoices):
        DRAFT = "draft", "起草"
        SUBMITTED = "submitted", "已提交"
        RETURNED = "returned", "已退回"
        HEARD = "heard", "已听取"

    view_permission = Permission.VIEW_PLANS

    posting = models.ForeignKey(Posting, models.PROTECT, related_name="+")
    month = models.DateField()  # its first day
    state = models.TextField(choices=State, default=State.DRAFT)
    typed_by = models.TextField()
    submitted_on = models.DateField(null=True)
    returned_on = models.DateField(null=True)  # last
    returned_by = models.TextField(blank=True, default="", db_default="")
    word = models.TextField(blank=True, default="", db_default="")  # why it was returned
    heard_on = models.DateField(null=True)
    meeting = models.UUIDField(null=True)  # a meeting of the town: out of sight of who sees one village

    class Meta:
        abstract = True

    @property
    def is_open(self) -> bool:
        """Being written: for the first time, or after it was returned."""
        return self.state in (self.State.DRAFT, self.State.RETURNED)

    @property
    def month_code(self) -> str:
        return f"{self.month:%Y-%m}"


class MonthlyPlan(MonthlyPaper):
    """A month's plan of at most ten things (月计划)."""

    class Meta:
        constraints = [models.UniqueConstraint(name="one_plan_a_month", fields=["posting", "month"], condition=LIVE)]
        indexes = [models.Index(fields=["month", "id"]), models.Index(fields=["region", "month"])]


class PlanItem(OfPosting):
    """One thing of a plan; it may serve a target, a household or a project. What came of it is said with the summary."""

    class Outcome(models.TextChoices):
        OPEN = "", "未填"
        DONE = "done", "完成"
        PARTLY = "partly", "部分完成"
        NOT_DONE = "not_done", "未完成"

    view_permission = Permission.VIEW_PLANS

    plan = models.ForeignKey(MonthlyPlan, models.PROTECT, related_name="items")
    seq = models.IntegerField()
    text = models.TextField()
    target = models.ForeignKey(TargetItem, models.PROTECT, null=True, related_name="+")
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="+")
    project = models.ForeignKey(Project, models.PROTECT, null=True, related_name="+")
    outcome = models.TextField(choices=Outcome, blank=True, default="")
    outcome_note = models.TextField(blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(name="plan_item_once", fields=["plan", "seq"], condition=LIVE)]


class MonthlySummary(MonthlyPaper):
    """What came of a month (月小结): counted from log, visits and services, and frozen when it is submitted."""

    text = models.TextField(blank=True)
    problems = models.TextField(blank=True)
    facts: Any = models.JSONField(default=dict)  # code → count, as it stood when submitted

    class Meta:
        constraints = [models.UniqueConstraint(name="one_summary_a_month", fields=["posting", "month"], condition=LIVE)]
        indexes = [models.Index(fields=["month", "id"]), models.Index(fields=["region", "month"])]
