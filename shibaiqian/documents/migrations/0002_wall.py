from django.db import migrations

from shibaiqian.access.roles import Permission
from shibaiqian.access.wall import wall


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial")]
    operations = [
        wall("documents_issueddocument", region=["region"], unit=["unit_id"]),
        wall("documents_publicnotice", region=["region"]),
        wall("documents_objection", region=["region"], flag=Permission.VIEW_GATE_OPINIONS),
    ]
