from django.db import migrations

from shibaiqian.access.wall import wall


class Migration(migrations.Migration):
    dependencies = [("fieldwork", "0023_board_notices")]
    operations = [wall("fieldwork_boardnotice", region=["region"])]
