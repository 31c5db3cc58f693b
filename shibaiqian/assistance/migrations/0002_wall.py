from django.db import migrations

from shibaiqian.access.wall import wall


class Migration(migrations.Migration):
    """The wall of every table here that belongs to somebody; as `wall` of the model says."""

    dependencies = [("assistance", "0001_initial")]
    operations = [
        wall("assistance_industryentity", region=["region"]),
        wall("assistance_benefitlink", region=["region"], households=["household_id"]),
        wall("assistance_project", region=["region"]),
    ]
