from django.apps import AppConfig


class HooksConfig(AppConfig):
    name = "kizuna.interfaces.hooks"
    label = "hooks"
