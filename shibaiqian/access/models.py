import uuid

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from shibaiqian.access.roles import Role
from shibaiqian.access.scope import Scope, ScopeKind
from shibaiqian.base.ids import new_id


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(login=username)


class User(AbstractBaseUser):
    """An account. What its person may do stands in assignments."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    login = models.TextField(unique=True, verbose_name="登录名")
    name = models.TextField(verbose_name="姓名")
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)
    # Raised to end every session of this account at once.
    session_epoch = models.IntegerField(default=0)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "login"
    objects = UserManager()

    def __str__(self) -> str:
        return self.name


class Assignment(models.Model):
    """A role of a user with its scope and its dates (business clock); ended, never deleted."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="assignments")
    role = models.TextField(choices=[(r.value, r.value) for r in Role])
    region = models.TextField(blank=True, db_collation="C")
    unit = models.UUIDField(null=True)
    person = models.UUIDField(null=True)
    # What the scope is called on screen, said when the role was granted.
    scope_name = models.TextField(blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    granted_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="assignment_has_one_scope",
                condition=Q(region="", unit__isnull=True) | Q(region="", person__isnull=True) | Q(unit__isnull=True, person__isnull=True),
                violation_error_message="一个岗位只能有一种管辖范围。",
            ),
            models.CheckConstraint(
                name="assignment_dates_in_order",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                violation_error_message="终止日期早于起始日期。",
            ),
        ]
        indexes = [models.Index(fields=["user", "valid_from"])]

    @property
    def scope(self) -> Scope:
        """The scope without households: a helper's list is looked up when the actor is made."""
        return Scope(region=self.region, unit=self.unit, person=self.person)

    @property
    def scope_kind(self) -> ScopeKind:
        return Role(self.role).scope_kind


class AssignedHousehold(models.Model):
    """A household a helper is responsible for; written by the pairing, read when an actor is made."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="households")
    household = models.UUIDField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="helper_household_once", fields=["assignment", "household", "valid_from"])]


class StandIn(models.Model):
    """A delegation: for these dates another user may act in this assignment; never for the stand-in's own case."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="stand_ins")
    user = models.ForeignKey(User, models.PROTECT, related_name="standing_in")
    valid_from = models.DateField()
    valid_to = models.DateField()
    reason = models.TextField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="stand_in_dates_in_order",
                condition=Q(valid_to__gte=F("valid_from")),
                violation_error_message="代理终止日期早于起始日期。",
            )
        ]


class Operation(models.Model):
    """A client's operation id (UUIDv7): unique, with the hash of what was asked and the answer given."""

    id = models.UUIDField(primary_key=True)
    claim = models.UUIDField(default=uuid.uuid4, editable=False)
    command = models.TextField()
    content_hash = models.BinaryField()
    user_id = models.UUIDField(null=True)
    result_type = models.TextField(blank=True)
    result_id = models.TextField(blank=True)
