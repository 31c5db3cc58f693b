from django.db import models

from shibaiqian.base.ids import new_id


class Rollup(models.Model):
    """A figure per village (or the place it counts by) on the day it was built. Counts only: readable upwards."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.TextField()
    region = models.TextField(db_collation="C")
    value = models.BigIntegerField()
    as_of = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(name="rollup_once", fields=["code", "region"])]
        indexes = [models.Index(fields=["region", "code"])]


class Delta(models.Model):
    """What a command moved since; folded into the rollup by a job. Written in the command's transaction."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.TextField()
    region = models.TextField(db_collation="C")
    value = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["region", "code"])]
