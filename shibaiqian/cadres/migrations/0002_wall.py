from django.db import migrations

from shibaiqian.access.roles import Permission
from shibaiqian.access.wall import wall


class Migration(migrations.Migration):
    """The wall of every table here that belongs to somebody; as `wall` of the model says."""

    dependencies = [("cadres", "0001_initial")]
    operations = [
        wall("cadres_cadre", region=["region", "host_region"], unit=["unit_id"], person=["id"]),
        wall("cadres_cadreidentity", region=["region", "host_region"], unit=["unit_id"], flag=Permission.VIEW_CADRE_IDENTITY),
        wall("cadres_resumeitem", region=["region"], unit=["unit"], person=["cadre_id"]),
        wall("cadres_promotion", region=["region", "origin_region"], unit=["unit_id"], person=["cadre_id"]),
    ]
