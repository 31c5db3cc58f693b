"""From a batch to reviewed candidates."""

from django.urls import path

from shibaiqian.console.selection import batches, needs, nominations

urlpatterns = [
    path("selection/", batches.batches, name="batches"),
    path("selection/batches/<uuid:batch_id>/", batches.batch, name="batch"),
    path("selection/needs/", needs.needs_desk, name="needs_desk"),
    path("selection/needs/new/", needs.raise_need, name="raise_need"),
    path("selection/nominations/", nominations.nominations_desk, name="nominations_desk"),
    path("selection/nominations/new/", nominations.nominate, name="nominate"),
    path("selection/nominations/<uuid:nomination_id>/", nominations.nomination, name="nomination"),
    path("selection/inquiries/<uuid:inquiry_id>/", nominations.inquiry, name="inquiry"),
]
