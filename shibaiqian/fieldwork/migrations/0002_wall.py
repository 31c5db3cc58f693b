from django.db import migrations

from shibaiqian.access.wall import wall


class Migration(migrations.Migration):
    """The wall of every table here that belongs to somebody; as `wall` of the model says."""

    dependencies = [("fieldwork", "0001_initial")]
    operations = [
        wall("fieldwork_worklog", region=["region"], person=["cadre"]),
        wall("fieldwork_worklogitem", region=["region"], households=["household_id"]),
        wall("fieldwork_visit", region=["region"], households=["household_id"]),
        wall("fieldwork_practicalservice", region=["region"], households=["household_id"]),
    ]
