from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from shibaiqian.access.recorded import LIVE, Recorded
from shibaiqian.access.roles import Permission
from shibaiqian.access.scoped import Wall
from shibaiqian.base.ids import new_id
from shibaiqian.regions.models import region_field

if TYPE_CHECKING:
    from shibaiqian.access.actor import Actor


class Organisation(models.Model):
    """A unit: party, government, institution, enterprise."""

    class Kind(models.TextChoices):
        PARTY_COMMITTEE = "party_committee", "党委"
        PARTY_WORKING_COMMITTEE = "party_working_committee", "党工委"
        PARTY_GROUP = "party_group", "党组"
        PARTY_ORG_BASIC = "party_org_basic", "基层党组织"
        GOVERNMENT = "government", "政府"
        GOV_DEPARTMENT = "gov_department", "政府部门"
        PARTY_DEPARTMENT = "party_department", "党委部门"
        DISCIPLINE = "discipline", "纪检监察"
        MASS_ORG = "mass_org", "群团"
        PUBLIC_INSTITUTION = "public_institution", "事业单位"
        SOE = "soe", "国企"
        TOWN = "town", "镇办"
        VILLAGE_COMMITTEE = "village_committee", "村民委员会"
        BANK = "bank", "银行"

    class Level(models.TextChoices):
        CITY = "city", "市"
        COUNTY = "county", "县"
        TOWN = "town", "镇"
        VILLAGE = "village", "村"

    class DepartmentClass(models.TextChoices):
        PARTY_MASS = "party_mass", "党群"
        ECONOMIC = "economic", "经济"
        AGRI_TECH = "agri_tech", "涉农科技"
        POLITICAL_LEGAL = "political_legal", "政法"
        INFRASTRUCTURE = "infrastructure", "交通水利住建"
        EDUCATION_HEALTH = "education_health", "教卫"
        FINANCE = "finance", "财政金融"
        OTHER = "other", "其他"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.TextField(db_collation="C")
    name = models.TextField(db_collation="C")
    short_name = models.TextField(blank=True)
    kind = models.TextField(choices=Kind)
    level = models.TextField(choices=Level)
    region = region_field()
    admin_parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    party_parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    department_class = models.TextField(choices=DepartmentClass, blank=True)
    head_name = models.TextField(blank=True)
    pinyin = models.TextField(db_collation="C")
    initials = models.TextField(db_collation="C")
    event = models.BigIntegerField(editable=False)
    voided_by = models.BigIntegerField(null=True, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(name="organisation_code_once", fields=["code"], condition=LIVE)]
        indexes = [
            models.Index(fields=["region", "code", "id"]),
            models.Index(fields=["pinyin", "id"]),
            models.Index(fields=["initials", "id"]),
            models.Index(fields=["name", "id"]),
        ]

    def __str__(self) -> str:
        return self.name

    def reachable_by(self, actor: "Actor") -> bool:
        return actor.scope.holds_region(self.region_id) or actor.scope.unit == self.pk


class OrganisationName(models.Model):
    """A name with its dates: 扶贫局 became 乡村振兴局 in 2021."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="names")
    name = models.TextField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    event = models.BigIntegerField(editable=False)


class VillagePartner(Recorded):
    """A unit bound to a village (包村单位)."""

    view_permission = Permission.VIEW_ORGANISATIONS
    wall = Wall(region=("region",), unit=("unit",))

    region = region_field()
    unit = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_partner_unit_a_village", fields=["region"], condition=LIVE & Q(until__isnull=True)),
            models.CheckConstraint(name="partner_dates_in_order", condition=Q(until__isnull=True) | Q(until__gte=F("since"))),
        ]
