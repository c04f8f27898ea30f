from django.apps import AppConfig


class EffortConfig(AppConfig):
    name = "kizuna.success.effort"
    label = "effort"
