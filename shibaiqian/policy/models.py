from django.db import models
from django.db.models import F, Q

from shibaiqian.base.ids import new_id


class PolicyParameter(models.Model):
    """One value of one number in one jurisdiction for some dates. Jurisdiction is a region code; empty is the nation."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.TextField(db_collation="C")
    jurisdiction = models.TextField(blank=True, db_collation="C")
    value = models.DecimalField(max_digits=14, decimal_places=4)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    floor = models.BooleanField(default=False)
    source = models.TextField()
    event = models.BigIntegerField(editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(name="policy_dates_in_order", condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from"))),
            models.UniqueConstraint(name="policy_row_once", fields=["key", "jurisdiction", "valid_from"]),
        ]
