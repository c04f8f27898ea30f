from django.apps import AppConfig


class IdentitiesConfig(AppConfig):
    name = "kizuna.core.identities"
    label = "identities"
