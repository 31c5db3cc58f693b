from django.db import models

from shibaiqian.access.recorded import Recorded
from shibaiqian.access.roles import Permission
from shibaiqian.access.scoped import Wall
from shibaiqian.organisations.models import Organisation
from shibaiqian.postings.models import Posting
from shibaiqian.regions.models import region_field


class UpwardRequest(Recorded):
    """Something concrete that the field asks of a unit."""

    class Kind(models.TextChoices):
        ROAD = "road", "道路桥梁"
        WATER = "water", "饮水水利"
        POWER = "power", "供电通信"
        HEALTH = "health", "医疗卫生"
        SCHOOL = "school", "教育"
        HOUSING = "housing", "住房搬迁"
        INDUSTRY = "industry", "产业技术"
        MONEY = "money", "资金项目"
        SIGNATURE = "signature", "手续批复"
        PEOPLE = "people", "人员力量"
        OTHER = "other", "其他"

    class State(models.TextChoices):
        ASKED = "asked", "待答复"
        ACCEPTED = "accepted", "办理中"
        REFUSED = "refused", "未同意"
        DONE = "done", "待确认"
        CONFIRMED = "confirmed", "已办结"
        WITHDRAWN = "withdrawn", "已撤回"

    view_permission = Permission.VIEW_REQUESTS
    wall = Wall(region=("region",), unit=("receiver",), person=("cadre",))

    region = region_field()  # for which place
    posting = models.ForeignKey(Posting, models.PROTECT, null=True, related_name="+")  # of the official who asks
    cadre = models.UUIDField(null=True)  # the same official: the receiver does not see the posting
    asker = models.TextField()  # who asks, as the receiver is told
    typed_by = models.TextField()
    receiver = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    kind = models.TextField(choices=Kind)
    title = models.TextField()
    content = models.TextField()
    asked_on = models.DateField()
    received_on = models.DateField()  # from when the clock runs for this receiver
    due_on = models.DateField()  # for the answer; once accepted, the day the receiver gave; emergencies move it besides
    state = models.TextField(choices=State, default=State.ASKED)
    answered_on = models.DateField(null=True)
    answered_by = models.TextField(blank=True, default="")
    answer = models.TextField(blank=True, default="")  # what was said with the acceptance, or why not
    done_on = models.DateField(null=True)
    done_note = models.TextField(blank=True, default="")
    confirmed_on = models.DateField(null=True)
    confirmed_note = models.TextField(blank=True, default="")
    sent_back = models.IntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["region", "due_on", "id"]),
            models.Index(fields=["asked_on", "id"]),
            models.Index(fields=["receiver", "state", "due_on"]),
        ]

    def __str__(self) -> str:
        return self.title


class RequestStep(Recorded):
    """What happened to a request, in the words of who did it. Never changed."""

    view_permission = Permission.VIEW_REQUESTS
    wall = Wall(region=("region",), unit=("receiver",))

    request = models.ForeignKey(UpwardRequest, models.PROTECT, related_name="steps")
    region = region_field()
    receiver = models.UUIDField()
    step = models.TextField()
    on = models.DateField()
    by_name = models.TextField()
    note = models.TextField(blank=True)
    # How many days the receiver of then took longer than it had, and which unit that was: it stays with it when the request is passed on.
    late_days = models.IntegerField(default=0)
    late_of = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["request", "id"]),
            models.Index(name="late_steps", fields=["late_of"], condition=models.Q(late_days__gt=0)),
        ]
