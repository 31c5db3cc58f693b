from django.db import migrations

from shibaiqian.audit.ledger import append_only

AUDIT = "current_setting('app.audit', true) = 'on'"


class Migration(migrations.Migration):
    """Events take their ids before the act, are only ever added, and are read by the audit administrator alone."""

    dependencies = [("audit", "0001_initial")]
    operations = [
        migrations.RunSQL("create sequence audit_event_id_seq owned by audit_event.id", "drop sequence audit_event_id_seq"),
        append_only("audit_event"),
        append_only("audit_seal"),
        append_only("audit_sealedevent"),
        migrations.RunSQL(
            [
                "alter table audit_event enable row level security",
                "create policy written_by_all on audit_event for insert with check (true)",
                f"create policy read_by_audit on audit_event for select using ({AUDIT})",
            ],
            [
                "drop policy read_by_audit on audit_event",
                "drop policy written_by_all on audit_event",
                "alter table audit_event disable row level security",
            ],
        ),
    ]
