from typing import Any

from django.db import models

from shibaiqian.access.recorded import LIVE
from shibaiqian.access.roles import Permission
from shibaiqian.fieldwork.models.attendance import AttendanceMonth
from shibaiqian.postings.models import OfPosting, Posting


class ExpenseClaim(OfPosting):
    """What the sending unit pays for a confirmed month (差旅伙食补助): drawn from the ledger by local rates, never typed."""

    class State(models.TextChoices):
        DRAWN = "drawn", "已生成"
        HANDED_IN = "handed_in", "已报送"
        SETTLED = "settled", "已报销"

    view_permission = Permission.VIEW_CLAIMS

    posting = models.ForeignKey(Posting, models.PROTECT, related_name="+")
    attendance = models.ForeignKey(AttendanceMonth, models.PROTECT, related_name="+")
    cadre_name = models.TextField()
    month = models.DateField()  # its first day
    lines: Any = models.JSONField()  # [{"code", "quantity", "rate_cents", "amount_cents"}]
    # The same by column, for lists and the table of the unit's finance.
    meal_days = models.IntegerField(default=0)
    meal_cents = models.BigIntegerField(default=0)
    trips = models.IntegerField(default=0)
    travel_cents = models.BigIntegerField(default=0)
    insurance_cents = models.BigIntegerField(default=0)
    total_cents = models.BigIntegerField()
    state = models.TextField(choices=State, default=State.DRAWN)
    drawn_on = models.DateField()
    handed_in_on = models.DateField(null=True)
    settled_on = models.DateField(null=True)
    settled_by = models.TextField(blank=True, default="")
    returned_reason = models.TextField(blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(name="one_claim_a_month", fields=["posting", "month"], condition=LIVE)]
        indexes = [models.Index(fields=["month", "id"])]
