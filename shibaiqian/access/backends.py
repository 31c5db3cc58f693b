"""Sign-in by login name and password; axes stands before it and counts failures by user and address."""

from typing import Any

from django.http import HttpRequest

from shibaiqian.access.models import User


class LoginBackend:
    """The credential is called `login`, as the form's field: axes reads the user's name from both by that one word."""

    def authenticate(
        self,
        request: HttpRequest | None,  # noqa: ARG002 - Django's protocol
        *,
        login: str | None = None,
        password: str = "",
        **_: Any,
    ) -> User | None:
        user = User.objects.filter(login=login).first()
        if user is None:
            User().set_password(password)  # the same work, so that an unknown name takes as long as a known one
            return None
        # The password first: a closed account takes as long as an open one, too.
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id: Any) -> User | None:
        return User.objects.filter(pk=user_id, is_active=True).first()
