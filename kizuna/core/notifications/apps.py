from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "kizuna.core.notifications"
    label = "notifications"
