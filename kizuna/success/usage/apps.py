from django.apps import AppConfig


class UsageConfig(AppConfig):
    name = "kizuna.success.usage"
    label = "usage"
