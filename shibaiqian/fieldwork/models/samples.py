from django.db import models

from shibaiqian.access.recorded import LIVE, Recorded
from shibaiqian.access.roles import Permission
from shibaiqian.access.scoped import Wall
from shibaiqian.fieldwork.models.logs import WorkLog
from shibaiqian.regions.models import region_field


class LogSample(Recorded):
    """Logs of a month drawn by lot to be read, instead of a signature on every page. The seed draws the same again."""

    view_permission = Permission.VIEW_FIELDWORK
    wall = Wall(region=("region",))

    region = region_field()
    month = models.DateField()
    seed = models.TextField()
    out_of = models.IntegerField()  # logs there were
    drawn_on = models.DateField()
    drawn_by = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(name="one_sample_a_month", fields=["region", "month"], condition=LIVE)]


class LogReading(Recorded):
    """A drawn log, and what whoever read it says to its author; a question, not a mark."""

    view_permission = Permission.VIEW_FIELDWORK
    wall = Wall(region=("region",))

    sample = models.ForeignKey(LogSample, models.PROTECT, related_name="readings")
    log = models.ForeignKey(WorkLog, models.PROTECT, related_name="+")
    region = region_field()
    read_on = models.DateField(null=True)
    read_by = models.TextField(blank=True, default="")
    remark = models.TextField(blank=True, default="")
