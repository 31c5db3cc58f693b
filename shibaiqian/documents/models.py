"""The register of what was issued and what was published; the paper itself is made anew from the value kept here."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from shibaiqian.access.recorded import LIVE, Recorded
from shibaiqian.access.roles import Permission
from shibaiqian.access.scoped import Wall
from shibaiqian.base.ids import new_id
from shibaiqian.organisations.models import Organisation
from shibaiqian.regions.models import region_field

if TYPE_CHECKING:
    from shibaiqian.access.actor import Actor


class Issuer(models.Model):
    """A body that issues documents under a sign of its own (机关代字): the county's organisation department, 洛组发. Reference data."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    unit = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    region = region_field()
    sign = models.TextField()  # 洛组发
    red_head = models.TextField()  # 中共洛南县委组织部文件
    seal_name = models.TextField()  # 中共洛南县委组织部

    class Meta:
        constraints = [models.UniqueConstraint(name="issuer_sign_once", fields=["sign"])]

    def __str__(self) -> str:
        return self.seal_name

    def reachable_by(self, actor: "Actor") -> bool:
        return actor.scope.holds_region(self.region_id)  # type: ignore[attr-defined]


class Series(models.Model):
    """The last serial number of an issuer's year; locked while a number is taken, so that none is given twice or left out."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sign = models.TextField()
    year = models.IntegerField()
    last_serial = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(name="series_once", fields=["sign", "year"])]


class IssuedDocument(Recorded):
    """A document with its number: what it says (`value`), and the digest of the PDF that was printed."""

    class Kind(models.TextChoices):
        PLAN = "plan", "选派方案"
        DECISION_SHEET = "decision_sheet", "呈批件"
        NOTICE = "notice", "公示"
        APPOINTMENT = "appointment", "任职通知"
        REMOVAL = "removal", "免职通知"
        RECALL = "recall", "召回通知书"
        ADJUSTMENT = "adjustment", "调整通知"
        EXTENSION = "extension", "延期通知"
        INTEGRITY_INQUIRY = "integrity_inquiry", "廉政意见征求函"
        INTEGRITY_REPLY = "integrity_reply", "廉政意见回复"
        PARTY_LETTER = "party_letter", "党员组织关系介绍信"
        TARGET_LETTER = "target_letter", "目标责任书"
        HANDOVER = "handover", "工作交接清单"
        CERTIFICATE = "certificate", "挂职证明"
        TERM_ASSESSMENT = "term_assessment", "挂职期满鉴定表"
        OTHER = "other", "其他"

    view_permission = Permission.VIEW_DOCUMENTS
    wall = Wall(region=("region",), unit=("unit",))

    kind = models.TextField(choices=Kind)
    number = models.TextField(db_collation="C")  # 洛组发〔2016〕15号; letters: 第 number of their own series
    title = models.TextField()
    issuer = models.TextField()  # as signed
    region = region_field()  # of the issuer
    unit = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")  # the unit it was sent to, if one
    on = models.DateField()
    value = models.JSONField()  # what `papers` needs to set the pages again
    sha256 = models.TextField(blank=True)  # of the PDF when it was issued
    check_code = models.TextField(db_collation="C")  # printed at the foot; with the number it proves the paper
    scan = models.TextField(blank=True)  # key of the signed scan in the file store

    class Meta:
        constraints = [models.UniqueConstraint(name="document_number_once", fields=["number"], condition=LIVE)]
        indexes = [models.Index(fields=["region", "on", "id"]), models.Index(fields=["number", "id"])]

    def __str__(self) -> str:
        return f"{self.title}（{self.number}）"


class PublicNotice(Recorded):
    """A notice for objections (公示): from a first to a last day, counted in working days where the rule says so."""

    class State(models.TextChoices):
        OPEN = "open", "公示中"
        FINISHED = "finished", "公示期满"
        WITHDRAWN = "withdrawn", "已撤回"

    view_permission = Permission.VIEW_SELECTION
    wall = Wall(region=("region",))

    title = models.TextField()
    kind = models.TextField()  # selection; later identification, exit, project
    region = region_field()
    document = models.ForeignKey(IssuedDocument, models.PROTECT, null=True, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    workdays = models.IntegerField()
    contact = models.TextField()
    rows = models.JSONField()  # what is published of each; never ID numbers, telephones, illnesses
    state = models.TextField(choices=State)

    class Meta:
        constraints = [models.CheckConstraint(name="notice_dates_in_order", condition=Q(ends_on__gte=F("starts_on")))]
        indexes = [models.Index(fields=["region", "ends_on", "id"])]

    def __str__(self) -> str:
        return self.title


class Objection(Recorded):
    """An objection raised during a notice (异议). Who raised it is sealed; the person concerned never learns it."""

    class State(models.TextChoices):
        RECEIVED = "received", "已受理"
        UPHELD = "upheld", "属实"
        DISMISSED = "dismissed", "不属实"

    view_permission = Permission.VIEW_GATE_OPINIONS
    wall = Wall(region=("region",), flag=Permission.VIEW_GATE_OPINIONS)

    notice = models.ForeignKey(PublicNotice, models.PROTECT, related_name="objections")
    region = region_field()
    about = models.UUIDField()  # the key of the row objected to (a nomination)
    about_name = models.TextField()
    received_on = models.DateField()
    text_sealed = models.BinaryField()
    contact_sealed = models.BinaryField(null=True)
    state = models.TextField(choices=State)
    answer = models.TextField(blank=True)
    answered_on = models.DateField(null=True)
