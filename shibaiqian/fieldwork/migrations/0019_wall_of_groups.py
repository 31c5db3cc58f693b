from django.db import migrations

from shibaiqian.access.wall import rewall


class Migration(migrations.Migration):
    """Who has a villagers' group sees the records of its households alone (`Scope.groups`)."""

    dependencies = [("fieldwork", "0018_wall_of_clues")]
    operations = [
        rewall("fieldwork_worklogitem", region=["region"], households=["household_id"]),
        rewall("fieldwork_visit", region=["region"], households=["household_id"]),
        rewall("fieldwork_practicalservice", region=["region"], households=["household_id"]),
        rewall("fieldwork_servicepromise", region=["region"], households=["household_id"]),
        rewall("fieldwork_attachment", region=["region"], households=["household_id"]),
        rewall("fieldwork_draft", region=["region"], households=["household_id"], typist=["typist"]),
    ]
