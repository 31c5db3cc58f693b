from django.db import migrations

from shibaiqian.access.roles import Permission
from shibaiqian.access.wall import wall


class Migration(migrations.Migration):
    dependencies = [("fieldwork", "0017_clues")]
    operations = [
        wall("fieldwork_clue", region=["shown_in"], own=["cadre"], flag=Permission.ASK_ABOUT_LOGS),
        wall("fieldwork_cluequestion", region=["region"], own=["cadre"], flag=Permission.ASK_ABOUT_LOGS),
        wall("fieldwork_logpoint", region=["region"], own=["cadre"], flag=Permission.FIND_CLUES),
    ]
