from django.db import migrations

from shibaiqian.access.wall import wall


class Migration(migrations.Migration):
    """The wall of every table here that belongs to somebody; as `wall` of the model says."""

    dependencies = [("imports", "0001_initial")]
    operations = [
        wall("imports_importrun", region=["region"]),
        wall("imports_finding", region=["region"]),
        wall("imports_openingbalance", region=["region"]),
    ]
