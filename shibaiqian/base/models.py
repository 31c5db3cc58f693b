from django.db import models


class ArrangedDay(models.Model):
    """A day on which offices work or rest against the week, of a year that the kept calendar does not know yet (节假日安排)."""

    on = models.DateField(primary_key=True)
    is_workday = models.BooleanField()
    source = models.TextField()  # the notice that says so
    event = models.BigIntegerField(editable=False)
