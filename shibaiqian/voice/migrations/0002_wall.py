from django.db import migrations

from shibaiqian.access.wall import wall


class Migration(migrations.Migration):
    dependencies = [("voice", "0001_initial")]
    operations = [
        wall("voice_upwardrequest", region=["region"], unit=["receiver_id"], person=["cadre"]),
        wall("voice_requeststep", region=["region"], unit=["receiver"]),
    ]
