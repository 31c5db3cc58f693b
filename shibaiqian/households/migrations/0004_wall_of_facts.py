from django.db import migrations

from shibaiqian.access.roles import Permission
from shibaiqian.access.wall import wall


class Migration(migrations.Migration):
    """The wall of what households said; as `wall` of the model says."""

    dependencies = [("households", "0003_what_households_say")]
    operations = [wall("households_householdfact", region=["region"], flag=Permission.VIEW_HOUSEHOLD_PRIVATE)]
