from django.db import migrations

from shibaiqian.access.wall import wall


class Migration(migrations.Migration):
    dependencies = [("fieldwork", "0015_drafts")]
    operations = [wall("fieldwork_draft", region=["region"])]
