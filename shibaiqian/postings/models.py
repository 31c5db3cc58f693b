import datetime as dt
from typing import Any

from django.db import models
from django.db.models import F, Q

from shibaiqian.access.recorded import LIVE, Recorded
from shibaiqian.access.roles import Permission
from shibaiqian.access.scoped import Wall
from shibaiqian.base.ids import new_id
from shibaiqian.cadres.models import Cadre
from shibaiqian.households.models import Household
from shibaiqian.organisations.models import Organisation
from shibaiqian.regions.models import Region, region_field


class Programme(models.Model):
    """A programme of posting officials. Reference data: another prefecture runs another programme without code."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.TextField(unique=True)
    name = models.TextField()
    region = region_field()
    starts_on = models.DateField()
    goal_on = models.DateField()  # the city's own deadline: 2019, earlier than the nation's 2020

    def __str__(self) -> str:
        return self.name


class Tier(models.Model):
    """A tier of a programme: where its officials serve and how many."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="tiers")
    code = models.TextField()  # T10, T100, T1000
    label = models.TextField()  # 县级, 镇级, 村级
    host_level = models.TextField(choices=Region.Level)
    titles = models.TextField()  # joined by |
    quota = models.IntegerField()
    must_be_party_member = models.BooleanField(default=False)
    # Who may be nominated and who decides: data, so that another prefecture posts by other rules without code.
    source_levels = models.TextField(default="city|county|town")  # levels of sending units, joined by |
    ranks = models.TextField(blank=True, default="")  # post ranks admitted, joined by |; empty: any
    reserve_ranks = models.TextField(blank=True, default="")  # admitted besides for reserve cadres
    max_age = models.IntegerField(null=True)  # over it is a warning
    young_age = models.IntegerField(null=True)  # ranks admitted as 优秀年轻 only up to this age
    needs_rural_or_skill = models.BooleanField(default=False)  # S8: rural experience or agricultural skill
    decider_level = models.TextField(default="county")  # city or county: who decides and signs
    number_prefix = models.TextField(blank=True, default="")  # of posting numbers

    class Meta:
        constraints = [models.UniqueConstraint(name="tier_code_once", fields=["programme", "code"])]

    def __str__(self) -> str:
        return self.label


