"""Fixtures for all tests: a database with its rights and gazetteer, officials to act as.

Tests connect as the owner to prepare a world; requests and commands run as the app's role, inside the wall.
"""

import hashlib
import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.test import TransactionTestCase

# Property tests try thirty cases each; `make long` and `make test-all` ask for the thorough look.
hypothesis.settings.register_profile("quick", max_examples=30)
hypothesis.settings.register_profile("thorough", max_examples=200)
hypothesis.settings.load_profile("quick")


def _shape() -> str:
    """Twelve digits that change with any migration: what a kept database must have been made from."""
    digest = hashlib.sha256()
    for migration in sorted(Path(__file__).parent.glob("shibaiqian/*/migrations/*.py")):
        digest.update(migration.read_bytes())
    return digest.hexdigest()[:12]


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """On the embedded server the tables stay for the next run, unless a migration has changed: making them costs ten seconds a process."""
    from django.conf import settings

    return settings.EMBEDDED


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    from django.db import connection

    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    connection.settings_dict["TEST"]["NAME"] = f"test_{_shape()}{worker}"


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_modify_db_settings: None, django_db_setup: None, django_db_keepdb: bool, django_db_blocker: Any
) -> Iterator[None]:
    """After the tables: nothing that an earlier run left, and the gazetteer of the city, which is reference data in every installation."""
    from django.db import connection

    from shibaiqian.regions.actions import load_regions

    with django_db_blocker.unblock():
        assert connection.settings_dict["NAME"].startswith("test_"), "no test asks for a database, yet something sets one up"
        if django_db_keepdb:
            _drop_older_shapes()
            _empty_tables(None)
        load_regions()
    yield


def _drop_older_shapes() -> None:
    """Databases that other migrations made, and that nobody works on."""
    from django.db import connection

    unused = """
        select datname from pg_database
         where starts_with(datname, 'test_') and not starts_with(datname, %s) and datname not in (select datname from pg_stat_activity where datname is not null)
    """
    with connection.cursor() as cursor:
        cursor.execute(unused, [f"test_{_shape()}"])
        for (name,) in cursor.fetchall():
            cursor.execute(f'drop database if exists "{name}"')


@pytest.fixture(autouse=True)
def cheap_hasher(settings: Any, request: pytest.FixtureRequest) -> None:
    """Argon2 is slow on purpose; where that is not the point, tests do without."""
    if "argon2" not in request.fixturenames:
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def argon2() -> None:
    """For a test about hashing itself: the hasher of the product."""


@pytest.fixture
def actor() -> Callable[..., Any]:
    """`actor("county_org_admin", "611021")`: somebody in this role with this region (or `unit=`, `person=`, `households=`)."""
    from shibaiqian.access.actor import Actor
    from shibaiqian.access.roles import Role
    from shibaiqian.access.scope import Scope

    def make(role: str, region: str = "", *, name: str = "测试人员", user_id: uuid.UUID | None = None, **scope: Any) -> Actor:
        return Actor(user_id=user_id or uuid.uuid4(), name=name, role=Role(role), scope=Scope(region=region, **scope))

    return make


@pytest.fixture
def another_process(db: None) -> dict[str, str]:
    """The environment of another process of the product that works on the test's database, as the app."""
    from django.db import connection
    from psycopg.conninfo import make_conninfo

    from shibaiqian.base.embedded_postgres import Cluster
    from tests.environment import HOME

    app = os.environ.get("DATABASE_URL") or Cluster(home=HOME).url("app")
    owner = os.environ.get("DATABASE_OWNER_URL") or Cluster(home=HOME).url("owner")
    name = connection.settings_dict["NAME"]
    own = {"DATABASE_URL": make_conninfo(app, dbname=name), "DATABASE_OWNER_URL": make_conninfo(owner, dbname=name)}
    return {**os.environ, **own, "SHIBAIQIAN_DATABASE_ROLE": "app"}


# Reference data survives a test that commits; everything else is emptied after it.
REFERENCE = {"django_migrations", "django_content_type", "auth_permission", "regions_region"}


@pytest.fixture
def committed(transactional_db: None) -> None:
    """For tests with several connections: everything commits, and the tables are emptied afterwards."""


def _empty_tables(_: object) -> None:
    """Instead of Django's flush, which cannot truncate append-only tables: the owner switches their triggers off.

    Rows are deleted from the tables that have some: to truncate a hundred tables and their indexes takes a second a test.
    """
    from django.db import connection, transaction

    with connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall() if name not in REFERENCE]
        cursor.execute(" union all ".join(f"(select '{table}' from \"{table}\" limit 1)" for table in tables))
        filled = [name for (name,) in cursor.fetchall()]
        queue = [table for table in filled if table.startswith("procrastinate_")]  # its keys are not deferred
        if queue:
            cursor.execute(
                "truncate procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers, procrastinate_workers cascade"
            )
        rest = [table for table in filled if table not in queue]
        for table in rest:
            cursor.execute(f'alter table "{table}" disable trigger user')
        with transaction.atomic():
            for table in rest:
                cursor.execute(f'delete from "{table}"')
        for table in rest:
            cursor.execute(f'alter table "{table}" enable trigger user')
        cursor.execute("delete from regions_region where code > '61' and not starts_with(code, '6110')")  # places of a test's own


TransactionTestCase._fixture_teardown = _empty_tables  # type: ignore[method-assign]
