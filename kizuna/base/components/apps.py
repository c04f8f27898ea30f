"""The Django app of the components."""

from django.apps import AppConfig


class ComponentsConfig(AppConfig):
    """Register the templates, static files, tags and Japanese words of the interface."""

    name = "kizuna.base.components"
    label = "components"
    verbose_name = "components"
