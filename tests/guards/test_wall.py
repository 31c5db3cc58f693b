"""The wall, tried from behind: raw SQL as the app's role on every walled table (S2), and the catalogue itself (S3)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from shibaiqian.access.actor import Actor, acting
from shibaiqian.access.grants import APPEND_ONLY, DELETABLE
from shibaiqian.access.roles import Role
from shibaiqian.access.scope import Scope
from shibaiqian.access.scoped import Scoped
from shibaiqian.access.wall import policy_expression
from shibaiqian.base.ids import new_id
from tests import world

pytestmark = pytest.mark.django_db  # without a test that says so no database is made for tests
MODELS = world.scoped_models()

# Tables without a wall, each with its reason (decisions: reference data and login tables are readable upwards).
OPEN = {
    "django_migrations": "names of migrations",
    "django_content_type": "names of models",
    "django_session": "sessions are found before anybody is known",
    "auth_permission": "empty of persons",
    "auth_group": "unused",
    "auth_group_permissions": "unused",
    "axes_accessattempt": "counted before anybody is known",
    "axes_accessattemptexpiration": "counted before anybody is known",
    "axes_accessfailurelog": "counted before anybody is known",
    "axes_accesslog": "counted before anybody is known",
    "access_user": "accounts are looked up before anybody is known",
    "access_assignment": "roles are looked up before anybody is known",
    "access_assignedhousehold": "a helper's list is looked up before the scope is known",
    "access_standin": "delegations are looked up before anybody is known",
    "access_operation": "ids and hashes only",
    "sync_device": "found by its token before anybody is known; of the token only a hash is kept",
    "access_secondfactor": "asked for before anybody is known; the secret is sealed",
    "inbox_message": "addressed to one account; the text names no persons",
    "inbox_channel": "addressed to one account; the address is sealed",
    "inbox_delivery": "keys and times only",
    "documents_issuer": "reference data",
    "documents_series": "numbers only",
    "fieldwork_emergencyperiod": "reference data: deadlines of every village move by what its county declared",
    "selection_batch": "reference data: counties read the city's batch",
    "selection_quotachange": "reference data: counties read their quota",
    "selection_tierquota": "reference data: counties read their quota",
    "audit_seal": "hashes only",
    "audit_sealedevent": "ids only",
    "regions_region": "reference data",
    "organisations_organisation": "reference data",
    "organisations_organisationname": "reference data",
    "policy_policyparameter": "reference data",
    "base_arrangedday": "reference data: the calendar",
    "households_povertyline": "reference data",
    "postings_programme": "reference data",
    "postings_tier": "reference data",
    "indicators_rollup": "counts without persons",
    "indicators_delta": "counts without persons",
    "procrastinate_jobs": "arguments hold ids only",
    "procrastinate_events": "job ids only",
    "procrastinate_periodic_defers": "job names only",
    "procrastinate_workers": "heartbeats",
}


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[world.Place, world.Place]]:
    """One world for the file, in a transaction that never commits."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield world.build()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def counties(built: tuple[world.Place, world.Place]) -> Iterator[tuple[world.Place, world.Place]]:
    """The world as it was built: what a test does to it is undone."""
    with transaction.atomic():
        yield built
        transaction.set_rollback(True)


def _everywhere(scope: Scope, *, role: Role = Role.SYSTEM) -> Actor:
    """With every permission, so that only the scope stands in the way."""
    return Actor(user_id=None, name="墙测试", role=role, scope=scope)


def _scopes(ours: world.Place) -> dict[str, Scope]:
    from shibaiqian.households.models import Household
    from shibaiqian.organisations.models import Organisation

    return {
        "county": Scope(region=world.OURS),
        "village": Scope(region=ours.village.code),
        "unit": Scope(unit=ours.row(Organisation).pk),
        "person": Scope(person=new_id()),
        "households": Scope(households=(ours.row(Household).pk,)),
        "groups": Scope(region=ours.village.code, groups=("一组",), households=(ours.row(Household).pk,)),
        "nothing": Scope(),
    }


def _foreign(model: type[Scoped], ours: world.Place, theirs: world.Place) -> str:
    return str(theirs.row(model).pk)


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m._meta.label)
def test_raw_sql_reaches_nothing_of_the_other_county(model: type[Scoped], counties: tuple[world.Place, world.Place]) -> None:
    ours, theirs = counties
    assert _reached(model, ours, theirs) == []


def _reached(model: type[Scoped], ours: world.Place, theirs: world.Place) -> list[str]:
    """What a scope of our county can do to their row by SQL; empty when the wall holds."""
    table, key = model._meta.db_table, model._meta.pk.column
    found: list[str] = []
    for name, scope in _scopes(ours).items():
        with acting(_everywhere(scope)), connection.cursor() as cursor:
            cursor.execute(f"select count(*) from {table} where {key} = %s", [theirs.row(model).pk])
            if cursor.fetchone()[0]:
                found.append(f"{name}: select")
            cursor.execute(f"update {table} set {key} = {key} where {key} = %s", [theirs.row(model).pk])
            if cursor.rowcount:
                found.append(f"{name}: update")
            if name == "nothing":
                cursor.execute(f"select count(*) from {table}")
                if cursor.fetchone()[0]:
                    found.append("nothing: sees rows")
    return found


