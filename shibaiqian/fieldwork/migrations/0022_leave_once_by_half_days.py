from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("fieldwork", "0021_returned_papers")]
    operations = [
        migrations.RemoveConstraint("leaverequest", "leave_once"),
        migrations.AddConstraint(
            "leaverequest",
            models.UniqueConstraint(
                name="leave_once",
                fields=["posting", "kind", "first_on", "from_noon"],
                condition=Q(voided_by__isnull=True)
                & ~Q(state__in=["rejected", "cancelled"])
                & (Q(returned_on__isnull=True) | Q(returned_on__gt=F("first_on"))),
                violation_error_message="同一天起的同类请假已经有一份。",
            ),
        ),
    ]
