"""Sign-in by login name and password; axes stands before it and counts failures by user and address."""

from typing import Any

from django.http import HttpRequest

from shibaiqian.access.models import User


class LoginBackend:
    def authenticate(self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_: Any) -> User | None:
        user = User.objects.filter(login=username).first()
        if user is None:
            User().set_password(password)  # the same work, so that an unknown name takes as long as a known one
            return None
        return user if user.is_active and user.check_password(password or "") else None

    def get_user(self, user_id: Any) -> User | None:
        return User.objects.filter(pk=user_id, is_active=True).first()
