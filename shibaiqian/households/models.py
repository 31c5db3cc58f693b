from django.db import models
from django.db.models import F, Q

from shibaiqian.access.recorded import LIVE, Recorded
from shibaiqian.access.roles import Permission
from shibaiqian.access.scoped import Scoped, Wall
from shibaiqian.base.ids import new_id
from shibaiqian.regions.models import Region, region_field


def region_of_household() -> "models.ForeignKey[Region, Region]":
    """The household's region, repeated for the wall and for counting.

    Rows are written by INSERT … SELECT that takes it from the household, which has the constraint; a second check for each
    row would cost 5 µs and prove nothing more.
    """
    return region_field(db_constraint=False)


class State(models.TextChoices):
    """States of a household on the register."""

    CANDIDATE = "candidate", "待识别"
    REGISTERED = "registered", "未脱贫"
    PRE_EXIT = "pre_exit", "预脱贫"
    EXITED = "exited", "已脱贫"
    STABLE_EXIT = "stable_exit", "稳定脱贫"
    RELAPSED = "relapsed", "返贫"
    DELISTED = "delisted", "剔除"
    DISSOLVED = "dissolved", "自然消亡"


class CauseCode(models.TextChoices):
    """Causes of poverty in the order of the form."""

    ILLNESS = "01", "因病"
    DISABILITY = "02", "因残"
    SCHOOLING = "03", "因学"
    DISASTER = "04", "因灾"
    LAND = "05", "缺土地"
    WATER = "06", "缺水"
    SKILL = "07", "缺技术"
    LABOUR = "08", "缺劳力"
    CAPITAL = "09", "缺资金"
    TRANSPORT = "10", "交通条件落后"
    MOTIVATION = "11", "自身发展动力不足"
    MARRIAGE = "12", "因婚"
    OTHER = "99", "其他"


class Household(Recorded):
    """A household on the register."""

    class Attribute(models.TextChoices):
        GENERAL = "general", "一般贫困户"
        DIBAO = "dibao", "低保贫困户"
        WUBAO = "wubao", "五保贫困户"

    class Standard(models.TextChoices):
        NATIONAL = "national", "国家标准"
        PROVINCIAL = "provincial", "省定标准"
        CITY = "city", "市定标准"

    class Source(models.TextChoices):
        REGISTRATION = "registration", "建档立卡"
        LOOK_BACK = "look_back", "回头看补录"

    class Danger(models.TextChoices):
        SAFE = "safe", "安全"
        C = "C", "C级"
        D = "D", "D级"

    view_permission = Permission.VIEW_HOUSEHOLDS
    wall = Wall(region=("region",), households=("id",))

    number = models.TextField(db_collation="C")
    region = region_field()
    group = models.TextField(blank=True)
    head_name = models.TextField()
    pinyin = models.TextField(db_collation="C")
    initials = models.TextField(db_collation="C")
    member_count = models.SmallIntegerField()
    attribute = models.TextField(choices=Attribute)
    standard = models.TextField(choices=Standard, blank=True)
    identified_on = models.DateField()
    source = models.TextField(choices=Source)
    farmland_centimu = models.IntegerField(null=True)
    woodland_centimu = models.IntegerField(null=True)
    house_square_decimetres = models.IntegerField(null=True)
    house_danger = models.TextField(choices=Danger, blank=True)
    safe_water = models.BooleanField(null=True)
    road_metres = models.IntegerField(null=True)
    electricity = models.BooleanField(null=True)
    state = models.TextField(choices=State)  # of the row without an end in `HouseholdState`
    main_cause = models.TextField(choices=CauseCode)  # of the main row without an end in `Cause`
    opening = models.BooleanField(default=False)  # came in by the opening balance

    class Meta:
        constraints = [
            models.UniqueConstraint(name="household_number_once", fields=["number"], condition=LIVE),
            models.CheckConstraint(name="household_has_members", condition=Q(member_count__gte=1)),
        ]
        indexes = [
            models.Index(fields=["region", "number", "id"]),
            models.Index(fields=["pinyin", "id"]),
            models.Index(fields=["initials", "id"]),
            models.Index(fields=["head_name", "id"]),
        ]

    def __str__(self) -> str:
        return f"{self.head_name}户"


class HouseholdPrivate(Scoped):
    """The telephone of a household, sealed."""

    view_permission = Permission.VIEW_HOUSEHOLD_PRIVATE
    wall = Wall(region=("region",), flag=Permission.VIEW_HOUSEHOLD_PRIVATE)

    household = models.OneToOneField(Household, models.PROTECT, primary_key=True, related_name="+")
    region = region_of_household()
    phone_sealed = models.BinaryField()
    event = models.BigIntegerField(editable=False)
    voided_by = models.BigIntegerField(null=True, editable=False)


class HouseholdState(Recorded):
    """A state with its dates; the state on a day is the row whose dates hold it."""

    view_permission = Permission.VIEW_HOUSEHOLDS
    wall = Wall(region=("region",), households=("household",))

    household = models.ForeignKey(Household, models.PROTECT, related_name="states", db_index=False)
    region = region_of_household()
    state = models.TextField(choices=State)
    since = models.DateField()
    until = models.DateField(null=True)  # the first day it no longer holds
    basis = models.TextField(blank=True)  # the evidence of its day

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_current_state", fields=["household"], condition=LIVE & Q(until__isnull=True)),
            models.UniqueConstraint(name="one_state_a_day", fields=["household", "since"], condition=LIVE),
            models.CheckConstraint(name="state_dates_in_order", condition=Q(until__isnull=True) | Q(until__gt=F("since"))),
        ]
        indexes = [models.Index(fields=["region", "state", "since"])]