OF_HOUSEHOLDS = [model for model in MODELS if model.wall.households]


@pytest.mark.parametrize("model", OF_HOUSEHOLDS, ids=lambda m: m._meta.label)
def test_a_group_head_reaches_nothing_of_another_group_of_the_village(
    model: type[Scoped], counties: tuple[world.Place, world.Place]
) -> None:
    ours, _theirs = counties
    assert _reached_by_another_group(model, ours) == []


def _reached_by_another_group(model: type[Scoped], ours: world.Place) -> list[str]:
    """What who has another household of the same village can do to the row by SQL, and whether who has its household sees it."""
    table, key, row = model._meta.db_table, model._meta.pk.column, ours.row(model)
    (column,) = model.wall.households
    household = row.pk
    if column != "id":
        household = ours.row(model._meta.get_field(column).related_model).pk
        model._base_manager.filter(pk=row.pk).update(**{column: household})
    found = []
    for mine in (new_id(), household):
        scope = Scope(region=ours.village.code, groups=("一组",), households=(mine,))
        with acting(_everywhere(scope)), connection.cursor() as cursor:
            cursor.execute(f"update {table} set {key} = {key} where {key} = %s", [row.pk])
            written = cursor.rowcount
            cursor.execute(f"select count(*) from {table} where {key} = %s", [row.pk])
            seen = cursor.fetchone()[0]
        if mine != household and (seen or written):
            found.append("another group: reached")
        if mine == household and not seen:
            found.append("own group: hidden")
    return found


@pytest.mark.parametrize("model", OF_HOUSEHOLDS, ids=lambda m: m._meta.label)
def test_the_wall_of_before_lets_another_group_through(model: type[Scoped], counties: tuple[world.Place, world.Place]) -> None:
    ours, _theirs = counties
    columns = {kind: [model._meta.get_field(c).column for c in getattr(model.wall, kind)] for kind in ("region", "households")}
    before = policy_expression(**columns).replace("app.household_scope", "app.scope")
    with _planted(f"drop policy wall on {model._meta.db_table}; create policy wall on {model._meta.db_table} using ({before})"):
        assert _reached_by_another_group(model, ours) == ["another group: reached"]


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m._meta.label)
def test_a_row_cannot_be_moved_out_of_the_scope(model: type[Scoped], counties: tuple[world.Place, world.Place]) -> None:
    ours, theirs = counties
    columns = [model._meta.get_field(c).column for c in (*model.wall.region, *model.wall.unit)]
    values = [model._meta.get_field(c).value_from_object(theirs.row(model)) for c in (*model.wall.region, *model.wall.unit)]
    sets = ", ".join(f"{c} = %s" for c in columns)
    statement = f"update {model._meta.db_table} set {sets} where {model._meta.pk.column} = %s"
    with (
        acting(_everywhere(Scope(region=world.OURS))),
        connection.cursor() as cursor,
        pytest.raises(ProgrammingError, match=r"row-level security|不可改写"),  # a day of attendance is not rewritten at all
        transaction.atomic(),
    ):
        cursor.execute(statement, [*values, ours.row(model).pk])


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m._meta.label)
def test_removing_the_wall_turns_the_proof_red(model: type[Scoped], counties: tuple[world.Place, world.Place]) -> None:
    ours, theirs = counties
    with _planted(f"drop policy wall on {model._meta.db_table}; create policy wall on {model._meta.db_table} using (true)"):
        assert _reached(model, ours, theirs)


@contextmanager
def _planted(sql: str) -> Iterator[None]:
    """A fault for as long as the block lasts, made as the owner."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
        yield
        transaction.set_rollback(True)


# --- S3: what the catalogue says -------------------------------------------------------------------------------------


def _rows(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def lint_tables_without_wall() -> list[str]:
    rows = _rows(
        "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relrowsecurity"
    )
    return [f"{name}: no wall and no reason" for (name,) in rows if name not in OPEN]


def lint_policies_as_declared() -> list[str]:
    """Each policy is what the model's `wall` says, compared as PostgreSQL writes it."""
    found = []
    for model in MODELS:
        table, wall = model._meta.db_table, model.wall
        columns = {
            kind: [model._meta.get_field(c).column for c in getattr(wall, kind)]
            for kind in ("region", "unit", "person", "households", "own", "typist")
        }
        wanted = policy_expression(**columns, flag=wall.flag)
        with _planted(f"create policy declared on {table} using ({wanted}) with check ({wanted})"):
            rows = _rows("select policyname, qual, with_check from pg_policies where tablename = %s", table)
            said = {name: (using, check) for name, using, check in rows}
        if said.get("wall") != said["declared"] or set(said) != {"wall", "declared"}:
            found.append(f"{table}: the policy differs from the model's wall")
    return found


