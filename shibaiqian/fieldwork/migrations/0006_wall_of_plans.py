from django.db import migrations

from shibaiqian.access.wall import wall

OF_POSTING = {"region": ["region", "home_region"], "unit": ["unit"], "person": ["cadre"]}


class Migration(migrations.Migration):
    """The wall of plans, summaries, meetings and reports; emergencies are reference data and have none."""

    dependencies = [("fieldwork", "0005_plans")]
    operations = [
        wall("fieldwork_workmeeting", region=["region"]),
        wall("fieldwork_monthlyplan", **OF_POSTING),
        wall("fieldwork_planitem", **OF_POSTING),
        wall("fieldwork_monthlysummary", **OF_POSTING),
        wall("fieldwork_dutyreport", **OF_POSTING),
        wall("fieldwork_dutyreportitem", **OF_POSTING),
    ]
