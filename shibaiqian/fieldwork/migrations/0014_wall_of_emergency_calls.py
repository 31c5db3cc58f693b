from django.db import migrations

from shibaiqian.access.wall import wall


class Migration(migrations.Migration):
    dependencies = [("fieldwork", "0013_emergency_calls")]
    operations = [wall("fieldwork_emergencycall", region=["region"], person=["cadre"])]
