from django.db import models

from shibaiqian.access.recorded import Recorded
from shibaiqian.access.roles import Permission
from shibaiqian.access.scoped import Wall
from shibaiqian.regions.models import region_field


class Snapshot(Recorded):
    """The data behind an issued report, frozen."""

    view_permission = Permission.VIEW_REPORTS
    wall = Wall(region=("region",))

    report = models.TextField()  # "bulletin"
    region = region_field()
    number = models.IntegerField()  # 第N期 within region and year
    year = models.SmallIntegerField()
    as_of = models.DateField()
    title = models.TextField()
    data = models.JSONField()
    data_sha256 = models.TextField()
    issued_by = models.UUIDField(null=True)
    issued_by_name = models.TextField()
    issued_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="snapshot_number_once", fields=["report", "region", "year", "number"])]
