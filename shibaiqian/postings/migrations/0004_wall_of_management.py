from django.db import migrations

from shibaiqian.access.wall import wall


class Migration(migrations.Migration):
    dependencies = [("postings", "0003_selection_and_posting")]
    operations = [
        wall("postings_postingchange", region=["region", "home_region"], unit=["unit"], person=["cadre"]),
        wall("postings_partytransfer", region=["region", "home_region"], unit=["unit"], person=["cadre"]),
        wall("postings_postedhousehold", region=["region"], households=["household_id"]),
        wall("postings_handover", region=["region", "home_region"], unit=["unit"], person=["cadre"]),
        wall("postings_targetletter", region=["region", "home_region"], unit=["unit"], person=["cadre"]),
        wall("postings_targetitem", region=["region", "home_region"], unit=["unit"], person=["cadre"]),
        wall("postings_support", region=["region", "home_region"], unit=["unit"], person=["cadre"]),
    ]
