from django.apps import AppConfig


class ActivityConfig(AppConfig):
    name = "kizuna.core.activity"
    label = "activity"
