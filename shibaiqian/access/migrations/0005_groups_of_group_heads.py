import django.contrib.postgres.fields
from django.db import migrations, models

# Works as the owner: it is asked while the actor is made, before anybody acts. Keys come out and nothing else; the wall then holds
# the actor to them. PL/pgSQL, because the table comes later.
HOUSEHOLDS = """
create function access_households_of_groups(village text, named text[]) returns uuid[]
language plpgsql stable security definer set search_path = pg_catalog, public as $$
begin
    return (
        select coalesce(array_agg(h.id), '{}') from households_household h
        where h.region = village and h."group" = any(named) and h.voided_by is null
    );
end $$
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0004_group_head")]
    operations = [
        migrations.AddField(
            model_name="assignment",
            name="groups",
            field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, default=list, size=None),
        ),
        migrations.RunSQL(HOUSEHOLDS, "drop function access_households_of_groups(text, text[])"),
    ]
