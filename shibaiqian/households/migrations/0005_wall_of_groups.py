from django.db import migrations

from shibaiqian.access.wall import rewall


class Migration(migrations.Migration):
    """Who has a villagers' group sees its households alone (`Scope.groups`)."""

    dependencies = [("households", "0004_wall_of_facts")]
    operations = [
        rewall("households_household", region=["region"], households=["id"]),
        *(
            rewall(f"households_{table}", region=["region"], households=["household_id"])
            for table in ("householdstate", "cause", "member", "incomeyear")
        ),
    ]