class Posting(Recorded):
    """A temporary office with real duties: 挂职即任职."""

    class State(models.TextChoices):
        PENDING_ARRIVAL = "pending_arrival", "待到岗"
        ACTIVE = "active", "在岗"
        ON_EXTENSION = "on_extension", "延期"
        SUSPENDED = "suspended", "暂停"
        RECALL_PROPOSED = "recall_proposed", "拟召回"
        RECALL_HEARD = "recall_heard", "待决定召回"
        HANDING_OVER = "handing_over", "交接中"
        ENDED = "ended", "已结束"
        RECALLED = "recalled", "已召回"

    view_permission = Permission.VIEW_POSTINGS
    wall = Wall(region=("region", "home_region"), unit=("unit",), person=("cadre",))

    number = models.TextField(db_collation="C")
    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="postings")
    # As appointed: the host still knows who served after the cadre's own row left its sight.
    cadre_name = models.TextField(db_collation="C")
    tier = models.ForeignKey(Tier, models.PROTECT, related_name="+", db_index=False)
    tier_code = models.TextField()
    host_level = models.TextField(default="village")  # county, town or village: the tier's, so that constraints can read it
    region = region_field()  # of the host
    home_region = models.TextField(db_collation="C")  # of the sending unit
    unit = models.ForeignKey(Organisation, models.PROTECT, related_name="+")  # sends
    host_name = models.TextField()
    title = models.TextField()
    duties = models.TextField()
    document_number = models.TextField()
    appointed_on = models.DateField()
    arrived_on = models.DateField(null=True)
    planned_end = models.DateField()
    ended_on = models.DateField(null=True)
    end_reason = models.TextField(blank=True)
    party_out_on = models.DateField(null=True)
    party_in_on = models.DateField(null=True)
    batch = models.TextField(blank=True)
    state = models.TextField(choices=State)
    # Leaving the original unit's work (S24); who leads the unit meanwhile when its head is posted (主持工作).
    detached_on = models.DateField(null=True)
    acting_head = models.TextField(blank=True, default="")
    # A deputy head of a county or town besides needs the people's congress: "" where none is needed.
    statutory_procedure = models.TextField(blank=True, default="")
    statutory_on = models.DateField(null=True)
    statutory_document = models.TextField(blank=True, default="")
    resumes_on = models.DateField(null=True)  # of a suspension
    # After the end: the host's sight of the cadre is gone and the resume has its line. The cadre's own side does it.
    is_settled = models.BooleanField(default=False)
    predecessor = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="posting_number_once", fields=["number"], condition=LIVE),
            models.UniqueConstraint(
                name="one_running_posting_a_cadre",
                fields=["cadre"],
                condition=LIVE & Q(ended_on__isnull=True),
                violation_error_message="该干部已有正在进行的挂职。",
            ),
            models.UniqueConstraint(
                name="one_first_secretary_a_village",
                fields=["region"],
                # While one hands over, the next is there already: they overlap (压茬).
                condition=LIVE & Q(ended_on__isnull=True, host_level="village") & ~Q(state="handing_over"),
                violation_error_message="该村（社区）已有第一书记。",
            ),
            models.CheckConstraint(
                name="posting_dates_in_order",
                condition=(Q(arrived_on__isnull=True) | Q(arrived_on__gte=F("appointed_on"))) & Q(planned_end__gt=F("appointed_on")),
            ),
        ]
        indexes = [
            models.Index(fields=["region", "number", "id"]),
            models.Index(fields=["home_region", "id"]),
            models.Index(fields=["appointed_on", "id"]),
            models.Index(name="posting_to_settle", fields=["home_region", "id"], condition=Q(ended_on__isnull=False, is_settled=False)),
        ]

    def __str__(self) -> str:
        return f"{self.host_name} {self.title}"

    @property
    def is_running(self) -> bool:
        return self.ended_on is None

    @property
    def about(self) -> dict[str, Any]:
        """What each row that belongs to this posting carries: see `OfPosting`."""
        return {
            "posting": self, "region_id": self.region_id, "home_region": self.home_region, "unit": self.unit_id, "cadre": self.cadre_id,
        }  # fmt: skip


class Helper(Recorded):
    """A person of a unit who is responsible for households (帮扶责任人); ten times as many as posted officials."""

    view_permission = Permission.VIEW_POSTINGS
    wall = Wall(region=("region",), unit=("unit",), person=("id",))

    name = models.TextField()
    pinyin = models.TextField(db_collation="C")
    unit = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    # The town of the households: units of the city help in many counties, and each county keeps its own helpers.
    region = region_field()
    post = models.TextField(blank=True)
    phone_sealed = models.BinaryField(null=True)
    phone_last4 = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="helper_once", fields=["region", "unit", "name", "phone_last4"], condition=LIVE)]
        indexes = [models.Index(fields=["region", "pinyin", "id"])]

    def __str__(self) -> str:
        return self.name


class Responsibility(Recorded):
    """That somebody is responsible for a household from a day on; who it is, the household is told."""

    view_permission = Permission.VIEW_HOUSEHOLDS
    wall = Wall(region=("region",), households=("household",))

    region = region_field()  # of the household
    since = models.DateField()
    until = models.DateField(null=True)
    ended_by = models.BigIntegerField(null=True, editable=False)  # the event that set `until`: undoing it takes it back
    told_on = models.DateField(null=True)  # when the household was told
    told_by = models.TextField(blank=True, db_default="")  # who went there

    class Meta:
        abstract = True


