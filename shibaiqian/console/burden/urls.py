"""The burden meter and the registry of what is asked."""

from django.urls import path

from shibaiqian.console.burden import pages

urlpatterns = [
    path("burden/", pages.burden, name="burden"),
    path("burden/export/", pages.burden_file, name="export_burden"),
    path("burden/forms/", pages.asked_forms, name="asked_forms"),
    path("burden/forms/export/", pages.asked_forms_file, name="export_asked_forms"),
]