def lint_always_true_policies() -> list[str]:
    rows = _rows(
        "select tablename, policyname from pg_policies where schemaname = 'public' and (qual = 'true' or (qual is null and cmd <> 'INSERT'))"
    )
    return [f"{table}.{policy}: always true" for table, policy in rows]


def lint_leaking_views() -> list[str]:
    views = _rows("""select relname from pg_class where relnamespace = 'public'::regnamespace and (relkind = 'm'
        or (relkind = 'v' and not coalesce(reloptions::text, '') like '%%security_invoker=true%%'))""")
    return [f"{name}: a view that goes around the wall" for (name,) in views]


# Functions that work beyond the wall, with a fixed search path (docs/decisions/0006, 0007).
DEFINERS = {
    "access_households_of_groups": "says the keys of the households of a village's groups, while the actor is made",
    "access_persons": "says which ID numbers and names belong together, and whose they are",
    "cadres_show": "ends a sight that the actor no longer has",
    "cadres_ties": "finds a relative whoever asks; answers a word",
    "selection_show_need": "a trigger, called by nobody: shows a post to the place that decides who goes there, and ends it",
}


def lint_definer_functions() -> list[str]:
    rows = _rows("""select proname, coalesce(proconfig::text, '') like '%%search_path=pg_catalog, public%%'
        from pg_proc where pronamespace = 'public'::regnamespace and prosecdef""")
    return [f"{name}: runs with its owner's rights" for name, is_fixed in rows if name not in DEFINERS or not is_fixed]


def lint_app_role() -> list[str]:
    (row,) = _rows("select rolsuper, rolbypassrls, rolcreatedb, rolcreaterole from pg_roles where rolname = %s", settings.APP_ROLE)
    owns = _rows("select relname from pg_class join pg_roles r on r.oid = relowner where r.rolname = %s", settings.APP_ROLE)
    creates = _rows("select 1 where has_schema_privilege(%s, 'public', 'create')", settings.APP_ROLE)
    return [
        *(["the app's role has powers"] if any(row) else []),
        *[f"owns {n}" for (n,) in owns],
        *(["may create tables"] if creates else []),
    ]


def lint_delete_rights() -> list[str]:
    rows = _rows(
        """select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
        and has_table_privilege(%s, oid, 'delete, truncate')""",
        settings.APP_ROLE,
    )
    return [f"{name}: the app may delete" for (name,) in rows if name not in DELETABLE]


def lint_ledgers() -> list[str]:
    found = []
    for table in APPEND_ONLY:
        if _rows("select 1 where has_table_privilege(%s, %s, 'update')", settings.APP_ROLE, table):
            found.append(f"{table}: the app may rewrite it")
        sql = "select 1 from pg_trigger where tgrelid = %s::regclass and tgname like %s and tgenabled <> 'D'"
        if len(_rows(sql, table, f"{table}_append_only%")) < 2:
            found.append(f"{table}: no trigger refuses changes")
    return found


LINTS: list[Callable[[], list[str]]] = [
    lint_tables_without_wall, lint_policies_as_declared, lint_always_true_policies, lint_leaking_views, lint_definer_functions,
    lint_app_role, lint_delete_rights, lint_ledgers,
]  # fmt: skip


@pytest.mark.parametrize("lint", LINTS, ids=lambda f: f.__name__)
def test_the_catalogue_is_clean(lint: Callable[[], list[str]]) -> None:
    assert lint() == []


PLANTED: dict[str, tuple[str, Callable[[], list[str]]]] = {
    "a table without a wall": ("create table planted (id int)", lint_tables_without_wall),
    "a wall switched off": ("alter table households_member disable row level security", lint_tables_without_wall),
    "a looser policy": (
        "drop policy wall on households_member; create policy wall on households_member using (region >= '6')",
        lint_policies_as_declared,
    ),
    "a second policy": ("create policy extra on households_member using (true)", lint_always_true_policies),
    "a view": ("create view planted as select * from households_member", lint_leaking_views),
    "a materialised view": ("create materialized view planted as select * from households_member", lint_leaking_views),
    "a definer function": ("create function planted() returns int language sql security definer as 'select 1'", lint_definer_functions),
    "a right to delete": (f"grant delete on households_member to {settings.APP_ROLE}", lint_delete_rights),
    "a right to rewrite the audit": (f"grant update on audit_event to {settings.APP_ROLE}", lint_ledgers),
    "a trigger gone": ("drop trigger audit_event_append_only on audit_event", lint_ledgers),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_each_planted_fault_is_found(fault: str) -> None:
    sql, lint = PLANTED[fault]
    with _planted(sql):
        assert lint() != []