class Cause(Recorded):
    """A cause of poverty as a dated row: a new cause does not rewrite the old. One main cause, up to two others."""

    view_permission = Permission.VIEW_HOUSEHOLDS
    wall = Wall(region=("region",), households=("household",))

    household = models.ForeignKey(Household, models.PROTECT, related_name="causes", db_index=False)
    region = region_of_household()
    cause = models.TextField(choices=CauseCode)
    is_main = models.BooleanField()
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_main_cause", fields=["household"], condition=LIVE & Q(until__isnull=True, is_main=True)),
        ]
        indexes = [models.Index(fields=["household", "cause"])]


class Member(Recorded):
    """A person of a household."""

    view_permission = Permission.VIEW_HOUSEHOLDS
    wall = Wall(region=("region",), households=("household",))

    household = models.ForeignKey(Household, models.PROTECT, related_name="members")
    region = region_of_household()
    name = models.TextField()
    sex = models.TextField()
    birth_date = models.DateField()
    id_last4 = models.TextField()
    relation = models.TextField()
    ethnicity = models.TextField()
    political_status = models.TextField(blank=True)
    education = models.TextField()
    student_status = models.TextField(blank=True)
    labour = models.TextField()
    work_place = models.TextField(blank=True)
    work_months = models.SmallIntegerField(null=True)
    medical_insurance = models.TextField(blank=True)
    pension = models.TextField(blank=True)
    dibao = models.BooleanField(default=False)
    in_service = models.BooleanField(default=False)
    residence_months = models.SmallIntegerField(null=True)
    joined_on = models.DateField()
    left_on = models.DateField(null=True)
    left_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_head_a_household", fields=["household"], condition=LIVE & Q(left_on__isnull=True, relation="户主")
            ),
        ]
        # No index by name: it is as dear as all others together, and persons are found through their household or village.
        indexes = [models.Index(fields=["region", "id"])]

    def __str__(self) -> str:
        return self.name


class MemberPrivate(Scoped):
    """ID number, health and disability certificate of a member; the blind index makes a person unique."""

    view_permission = Permission.VIEW_HOUSEHOLD_PRIVATE
    wall = Wall(region=("region",), flag=Permission.VIEW_HOUSEHOLD_PRIVATE)

    # Written in the same command from the member's own row, and members are never deleted: no constraint needed.
    member = models.OneToOneField(Member, models.PROTECT, primary_key=True, related_name="+", db_constraint=False)
    region = region_of_household()
    id_sealed = models.BinaryField()
    id_blind = models.BinaryField()
    health = models.TextField(blank=True)
    disability_sealed = models.BinaryField(null=True)
    event = models.BigIntegerField(editable=False)
    voided_by = models.BigIntegerField(null=True, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(name="member_id_number_once", fields=["id_blind"], condition=LIVE)]


class IncomeYear(Recorded):
    """A household's income of one year. Corrections are new rows; the corrected one is voided and named."""

    view_permission = Permission.VIEW_HOUSEHOLDS
    wall = Wall(region=("region",), households=("household",))

    household = models.ForeignKey(Household, models.PROTECT, related_name="incomes", db_index=False)
    region = region_of_household()
    year = models.SmallIntegerField()
    member_count = models.SmallIntegerField()
    wage_cents = models.BigIntegerField()
    operation_cents = models.BigIntegerField()
    property_cents = models.BigIntegerField()
    transfer_cents = models.BigIntegerField()
    cost_cents = models.BigIntegerField()
    net_per_head_cents = models.GeneratedField(
        expression=(F("wage_cents") + F("operation_cents") + F("property_cents") + F("transfer_cents") - F("cost_cents"))
        / F("member_count"),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    supersedes = models.UUIDField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_income_a_year", fields=["household", "year"], condition=LIVE),
            models.CheckConstraint(name="income_has_members", condition=Q(member_count__gte=1)),
        ]
        indexes = [models.Index(fields=["region", "year"])]


class PovertyLine(models.Model):
    """A poverty line by year, jurisdiction, basis and kind of income. `verified` rows have a published source."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    jurisdiction = models.TextField(db_collation="C")
    year = models.SmallIntegerField()
    value_cents = models.BigIntegerField()
    basis = models.TextField()  # constant2010 | current
    purpose = models.TextField()  # identify | exit | monitor
    income_kind = models.TextField()  # net | disposable
    verified = models.BooleanField()
    source = models.TextField()
    event = models.BigIntegerField(editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="poverty_line_once", fields=["jurisdiction", "year", "purpose", "income_kind", "basis"])
        ]


class HouseholdFact(Recorded):
    """What a household said of itself at a visit: confirmed, or corrected. A new saying is a new row; the last one of a field stands.

    Sealed, because a telephone is among them. `event` is the field's version: facts of one household are written one after another.
    """

    class Field(models.TextChoices):
        PHONE = "phone", "联系电话"
        CONTACT = "contact", "户主不在时的联系人"
        CAUSES = "causes", "致贫原因"
        NEEDS = "needs", "自述需求"

    view_permission = Permission.VIEW_HOUSEHOLD_PRIVATE
    wall = Wall(region=("region",), flag=Permission.VIEW_HOUSEHOLD_PRIVATE)

    household = models.ForeignKey(Household, models.PROTECT, related_name="+", db_index=False)
    region = region_of_household()
    field = models.TextField(choices=Field)
    value_sealed = models.BinaryField()  # JSON
    was_sealed = models.BinaryField(null=True)  # what stood before
    is_change = models.BooleanField()  # the field got another value by it
    said_on = models.DateField()
    told_to = models.TextField()  # whom it was said to
    told_to_user = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_saying_an_event", fields=["household", "field", "event"]),
        ]
        indexes = [models.Index(fields=["region", "id"])]
