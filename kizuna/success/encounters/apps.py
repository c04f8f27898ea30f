from django.apps import AppConfig


class EncountersConfig(AppConfig):
    name = "kizuna.success.encounters"
    label = "encounters"
