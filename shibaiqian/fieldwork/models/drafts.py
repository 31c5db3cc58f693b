from django.db import models
from django.db.models import Q

from shibaiqian.access.recorded import Recorded
from shibaiqian.access.roles import Permission
from shibaiqian.access.scoped import Wall
from shibaiqian.fieldwork.models.logs import PracticalService, WorkLogItem
from shibaiqian.households.models import Household
from shibaiqian.postings.models import Posting
from shibaiqian.regions.models import region_field


class Draft(Recorded):
    """A thing of a day that somebody else typed for an official (代记). It counts nowhere until the official accepts it.

    Accepted, it becomes the log item with the same key, so it can become one only.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "等本人核对"
        ACCEPTED = "accepted", "已采用"
        RETURNED = "returned", "已退回"
        WITHDRAWN = "withdrawn", "已撤回"

    view_permission = Permission.VIEW_DRAFTS
    wall = Wall(region=("region",), households=("household",), typist=("typist",))

    posting = models.ForeignKey(Posting, models.PROTECT, related_name="+")
    cadre = models.UUIDField()  # who answers for it
    official = models.TextField()
    region = region_field()
    on = models.DateField()
    category = models.TextField(choices=WorkLogItem.Category)
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="+", db_index=False)
    content = models.TextField()
    service_kind = models.TextField(choices=PracticalService.Kind, blank=True)  # empty: no practical service
    beneficiary = models.TextField(blank=True)
    amount_cents = models.BigIntegerField(null=True)
    problem = models.TextField(blank=True)
    follow_up_due = models.DateField(null=True)
    follows = models.ForeignKey(WorkLogItem, models.PROTECT, null=True, related_name="+", db_index=False)
    photos = models.JSONField(default=list)  # as `PhotoOf`: in the store already
    typist = models.UUIDField()  # the account that typed it
    typed_by = models.TextField()
    typed_at = models.DateTimeField()  # server's business clock
    state = models.TextField(choices=State, default=State.WAITING)
    answered_at = models.DateTimeField(null=True)
    word = models.TextField(blank=True)  # why it was returned

    class Meta:
        indexes = [
            models.Index(fields=["typist", "typed_at", "id"]),
            models.Index(name="draft_that_waits", fields=["cadre"], condition=Q(state="waiting")),
        ]
        constraints = [
            models.CheckConstraint(name="returned_with_a_word", condition=~Q(state="returned") | ~Q(word="")),
        ]

    @property
    def is_given_back(self) -> bool:
        """Nobody is left to answer for it: the official's posting has ended."""
        return self.state == self.State.WAITING and self.posting.ended_on is not None
