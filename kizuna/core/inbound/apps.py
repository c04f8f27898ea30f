from django.apps import AppConfig


class InboundConfig(AppConfig):
    name = "kizuna.core.inbound"
    label = "inbound"
