from django.db import migrations

from shibaiqian.access.wall import wall


class Migration(migrations.Migration):
    """The wall of what phones sent; as `wall` of the model says."""

    dependencies = [("sync", "0001_initial")]
    operations = [
        wall("sync_upload", region=["region"]),
        wall("sync_inboxrecord", region=["region"]),
    ]
