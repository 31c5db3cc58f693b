from django.db import migrations

from shibaiqian.access.wall import wall


class Migration(migrations.Migration):
    """The wall of every table here that belongs to somebody; as `wall` of the model says."""

    dependencies = [("organisations", "0001_initial")]
    operations = [
        wall("organisations_villagepartner", region=["region"], unit=["unit_id"]),
    ]
