from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from shibaiqian.access.recorded import LIVE, Recorded
from shibaiqian.access.roles import Permission
from shibaiqian.access.scoped import Wall
from shibaiqian.base.ids import new_id
from shibaiqian.cadres.models import Cadre
from shibaiqian.documents.models import IssuedDocument, PublicNotice
from shibaiqian.organisations.models import Organisation
from shibaiqian.postings.models import Posting, Programme, Tier
from shibaiqian.regions.models import region_field
from shibaiqian.selection.rules import BATCH, DECISION, NEED, NOMINATION, PLAN

if TYPE_CHECKING:
    from shibaiqian.access.actor import Actor


class Batch(models.Model):
    """A round of selection. Reference data: counties read the city's batch."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="+")
    name = models.TextField()  # 2015年第二批
    region = region_field()  # whose batch it is
    year = models.IntegerField()
    opened_on = models.DateField()
    plan_number = models.TextField(blank=True)  # document number of the plan (选派方案)
    plan_on = models.DateField(null=True)
    plan_scan = models.TextField(blank=True)  # key in the file store
    notice_required = models.BooleanField(default=True)
    state = models.TextField(choices=list(BATCH.states.items()))
    event = models.BigIntegerField(editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(name="batch_name_once", fields=["programme", "name"])]
        indexes = [models.Index(fields=["-opened_on", "id"])]

    def __str__(self) -> str:
        return self.name

    def reachable_by(self, actor: "Actor") -> bool:
        return actor.scope.holds_region(self.region_id)  # type: ignore[attr-defined]


class TierQuota(models.Model):
    """How many officials of a tier a county (or the city) gets in a batch. Reference data; raised by a plan amendment only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="quotas")
    tier = models.ForeignKey(Tier, models.PROTECT, related_name="+")
    region = region_field()
    count = models.IntegerField()
    plan_number = models.TextField(blank=True)  # of the amendment that set it
    event = models.BigIntegerField(editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="quota_once", fields=["batch", "tier", "region"]),
            models.CheckConstraint(name="quota_not_negative", condition=Q(count__gte=0)),
        ]


