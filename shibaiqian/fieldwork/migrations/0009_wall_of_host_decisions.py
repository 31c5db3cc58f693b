from django.db import migrations

from shibaiqian.access.wall import wall


class Migration(migrations.Migration):
    dependencies = [("fieldwork", "0008_host_decisions")]
    operations = [wall("fieldwork_hostdecision", region=["region", "home_region"], unit=["unit"], person=["cadre"])]
