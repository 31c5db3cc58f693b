"""Every URL of the product. Each view declares a policy: `open_to_all` or `acts`."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
