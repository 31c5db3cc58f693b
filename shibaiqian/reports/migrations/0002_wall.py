from django.db import migrations

from shibaiqian.access.wall import wall


class Migration(migrations.Migration):
    """The wall of every table here that belongs to somebody; as `wall` of the model says."""

    dependencies = [("reports", "0001_initial")]
    operations = [
        wall("reports_snapshot", region=["region"]),
    ]
