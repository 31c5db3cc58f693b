from django.db import migrations

# Works as the owner: who opens accounts does not see cadres. It answers which of the given pairs of blind index and name
# belong together, and with whose key; nothing else of the register comes out. PL/pgSQL, because the tables come later.
PERSONS = r"""
create function access_persons(blinds bytea[], names text[]) returns table (nth bigint, person uuid)
language plpgsql stable security definer set search_path = pg_catalog, public as $$
begin
    return query
    select said.nth, i.cadre_id
    from unnest(blinds, names) with ordinality said(blind, name, nth)
    join cadres_cadreidentity i on i.id_blind = said.blind and i.voided_by is null
    join cadres_cadre c on c.id = i.cadre_id and c.voided_by is null
        and regexp_replace(c.name, '[\s\u3000]', '', 'g') = regexp_replace(said.name, '[\s\u3000]', '', 'g');
end $$
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0002_selection_and_posting")]
    operations = [migrations.RunSQL(PERSONS, "drop function access_persons(bytea[], text[])")]
