from django.db import models
from django.db.models import F, Q

from shibaiqian.access.recorded import LIVE, Recorded
from shibaiqian.access.roles import Permission
from shibaiqian.access.scoped import Wall
from shibaiqian.regions.models import region_field


class Overhaul(Recorded):
    """The overhaul of one village or community party organisation, from its listing to its close."""

    class Label(models.TextChoices):
        LAGGING = "lagging", "后进"
        WEAK_AND_LAX = "weak_and_lax", "软弱涣散"

    class State(models.TextChoices):
        IN_RECTIFICATION = "in_rectification", "整顿中"
        TRANSFORMED = "transformed", "转化提升"
        LOOK_BACK = "look_back", "回头看"
        CLOSED = "closed", "已销号"

    view_permission = Permission.VIEW_PARTY
    wall = Wall(region=("region",))

    region = region_field()
    organisation_name = models.TextField()
    label = models.TextField(choices=Label)
    kinds = models.TextField()  # W01-W13, W99 joined by |
    listed_on = models.DateField()
    finished_on = models.DateField(null=True)
    accepted_on = models.DateField(null=True)
    score = models.SmallIntegerField(null=True)
    person_in_charge = models.BooleanField(default=False)  # 有人管事
    rules_in_place = models.BooleanField(default=False)  # 有章理事
    accountability = models.BooleanField(default=False)  # 有责问事
    state = models.TextField(choices=State)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_overhaul_a_listing", fields=["region", "organisation_name", "listed_on"], condition=LIVE),
            models.CheckConstraint(
                name="overhaul_dates_in_order",
                condition=(Q(finished_on__isnull=True) | Q(finished_on__gte=F("listed_on")))
                & (Q(accepted_on__isnull=True) | Q(accepted_on__gte=F("listed_on"))),
            ),
        ]
        indexes = [models.Index(fields=["region", "state", "id"])]
