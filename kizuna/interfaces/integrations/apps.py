from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "kizuna.interfaces.integrations"
    label = "integrations"
