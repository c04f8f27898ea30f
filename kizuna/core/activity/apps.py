from importlib import import_module

from django.apps import AppConfig


class ActivityConfig(AppConfig):
    name = "kizuna.core.activity"
    label = "activity"

    def ready(self) -> None:
        import_module("kizuna.core.activity.checks")  # registers the start-up proof
