from django.db import migrations

from shibaiqian.access.wall import wall


class Migration(migrations.Migration):
    """The wall of promises and photos; as `wall` of the model says."""

    dependencies = [("fieldwork", "0003_promises_and_photos")]
    operations = [
        wall("fieldwork_servicepromise", region=["region"], households=["household_id"]),
        wall("fieldwork_attachment", region=["region"], households=["household_id"]),
    ]
