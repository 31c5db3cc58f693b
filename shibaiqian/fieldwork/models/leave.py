from django.db import models
from django.db.models import F, Q

from shibaiqian.access.recorded import LIVE, Recorded
from shibaiqian.access.roles import Permission
from shibaiqian.access.scoped import Wall
from shibaiqian.fieldwork.rules import leave as rules
from shibaiqian.postings.models import Posting
from shibaiqian.regions.models import region_field


class LeaveRequest(Recorded):
    """A request for leave of a posted official, or a reported trip. Why is said beside it, to those who decide."""

    class Kind(models.TextChoices):
        PERSONAL = "personal", "事假"
        SICK = "sick", "病假"
        ANNUAL = "annual", "年休假"
        MARRIAGE = "marriage", "婚假"
        MATERNITY = "maternity", "产假"
        PATERNITY = "paternity", "护理假"
        BEREAVEMENT = "bereavement", "丧假"
        HOME = "home", "探亲假"
        INJURY = "injury", "工伤假"
        OFFICIAL = "official", "因公外出"

    class State(models.TextChoices):
        SUBMITTED = "submitted", "待审批"
        REVIEWED = "reviewed", "镇办已审核"
        APPROVED = "approved", "已批准"
        REJECTED = "rejected", "未批准"
        CANCELLED = "cancelled", "已撤销"
        CONTINUED = "continued", "已续假"
        FILED = "filed", "已报备"
        RETURNED = "returned", "已销假，待核"
        CLOSED = "closed", "已办结"

    class Level(models.TextChoices):
        TOWN = "town", "镇办党委"
        COUNTY = "county", "县区委组织部"
        CITY = "city", "市委组织部"

    view_permission = Permission.VIEW_ATTENDANCE
    # The sending unit sees what is copied to it: long leave only.
    wall = Wall(region=("region",), unit=("copied_unit",), person=("cadre",))

    posting = models.ForeignKey(Posting, models.PROTECT, related_name="+")
    region = region_field()  # of the posting's host
    cadre = models.UUIDField()
    cadre_name = models.TextField()
    copied_unit = models.UUIDField(null=True)
    kind = models.TextField(choices=Kind)
    first_on = models.DateField()
    last_on = models.DateField()
    from_noon = models.BooleanField(default=False)
    until_noon = models.BooleanField(default=False)
    half_days = models.IntegerField()  # as the level counts it
    summed_half_days = models.IntegerField()  # with those it stands next to
    level = models.TextField(choices=Level)  # who decides
    is_own_people = models.BooleanField(default=False)  # the deciding town's own person: the county looks again
    looked_on = models.DateField(null=True)
    looked_by = models.TextField(blank=True, default="")
    place = models.TextField(blank=True, default="")  # where to
    # In an emergency somebody is told first and the form follows.
    is_emergency = models.BooleanField(default=False)
    told_to = models.TextField(blank=True, default="")
    told_on = models.DateField(null=True)
    asked_on = models.DateField()
    received_on = models.DateField(null=True)  # the server's day, where a phone was long without a signal; empty for registers
    typed_by = models.TextField()  # the account that typed it, which may be the village clerk's
    typed_by_user = models.UUIDField(null=True)  # who typed a request does not decide about it
    extends = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    state = models.TextField(choices=State)
    opinion = models.TextField(blank=True, default="")  # of the town that reviewed
    reviewed_by = models.TextField(blank=True, default="")
    decided_by = models.TextField(blank=True, default="")
    decided_on = models.DateField(null=True)
    answer = models.TextField(blank=True, default="")  # why not, or what to mind
    returned_on = models.DateField(null=True)  # the first day back on duty
    return_reported_on = models.DateField(null=True)
    closed_by = models.TextField(blank=True, default="")
    closing_note = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(name="leave_dates_in_order", condition=Q(last_on__gte=F("first_on"))),
            models.UniqueConstraint(
                name="leave_once",
                fields=["posting", "kind", "first_on", "from_noon"],
                # What was given back on its first day was not taken.
                condition=LIVE & ~Q(state__in=["rejected", "cancelled"]) & (Q(returned_on__isnull=True) | Q(returned_on__gt=F("first_on"))),
                violation_error_message="同一天起的同类请假已经有一份。",
            ),
        ]
        indexes = [models.Index(fields=["region", "first_on", "id"]), models.Index(fields=["cadre", "first_on"])]

    @property
    def span(self) -> rules.Span:
        return rules.Span(self.first_on, self.last_on, self.from_noon, self.until_noon)

    @property
    def taken(self) -> rules.Span | None:
        """What was or will be taken of it."""
        return self.span.until(self.returned_on)

    @property
    def days_words(self) -> str:
        return rules.days_words(self.half_days)

    @property
    def summed_words(self) -> str:
        return rules.days_words(self.summed_half_days)

    @property
    def is_trip(self) -> bool:
        return self.kind == rules.TRIP


class LeaveReason(Recorded):
    """Why somebody asks for leave; illness and family are nobody else's business."""

    view_permission = Permission.VIEW_LEAVE_REASONS
    wall = Wall(region=("region",), person=("cadre",), flag=Permission.VIEW_LEAVE_REASONS)

    leave = models.ForeignKey(LeaveRequest, models.PROTECT, related_name="reasons")
    region = region_field()
    cadre = models.UUIDField()
    reason = models.TextField()
