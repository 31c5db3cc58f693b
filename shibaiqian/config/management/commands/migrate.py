from typing import Any

from django.core.management.commands.migrate import Command as DjangoMigrate

from shibaiqian.access.grants import grant_app_rights


class Command(DjangoMigrate):
    """Django's migrate; afterwards the app role gets exactly the rights it needs, whatever was migrated."""

    def handle(self, *args: Any, **options: Any) -> str | None:
        answer = super().handle(*args, **options)
        grant_app_rights()
        return answer
