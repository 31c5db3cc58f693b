from django.db import models

from shibaiqian.access.recorded import Recorded
from shibaiqian.access.roles import Permission
from shibaiqian.access.scoped import Wall
from shibaiqian.regions.models import region_field


class BoardNotice(Recorded):
    """That a village's published month of attendance hangs on its notice board (村务公开栏), and what it said. A newer one replaces it."""

    view_permission = Permission.VIEW_ATTENDANCE
    wall = Wall(region=("region",))

    region = region_field()  # the village
    month = models.DateField()  # its first day
    rows = models.JSONField()  # as `queries.board.lines`
    posted_on = models.DateField()
    posted_by = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["region", "month", "id"])]
