from django.db import models
from django.db.models import F, Q

from shibaiqian.access.recorded import LIVE, Recorded
from shibaiqian.access.roles import Permission
from shibaiqian.access.scoped import Wall
from shibaiqian.households.models import Household
from shibaiqian.postings.models import Posting
from shibaiqian.regions.models import region_field


class Mode(models.TextChoices):
    """The five modes of the city (S19)."""

    BRANCH_LED = "branch_led", "支部引领"
    INDUSTRY = "industry", "产业带动"
    FINANCE = "finance", "金融支持"
    RELOCATION = "relocation", "移民搬迁"
    ECO = "eco", "生态富民"


class IndustryEntity(Recorded):
    """A park, enterprise, cooperative or large producer that an official helped to build."""

    class Kind(models.TextChoices):
        PARK = "park", "现代农业园区"
        LEADING_ENTERPRISE = "leading_enterprise", "龙头企业"
        COOPERATIVE = "cooperative", "专业合作社"
        LARGE_PRODUCER = "large_producer", "产业大户"

    view_permission = Permission.VIEW_ASSISTANCE
    wall = Wall(region=("region",))

    number = models.TextField(db_collation="C")
    kind = models.TextField(choices=Kind)
    name = models.TextField(db_collation="C")
    pinyin = models.TextField(db_collation="C")
    credit_code = models.TextField(blank=True)
    region = region_field()
    product = models.TextField(blank=True)
    scale_hundredths = models.BigIntegerField(null=True)
    scale_unit = models.TextField(blank=True)
    established_on = models.DateField(null=True)
    posting = models.ForeignKey(Posting, models.PROTECT, related_name="+")
    official = models.TextField()  # whose posting it is: a village does not see the posting of its town
    assisted_since = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(name="entity_number_once", fields=["number"], condition=LIVE)]
        indexes = [
            models.Index(fields=["region", "number", "id"]),
            models.Index(fields=["pinyin", "id"]),
            models.Index(fields=["name", "id"]),
        ]

    def __str__(self) -> str:
        return self.name


class BenefitLink(Recorded):
    """How a household shares in an entity."""

    class Kind(models.TextChoices):
        EMPLOYMENT = "employment", "务工"
        ORDER = "order", "订单收购"
        DIVIDEND = "dividend", "分红"
        LAND_RENT = "land_rent", "土地流转"
        TRUSTEESHIP = "trusteeship", "托管代养"
        TRAINING = "training", "技术培训"
        INPUT_SUPPLY = "input_supply", "提供种苗"
        LOAN_GUARANTEE = "loan_guarantee", "担保"

    view_permission = Permission.VIEW_ASSISTANCE
    wall = Wall(region=("region",), households=("household",))

    household = models.ForeignKey(Household, models.PROTECT, related_name="benefit_links", db_index=False)
    entity = models.ForeignKey(IndustryEntity, models.PROTECT, related_name="benefit_links")
    region = region_field()  # of the household
    kind = models.TextField(choices=Kind)
    since = models.DateField()
    until = models.DateField(null=True)
    annual_income_cents = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="benefit_link_once", fields=["household", "entity", "kind", "since"], condition=LIVE),
            models.CheckConstraint(name="link_dates_in_order", condition=Q(until__isnull=True) | Q(until__gte=F("since"))),
        ]
        indexes = [models.Index(fields=["region", "household"])]


class Project(Recorded):
    """An assistance project (包扶项目), small works paid by units included."""

    class Kind(models.TextChoices):
        INFRASTRUCTURE = "infrastructure", "基础设施"
        INDUSTRY = "industry", "产业发展"
        PUBLIC_SERVICE = "public_service", "公共服务"
        HOUSING = "housing", "住房安全"
        ECOLOGY = "ecology", "生态环境"

    class State(models.TextChoices):
        UNDER_CONSTRUCTION = "under_construction", "在建"
        COMPLETED = "completed", "已完工"
        INSPECTED = "inspected", "已验收"

    class FundSource(models.TextChoices):
        CENTRAL = "central", "中央"
        PROVINCE = "province", "省"
        CITY = "city", "市"
        COUNTY = "county", "县"
        SOCIAL = "social", "社会"
        UNIT = "unit", "单位自筹"
        VILLAGE = "village", "村集体"
        LOAN = "loan", "信贷"

    view_permission = Permission.VIEW_ASSISTANCE
    wall = Wall(region=("region",))

    number = models.TextField(db_collation="C")
    name = models.TextField(db_collation="C")
    pinyin = models.TextField(db_collation="C")
    kind = models.TextField(choices=Kind)
    mode = models.TextField(choices=Mode, blank=True)
    region = region_field()
    posting = models.ForeignKey(Posting, models.PROTECT, related_name="+")
    official = models.TextField()  # whose posting it is: a village does not see the posting of its town
    fund_source = models.TextField(choices=FundSource, blank=True)
    budget_cents = models.BigIntegerField()
    started_on = models.DateField()
    due_on = models.DateField(null=True)
    finished_on = models.DateField(null=True)
    state = models.TextField(choices=State)
    beneficiary_households = models.IntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="project_number_once", fields=["number"], condition=LIVE),
            models.CheckConstraint(
                name="project_dates_in_order", condition=Q(finished_on__isnull=True) | Q(finished_on__gte=F("started_on"))
            ),
            models.CheckConstraint(name="project_budget_positive", condition=Q(budget_cents__gte=0)),
        ]
        indexes = [
            models.Index(fields=["region", "number", "id"]),
            models.Index(fields=["pinyin", "id"]),
            models.Index(fields=["name", "id"]),
        ]

    def __str__(self) -> str:
        return self.name
