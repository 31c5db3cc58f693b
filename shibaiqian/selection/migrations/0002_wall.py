from django.db import migrations

from shibaiqian.access.roles import Permission
from shibaiqian.access.wall import wall


class Migration(migrations.Migration):
    dependencies = [("selection", "0001_initial")]
    operations = [
        wall("selection_postneed", region=["region"], unit=["unit_id"]),
        wall("selection_decision", region=["region"]),
        wall("selection_integrityinquiry", region=["region"]),
        wall("selection_nomination", region=["region", "home_region"], unit=["unit_id"], person=["cadre_id"]),
        wall("selection_gatereview", region=["region", "home_region"], flag=Permission.VIEW_GATE_OPINIONS),
        wall("selection_recusalfinding", region=["region", "home_region"], flag=Permission.VIEW_GATE_OPINIONS),
        wall("selection_matchplan", region=["region"]),
        wall("selection_matchpair", region=["plan_region"]),
        wall("selection_matchwish", region=["region"]),
    ]
