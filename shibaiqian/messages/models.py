from django.db import models

from shibaiqian.access.models import User
from shibaiqian.base.ids import new_id


class Message(models.Model):
    """Something for a user to do or to know. Without a wall: addressed to one account; the text names no persons."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    text = models.TextField()
    url = models.TextField(blank=True)
    # One message a thing: a second one of the same key before it was read changes nothing.
    key = models.TextField(db_collation="C")
    is_emergency = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)  # outside the product

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_unread_message_a_thing", fields=["user", "key"], condition=models.Q(read_at__isnull=True))
        ]
        indexes = [models.Index(fields=["user", "-created_at", "id"])]


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

    class Meta:
        constraints = [models.UniqueConstraint(name="one_channel_of_a_kind", fields=["user", "kind"])]
