"""The wall behind the doors: row-level security, made in migrations.

Whoever can run SQL as the app role can set the scope: the wall proves forgotten filters, not SQL injection. There is no
FORCE, so that the owner's data migrations see everything; owner and superuser never serve requests.
"""

from collections.abc import Sequence

from django.db import migrations

from shibaiqian.access.roles import WALL_FLAGS, Permission


def policy_expression(
    *,
    region: Sequence[str] = (),
    unit: Sequence[str] = (),
    person: Sequence[str] = (),
    households: Sequence[str] = (),
    flag: Permission | None = None,
    own: Sequence[str] = (),
    typist: Sequence[str] = (),
) -> str:
    """The condition of a table's policy. An unset or empty setting matches nothing; regions compare by range.

    A table with households compares with `app.household_scope`: the scope, or nothing for who sees the households of a list alone.
    """
    any_of = [_in_scope(c, "app.household_scope" if households else "app.scope") for c in region]
    any_of += [f"({c} = nullif(current_setting('app.unit', true), '')::uuid)" for c in unit]
    any_of += [f"({c} = nullif(current_setting('app.person', true), '')::uuid)" for c in person]
    any_of += [f"({c} = any(nullif(current_setting('app.households', true), '')::uuid[]))" for c in households]
    any_of += [
        f"({h} is null and {t} = nullif(current_setting('app.account', true), '')::uuid and {_in_scope(r, 'app.scope')})"
        for r in region
        for h in households
        for t in typist
    ]
    expression = "(" + " or ".join(any_of) + ")"
    if flag is not None:
        expression += f" and current_setting('{WALL_FLAGS[flag]}', true) = 'on'"
    if own:
        mine = " or ".join(f"{c} = nullif(current_setting('app.self', true), '')::uuid" for c in own)
        expression = f"(({expression}) or {mine})"
    return expression


def _in_scope(column: str, setting: str) -> str:
    scope = f"nullif(current_setting('{setting}', true), '')"
    return f"({column} >= {scope} and {column} < {scope} || ':')"


def rewall(
    table: str,
    *,
    region: Sequence[str] = (),
    unit: Sequence[str] = (),
    person: Sequence[str] = (),
    households: Sequence[str] = (),
    flag: Permission | None = None,
    own: Sequence[str] = (),
    typist: Sequence[str] = (),
) -> migrations.RunSQL:
    """Write a table's policy anew, because its model's wall changed. Forward only: the older policy stands in its own migration."""
    expression = policy_expression(region=region, unit=unit, person=person, households=households, flag=flag, own=own, typist=typist)
    return migrations.RunSQL(
        sql=[f"drop policy wall on {table}", f"create policy wall on {table} using ({expression}) with check ({expression})"],
        reverse_sql=migrations.RunSQL.noop,
    )


def wall(
    table: str,
    *,
    region: Sequence[str] = (),
    unit: Sequence[str] = (),
    person: Sequence[str] = (),
    households: Sequence[str] = (),
    flag: Permission | None = None,
    own: Sequence[str] = (),
    typist: Sequence[str] = (),
) -> migrations.RunSQL:
    """Switch row-level security on: what a scope may not see it may not write either. Columns are database columns."""
    expression = policy_expression(region=region, unit=unit, person=person, households=households, flag=flag, own=own, typist=typist)
    return migrations.RunSQL(
        sql=[
            f"alter table {table} enable row level security",
            f"create policy wall on {table} using ({expression}) with check ({expression})",
        ],
        reverse_sql=[f"drop policy wall on {table}", f"alter table {table} disable row level security"],
    )
