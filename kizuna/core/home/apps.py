from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "kizuna.core.home"
    label = "home"
