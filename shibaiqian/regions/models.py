from typing import TYPE_CHECKING, Any

from django.db import models

from shibaiqian.access.recorded import LIVE, Recorded
from shibaiqian.access.roles import Permission
from shibaiqian.access.scoped import Wall

if TYPE_CHECKING:
    from shibaiqian.access.actor import Actor


class Region(models.Model):
    """A place. 2, 4, 6, 9 or 12 digits: province, city, county, town, village."""

    class Level(models.TextChoices):
        PROVINCE = "province", "省"
        CITY = "city", "市"
        COUNTY = "county", "县区"
        TOWN = "town", "镇办"
        VILLAGE = "village", "村（社区）"

    class Kind(models.TextChoices):
        ORDINARY = "", ""
        TOWN = "town", "镇"
        SUBDISTRICT = "subdistrict", "街道办事处"
        OTHER = "other", "其他（园区、水库、农场）"
        VILLAGE = "village", "村"
        COMMUNITY = "community", "社区"

    code = models.CharField(primary_key=True, max_length=12, db_collation="C")
    name = models.TextField(db_collation="C")
    level = models.TextField(choices=Level)
    kind = models.TextField(choices=Kind, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    # 陕西省商洛市柞水县…: the names from the top, so that no page joins its way up.
    full_name = models.TextField()
    pinyin = models.TextField(db_collation="C")
    initials = models.TextField(db_collation="C")
    poor_county = models.TextField(blank=True)  # "national": on the national list
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    successor = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        indexes = [
            models.Index(fields=["parent", "code"]),
            models.Index(fields=["pinyin", "code"]),
            models.Index(fields=["initials", "code"]),
            models.Index(fields=["name", "code"]),
        ]

    def __str__(self) -> str:
        return self.name

    def reachable_by(self, actor: "Actor") -> bool:
        return actor.scope.holds_region(self.code)


def region_field(**options: Any) -> "models.ForeignKey[Region, Region]":
    """The column that says where a row is; indexed by the table's own indexes."""
    return models.ForeignKey(Region, models.PROTECT, related_name="+", db_column="region", db_index=False, **options)


class VillageProfile(Recorded):
    """What is known of a village or community at its last designation."""

    class VillageType(models.TextChoices):
        WEAK_ORG = "weak_org", "弱村"
        POOR = "poor", "穷村"
        CHAOTIC = "chaotic", "乱村"
        INDUSTRY = "industry", "产业村"
        INFRASTRUCTURE = "infrastructure", "基础设施差"

    view_permission = Permission.VIEW_REGIONS
    wall = Wall(region=("region",))

    region = region_field()
    poor_village = models.BooleanField()
    rural_households = models.IntegerField(null=True)
    rural_population = models.IntegerField(null=True)
    farmland_centimu = models.IntegerField(null=True)  # hundredths of a mu
    collective_income_cents = models.BigIntegerField(null=True)
    village_types = models.TextField(blank=True)  # codes joined by |
    party_org = models.TextField(blank=True)
    secretary = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="one_profile_a_village", fields=["region"], condition=LIVE)]
