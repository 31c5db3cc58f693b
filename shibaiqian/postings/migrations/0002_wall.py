from django.db import migrations

from shibaiqian.access.wall import wall


class Migration(migrations.Migration):
    """The wall of every table here that belongs to somebody; as `wall` of the model says."""

    dependencies = [("postings", "0001_initial")]
    operations = [
        wall("postings_posting", region=["region", "home_region"], unit=["unit_id"], person=["cadre_id"]),
        wall("postings_helper", region=["region"], unit=["unit_id"], person=["id"]),
        wall("postings_pairing", region=["region"], households=["household_id"]),
    ]
