from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "kizuna.success.calls"
    label = "calls"
