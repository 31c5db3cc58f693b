from django.db import models
from django.db.models import F, Q

from shibaiqian.access.actor import Actor
from shibaiqian.access.recorded import LIVE, Recorded
from shibaiqian.access.roles import Permission
from shibaiqian.access.scope import ScopeKind
from shibaiqian.access.scoped import Wall
from shibaiqian.base.ids import new_id
from shibaiqian.postings.models import Posting
from shibaiqian.regions.models import region_field


class EmergencyPeriod(models.Model):
    """Days of flood, fire or the like in a place: deadlines in it move, and its days are duty.

    Without a wall: the deadlines of every village below a county move by what the county declared.
    """

    class Kind(models.TextChoices):
        FLOOD = "flood", "防汛"
        FIRE = "fire", "森林防火"
        DROUGHT = "drought", "抗旱"
        SNOW = "snow", "低温雨雪冰冻"
        QUAKE = "quake", "抗震救灾"
        EPIDEMIC = "epidemic", "疫情防控"
        OTHER = "other", "其他"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = region_field()
    kind = models.TextField(choices=Kind)
    starts_on = models.DateField()
    ends_on = models.DateField()
    reason = models.TextField()
    document_number = models.TextField(blank=True)
    declared_by = models.TextField()
    event = models.BigIntegerField(editable=False)
    voided_by = models.BigIntegerField(null=True, editable=False)

    class Meta:
        constraints = [models.CheckConstraint(name="emergency_days_in_order", condition=Q(ends_on__gte=F("starts_on")))]
        indexes = [models.Index(fields=["region", "starts_on"])]

    def reachable_by(self, actor: Actor) -> bool:
        """Who may end or lengthen it: whose scope holds the place."""
        return actor.scope.kind is ScopeKind.REGION and actor.scope.holds_region(self.region_id)


class EmergencyCall(Recorded):
    """An official whom the order of an emergency calls to duty, from a day until the emergency ends or they are stood down.

    It proposes days of attendance; the official says how they were, and the town confirms.
    """

    view_permission = Permission.VIEW_ATTENDANCE
    wall = Wall(region=("region",), person=("cadre",))

    period = models.ForeignKey(EmergencyPeriod, models.PROTECT, related_name="calls", db_index=False)
    posting = models.ForeignKey(Posting, models.PROTECT, related_name="+")
    region = region_field()
    cadre = models.UUIDField()
    cadre_name = models.TextField()
    starts_on = models.DateField()
    ended_on = models.DateField(null=True)  # the last day, where somebody was stood down before the emergency was over
    called_by = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_call_an_emergency", fields=["period", "posting"], condition=LIVE & Q(ended_on__isnull=True))
        ]
