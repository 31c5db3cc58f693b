from django.db import migrations

from shibaiqian.access.wall import wall


class Migration(migrations.Migration):
    dependencies = [("fieldwork", "0010_claims")]
    operations = [wall("fieldwork_expenseclaim", region=["region", "home_region"], unit=["unit"], person=["cadre"])]
