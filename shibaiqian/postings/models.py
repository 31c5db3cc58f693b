from django.db import models
from django.db.models import F, Q

from shibaiqian.access.recorded import LIVE, Recorded
from shibaiqian.access.roles import Permission
from shibaiqian.access.scoped import Wall
from shibaiqian.base.ids import new_id
from shibaiqian.cadres.models import Cadre
from shibaiqian.households.models import Household
from shibaiqian.organisations.models import Organisation
from shibaiqian.regions.models import Region, region_field


class Programme(models.Model):
    """A programme of posting officials. Reference data: another prefecture runs another programme without code."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.TextField(unique=True)
    name = models.TextField()
    region = region_field()
    starts_on = models.DateField()
    goal_on = models.DateField()  # the city's own deadline: 2019, earlier than the nation's 2020

    def __str__(self) -> str:
        return self.name


class Tier(models.Model):
    """A tier of a programme: where its officials serve and how many."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="tiers")
    code = models.TextField()  # T10, T100, T1000
    label = models.TextField()  # 县级, 镇级, 村级
    host_level = models.TextField(choices=Region.Level)
    titles = models.TextField()  # joined by |
    quota = models.IntegerField()
    must_be_party_member = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(name="tier_code_once", fields=["programme", "code"])]

    def __str__(self) -> str:
        return self.label


class Posting(Recorded):
    """A temporary office with real duties: 挂职即任职."""

    class State(models.TextChoices):
        PENDING_ARRIVAL = "pending_arrival", "待到岗"
        ACTIVE = "active", "在岗"
        ON_EXTENSION = "on_extension", "延期"
        SUSPENDED = "suspended", "暂停"
        HANDING_OVER = "handing_over", "交接中"
        ENDED = "ended", "已结束"
        RECALLED = "recalled", "已召回"

    view_permission = Permission.VIEW_POSTINGS
    wall = Wall(region=("region", "home_region"), unit=("unit",), person=("cadre",))

    number = models.TextField(db_collation="C")
    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="postings")
    # As appointed: the host still knows who served after the cadre's own row left its sight.
    cadre_name = models.TextField(db_collation="C")
    tier = models.ForeignKey(Tier, models.PROTECT, related_name="+", db_index=False)
    tier_code = models.TextField()
    region = region_field()  # of the host
    home_region = models.TextField(db_collation="C")  # of the sending unit
    unit = models.ForeignKey(Organisation, models.PROTECT, related_name="+")  # sends
    host_name = models.TextField()
    title = models.TextField()
    duties = models.TextField()
    document_number = models.TextField()
    appointed_on = models.DateField()
    arrived_on = models.DateField(null=True)
    planned_end = models.DateField()
    ended_on = models.DateField(null=True)
    end_reason = models.TextField(blank=True)
    party_out_on = models.DateField(null=True)
    party_in_on = models.DateField(null=True)
    batch = models.TextField(blank=True)
    state = models.TextField(choices=State)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="posting_number_once", fields=["number"], condition=LIVE),
            models.UniqueConstraint(
                name="one_running_posting_a_cadre",
                fields=["cadre"],
                condition=LIVE & Q(ended_on__isnull=True),
                violation_error_message="该干部已有正在进行的挂职。",
            ),
            models.UniqueConstraint(
                name="one_first_secretary_a_village",
                fields=["region"],
                condition=LIVE & Q(ended_on__isnull=True, tier_code="T1000"),
                violation_error_message="该村（社区）已有第一书记。",
            ),
            models.CheckConstraint(
                name="posting_dates_in_order",
                condition=(Q(arrived_on__isnull=True) | Q(arrived_on__gte=F("appointed_on"))) & Q(planned_end__gt=F("appointed_on")),
            ),
        ]
        indexes = [
            models.Index(fields=["region", "number", "id"]),
            models.Index(fields=["home_region", "id"]),
            models.Index(fields=["appointed_on", "id"]),
        ]

    def __str__(self) -> str:
        return f"{self.host_name} {self.title}"

    @property
    def is_running(self) -> bool:
        return self.ended_on is None


class Helper(Recorded):
    """A person of a unit who is responsible for households (帮扶责任人); ten times as many as posted officials."""

    view_permission = Permission.VIEW_POSTINGS
    wall = Wall(region=("region",), unit=("unit",), person=("id",))

    name = models.TextField()
    pinyin = models.TextField(db_collation="C")
    unit = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    # The town of the households: units of the city help in many counties, and each county keeps its own helpers.
    region = region_field()
    post = models.TextField(blank=True)
    phone_sealed = models.BinaryField(null=True)
    phone_last4 = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="helper_once", fields=["region", "unit", "name", "phone_last4"], condition=LIVE)]
        indexes = [models.Index(fields=["region", "pinyin", "id"])]

    def __str__(self) -> str:
        return self.name


class Pairing(Recorded):
    """The link of a helper with a household. Carries the helper's name and unit, so that the village sees them."""

    view_permission = Permission.VIEW_HOUSEHOLDS
    wall = Wall(region=("region",), households=("household",))

    household = models.ForeignKey(Household, models.PROTECT, related_name="pairings")
    region = region_field()
    helper = models.ForeignKey(Helper, models.PROTECT, related_name="+")
    helper_name = models.TextField()
    helper_unit = models.TextField()
    helper_post = models.TextField(blank=True)
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="pairing_once", fields=["household", "helper"], condition=LIVE & Q(until__isnull=True)),
        ]
