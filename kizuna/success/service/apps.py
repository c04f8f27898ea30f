from django.apps import AppConfig


class ServiceConfig(AppConfig):
    name = "kizuna.success.service"
    label = "service"
