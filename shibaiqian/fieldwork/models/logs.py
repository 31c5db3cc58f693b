from django.db import models

from shibaiqian.access.recorded import LIVE, Recorded
from shibaiqian.access.roles import Permission
from shibaiqian.access.scoped import Wall
from shibaiqian.households.models import Household
from shibaiqian.postings.models import Posting
from shibaiqian.regions.models import region_field


class WorkLog(Recorded):
    """What an official did on a day."""

    view_permission = Permission.VIEW_FIELDWORK
    wall = Wall(region=("region",), person=("cadre",))

    posting = models.ForeignKey(Posting, models.PROTECT, related_name="+")
    cadre = models.UUIDField()
    region = region_field()  # of the posting's host
    on = models.DateField()
    recorded_at = models.DateTimeField()  # server's business clock: lateness is computed, never typed
    # When it was written down, by the clock of who wrote it; a phone without a signal is heard later. Empty where nobody knows.
    said_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="one_log_a_day", fields=["posting", "on"], condition=LIVE)]
        indexes = [models.Index(fields=["region", "on", "id"])]


class WorkLogItem(Recorded):
    """One thing of a day. A problem or a day to come back stands open until another item follows it up; nothing is ticked off in place."""

    class Category(models.TextChoices):
        VISIT = "visit", "入户走访"
        POLICY = "policy", "政策宣传"
        PARTY = "party", "党建活动"
        MEETING = "meeting", "会议"
        PROJECT = "project", "项目"
        INDUSTRY = "industry", "产业"
        MEDIATION = "mediation", "矛盾调解"
        SERVICE = "service", "为民办实事"
        STUDY = "study", "培训学习"
        COORDINATION = "coordination", "协调资源"
        OTHER = "other", "其他"

    view_permission = Permission.VIEW_FIELDWORK
    wall = Wall(region=("region",), households=("household",))

    log = models.ForeignKey(WorkLog, models.PROTECT, related_name="items")
    region = region_field()
    category = models.TextField(choices=Category)
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="+")
    content = models.TextField()
    typed_by = models.TextField(blank=True, default="", db_default="")  # who typed it, where the official took over a draft
    problem = models.TextField(blank=True, default="")  # what could not be solved there and then
    follow_up_due = models.DateField(null=True)  # when to come back to it
    follows = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")  # the item this one follows up

    class Meta:
        indexes = [
            models.Index(
                name="problems_of_a_place",
                fields=["region", "follow_up_due", "id"],
                condition=(~models.Q(problem="") | models.Q(follow_up_due__isnull=False)) & models.Q(voided_by__isnull=True),
            )
        ]


class Visit(Recorded):
    """A visit to a household, made by a log item."""

    view_permission = Permission.VIEW_FIELDWORK
    wall = Wall(region=("region",), households=("household",))

    household = models.ForeignKey(Household, models.PROTECT, related_name="visits")
    region = region_field()
    posting = models.ForeignKey(Posting, models.PROTECT, related_name="+")
    official = models.TextField()  # whose posting it is: a helper or a village may not see the posting
    log_item = models.ForeignKey(WorkLogItem, models.PROTECT, related_name="+")
    on = models.DateField()
    content = models.TextField()
    typed_by = models.TextField(blank=True, default="", db_default="")

    class Meta:
        indexes = [models.Index(fields=["region", "on", "id"])]


class PracticalService(Recorded):
    """A concrete service done for villagers; counts when confirmed. Any villager may be served, poor or not."""

    class Kind(models.TextChoices):
        MEDICAL = "medical", "就医帮扶"
        SCHOOLING = "schooling", "就学帮扶"
        EMPLOYMENT = "employment", "就业务工"
        TECHNIQUE = "technique", "产业技术"
        INPUTS = "inputs", "生产资料"
        SALES = "sales", "产品销售"
        PAPERWORK = "paperwork", "政策代办"
        HOUSING = "housing", "住房修缮"
        WATER_POWER = "water_power", "饮水用电"
        ROAD = "road", "道路通行"
        MEDIATION = "mediation", "矛盾调解"
        CARE = "care", "慰问照料"
        OTHER = "other", "其他"

    class Confirmation(models.TextChoices):
        NONE = "", "未确认"
        SIGNED = "signed", "签字"
        FINGERPRINT = "fingerprint", "按手印（有见证人）"
        WITNESSES = "witnesses", "两名村民见证"

    view_permission = Permission.VIEW_FIELDWORK
    wall = Wall(region=("region",), households=("household",))

    posting = models.ForeignKey(Posting, models.PROTECT, related_name="+", db_index=False)
    official = models.TextField()  # whose posting it is: a helper or a village may not see the posting
    region = region_field()  # the village served
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="services")
    beneficiary = models.TextField()
    kind = models.TextField(choices=Kind)
    content = models.TextField()
    on = models.DateField()
    amount_cents = models.BigIntegerField(null=True)
    confirmation = models.TextField(choices=Confirmation, blank=True)
    confirmed_on = models.DateField(null=True)
    log_item = models.ForeignKey(WorkLogItem, models.PROTECT, null=True, related_name="+", db_index=False)
    typed_by = models.TextField(blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="practical_service_once",
                fields=["posting", "region", "beneficiary", "kind", "on", "content"],
                condition=LIVE,
                violation_error_message="同一件实事已经登记过。",
            ),
        ]
        indexes = [models.Index(fields=["region", "on", "id"]), models.Index(fields=["posting", "on"])]
