from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

from shibaiqian.access.recorded import LIVE, Recorded
from shibaiqian.access.roles import Permission
from shibaiqian.access.scoped import Wall
from shibaiqian.fieldwork.models.logs import WorkLog
from shibaiqian.postings.models import Posting
from shibaiqian.regions.models import region_field


class LogPoint(Recorded):
    """Where an official was who chose to say so, once. Theirs alone: nobody reads it but the author and the nightly job."""

    view_permission = Permission.VIEW_FIELDWORK
    wall = Wall(region=("region",), own=("cadre",), flag=Permission.FIND_CLUES)

    log = models.ForeignKey(WorkLog, models.PROTECT, related_name="+")
    cadre = models.UUIDField()
    region = region_field(db_constraint=False)  # of the posting's host
    latitude_e6 = models.IntegerField()  # millionths of a degree, WGS-84
    longitude_e6 = models.IntegerField()
    accuracy_m = models.IntegerField()
    said_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["cadre", "said_at", "id"])]


class ClueQuestion(Recorded):
    """What a supervisor may ask an official when several clues stood without a word for long. A question; no score, no finding."""

    class State(models.TextChoices):
        WAITING = "waiting", "请问一问"
        ASKED = "asked", "已问，等本人说"
        ANSWERED = "answered", "本人已说明"
        LAPSED = "lapsed", "不用再问"

    view_permission = Permission.VIEW_FIELDWORK
    wall = Wall(region=("region",), own=("cadre",), flag=Permission.ASK_ABOUT_LOGS)

    posting = models.ForeignKey(Posting, models.PROTECT, related_name="+")
    cadre = models.UUIDField()
    cadre_name = models.TextField()
    region = region_field()  # of the posting's host
    state = models.TextField(choices=State, default=State.WAITING)
    raised_on = models.DateField()
    opened_on = models.DateField(null=True)
    opened_by = models.TextField(blank=True, default="")
    words = models.TextField(blank=True, default="")  # what was asked
    answered_on = models.DateField(null=True)
    answered_by = models.TextField(blank=True, default="")  # who wrote the answer down
    answer = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_open_question", fields=["posting"], condition=LIVE & models.Q(state__in=["waiting", "asked"]))
        ]
        indexes = [models.Index(fields=["region", "state"])]


class Clue(Recorded):
    """Something in logs that the machine could not explain. Shown to the author alone; what they say settles it.

    `own` and `other` are keys of what stands side by side: things of a day for words, photos, points, or logs, as the kind says.
    """

    class Kind(models.TextChoices):
        OWN_TEXT = "own_text", "几天的日志写得很像"
        OTHER_TEXT = "other_text", "和别人的日志写得很像"
        OWN_PHOTO = "own_photo", "几天的日志用了差不多的照片"
        OTHER_PHOTO = "other_photo", "和别人的日志用了差不多的照片"
        TRAVEL = "travel", "两个位置隔得远、时间很近"
        BACKFILL = "backfill", "一次补写了好多天"

    class State(models.TextChoices):
        OPEN = "open", "想请你说一句"
        EXPLAINED = "explained", "已说明"

    view_permission = Permission.VIEW_FIELDWORK
    wall = Wall(region=("shown_in",), own=("cadre",), flag=Permission.ASK_ABOUT_LOGS)

    posting = models.ForeignKey(Posting, models.PROTECT, related_name="+")
    cadre = models.UUIDField()
    region = region_field()  # of the posting's host
    # Whose supervisors may see it: those of the whole installation, who are nobody but the nightly job; on pattern, those of the place.
    shown_in = models.TextField(db_collation="C")
    kind = models.TextField(choices=Kind)
    own: Any = ArrayField(models.UUIDField(), default=list)
    other: Any = ArrayField(models.UUIDField(), default=list)
    seen: Any = models.JSONField(default=dict)  # the words in common; kilometres and minutes; days and hours
    first_on = models.DateField()
    last_on = models.DateField()
    found_on = models.DateField()
    due_on = models.DateField()  # the author has until then before it can be part of a question
    state = models.TextField(choices=State, default=State.OPEN)
    explanation = models.TextField(blank=True, default="")
    explained_on = models.DateField(null=True)
    question = models.ForeignKey(ClueQuestion, models.SET_NULL, null=True, related_name="clues")

    class Meta:
        indexes = [models.Index(fields=["cadre", "state"]), models.Index(fields=["found_on"])]
