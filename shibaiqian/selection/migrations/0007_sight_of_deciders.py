from django.db import migrations

from shibaiqian.access.wall import rewall

# A post elsewhere is seen by the place whose bodies decide who goes there, as long as somebody of that place is meant for it.
# The function works as the owner, because who stops deciding could not write the row that is then out of reach; nobody can
# call it: it runs only when a nomination gets or loses a post, moves, or is voided.
DECIDED_AT_HOME = """
select left(n.home_region, 6) from selection_nomination n join postings_tier t on t.id = n.tier_id
where n.need_id = p.id and n.voided_by is null and n.state not in ('rejected', 'withdrawn') and t.decider_level = 'home'
"""
SHOW = f"""
create function selection_show_need() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    with asked as (
        select p.id, coalesce(({DECIDED_AT_HOME}), '') as place from selection_postneed p where p.id in (old.need_id, new.need_id)
    )
    update selection_postneed p set decider_region = asked.place from asked where p.id = asked.id and p.decider_region <> asked.place;
    return null;
end $$
"""
TRIGGERS = """
create trigger selection_need_taken after insert on selection_nomination
    for each row when (new.need_id is not null) execute function selection_show_need();
create trigger selection_need_moved after update on selection_nomination
    for each row when (
        (old.need_id, old.state, old.voided_by) is distinct from (new.need_id, new.state, new.voided_by)
        and coalesce(old.need_id, new.need_id) is not null
    ) execute function selection_show_need();
"""
FILL = f"update selection_postneed p set decider_region = coalesce(({DECIDED_AT_HOME}), '')"  # noqa: S608


class Migration(migrations.Migration):
    dependencies = [("selection", "0006_decider_region"), ("postings", "0001_initial")]
    operations = [
        migrations.RunSQL(SHOW, "drop function selection_show_need()"),
        migrations.RunSQL(
            TRIGGERS, "drop trigger selection_need_taken on selection_nomination; drop trigger selection_need_moved on selection_nomination"
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        rewall("selection_postneed", region=["region", "decider_region"], unit=["unit_id"]),
    ]
