from django.db import models

from shibaiqian.access.recorded import Recorded
from shibaiqian.access.roles import Permission
from shibaiqian.access.scoped import Wall
from shibaiqian.fieldwork.models.logs import WorkLogItem
from shibaiqian.households.models import Household
from shibaiqian.regions.models import region_field


class Attachment(Recorded):
    """A photo or voice memo of one thing of a day. Optional, always: no rule asks for one."""

    view_permission = Permission.VIEW_FIELDWORK
    wall = Wall(region=("region",), households=("household",))

    item = models.ForeignKey(WorkLogItem, models.PROTECT, related_name="attachments")
    region = region_field(db_constraint=False)  # the item's
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False)
    sha256 = models.TextField(db_collation="C")  # as the phone sent it
    stored = models.TextField(db_collation="C")  # key in the store: without metadata
    kind = models.TextField()
    size = models.IntegerField()
    picture_hash = models.BigIntegerField(null=True)  # as `files.pictures` sees it; empty for voice and for what cannot be opened

    class Meta:
        indexes = [models.Index(fields=["stored"])]  # where else the same picture stands
