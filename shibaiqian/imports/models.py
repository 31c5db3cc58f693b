from django.db import models

from shibaiqian.access.recorded import Recorded
from shibaiqian.access.roles import Permission
from shibaiqian.access.scoped import Scoped, Wall
from shibaiqian.base.ids import new_id
from shibaiqian.regions.models import region_field


class ImportRun(Recorded):
    """One uploaded roster on its way."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", "已上传"
        CHECKING = "checking", "检查中"
        PREVIEWED = "previewed", "待确认"
        REFUSED = "refused", "有错误，未导入"
        CONFIRMED = "confirmed", "排队导入"
        WRITING = "writing", "导入中"
        DONE = "done", "已导入"
        FAILED = "failed", "失败，未改动"
        UNDONE = "undone", "已撤销"
        DISCARDED = "discarded", "已放弃"

    view_permission = Permission.VIEW_IMPORTS
    wall = Wall(region=("region",))

    region = region_field()  # where the rows must lie
    kind = models.TextField()
    file_name = models.TextField()
    file_sha256 = models.TextField()
    file_key = models.TextField()  # where the sealed file lies
    state = models.TextField(choices=State)
    stage = models.TextField(blank=True)
    percent = models.SmallIntegerField(default=0)
    row_count = models.IntegerField(null=True)
    refused_count = models.IntegerField(null=True)
    note_count = models.IntegerField(null=True)
    message = models.TextField(blank=True)
    written_by_event = models.BigIntegerField(null=True)
    uploaded_by = models.UUIDField(null=True)
    uploaded_by_name = models.TextField()
    role = models.TextField()
    uploaded_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["region", "id"])]


class ImportFinding(Scoped):
    """One thing found in a file: refused, or accepted with a note."""

    view_permission = Permission.VIEW_IMPORTS
    wall = Wall(region=("region",))

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    run = models.ForeignKey(ImportRun, models.PROTECT, related_name="findings")
    region = region_field()
    severity = models.TextField()
    sheet = models.TextField(blank=True)
    row = models.IntegerField(null=True)
    column = models.TextField(blank=True)
    message = models.TextField()
    mend = models.TextField(blank=True)
    value = models.TextField(blank=True)
    count = models.IntegerField(default=1)

    class Meta:
        db_table = "imports_finding"
        indexes = [models.Index(fields=["run", "severity", "row"])]


class OpeningBalance(Recorded):
    """Whether a county's opening balance is still open: closed once, by a second person, with its source document."""

    view_permission = Permission.VIEW_IMPORTS
    wall = Wall(region=("region",))

    region = region_field()
    opened_by = models.UUIDField(null=True)  # whose roster was the first; nobody where the installation loaded it
    closed_by = models.UUIDField(null=True)
    closed_on = models.DateField(null=True)
    source_document = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="one_opening_a_county", fields=["region"])]
