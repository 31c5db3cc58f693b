from django.db import models
from django.db.models import F, Q

from shibaiqian.access.recorded import LIVE, Recorded
from shibaiqian.access.roles import Permission
from shibaiqian.access.scoped import Wall
from shibaiqian.fieldwork.models.logs import PracticalService
from shibaiqian.households.models import Household
from shibaiqian.postings.models import Posting
from shibaiqian.regions.models import region_field


class ServicePromise(Recorded):
    """A practical service that was promised to a villager. Kept, it becomes the service with the same key, which is confirmed later."""

    view_permission = Permission.VIEW_FIELDWORK
    wall = Wall(region=("region",), households=("household",))

    posting = models.ForeignKey(Posting, models.PROTECT, related_name="+", db_index=False)
    official = models.TextField()
    region = region_field()
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="+", db_index=False)
    beneficiary = models.TextField()
    kind = models.TextField(choices=PracticalService.Kind)
    content = models.TextField()
    promised_on = models.DateField()
    due_on = models.DateField(null=True)
    kept_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="promise_once",
                fields=["posting", "region", "beneficiary", "kind", "content"],
                condition=LIVE & Q(kept_on__isnull=True),
            ),
            models.CheckConstraint(name="promise_dates_in_order", condition=Q(due_on__isnull=True) | Q(due_on__gte=F("promised_on"))),
        ]
        indexes = [models.Index(fields=["region", "promised_on", "id"])]
