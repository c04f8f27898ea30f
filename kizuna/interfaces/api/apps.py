from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "kizuna.interfaces.api"
    label = "api"
