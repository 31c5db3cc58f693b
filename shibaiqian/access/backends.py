"""Sign-in by login name and password, then by a code; axes stands before both and counts failures by user and address."""

from typing import Any

from django.db.models.expressions import RawSQL
from django.http import HttpRequest

from shibaiqian.access.models import User
from shibaiqian.access.second_factor import spend


class LoginBackend:
    """The credential is called `login`, as the form's field: axes reads the user's name from both by that one word."""

    def authenticate(
        self,
        request: HttpRequest | None,  # noqa: ARG002 - Django's protocol
        *,
        login: str,
        password: str,
    ) -> User | None:
        user = User.objects.filter(login=login).first()
        if user is None:
            User().set_password(password)  # the same work, so that an unknown name takes as long as a known one
            return None
        # The password first: a closed account takes as long as an open one, too.
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id: Any) -> User | None:
        return User.objects.filter(pk=user_id, is_active=True).annotate(unread=RawSQL(UNREAD, [])).first()  # noqa: S611 - our own text


class CodeBackend(LoginBackend):
    """The second step of who has given the password (`door.second_step`): a code or recovery code, used up by it."""

    def authenticate(  # type: ignore[override]
        self,
        request: HttpRequest | None,  # noqa: ARG002 - Django's protocol
        *,
        login: str,
        code: str,
    ) -> User | None:
        user = User.objects.filter(login=login, is_active=True).first()
        proof = spend(user, code) if user else None
        if user is None or proof is None:
            return None
        user.proof = proof  # type: ignore[attr-defined]
        return user


# Shown in the head of every page: asked with the user's row, so that no page asks once more. By SQL: messages stand above.
UNREAD = """(select count(*) from (
    select from inbox_message m where m.user_id = access_user.id and m.read_at is null limit 100) unread)"""
