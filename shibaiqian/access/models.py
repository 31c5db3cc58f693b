import uuid

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from shibaiqian.access.actor import Actor
from shibaiqian.access.roles import VILLAGE_ROLES, Permission, Role
from shibaiqian.access.scope import Scope, ScopeKind
from shibaiqian.base.ids import new_id

VILLAGE = 12  # digits


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
    # The cadre this account's person is in the register, where known: nobody decides about themselves or a relative.
    person = models.UUIDField(null=True)

    USERNAME_FIELD = "login"
    objects = UserManager()

    def __str__(self) -> str:
        return self.name

    def reachable_by(self, actor: Actor) -> bool:
        """Accounts have no wall: their own person, the administrators of accounts and roles, and the town of a village's accounts."""
        return actor.user_id == self.pk or actor.may(Permission.VIEW_ACCOUNTS) or self._is_of_the_town(actor)

    def _is_of_the_town(self, actor: Actor) -> bool:
        """Every role that stands is a village's in the actor's place: whoever is more than that is the administrators' to deal with."""
        if not actor.may(Permission.KEEP_VILLAGE_ACCOUNTS):
            return False
        standing = list(Assignment.objects.filter(user=self, ended_at__isnull=True))
        return bool(standing) and all(one.is_of_village_in(actor) for one in standing)


class Assignment(models.Model):
    """A role of a user with its scope and its dates (business clock); ended, never deleted.

    A helper (帮扶责任人) has no person or unit as scope: unit and name say who is meant, the households are looked up.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="assignments")
    role = models.TextField(choices=[(r.value, r.value) for r in Role])
    region = models.TextField(blank=True, db_collation="C")
    # Of a group head: the villagers' groups as the register writes them. None named, no household is seen.
    groups = ArrayField(models.TextField(), default=list, blank=True)
    unit = models.UUIDField(null=True)
    person = models.UUIDField(null=True)
    helper_unit = models.UUIDField(null=True)
    helper_name = models.TextField(blank=True)
    # What the scope is called on screen, said when the role was granted.
    scope_name = models.TextField(blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    granted_by = models.UUIDField(null=True)
    # Ended before its date, at once; the business clock may stand still.
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="assignment_has_one_scope",
                condition=Q(unit__isnull=True, person__isnull=True, helper_unit__isnull=True)
                | Q(region="", person__isnull=True, helper_unit__isnull=True)
                | Q(region="", unit__isnull=True, helper_unit__isnull=True)
                | Q(region="", unit__isnull=True, person__isnull=True),
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

    def reachable_by(self, actor: Actor) -> bool:
        """Its holder, the administrators of accounts and roles, and the town of a village's role may act on it."""
        return actor.user_id == self.user_id or actor.may(Permission.VIEW_ACCOUNTS) or self.is_of_village_in(actor)

    def is_of_village_in(self, actor: Actor) -> bool:
        """A role that the actor's town gives in its own villages."""
        is_village = self.role in VILLAGE_ROLES and len(self.region) == VILLAGE
        return is_village and actor.may(Permission.KEEP_VILLAGE_ACCOUNTS) and actor.scope.holds_region(self.region)


class AssignedHousehold(models.Model):
    """A household a helper is responsible for; pushed down by the pairing, read when an actor is made.

    It names the helper and not an assignment: pairings come before or after accounts, and neither waits for the other.
    `helper` is the key of the helper's row above; two helpers of one name in one unit are told apart by it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    helper = models.UUIDField()
    helper_unit = models.UUIDField()
    helper_name = models.TextField()
    household = models.UUIDField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    event = models.BigIntegerField(editable=False)
    voided_by = models.BigIntegerField(null=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="helper_household_once", fields=["helper", "household", "valid_from"], condition=Q(voided_by__isnull=True)
            )
        ]
        indexes = [models.Index(fields=["helper_unit", "helper_name"]), models.Index(fields=["event"])]


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

    def reachable_by(self, actor: Actor) -> bool:
        """Who lent, who borrowed, and the administrators of accounts and roles may act on it."""
        return actor.user_id in (self.user_id, self.assignment.user_id) or actor.may(Permission.VIEW_ACCOUNTS)


class SecondFactor(models.Model):
    """A time-based one-time password (RFC 6238) of an account; the secret is sealed with the account's key as its row."""

    user = models.OneToOneField(User, models.PROTECT, primary_key=True, related_name="second_factor")
    secret_sealed = models.BinaryField()
    confirmed_at = models.DateTimeField(null=True)
    # The last time step that was accepted: a code works once.
    last_step = models.BigIntegerField(default=0)
    # Keyed digests of unused recovery codes.
    recovery_digests = models.JSONField(default=list)


class Operation(models.Model):
    """A client's operation id (UUIDv7): unique, with the hash of what was asked and the answer given."""

    id = models.UUIDField(primary_key=True)
    claim = models.UUIDField(default=uuid.uuid4, editable=False)
    command = models.TextField()
    content_hash = models.BinaryField()
    user_id = models.UUIDField(null=True)
    result_type = models.TextField(blank=True)
    result_id = models.TextField(blank=True)
