from django.urls import path

from shibaiqian.sync import pages

urlpatterns = [
    path("account/phones/", pages.own_phones, name="own_phones"),
    path("account/phones/end/", pages.end_phone, name="end_phone"),
    path("phones/", pages.phones, name="phones"),
]
