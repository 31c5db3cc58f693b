from django.db import migrations

from shibaiqian.access.wall import rewall


class Migration(migrations.Migration):
    """Who has a villagers' group sees the records of its households alone (`Scope.groups`)."""

    dependencies = [("postings", "0008_told_and_taken_back")]
    operations = [
        rewall("postings_pairing", region=["region"], households=["household_id"]),
        rewall("postings_postedhousehold", region=["region"], households=["household_id"]),
    ]
