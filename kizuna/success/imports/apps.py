from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "kizuna.success.imports"
    label = "imports"
