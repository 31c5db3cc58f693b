import django.db.models.deletion
from django.db import migrations, models

import shibaiqian.base.ids


class Migration(migrations.Migration):
    dependencies = [("selection", "0007_sight_of_deciders")]
    operations = [
        migrations.CreateModel(
            name="QuotaChange",
            fields=[
                ("id", models.UUIDField(default=shibaiqian.base.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("on", models.DateField()),
                ("before", models.IntegerField()),
                ("plan_number", models.TextField()),
                ("event", models.BigIntegerField(editable=False)),
                (
                    "quota",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="changes", to="selection.tierquota"),
                ),
            ],
        ),
        migrations.AddIndex("quotachange", models.Index(fields=["quota", "on", "id"], name="quota_change_day_idx")),
    ]
