"""What the frame of every page needs."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from shibaiqian.base import clock


def frame(request: HttpRequest) -> dict[str, Any]:
    return {"brand": settings.BRAND, "demonstration": clock.is_demonstration(), "as_of": clock.today(), "nav": []}
