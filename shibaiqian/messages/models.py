from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext

from shibaiqian.access.models import User
from shibaiqian.base.ids import new_id

if TYPE_CHECKING:
    from shibaiqian.access.actor import Actor


class Message(models.Model):
    """Something for a user to do or to know. Without a wall: addressed to one account; the text names no persons."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)  # the indexes below begin with it
    text = models.TextField()  # as in the catalogue of texts, with `said` to be filled in
    said = models.JSONField(default=dict)
    url = models.TextField(blank=True)
    # One unread message a thing: a second one of the same key says the newer numbers in the first one's place.
    key = models.TextField(db_collation="C")
    is_emergency = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_unread_message_a_thing", fields=["user", "key"], condition=models.Q(read_at__isnull=True))
        ]
        indexes = [
            models.Index(name="inbox_newest_first", fields=["user", "-created_at", "-id"]),
            models.Index(name="inbox_by_thing", fields=["user", "key"]),
        ]

    @property
    def words(self) -> str:
        """In the language of who reads."""
        return gettext(self.text) % self.said


class Channel(models.Model):
    """How a user is reached outside the product; the address is sealed. Off until its owner switches it on."""

    class Kind(models.TextChoices):
        EMAIL = "email", "电子邮件"
        ROBOT = "robot", "群机器人"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    kind = models.TextField(choices=Kind)
    address_sealed = models.BinaryField()
    address_shown = models.TextField()  # masked
    is_on = models.BooleanField(default=True)
    digest_only = models.BooleanField(default=True)
    digest_on = models.DateField(null=True)  # the day (wall clock) whose digest was looked at

    class Meta:
        constraints = [models.UniqueConstraint(name="one_channel_of_a_kind", fields=["user", "kind"])]

    def reachable_by(self, actor: "Actor") -> bool:
        """Its owner's alone."""
        return actor.user_id == self.user_id


class Delivery(models.Model):
    """A message has left the product by a channel; it does not leave by it twice."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    message = models.ForeignKey(Message, models.PROTECT, related_name="+", db_index=False)
    channel = models.ForeignKey(Channel, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="delivered_once_a_channel", fields=["message", "channel"])]
