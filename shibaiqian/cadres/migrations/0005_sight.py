from django.db import migrations

# Both functions work as the owner, so that a place may stop seeing a cadre whose row it then no longer reaches, and so that
# a relative is found out whoever asks. They answer with nothing but a name of a tie; what they read stays behind the wall.
SHOW = """
create function cadres_show(which text, cadres uuid[], places text[]) returns void
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    kept text[];
begin
    if which not in ('host_region', 'candidate_region') then
        raise exception 'no such sight: %', which;
    end if;
    foreach kept slice 1 in array array[
        ['cadres_cadre', 'id'], ['cadres_cadreidentity', 'cadre_id'], ['cadres_familymember', 'cadre_id'], ['cadres_award', 'cadre_id'],
        ['cadres_pastappraisal', 'cadre_id'], ['cadres_cadreform', 'cadre_id'], ['cadres_trainingrecord', 'cadre_id']
    ] loop
        if kept[1] = 'cadres_trainingrecord' and which = 'candidate_region' then
            continue;
        end if;
        execute format(
            'update %I c set %I = s.place from unnest($1, $2) s(cadre, place) where c.%I = s.cadre and c.%I <> s.place',
            kept[1], which, kept[2], which
        ) using cadres, places;
    end loop;
end $$
"""
TIES = """
create function cadres_ties(person uuid, called text, candidates uuid[]) returns table (cadre uuid, tie text)
language sql stable security definer set search_path = pg_catalog, public as $$
    select c.id, 'self' from cadres_cadre c where c.id = any(candidates) and c.id = person
    union
    select f.cadre_id, 'relative' from cadres_familymember f
    where f.cadre_id = any(candidates) and f.voided_by is null
        and regexp_replace(f.name, '[\\s\\u3000]', '', 'g') = regexp_replace(called, '[\\s\\u3000]', '', 'g')
        and (f.birth_month = '' or person is null
             or f.birth_month = (select to_char(p.birth_date, 'YYYYMM') from cadres_cadre p where p.id = person))
    union
    select c.id, 'relative' from cadres_cadre c join cadres_familymember f
        on f.cadre_id = person and f.voided_by is null
        and regexp_replace(f.name, '[\\s\\u3000]', '', 'g') = regexp_replace(c.name, '[\\s\\u3000]', '', 'g')
        and (f.birth_month = '' or f.birth_month = to_char(c.birth_date, 'YYYYMM'))
    where c.id = any(candidates)
    union
    select c.id, 'unit' from cadres_cadre c join cadres_cadre p on p.id = person and p.unit_id = c.unit_id and p.id <> c.id
    where c.id = any(candidates)
$$
"""


class Migration(migrations.Migration):
    dependencies = [("cadres", "0004_wall_of_files")]
    operations = [
        migrations.RunSQL(SHOW, "drop function cadres_show(text, uuid[], text[])"),
        migrations.RunSQL(TIES, "drop function cadres_ties(uuid, text, uuid[])"),
    ]
