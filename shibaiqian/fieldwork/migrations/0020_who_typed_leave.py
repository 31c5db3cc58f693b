from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("fieldwork", "0019_wall_of_groups")]
    operations = [
        migrations.AddField("leaverequest", "received_on", models.DateField(null=True)),
        migrations.AddField("leaverequest", "typed_by_user", models.UUIDField(null=True)),
    ]
