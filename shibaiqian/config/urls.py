"""Every URL of the product. Each view declares a policy: `open_to_all` or `acts`."""

from django.urls import include, path

from shibaiqian.config import api

handler400 = "shibaiqian.config.errors.bad_request"
handler404 = "shibaiqian.config.errors.page_not_found"

urlpatterns = [
    path("", include("shibaiqian.access.urls")),
    path("", include("shibaiqian.messages.urls")),
    path("", include("shibaiqian.console.urls")),
    path("", include("shibaiqian.sync.urls")),
    path("api/v1/", api.patterns()),
]
