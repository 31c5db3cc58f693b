"""What a server must be and have: its version and safety, our two roles, the database and its rights."""

from collections.abc import Callable, Sequence
from typing import Any, Literal, LiteralString

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from shibaiqian.base.embedded_postgres.refusal import EmbeddedRefused

Role = Literal["owner", "app", "postgres"]
LOGINS: dict[Role, str] = {"owner": "shibaiqian_owner", "app": "shibaiqian_app", "postgres": "postgres"}
DATABASE = "shibaiqian"
OLDEST = 15
PORT = 5432

# The app's login owns nothing; the owner may become the app, so that tests run under its rights.
ROLES: Sequence[LiteralString] = (
    "ALTER ROLE {owner} LOGIN CREATEDB NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION",
    "ALTER ROLE {app} LOGIN NOCREATEDB NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION",
    "GRANT {app} TO {owner}",
)
RIGHTS: Sequence[LiteralString] = (
    "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
    "GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {app}",
    "ALTER SCHEMA public OWNER TO {owner}",
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC, {app}",
    "GRANT USAGE ON SCHEMA public TO {app}",
)


def connect(url: str) -> psycopg.Connection[tuple[Any, ...]]:
    return psycopg.connect(url, autocommit=True, connect_timeout=10)


def _first(connection: psycopg.Connection[tuple[Any, ...]], query: str) -> Any:
    row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None


def _execute(connection: psycopg.Connection[tuple[Any, ...]], statements: Sequence[LiteralString]) -> None:
    names = {"owner": LOGINS["owner"], "app": LOGINS["app"], "database": DATABASE}
    for statement in statements:
        connection.execute(sql.SQL(statement).format(**{key: sql.Identifier(name) for key, name in names.items()}))


def check_connection(connection: psycopg.Connection[tuple[Any, ...]], *, where: str) -> None:
    if connection.info.server_version < OLDEST * 10_000:
        found = _first(connection, "SHOW server_version")
        raise EmbeddedRefused(f"{where} 的 PostgreSQL 版本是 {found}，至少需要 {OLDEST}，请先升级数据库。")
    for name, accepted in {"fsync": {"on"}, "synchronous_commit": {"on", "remote_apply"}}.items():
        value = _first(connection, f"SHOW {name}")
        if value not in accepted:
            raise EmbeddedRefused(
                f"{where} 的设置 {name} 是 {value}，停电时会丢失已确认的数据。"
                f"请执行 ALTER SYSTEM SET {name} = on; SELECT pg_reload_conf(); "
                "并检查用 ALTER ROLE、ALTER DATABASE 设置的同名参数。"
            )


def check_server(url: str) -> None:
    """Refuse a server that is too old or may lose what it acknowledged; any server, embedded or not."""
    parts = conninfo_to_dict(url)
    where = f"数据库 {parts.get('host') or '本机'}:{parts.get('port') or PORT}/{parts.get('dbname') or ''}"
    try:
        connection = connect(url)
    except psycopg.OperationalError as error:
        raise EmbeddedRefused(f"连接不上{where}：{error}。请检查地址、账号，并确认数据库已启动。") from error
    with connection:
        check_connection(connection, where=where)


def provision(url: Callable[[Role, str], str]) -> None:
    """Roles, database and rights of an embedded server; may be repeated at any time."""
    with connect(url("postgres", "postgres")) as connection:
        names = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
        _execute(connection, [] if LOGINS["owner"] in names else ["CREATE ROLE {owner}"])
        _execute(connection, [] if LOGINS["app"] in names else ["CREATE ROLE {app}"])
        _execute(connection, ROLES)
        names = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
        make = "CREATE DATABASE {database} OWNER {owner} TEMPLATE template0 ENCODING 'UTF8'"
        _execute(connection, [] if DATABASE in names else [make])
    with connect(url("postgres", DATABASE)) as connection:
        _execute(connection, RIGHTS)
