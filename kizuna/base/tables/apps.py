from django.apps import AppConfig


class TablesConfig(AppConfig):
    """An app for the sake of its words alone."""

    name = "kizuna.base.tables"
    label = "tables"
