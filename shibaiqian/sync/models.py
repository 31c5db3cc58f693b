import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from shibaiqian.access.actor import Actor
from shibaiqian.access.models import Assignment, User
from shibaiqian.access.roles import Permission
from shibaiqian.access.scoped import Scoped, Wall
from shibaiqian.base.ids import new_id
from shibaiqian.regions.models import Region, region_field


class Device(models.Model):
    """An account on a phone, in one role. It is found by its token before anybody is known, so it has no wall."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="+", db_index=False)
    phone = models.UUIDField()  # the phone's own, kept for its life: a phone that several people share has a row for each
    label = models.TextField()
    token_hash = models.BinaryField(null=True)  # SHA-256 of 32 random bytes; none when signed out
    epoch = models.IntegerField()  # of the account at sign-in: a new password ends the phone as it ends sessions
    client = models.IntegerField()  # the protocol it speaks
    signed_in_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    # How many records it said it still holds, less what was settled since; from when on it has held some.
    owes = models.IntegerField(default=0)
    owes_since = models.DateTimeField(null=True)
    # Its clock less the server's when it last spoke.
    skew_seconds = models.IntegerField(default=0)
    # Whether its user held a role that has ended or will; said by who found it by its token.
    had_other_roles = True

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_device_a_phone", fields=["user", "phone"]),
            models.UniqueConstraint(name="device_token_once", fields=["token_hash"]),
        ]
        indexes = [models.Index(name="device_that_owes", fields=["owes_since", "id"], condition=Q(owes__gt=0))]

    def __str__(self) -> str:
        return self.label

    def reachable_by(self, actor: Actor) -> bool:
        """Its own person and the administrators of accounts and roles may act on it."""
        return actor.user_id == self.user_id or actor.may(Permission.VIEW_ACCOUNTS)


def _region_of_scope() -> "models.ForeignKey[Region, Region]":
    """The place its sender's role held when it came: an actor's scope is a place, so no second check for each row."""
    return region_field(db_constraint=False)


class Upload(Scoped):
    """A photo or voice memo that a person sent ahead of the record that names it: by the hash of what was sent."""

    view_permission = Permission.VIEW_FIELDWORK
    wall = Wall(region=("region",))

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.UUIDField()
    region = _region_of_scope()
    sha256 = models.TextField(db_collation="C")  # of the bytes as sent: the name by which the phone knows it
    stored = models.TextField(db_collation="C")  # key in the store: of the bytes as kept, without metadata
    kind = models.TextField()
    size = models.IntegerField()
    picture_hash = models.BigIntegerField(null=True)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="upload_once", fields=["user", "region", "sha256"])]


class InboxRecord(Scoped):
    """An operation as it came, with what became of it: the receipt. What could not be done stands here with its reason."""

    class Status(models.TextChoices):
        CREATED = "created", "已办"
        HELD = "held", "等待前一条"
        CONFLICT = "conflict", "与他人改动冲突"
        REJECTED = "rejected", "未办"
        PHOTOS_MISSING = "photos_missing", "等待照片"
        ERROR = "error", "服务器没有办成，等待重发"

    view_permission = Permission.VIEW_FIELDWORK
    wall = Wall(region=("region",))

    id = models.UUIDField(primary_key=True)  # the operation's
    device = models.ForeignKey(Device, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    user = models.UUIDField()
    region = _region_of_scope()
    hash = models.BinaryField()
    kind = models.TextField()
    status = models.TextField(choices=Status)
    said_at = models.DateTimeField()  # the phone's clock: a statement
    received_at = models.DateTimeField()  # the server's clock: decides
    skew_seconds = models.IntegerField()  # of the phone's clock when it came
    after = ArrayField(models.UUIDField(), default=list)
    said_sealed = models.BinaryField()  # the canonical text that was hashed
    answer_sealed = models.BinaryField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["user", "received_at", "id"]),
            models.Index(name="inbox_waiting", fields=["user", "said_at"], condition=Q(status="held")),
        ]

    @property
    def late(self) -> dt.timedelta:
        """How long after it was done the server had it, by the server's clock."""
        return self.received_at - self.said_at + dt.timedelta(seconds=self.skew_seconds)
