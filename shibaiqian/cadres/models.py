from django.db import models

from shibaiqian.access.recorded import LIVE, Recorded
from shibaiqian.access.roles import Permission
from shibaiqian.access.scoped import Scoped, Wall
from shibaiqian.cadres.codes import GRADES
from shibaiqian.organisations.models import Organisation
from shibaiqian.regions.models import region_field


class Cadre(Recorded):
    """An official on the establishment of a unit."""

    class PersonnelType(models.TextChoices):
        CIVIL_SERVANT = "civil_servant", "公务员"
        REFERENCE_MANAGED = "reference_managed", "参照公务员法管理"
        INSTITUTION = "institution", "事业单位人员"
        SOE = "soe", "国企"
        TOWN_STAFF = "town_staff", "镇办工作人员"

    class ManagementLevel(models.TextChoices):
        CITY_MANAGED = "city_managed", "市管"
        COUNTY_MANAGED = "county_managed", "县管"
        UNIT_MANAGED = "unit_managed", "单位管理"

    class PostRank(models.TextChoices):
        R41 = "R41", "县处级正职"
        R42 = "R42", "县处级副职"
        R51 = "R51", "乡科级正职"
        R52 = "R52", "乡科级副职"
        R61 = "R61", "科员"
        R62 = "R62", "办事员"

    view_permission = Permission.VIEW_CADRES
    wall = Wall(region=("region", "host_region", "candidate_region"), unit=("unit",), person=("id",))

    name = models.TextField(db_collation="C")
    pinyin = models.TextField(db_collation="C")
    initials = models.TextField(db_collation="C")
    sex = models.TextField()  # GB/T 2261.1: 1 male, 2 female
    birth_date = models.DateField()
    id_last4 = models.TextField()
    ethnicity = models.TextField()  # GB/T 3304
    native_place = models.TextField(blank=True)
    birthplace = models.TextField(blank=True)
    political_status = models.TextField()  # GB/T 4762; 01 full party member
    party_join_month = models.TextField(blank=True)  # yyyyMM
    work_start_month = models.TextField()  # yyyyMM
    health = models.TextField(blank=True)
    personnel_type = models.TextField(choices=PersonnelType)
    management_level = models.TextField(choices=ManagementLevel)
    post_rank = models.TextField(choices=PostRank)
    rank_since = models.DateField(null=True)
    is_reserve = models.BooleanField(default=False)
    edu_full_time = models.TextField(blank=True)
    edu_full_time_school = models.TextField(blank=True)
    edu_in_service = models.TextField(blank=True)
    technical_title = models.TextField(blank=True)
    specialty = models.TextField(blank=True)
    rural_experience_tenths = models.IntegerField(null=True)  # tenths of a year
    unit = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    region = region_field()  # of the unit
    host_region = models.TextField(blank=True, db_collation="C")  # of the running posting
    # The place that considers the cadre in a nomination under way: it sees the cadre until the nomination ends.
    candidate_region = models.TextField(blank=True, default="", db_collation="C")
    post = models.TextField()
    skills = models.TextField(blank=True, default="")  # codes of `codes.SKILLS` joined by |
    phone_last4 = models.TextField(blank=True, default="")
    # Items of the appointment form of which somebody confirmed that there are none: elements joined by |.
    none_of = models.TextField(blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["region", "pinyin", "id"]),
            models.Index(fields=["pinyin", "id"]),
            models.Index(fields=["initials", "id"]),
            models.Index(fields=["name", "id"]),
            models.Index(fields=["host_region", "id"]),
        ]

    def __str__(self) -> str:
        return self.name


class CadreIdentity(Scoped):
    """ID number and telephone of a cadre, sealed; the blind index makes a person unique."""

    view_permission = Permission.VIEW_CADRE_IDENTITY
    wall = Wall(region=("region", "host_region", "candidate_region"), unit=("unit",), flag=Permission.VIEW_CADRE_IDENTITY)

    cadre = models.OneToOneField(Cadre, models.PROTECT, primary_key=True, related_name="+")
    region = region_field()
    host_region = models.TextField(blank=True, db_collation="C")
    candidate_region = models.TextField(blank=True, default="", db_collation="C")
    unit = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    id_sealed = models.BinaryField()
    id_blind = models.BinaryField()
    phone_sealed = models.BinaryField(null=True)
    event = models.BigIntegerField(editable=False)
    voided_by = models.BigIntegerField(null=True, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(name="cadre_id_number_once", fields=["id_blind"], condition=LIVE)]


