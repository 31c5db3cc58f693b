from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("selection", "0005_recusal_verdicts")]
    operations = [
        migrations.AddField("postneed", "decider_region", models.TextField(blank=True, db_collation="C", default="", editable=False)),
        migrations.AddIndex("postneed", models.Index(fields=["decider_region", "id"], name="postneed_decider_idx")),
    ]
