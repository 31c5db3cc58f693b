from django.db import migrations

from shibaiqian.access.wall import rewall


class Migration(migrations.Migration):
    """Who has a villagers' group sees the records of its households alone (`Scope.groups`)."""

    dependencies = [("assistance", "0002_wall")]
    operations = [
        rewall("assistance_benefitlink", region=["region"], households=["household_id"]),
    ]
