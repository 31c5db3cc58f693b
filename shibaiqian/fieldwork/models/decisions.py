from django.db import models

from shibaiqian.access.roles import Permission
from shibaiqian.postings.models import OfPosting, Posting


class HostDecision(OfPosting):
    """What the secretary of the host decided about an official's work, or gave the official to do (S12): he stays responsible."""

    class Kind(models.TextChoices):
        DECIDED = "decided", "决定事项"
        ASSIGNED = "assigned", "交办任务"

    view_permission = Permission.VIEW_PLANS

    posting = models.ForeignKey(Posting, models.PROTECT, related_name="+")
    kind = models.TextField(choices=Kind)
    on = models.DateField()
    secretary = models.TextField()  # who decided
    text = models.TextField()
    due_on = models.DateField(null=True)
    noted_by = models.TextField()
    done_on = models.DateField(null=True)
    result = models.TextField(blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["posting", "on"])]
