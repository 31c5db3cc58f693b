"""What the app's role may do in the database: read, add and change rows; delete only where listed; own nothing."""

from django.conf import settings
from django.db import connection

# Tables whose rows the app deletes, with the reason.
DELETABLE = {
    "django_session": "ended sessions",
    "axes_accessattempt": "failures forgotten after a success",
    "axes_accessattemptexpiration": "goes with its attempt",
    "procrastinate_jobs": "finished jobs",
    "procrastinate_events": "events of finished jobs",
    "procrastinate_periodic_defers": "old periodic marks",
    "procrastinate_workers": "workers that are gone",
    "indicators_delta": "folded into rollups by a job",
    "indicators_rollup": "replaced when rebuilt",
    "fieldwork_clue": "clues are forgotten after a time",
    "fieldwork_cluequestion": "goes with its clues",
    "fieldwork_logpoint": "points are forgotten after a time",
    "imports_finding": "the findings of an earlier look at the same file",
}
MAINTAIN_SINCE = 170_000
# Tables the app may only add to.
APPEND_ONLY = ("audit_event", "audit_seal", "audit_sealedevent")


def grant_app_rights() -> None:
    """Give the app's role its rights on everything that exists. Run by `migrate` as the owner; safe to repeat."""
    role = connection.ops.quote_name(settings.APP_ROLE)
    with connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = current_schema()")
        tables = {name for (name,) in cursor.fetchall()}
        cursor.execute(f"grant usage on schema public to {role}")
        cursor.execute(f"grant select, insert, update on all tables in schema public to {role}")
        cursor.execute(f"grant usage, select on all sequences in schema public to {role}")
        cursor.execute(f"revoke insert, update, delete on django_migrations from {role}")
        if connection.pg_version >= MAINTAIN_SINCE:  # type: ignore[attr-defined]  # so that a roster just written is known to the planner at once
            cursor.execute(f"grant maintain on all tables in schema public to {role}")
        for table in DELETABLE.keys() & tables:
            cursor.execute(f"grant delete on {connection.ops.quote_name(table)} to {role}")
        for table in tables.intersection(APPEND_ONLY):
            cursor.execute(f"revoke update, delete on {connection.ops.quote_name(table)} from {role}")