class QuotaChange(models.Model):
    """A quota changed by a plan amendment, so that a report of an earlier day counts what held then. Reference data; rows are only added."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    quota = models.ForeignKey(TierQuota, models.PROTECT, related_name="changes")
    on = models.DateField()  # of the amendment
    before = models.IntegerField()  # the count until then
    plan_number = models.TextField()
    event = models.BigIntegerField(editable=False)

    class Meta:
        indexes = [models.Index(fields=["quota", "on", "id"], name="quota_change_day_idx")]


class PostNeed(Recorded):
    """A post that wants an official (需求岗位). One need is one person. `unit` is the partner unit of the first stage."""

    view_permission = Permission.VIEW_SELECTION
    wall = Wall(region=("region", "decider_region"), unit=("unit",))

    number = models.TextField(db_collation="C")  # becomes the posting's number
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="+")  # none: outside a batch (补派)
    tier = models.ForeignKey(Tier, models.PROTECT, related_name="+")
    tier_code = models.TextField()
    region = region_field()  # of the host: county, town or village
    host_name = models.TextField()
    title = models.TextField()
    duties = models.TextField(blank=True)
    village_types = models.TextField(blank=True)  # codes joined by |
    need_tags = models.TextField(blank=True)  # codes of cadres.codes.SKILLS joined by |
    poor_village = models.BooleanField(default=False)
    weak_organisation = models.BooleanField(default=False)
    priority = models.IntegerField(default=0)  # 1: must be covered first
    reason = models.TextField(blank=True)
    note = models.TextField(blank=True, default="")  # why it was returned, closed or opened again
    requested_by = models.TextField(blank=True)
    confirmed_by = models.TextField(blank=True)
    confirmed_on = models.DateField(null=True)
    unit = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    predecessor = models.ForeignKey(Posting, models.PROTECT, null=True, related_name="+")  # replaced or rotated out
    # The place that decides who goes there, where that is the home of the official meant for it (a tier decided at home).
    # Written by the database whenever a nomination gets or loses the post (migration 0007); empty otherwise.
    decider_region = models.TextField(db_collation="C", blank=True, default="", editable=False)
    state = models.TextField(choices=list(NEED.states.items()))

    class Meta:
        constraints = [models.UniqueConstraint(name="need_number_once", fields=["number"], condition=LIVE)]
        indexes = [
            models.Index(fields=["region", "number", "id"]),
            models.Index(fields=["batch", "tier_code", "state"]),
            models.Index(fields=["decider_region", "id"], name="postneed_decider_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.host_name} {self.title}"


class Decision(Recorded):
    """What a meeting decided on paper, for a whole list (呈批件): the click records it, the meeting decided."""

    view_permission = Permission.VIEW_SELECTION
    wall = Wall(region=("region",))

    batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="+")
    region = region_field()  # where it is decided: the city or a county
    tier_code = models.TextField()
    sheet_number = models.TextField()
    drawn_on = models.DateField()
    meeting = models.TextField(blank=True)  # 县委常委会, 部务会
    meeting_on = models.DateField(null=True)
    minute_number = models.TextField(blank=True)
    scan = models.TextField(blank=True)
    state = models.TextField(choices=list(DECISION.states.items()))

    class Meta:
        constraints = [models.UniqueConstraint(name="sheet_number_once", fields=["region", "sheet_number"], condition=LIVE)]
        indexes = [models.Index(fields=["region", "-drawn_on", "id"])]

    def __str__(self) -> str:
        return f"呈批件 {self.sheet_number}"


class IntegrityInquiry(Recorded):
    """A letter that asks discipline inspection about candidates (廉政意见征求函), and its reply."""

    view_permission = Permission.VIEW_SELECTION
    wall = Wall(region=("region",))

    batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="+")
    region = region_field()
    number = models.TextField()
    sent_on = models.DateField()
    to_body = models.TextField()
    reply_number = models.TextField(blank=True)
    reply_on = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="inquiry_number_once", fields=["region", "number"], condition=LIVE)]


class Nomination(Recorded):
    """A cadre proposed by the unit. `region` is the place that considers it: a county, then the host once matched."""

    view_permission = Permission.VIEW_SELECTION
    wall = Wall(region=("region", "home_region"), unit=("unit",), person=("cadre",))

    number = models.TextField(db_collation="C")
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="+")
    tier = models.ForeignKey(Tier, models.PROTECT, related_name="+")
    tier_code = models.TextField()
    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="+")
    cadre_name = models.TextField(db_collation="C")
    facts = models.JSONField()  # rules.Facts as of nomination: what reviewers and notices need, never the ID number
    unit = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    unit_name = models.TextField()
    home_region = models.TextField(db_collation="C")
    region = region_field()
    nominated_on = models.DateField()
    minute_number = models.TextField(blank=True)  # of the unit's party group
    minute_on = models.DateField(null=True)
    wishes = models.TextField(blank=True)  # region codes joined by |
    note = models.TextField(blank=True)
    eligibility = models.JSONField(default=list)  # rules.Verdict rows of the screening
    inquiry = models.ForeignKey(IntegrityInquiry, models.PROTECT, null=True, related_name="+")
    need = models.ForeignKey(PostNeed, models.PROTECT, null=True, related_name="+")
    match_reason = models.TextField(blank=True)  # of an override
    decision = models.ForeignKey(Decision, models.PROTECT, null=True, related_name="nominations")
    notice = models.ForeignKey(PublicNotice, models.PROTECT, null=True, related_name="+")
    document = models.ForeignKey(IssuedDocument, models.PROTECT, null=True, related_name="+")
    posting = models.ForeignKey(Posting, models.PROTECT, null=True, related_name="+")
    ended_why = models.TextField(blank=True)  # of a rejection or withdrawal
    state = models.TextField(choices=list(NOMINATION.states.items()))

    class Meta:
        constraints = [
            models.UniqueConstraint(name="nomination_number_once", fields=["number"], condition=LIVE),
            models.UniqueConstraint(
                name="one_running_nomination_a_cadre",
                fields=["cadre"],
                condition=LIVE & ~Q(state__in=["appointed", "rejected", "withdrawn"]),
                violation_error_message="该干部已有正在办理的推荐。",
            ),
            models.UniqueConstraint(
                name="one_nomination_a_need",
                fields=["need"],
                condition=LIVE & Q(need__isnull=False) & ~Q(state__in=["rejected", "withdrawn"]),
                violation_error_message="该岗位已有人选。",
            ),
        ]
        indexes = [
            models.Index(fields=["region", "number", "id"]),
            models.Index(fields=["home_region", "id"]),
            models.Index(fields=["unit", "id"]),
            models.Index(fields=["batch", "tier_code", "state"]),
            models.Index(fields=["notice"]),
        ]

    def __str__(self) -> str:
        return f"{self.cadre_name}（{self.number}）"


class GateReview(Recorded):
    """What a reviewer found at one gate. A newer review voids the older; the opinion itself stands sealed."""

    class Gate(models.TextChoices):
        POLITICAL = "political", "政治关"
        CONDUCT = "conduct", "品行关"
        INTEGRITY = "integrity", "廉政关"
        ABILITY = "ability", "能力关"

    class Result(models.TextChoices):
        PASS = "pass", "通过"
        FAIL = "fail", "不通过"
        MORE_INFO = "more_info", "补充材料"

    view_permission = Permission.VIEW_GATE_OPINIONS
    wall = Wall(region=("region", "home_region"), flag=Permission.VIEW_GATE_OPINIONS)

    nomination = models.ForeignKey(Nomination, models.PROTECT, related_name="gates")
    region = region_field()
    home_region = models.TextField(db_collation="C")
    gate = models.TextField(choices=Gate)
    result = models.TextField(choices=Result)
    opinion_sealed = models.BinaryField(null=True)
    evidence = models.TextField(blank=True)  # keys in the file store joined by |
    reviewer = models.TextField()  # as signed
    reviewer_unit = models.TextField()
    reviewer_user = models.UUIDField(null=True)
    reply_number = models.TextField(blank=True)  # of the integrity reply
    from_package = models.TextField(blank=True)  # digest of the one-way package that carried the verdict
    reviewed_on = models.DateField()
    valid_until = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_standing_review_a_gate", fields=["nomination", "gate"], condition=LIVE),
            models.CheckConstraint(name="gate_dates_in_order", condition=Q(valid_until__gte=F("reviewed_on"))),
        ]
        indexes = [models.Index(fields=["region", "id"]), models.Index(fields=["home_region", "id"])]


class RecusalFinding(Recorded):
    """A relation or interest between a candidate and a host (domain.md 14.2): ok once declared and resolved, or blocking."""

    class Weight(models.TextChoices):
        WARN = "warn", "提示"
        BLOCK = "block", "不得任职"

    view_permission = Permission.VIEW_GATE_OPINIONS
    wall = Wall(region=("region", "home_region"), flag=Permission.VIEW_GATE_OPINIONS)

    nomination = models.ForeignKey(Nomination, models.PROTECT, related_name="recusals")
    region = region_field()
    home_region = models.TextField(db_collation="C")
    host = models.TextField(db_collation="C")
    kind = models.TextField()  # relative_in_office, own_village, native_county, interest, declared, isolated
    weight = models.TextField(choices=Weight)
    fact = models.TextField()
    resolution = models.TextField(blank=True)
    resolved_on = models.DateField(null=True)


class RecusalVerdict(Recorded):
    """What an isolated network found about a candidate's family, without the family: a place to keep away from, or that there is none.

    `host` is the place itself or one above it (6, 9 or 12 digits); empty when the family was examined and nothing was found.
    """

    class Weight(models.TextChoices):
        CLEAR = "clear", "无须回避"
        WARN = "warn", "提示"
        BLOCK = "block", "不得任职"

    view_permission = Permission.VIEW_GATE_OPINIONS
    wall = Wall(region=("region", "home_region"), flag=Permission.VIEW_GATE_OPINIONS)

    nomination = models.ForeignKey(Nomination, models.PROTECT, related_name="+")
    region = region_field()
    home_region = models.TextField(db_collation="C")
    host = models.TextField(blank=True, db_collation="C")
    weight = models.TextField(choices=Weight)
    made_on = models.DateField()  # of the package
    from_package = models.TextField()  # its digest

    class Meta:
        constraints = [models.UniqueConstraint(name="one_verdict_a_place", fields=["nomination", "host"], condition=LIVE)]


class MatchPlan(Recorded):
    """A proposal of who goes where: of units to villages, or of persons to needs. Several can be compared; one is frozen."""

    class Stage(models.TextChoices):
        UNITS = "units", "定单位（包村）"
        PERSONS = "persons", "定人"

    view_permission = Permission.VIEW_SELECTION
    wall = Wall(region=("region",))

    batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="+")
    region = region_field()
    tier_code = models.TextField()
    stage = models.TextField(choices=Stage)
    name = models.TextField()
    made_on = models.DateField()
    weights = models.JSONField()  # of the score and caps, as used
    score = models.IntegerField()  # hundredths of a point, whole plan
    bound = models.IntegerField()  # no plan can be better
    unfilled = models.JSONField(default=list)  # needs without a person and why
    state = models.TextField(choices=list(PLAN.states.items()))
    frozen_reason = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["region", "-made_on", "id"])]


class MatchPair(Recorded):
    """One pair of a plan with the parts of its score. In the first stage `unit` goes to the need's village."""

    view_permission = Permission.MATCH
    wall = Wall(region=("plan_region",))

    plan = models.ForeignKey(MatchPlan, models.PROTECT, related_name="pairs")
    plan_region = models.TextField(db_collation="C")
    need = models.ForeignKey(PostNeed, models.PROTECT, related_name="+")
    nomination = models.ForeignKey(Nomination, models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    score = models.IntegerField()  # hundredths of a point
    parts = models.JSONField()  # {"class": 4000, "skills": 1250, …}
    override_reason = models.TextField(blank=True)  # why a person chose otherwise than proposed
    considered_in = models.TextField(blank=True, default="", db_collation="C")  # where the nomination stood before it was frozen

    class Meta:
        constraints = [models.UniqueConstraint(name="one_pair_a_need", fields=["plan", "need"], condition=LIVE)]


class MatchWish(Recorded):
    """A pair that must be (pin) or must not be (forbid) in the plans of a batch, with a reason."""

    class Kind(models.TextChoices):
        PIN = "pin", "指定"
        FORBID = "forbid", "排除"

    view_permission = Permission.MATCH
    wall = Wall(region=("region",))

    region = region_field()  # that decides
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="+")
    need = models.ForeignKey(PostNeed, models.PROTECT, related_name="+")
    nomination = models.ForeignKey(Nomination, models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    kind = models.TextField(choices=Kind)
    reason = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_wish_a_pair", fields=["need", "nomination", "unit"], condition=LIVE, nulls_distinct=False)
        ]
