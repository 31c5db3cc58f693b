"""Pages of failure that know who asks."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from shibaiqian.access import middleware


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The same words whether a page never was or lies outside one's scope: in the product's frame for who has signed in, else at the door."""
    known = hasattr(request, "actor") or middleware.find_actor(request) is not None
    return render(request, "404.html", {"frame": "base.html" if known else "signin_base.html"}, status=404)
