from django.apps import AppConfig


class OriginsConfig(AppConfig):
    name = "kizuna.success.origins"
    label = "origins"
