from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("voice", "0002_wall")]
    operations = [
        migrations.AddField("requeststep", "late_days", models.IntegerField(default=0)),
        migrations.AddField("requeststep", "late_of", models.UUIDField(null=True)),
        migrations.AddIndex(
            "requeststep", models.Index(name="late_steps", fields=["late_of"], condition=models.Q(late_days__gt=0))
        ),
    ]
