from django.apps import AppConfig
from django.urls import register_converter

from kizuna.base.web.converters import RowIdConverter


class WebConfig(AppConfig):
    name = "kizuna.base.web"
    label = "web"

    def ready(self) -> None:
        register_converter(RowIdConverter, "id")
