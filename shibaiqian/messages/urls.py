from django.urls import path

from shibaiqian.messages import pages

urlpatterns = [
    path("messages/", pages.inbox, name="messages"),
    path("messages/open/", pages.open_message, name="open_message"),
    path("messages/read/", pages.read_all, name="read_all"),
    path("me/channels/", pages.channels, name="channels"),
    path("me/channels/change/", pages.change_channel, name="change_channel"),
]
