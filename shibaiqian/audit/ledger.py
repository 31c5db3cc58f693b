"""Tables that only grow, made so in migrations."""

from django.db import migrations


def append_only(table: str) -> migrations.RunSQL:
    """Refuse UPDATE, DELETE and TRUNCATE by trigger, for everyone who does not switch triggers off."""
    name = f"{table}_append_only"
    return migrations.RunSQL(
        sql=[
            f"""create function {name}() returns trigger language plpgsql as $$
            begin raise exception '{table} 只可追加，不可修改或删除' using errcode = 'insufficient_privilege'; end $$""",
            f"create trigger {name} before update or delete on {table} for each row execute function {name}()",
            f"create trigger {name}_truncate before truncate on {table} for each statement execute function {name}()",
        ],
        reverse_sql=[f"drop trigger {name}_truncate on {table}", f"drop trigger {name} on {table}", f"drop function {name}()"],
    )


def only_voided(table: str) -> migrations.RunSQL:
    """Refuse every change of a row but that it is voided once: corrections are new rows."""
    name = f"{table}_only_voided"
    return migrations.RunSQL(
        sql=[
            f"""create function {name}() returns trigger language plpgsql as $$
            begin
                if old.voided_by is not null or to_jsonb(new) - 'voided_by' is distinct from to_jsonb(old) - 'voided_by' then
                    raise exception '{table} 只可追加更正，不可改写' using errcode = 'insufficient_privilege';
                end if;
                return new;
            end $$""",
            f"create trigger {name} before update on {table} for each row execute function {name}()",
        ],
        reverse_sql=[f"drop trigger {name} on {table}", f"drop function {name}()"],
    )
