from django.db import migrations

from shibaiqian.access.roles import Permission
from shibaiqian.access.wall import rewall, wall


class Migration(migrations.Migration):
    dependencies = [("cadres", "0003_selection_and_posting")]
    operations = [
        rewall("cadres_cadre", region=["region", "host_region", "candidate_region"], unit=["unit_id"], person=["id"]),
        rewall("cadres_cadreidentity", region=["region", "host_region", "candidate_region"], unit=["unit_id"], flag=Permission.VIEW_CADRE_IDENTITY),
        wall("cadres_familymember", region=["region", "host_region", "candidate_region"], flag=Permission.VIEW_CADRE_FILES),
        wall("cadres_award", region=["region", "host_region", "candidate_region"], flag=Permission.VIEW_CADRE_FILES),
        wall("cadres_pastappraisal", region=["region", "host_region", "candidate_region"], unit=["unit"], person=["cadre_id"]),
        wall("cadres_trainingrecord", region=["region", "host_region"], unit=["unit"], person=["cadre_id"]),
        wall("cadres_cadreform", region=["region", "host_region", "candidate_region"], flag=Permission.VIEW_CADRE_FILES),
    ]
