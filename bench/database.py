"""A database of its own for measurements: made on the embedded server, migrated, dropped afterwards."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from shibaiqian.base.embedded_postgres import LOGINS, Cluster
from shibaiqian.config.home import Home

DATABASE = "shibaiqian_bench"
GAZETTEER = Path(__file__).resolve().parents[1] / "shibaiqian" / "regions" / "data" / "regions_6110.csv"
CACHE = Path(tempfile.gettempdir()) / f"shibaiqian-bench-{os.getuid()}"


@contextmanager
def own_database(*, login: str = "app") -> Iterator[None]:
    """The environment points at an empty, migrated database; Django is started as the app's login (or the owner's). One a process."""
    cluster = Cluster(home=Home.of_environment().path)
    cluster.ensure()
    with psycopg.connect(cluster.url("postgres", "postgres"), autocommit=True) as server:
        server.execute(f"drop database if exists {DATABASE} with (force)")
        server.execute(f"create database {DATABASE} owner {LOGINS['owner']} template template0 encoding 'UTF8'")
    with psycopg.connect(cluster.url("postgres", DATABASE), autocommit=True) as made:
        made.execute(f"alter schema public owner to {LOGINS['owner']}")
        made.execute(f"grant connect, temporary on database {DATABASE} to {LOGINS['app']}")
    os.environ |= {
        "DATABASE_URL": cluster.url("app", DATABASE), "DATABASE_OWNER_URL": cluster.url("owner", DATABASE),
        "SHIBAIQIAN_BUSINESS_DATE": "2016-06-08", "DJANGO_SETTINGS_MODULE": "shibaiqian.config.settings",
    }  # fmt: skip
    try:
        for words in (["django", "--owner", "migrate", "--skip-checks"], ["regions", "load", str(GAZETTEER)]):
            subprocess.run([sys.executable, "-m", "shibaiqian", *words], check=True, stdout=subprocess.DEVNULL)
        import django  # noqa: PLC0415 - settings are read here, after the database was chosen

        os.environ["SHIBAIQIAN_DATABASE_ROLE"] = login
        django.setup()
        yield
    finally:
        if "django.db" in sys.modules:
            from django.db import connections  # noqa: PLC0415

            connections.close_all()
        with psycopg.connect(cluster.url("postgres", "postgres"), autocommit=True) as server:
            server.execute(f"drop database if exists {DATABASE} with (force)")


def app_url() -> str:
    return os.environ["DATABASE_URL"]
