from django.db import migrations

from shibaiqian.access.wall import wall


class Migration(migrations.Migration):
    dependencies = [("cadres", "0007_courses")]
    operations = [
        wall("cadres_trainingcourse", region=["region"]),
        wall("cadres_courseseat", region=["region", "course_region"], unit=["unit"], person=["cadre_id"]),
    ]
