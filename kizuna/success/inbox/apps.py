from django.apps import AppConfig


class InboxConfig(AppConfig):
    name = "kizuna.success.inbox"
    label = "inbox"
