"""Pages of failure that know who asks."""

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from shibaiqian.access import middleware


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The same words whether a page never was or lies outside one's scope: in the product's frame for who has signed in, else at the door."""
    known = hasattr(request, "actor") or middleware.find_actor(request) is not None
    return render(request, "404.html", {"frame": "base.html" if known else "signin_base.html"}, status=404)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What cannot be understood, or came by a name that is not ours; said before anything is known of who asks."""
    return HttpResponse(render_to_string("400.html", {"wrong_host": isinstance(exception, DisallowedHost)}), status=400)