class Pairing(Responsibility):
    """The link of a helper with a household. Carries the helper's name and unit, so that the village sees them."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="pairings")
    helper = models.ForeignKey(Helper, models.PROTECT, related_name="+")
    helper_name = models.TextField()
    helper_unit = models.TextField()
    helper_post = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="pairing_once", fields=["household", "helper"], condition=LIVE & Q(until__isnull=True)),
        ]


class OfPosting(Recorded):
    """A row that belongs to a posting and carries what the wall compares: host, home, unit and cadre, as the posting has them."""

    view_permission = Permission.VIEW_POSTINGS
    wall = Wall(region=("region", "home_region"), unit=("unit",), person=("cadre",))

    region = region_field()
    home_region = models.TextField(db_collation="C")
    unit = models.UUIDField()
    cadre = models.UUIDField()

    class Meta:
        abstract = True


class PostingChange(OfPosting):
    """What a posting went through: arrival, extension, suspension, recall, handover, adjustment, rotation. Never changed."""

    class Kind(models.TextChoices):
        ARRIVAL = "arrival", "到岗"
        EXTENSION = "extension", "延期"
        SUSPENSION = "suspension", "暂停"
        RESUMPTION = "resumption", "恢复"
        RECALL_PROPOSED = "recall_proposed", "拟召回"
        RECALL_HEARD = "recall_heard", "听取本人意见"
        RECALL_DISMISSED = "recall_dismissed", "不予召回"
        RECALLED = "recalled", "召回"
        ADJUSTMENT = "adjustment", "调整"
        REPLACEMENT = "replacement", "更换人选"
        ROTATION = "rotation", "轮换"
        HANDOVER = "handover", "开始交接"
        HANDOVER_STOPPED = "handover_stopped", "中止交接"
        ASSESSMENT = "assessment", "印发期满鉴定表"
        CERTIFICATE = "certificate", "出具挂职证明"

    posting = models.ForeignKey(Posting, models.PROTECT, related_name="changes")
    kind = models.TextField(choices=Kind)
    on = models.DateField()
    reason = models.TextField()
    statement = models.TextField(blank=True)  # of the official, when heard
    document_number = models.TextField(blank=True)
    planned_end_before = models.DateField(null=True)
    planned_end_after = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["posting", "on"])]


class PartyTransfer(OfPosting):
    """The letter by which party relations move to the host, and back (党员组织关系介绍信), with its stub."""

    class Direction(models.TextChoices):
        TO_HOST = "to_host", "转往挂职单位"
        BACK = "back", "转回原单位"

    posting = models.ForeignKey(Posting, models.PROTECT, related_name="party_transfers")
    direction = models.TextField(choices=Direction)
    letter_number = models.TextField()
    from_body = models.TextField()
    to_body = models.TextField()
    dues_paid_to = models.TextField(blank=True)  # yyyyMM
    out_on = models.DateField()
    valid_days = models.IntegerField(default=30)
    in_on = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="one_letter_a_direction", fields=["posting", "direction"], condition=LIVE)]

    @property
    def runs_out_on(self) -> dt.date:
        return self.out_on + dt.timedelta(days=self.valid_days)


class PostedHousehold(Responsibility):
    """A household that a posted official is bound to (包扶): released only with a successor, or when stably out of poverty."""

    posting = models.ForeignKey(Posting, models.PROTECT, related_name="households")
    household = models.ForeignKey(Household, models.PROTECT, related_name="posted_officials")
    cadre_name = models.TextField()
    # Who follows: another posting or a helper; both empty only when the household is out for good.
    successor_posting = models.ForeignKey(Posting, models.PROTECT, null=True, related_name="+")
    successor_helper = models.ForeignKey(Helper, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="posted_household_once", fields=["posting", "household"], condition=LIVE & Q(until__isnull=True))
        ]
        indexes = [models.Index(fields=["household", "until"]), models.Index(fields=["region", "id"])]


class Handover(OfPosting):
    """The handover of a posting (工作交接): a checklist signed by both and witnessed by the town."""

    posting = models.ForeignKey(Posting, models.PROTECT, related_name="handovers")
    successor = models.ForeignKey(Posting, models.PROTECT, null=True, related_name="+")
    successor_name = models.TextField(blank=True)  # the village secretary or unit that takes over where no official follows
    opened_on = models.DateField()
    items = models.JSONField()  # [{"code", "label", "text", "done"}]: domain.md 4.8
    signed_by_leaver_on = models.DateField(null=True)
    signed_by_successor_on = models.DateField(null=True)
    witnessed_on = models.DateField(null=True)
    witness = models.TextField(blank=True)
    waived = models.TextField(blank=True)  # why none was possible: death, serious illness

    class Meta:
        constraints = [models.UniqueConstraint(name="one_handover_a_posting", fields=["posting"], condition=LIVE)]
        indexes = [models.Index(fields=["region", "id"])]

    @property
    def is_complete(self) -> bool:
        return bool(self.waived) or not self.missing

    @property
    def missing(self) -> list[str]:
        """What is still to be done, in words."""
        if self.waived:
            return []
        undone = [str(item["label"]) for item in self.items if not item["done"]]
        return [
            *([f"未核对{'、'.join(undone)}"] if undone else []),
            *([] if self.signed_by_leaver_on else ["移交人未签字"]),
            *([] if self.signed_by_successor_on else ["接收人未签字"]),
            *([] if self.witnessed_on else ["镇办未监交"]),
        ]


class TargetLetter(OfPosting):
    """Targets of a posting for a year or the term (目标责任书), signed; changed only by a signed amendment, a newer row."""

    class Scope(models.TextChoices):
        ANNUAL = "annual", "年度"
        TERM = "term", "任期"

    class State(models.TextChoices):
        DRAFT = "draft", "拟定"
        SIGNING = "signing", "待签"
        SIGNED = "signed", "已签订"
        AMENDED = "amended", "已修订"

    view_permission = Permission.VIEW_TARGETS

    posting = models.ForeignKey(Posting, models.PROTECT, related_name="target_letters")
    scope = models.TextField(choices=Scope)
    year = models.IntegerField(null=True)
    version = models.IntegerField(default=1)
    supersedes = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True)  # of an amendment
    state = models.TextField(choices=State)
    signed_by_official_on = models.DateField(null=True)
    signed_by_host_on = models.DateField(null=True)
    host_signer = models.TextField(blank=True)
    signed_by_unit_on = models.DateField(null=True)
    unit_signer = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="target_version_once", fields=["posting", "scope", "year", "version"], condition=LIVE, nulls_distinct=False
            ),
            models.UniqueConstraint(
                name="one_standing_target_letter",
                fields=["posting", "scope", "year"],
                condition=LIVE & Q(state="signed"),
                nulls_distinct=False,
            ),
        ]
        indexes = [models.Index(fields=["region", "id"])]


class TargetItem(OfPosting):
    """One target. With an `indicator` of the catalogue its progress fills itself from the records of the host's region."""

    view_permission = Permission.VIEW_TARGETS

    letter = models.ForeignKey(TargetLetter, models.PROTECT, related_name="items")
    seq = models.IntegerField()
    text = models.TextField()
    indicator = models.TextField(blank=True)  # code of the catalogue
    baseline = models.BigIntegerField(default=0)
    target = models.BigIntegerField()
    measure = models.TextField()  # 户, 个, 件
    weight = models.IntegerField()  # of 100
    due_on = models.DateField()
    # Of targets without an indicator, as last reported.
    reached = models.BigIntegerField(null=True)
    reached_on = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="target_item_once", fields=["letter", "seq"], condition=LIVE)]


class Support(OfPosting):
    """What a sending unit or the government gives a posted official (保障): subsidy, insurance, health check, funds, visits."""

    class Kind(models.TextChoices):
        TRAVEL = "travel", "交通补助"
        TOWN_SUBSIDY = "town_subsidy", "乡镇工作补贴"
        INSURANCE = "insurance", "人身意外保险"
        HEALTH_CHECK = "health_check", "健康体检"
        WORK_FUND = "work_fund", "工作经费"
        VISIT = "visit", "走访慰问"
        OTHER = "other", "其他"

    posting = models.ForeignKey(Posting, models.PROTECT, related_name="support")
    kind = models.TextField(choices=Kind)
    on = models.DateField()
    amount_cents = models.BigIntegerField(null=True)
    provider = models.TextField()
    note = models.TextField(blank=True)
