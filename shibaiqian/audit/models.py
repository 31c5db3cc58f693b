from django.db import models
from django.db.models.functions import Now


class Event(models.Model):
    """One thing somebody did, or was refused. Holds no foreign keys, so it outlives what it describes."""

    class Outcome(models.TextChoices):
        DONE = "done", "完成"
        REFUSED = "refused", "被拒绝"
        READ = "read", "查看"

    id = models.BigIntegerField(primary_key=True)  # taken from audit_event_id_seq before the act, so rows can know their event
    business_at = models.DateTimeField()
    wall_at = models.DateTimeField()
    user_id = models.UUIDField(null=True)
    user_name = models.TextField(blank=True)
    role = models.TextField()
    scope = models.TextField()
    action = models.TextField()
    outcome = models.TextField(choices=Outcome)
    subject_type = models.TextField(blank=True)
    subject_id = models.TextField(blank=True)
    region = models.TextField(blank=True, db_collation="C")
    operation = models.UUIDField(null=True)
    details = models.JSONField()
    canonical = models.TextField()  # the text that is hashed
    xact = models.TextField(db_default=models.Func(function="pg_current_xact_id"), editable=False)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=["wall_at", "id"]),
            models.Index(fields=["subject_type", "subject_id", "id"]),
            models.Index(fields=["user_id", "id"]),
            models.Index(fields=["action", "id"]),
        ]


class Seal(models.Model):
    """One link of the chain: the hash over the batch's events and the hash before it."""

    number = models.BigIntegerField(primary_key=True)
    event_count = models.IntegerField()
    previous = models.BinaryField()
    hash = models.BinaryField()
    sealed_at = models.DateTimeField()


class SealedEvent(models.Model):
    """Which link holds an event. Insert-only: events themselves are never touched."""

    event = models.OneToOneField(Event, models.PROTECT, primary_key=True, related_name="+")
    seal = models.ForeignKey(Seal, models.PROTECT, related_name="+")
