from django.db import migrations

from shibaiqian.access.roles import Permission
from shibaiqian.access.wall import wall


class Migration(migrations.Migration):
    """The wall of every table here that belongs to somebody; as `wall` of the model says."""

    dependencies = [("households", "0001_initial")]
    operations = [
        wall("households_household", region=["region"], households=["id"]),
        wall("households_householdprivate", region=["region"], flag=Permission.VIEW_HOUSEHOLD_PRIVATE),
        wall("households_householdstate", region=["region"], households=["household_id"]),
        wall("households_cause", region=["region"], households=["household_id"]),
        wall("households_member", region=["region"], households=["household_id"]),
        wall("households_memberprivate", region=["region"], flag=Permission.VIEW_HOUSEHOLD_PRIVATE),
        wall("households_incomeyear", region=["region"], households=["household_id"]),
    ]
