from django.apps import AppConfig


class MessagesApp(AppConfig):
    """Labelled apart: Django's own flash messages are called `messages`."""

    name = "shibaiqian.messages"
    label = "inbox"