class ResumeItem(Recorded):
    """A line of a resume: from month to month, unit and post."""

    class Kind(models.TextChoices):
        WORK = "work", "工作"
        STUDY = "study", "学习"
        POSTING = "posting", "挂职"

    view_permission = Permission.VIEW_CADRES
    wall = Wall(region=("region",), unit=("unit",), person=("cadre",))

    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="resume")
    region = region_field()
    unit = models.UUIDField()
    start_month = models.TextField()
    end_month = models.TextField(blank=True)
    unit_text = models.TextField()
    post_text = models.TextField()
    kind = models.TextField(choices=Kind)


class FamilyMember(Recorded):
    """A family member or important relation of a cadre (GB/T 4761 relations by name). Seen by organisation departments only."""

    view_permission = Permission.VIEW_CADRE_FILES
    wall = Wall(region=("region", "host_region", "candidate_region"), flag=Permission.VIEW_CADRE_FILES)

    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="family")
    region = region_field()
    host_region = models.TextField(blank=True, default="", db_collation="C")
    candidate_region = models.TextField(blank=True, default="", db_collation="C")
    seq = models.IntegerField()
    relation = models.TextField()
    name = models.TextField()
    birth_month = models.TextField(blank=True)  # yyyyMM, as written
    political_status = models.TextField(blank=True)
    unit_post = models.TextField(blank=True)
    # Where the relative lives or serves, where known: 6 to 12 digits.
    place = models.TextField(blank=True, db_collation="C")
    # What the relative is there: "" | village_committee | host_head | enterprise
    standing = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["cadre", "seq"])]


class Award(Recorded):
    """An award or a punishment; a punishment lasts to the end of its influence period (影响期)."""

    class Kind(models.TextChoices):
        AWARD = "award", "奖励"
        PUNISHMENT = "punishment", "处分"

    view_permission = Permission.VIEW_CADRE_FILES
    wall = Wall(region=("region", "host_region", "candidate_region"), flag=Permission.VIEW_CADRE_FILES)

    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="awards")
    region = region_field()
    host_region = models.TextField(blank=True, default="", db_collation="C")
    candidate_region = models.TextField(blank=True, default="", db_collation="C")
    kind = models.TextField(choices=Kind)
    on = models.DateField()
    name = models.TextField()
    issuer = models.TextField(blank=True)
    document_number = models.TextField(blank=True)
    influence_until = models.DateField(null=True)


class PastAppraisal(Recorded):
    """The grade of a year in the cadre's own unit. Level 1 excellent … 4 incompetent, 0 without a grade."""

    view_permission = Permission.VIEW_CADRES
    wall = Wall(region=("region", "host_region", "candidate_region"), unit=("unit",), person=("cadre",))

    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="past_appraisals")
    region = region_field()
    host_region = models.TextField(blank=True, default="", db_collation="C")
    candidate_region = models.TextField(blank=True, default="", db_collation="C")
    unit = models.UUIDField()
    year = models.IntegerField()
    grade_level = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(name="one_grade_a_year", fields=["cadre", "year"], condition=LIVE)]

    @property
    def grade(self) -> str:
        """The grade in the words of a civil servant's appraisal."""
        return GRADES.get(self.grade_level, "")


class TrainingCourse(Recorded):
    """A training course as it is planned and held (培训班); who took part has a `TrainingRecord` each."""

    class State(models.TextChoices):
        PLANNED = "planned", "报名中"
        HELD = "held", "已举办"
        CANCELLED = "cancelled", "已取消"

    view_permission = Permission.VIEW_CADRES
    wall = Wall(region=("region",))

    region = region_field()  # whose organisation department holds it
    kind = models.TextField(choices=[("political", "政治理论"), ("skill", "业务技能"), ("induction", "岗前培训")])
    name = models.TextField()
    organiser = models.TextField()
    place = models.TextField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    hours_tenths = models.IntegerField()
    state = models.TextField(choices=State, default=State.PLANNED)
    reason = models.TextField(blank=True, default="")  # why it was cancelled

    class Meta:
        constraints = [models.UniqueConstraint(name="course_once", fields=["region", "name", "starts_on"], condition=LIVE)]
        indexes = [models.Index(name="course_by_start", fields=["starts_on", "id"])]

    def __str__(self) -> str:
        return self.name

    @property
    def hours(self) -> float:
        return self.hours_tenths / 10


class CourseSeat(Recorded):
    """Somebody who is to take part in a course."""

    view_permission = Permission.VIEW_CADRES
    wall = Wall(region=("region", "course_region"), unit=("unit",), person=("cadre",))

    course = models.ForeignKey(TrainingCourse, models.PROTECT, related_name="seats")
    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="+")
    cadre_name = models.TextField()
    region = region_field()
    course_region = models.TextField(db_collation="C")  # who holds the course sees who comes
    unit = models.UUIDField()
    has_attended = models.BooleanField(null=True)
    result = models.TextField(blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(name="one_seat_a_cadre", fields=["course", "cadre"], condition=LIVE)]


class TrainingRecord(Recorded):
    """A training a cadre took part in (S27)."""

    class Kind(models.TextChoices):
        POLITICAL = "political", "政治理论"
        SKILL = "skill", "业务技能"
        INDUCTION = "induction", "岗前培训"

    view_permission = Permission.VIEW_CADRES
    wall = Wall(region=("region", "host_region"), unit=("unit",), person=("cadre",))

    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="+")
    region = region_field()
    host_region = models.TextField(blank=True, default="", db_collation="C")
    unit = models.UUIDField()
    kind = models.TextField(choices=Kind)
    name = models.TextField()
    organiser = models.TextField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    hours_tenths = models.IntegerField()
    result = models.TextField(blank=True)
    course = models.UUIDField(null=True)  # the course it was made by; in rosters there is none

    class Meta:
        constraints = [models.UniqueConstraint(name="training_once", fields=["cadre", "name", "starts_on"], condition=LIVE)]
        indexes = [models.Index(fields=["starts_on", "id"])]

    @property
    def hours(self) -> float:
        return self.hours_tenths / 10


class CadreForm(Recorded):
    """The appointment form (干部任免审批表) as it came from an .lrmx file: every element's text, unknown ones included.

    Without the ID number, which stands sealed in `CadreIdentity`. A newer file makes a newer row; the older is kept, voided.
    """

    view_permission = Permission.VIEW_CADRE_FILES
    wall = Wall(region=("region", "host_region", "candidate_region"), flag=Permission.VIEW_CADRE_FILES)

    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="+")
    region = region_field()
    host_region = models.TextField(blank=True, default="", db_collation="C")
    candidate_region = models.TextField(blank=True, default="", db_collation="C")
    elements = models.JSONField()  # in the order of the file: [[name, text], …]; JiaTingChengYuan holds a list of items
    photo = models.TextField(blank=True)  # key in the file store
    encoding = models.TextField(default="utf-8")

    class Meta:
        constraints = [models.UniqueConstraint(name="one_form_a_cadre", fields=["cadre"], condition=LIVE)]


class Promotion(Recorded):
    """A promotion or important appointment (S33); not limited to posted cadres. Counts where the new unit is."""

    class Kind(models.TextChoices):
        COUNTY_DEPUTY_TO_FULL_COUNTY_POST = "county_deputy_to_full_county_post", "县区党政副职提拔正县职"
        SECTION_LEVEL = "section_level", "提拔重用科级"
        TOWN_SECRETARY_UP = "town_secretary_up", "乡镇党委书记选拔"
        CITY_SECTION_CHIEF_TO_COUNTY = "city_section_chief_to_county", "市直科长选派县区班子"

    view_permission = Permission.VIEW_CADRES
    wall = Wall(region=("region", "origin_region"), unit=("unit",), person=("cadre",))

    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="promotions")
    kind = models.TextField(choices=Kind)
    old_post = models.TextField()
    new_post = models.TextField()
    unit = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    region = region_field()
    origin_region = models.TextField(db_collation="C")
    on = models.DateField()
    document_number = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(name="promotion_once", fields=["cadre", "on"], condition=LIVE)]
        indexes = [models.Index(fields=["region", "kind", "on"])]
